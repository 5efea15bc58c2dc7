import type { Json } from "../document.js";
import { calledOutWhy } from "./findings.js";
import { shapeLabel } from "./schema-label.js";
import type { Site } from "./schema-site.js";
import type { Shape } from "./shape.js";
import { code } from "./text.js";
import { both, breaks, fine, type Place, tell } from "./walk.js";

/**
 * The values that an enum (or a constant, an enum of one) allows. Says whether the rest is worth comparing.
 *
 * A value that answers no longer have is breaking: the program that runs goes on working, but TypeScript refuses a
 * comparison with a literal that is not in the type, so the next build of a consumer who names it fails.
 */
export function compareValues(old: Shape, next: Shape, sites: readonly [Site, Site], place: Place): boolean {
  const [oldSite, site] = sites;
  if (!old.values && !next.values) return true;
  if (!old.values || !next.values) {
    compareWithOpen(old, next, site, place);
    return true;
  }
  const shared = [...old.values.keys()].filter((key) => next.values?.has(key));
  if (shared.length === 0 && old.values.size > 0 && next.values.size > 0) {
    const what = `changed from ${code(shapeLabel(old))} to ${code(shapeLabel(next))}, without a value in common`;
    tell(place, "changed", site.pointer, what, both(breaks("code that knows the old values no longer fits")));
    return false;
  }
  for (const [key, value] of next.values) {
    if (old.values.has(key)) continue;
    tell(place, "added", site.pointer, `has the new enum value ${literal(value)}`, {
      request: fine(),
      answer: fine(calledOutWhy),
    });
  }
  for (const [key, value] of old.values) {
    if (next.values.has(key)) continue;
    tell(place, "removed", oldSite.pointer, `no longer has the enum value ${literal(value)}`, {
      request: breaks("calls that send it are refused"),
      answer: breaks("code that compares with it no longer compiles"),
    });
  }
  return true;
}

/** One side lists values and the other takes any of the type. */
function compareWithOpen(old: Shape, next: Shape, site: Site, place: Place): void {
  const narrower = next.values !== undefined;
  const what = narrower
    ? `is limited to ${code(shapeLabel(next))} now`
    : `is no longer limited to ${code(shapeLabel(old))}`;
  tell(place, "changed", site.pointer, what, {
    request: narrower ? breaks("calls with other values are refused") : fine(),
    answer: narrower ? fine() : breaks("code that expects the listed values must expect others"),
  });
}

function literal(value: Json): string {
  return code(typeof value === "string" ? value : JSON.stringify(value));
}

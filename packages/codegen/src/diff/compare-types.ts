import { shapeLabel } from "./schema-label.js";
import type { Site } from "./schema-site.js";
import type { Shape } from "./shape.js";
import { code } from "./text.js";
import { both, breaks, fine, type Place, tell } from "./walk.js";

/** Becoming null or ceasing to be: a wider type is what callers may send, and what readers must expect. */
export function compareNullable(old: boolean, next: boolean, pointer: string, place: Place): void {
  if (!old && next) {
    const answer = breaks("code that reads it must expect `null`");
    tell(place, "changed", pointer, "became nullable", { request: fine(), answer });
  } else if (old && !next) {
    tell(place, "changed", pointer, "is no longer nullable", {
      request: breaks("calls that send `null` are refused"),
      answer: fine(),
    });
  }
}

/**
 * The types of values, apart from null. Says whether the two have a type in common that both say more about, so that
 * comparing the rest makes sense. A wider type in a request takes all that it took; a narrower one in an answer is still what readers expect.
 */
export function compareTypes(old: Shape, next: Shape, site: Site, place: Place): boolean {
  const relation = relate(old.types, next.types);
  if (relation !== "same") {
    const what = `changed its type from ${code(shapeLabel(old))} to ${code(shapeLabel(next))}`;
    tell(place, "changed", site.pointer, what, {
      request: relation === "wider" ? fine() : breaks("what callers send no longer fits"),
      answer: relation === "narrower" ? fine() : breaks("code that reads it expects the old type"),
    });
  }
  if (relation === "disjoint") return false;
  if (relation !== "same" && (!old.types || !next.types)) return false;
  compareWholeness(old, next, site, place);
  return true;
}

/** `integer` and `number` are one type in TypeScript, so the difference is a limit on the values and is judged as one. */
function compareWholeness(old: Shape, next: Shape, site: Site, place: Place): void {
  if (!old.types?.has("number") || !next.types?.has("number") || old.integer === next.integer) return;
  if (next.integer) {
    tell(place, "changed", site.pointer, "must be a whole number", {
      request: breaks("the type stays the same, but calls with a fraction are refused"),
      answer: fine(),
    });
  } else {
    tell(place, "changed", site.pointer, "may have a fraction", both(fine("the type stays the same")));
  }
}

function relate(
  old: Set<string> | undefined,
  next: Set<string> | undefined,
): "same" | "wider" | "narrower" | "overlapping" | "disjoint" {
  if (old === undefined || next === undefined) {
    if (old === next) return "same";
    return next === undefined ? "wider" : "narrower";
  }
  const shared = [...old].filter((type) => next.has(type)).length;
  if (shared === old.size && shared === next.size) return "same";
  if (shared === 0) return "disjoint";
  if (shared === old.size) return "wider";
  return shared === next.size ? "narrower" : "overlapping";
}

import { isObject, objectAt } from "../document.js";
import type { Part } from "./parts.js";
import { below, type Site } from "./schema-site.js";
import { code, compareText, sortedKeys } from "./text.js";
import { both, breaks, fine, type Place, tell, type Verdict, type Walk } from "./walk.js";

interface Media {
  readonly type: string;
  readonly site: Site;
  readonly schema: Site;
}

/** The content types of two bodies or answers, and the schema of each that both have. */
export function compareContent(
  walk: Walk,
  old: Part,
  next: Part,
  place: Place,
  verdicts: { readonly gone: Verdict; readonly added?: Verdict },
): void {
  const before = mediaOf(old);
  const after = mediaOf(next);
  for (const [type, media] of after) {
    const was = before.get(type);
    if (was === undefined) {
      const pointer = media.site.pointer;
      tell(place, "added", pointer, `has the new content type ${code(type)}`, both(verdicts.added ?? fine()));
    } else {
      const there =
        after.size > 1 && place.label !== "" ? { ...place, label: `${place.label} as ${code(type)}` } : place;
      compareSchemas(walk, was, media, there);
    }
  }
  for (const [type, media] of before) {
    if (after.has(type)) continue;
    const what = `no longer has the content type ${code(type)}`;
    tell(place, "removed", media.site.pointer, what, both(verdicts.gone));
  }
}

function compareSchemas(walk: Walk, old: Media, next: Media, place: Place): void {
  const had = old.schema.schema !== undefined;
  const has = next.schema.schema !== undefined;
  if (!had && !has) return;
  walk.compareAt(
    had ? old.schema : { ...old.site, schema: true },
    has ? next.schema : { ...next.site, schema: true },
    place,
  );
}

/** The JSON content, or the first by name. */
export function firstMedia(part: Part): Media | undefined {
  const media = mediaOf(part);
  return media.get("application/json") ?? media.values().next().value;
}

function mediaOf(part: Part): Map<string, Media> {
  const content = objectAt(part.value, "content");
  const entries = sortedKeys(content).flatMap((key): [string, Media][] => {
    const value = content[key];
    if (!isObject(value)) return [];
    const type = key.trim().toLowerCase();
    const site = below(part.site, value, "content", key);
    return [[type, { type, site, schema: below(site, value["schema"], "schema") }]];
  });
  return new Map(entries.sort(([a], [b]) => compareText(a, b)));
}

export const wrongContent: Verdict = breaks("calls that send it are refused");

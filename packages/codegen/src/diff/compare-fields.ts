import { type BasePairs, isOfBases } from "./compare-bases.js";
import { peel, type Site } from "./schema-site.js";
import type { Extra, Field, Shape } from "./shape.js";
import { compareText } from "./text.js";
import { atField, atItems, both, breaks, fine, type Place, tell, type Walk } from "./walk.js";

/** The fields of two objects, those that they require, and what they say about fields that they do not name. */
export function compareFields(
  walk: Walk,
  old: Shape,
  next: Shape,
  bases: BasePairs,
  site: Site,
  place: Place,
): void {
  // In order: where the walk meets a pair again it stops, and which place tells of it must not depend on the input's order.
  for (const name of [...new Set([...old.fields.keys(), ...next.fields.keys()])].sort(compareText)) {
    const before = old.fields.get(name);
    const after = next.fields.get(name);
    const there = atField(place, name);
    if (name === place.skip) {
      pairModels(walk, before, after, there);
      continue;
    }
    const told = isOfBases(bases, before, after);
    if (before && after) {
      compareRequired(old, next, name, after, there, bases);
      if (!told) walk.compareAt(before.site, after.site, there);
    } else if (!told && after) {
      added(next.required.has(name), after, there);
    } else if (!told && before) {
      tell(there, "removed", before.site.pointer, "was removed", {
        request: breaks("the types refuse calls that send it"),
        answer: breaks("code that reads it no longer compiles"),
      });
    }
  }
  compareExtra(walk, old.extra, next.extra, site, place);
}

/** Nothing is told of a skipped field, but the models that it refers to may have been renamed. */
function pairModels(walk: Walk, before: Field | undefined, after: Field | undefined, place: Place): void {
  const oldRef = before && peel(before.site).ref;
  const nextRef = after && peel(after.site).ref;
  if (after && oldRef !== undefined && nextRef !== undefined) walk.pair(oldRef, nextRef, place, after.site);
}

function added(required: boolean, field: Field, place: Place): void {
  tell(place, "added", field.site.pointer, required ? "was added and is required" : "was added", {
    request: required ? breaks("calls without it are refused") : fine(),
    answer: fine(),
  });
}

function compareRequired(
  old: Shape,
  next: Shape,
  name: string,
  field: Field,
  place: Place,
  bases: BasePairs,
): void {
  const before = old.required.has(name);
  const after = next.required.has(name);
  if (before === after) return;
  const origin = before ? old.required.get(name) : next.required.get(name);
  const told = before ? bases.has(origin ?? "") : [...bases.values()].includes(origin ?? "");
  if (told) return;
  if (after) {
    const request = breaks("calls without it are refused");
    tell(place, "changed", field.site.pointer, "became required", { request, answer: fine() });
  } else {
    const answer = breaks("code that reads it must expect it to be missing");
    tell(place, "changed", field.site.pointer, "became optional", { request: fine(), answer });
  }
}

/** Fields that the schema does not name: refused, not spoken of, anything, or of a schema of their own. */
function compareExtra(walk: Walk, old: Extra, next: Extra, site: Site, place: Place): void {
  if (typeof old === "object" && typeof next === "object") {
    walk.compareAt(old, next, atItems(place, "[*]"));
    return;
  }
  if (old === next) return;
  const declared = (extra: Extra): boolean => extra === "open" || typeof extra === "object";
  if (declared(old) && declared(next)) {
    const narrower = typeof next === "object";
    tell(
      place,
      "changed",
      site.pointer,
      narrower ? "limits its other fields" : "takes anything as other fields",
      {
        request: narrower ? breaks("calls with other fields may be refused") : fine(),
        answer: narrower ? fine() : breaks("code that reads other fields must expect anything"),
      },
    );
  } else if (declared(old)) {
    tell(place, "changed", site.pointer, "no longer takes fields that it does not name", {
      request: breaks("the types refuse calls that send them"),
      answer: breaks("code that reads them no longer compiles"),
    });
  } else if (declared(next)) {
    tell(place, "changed", site.pointer, "takes fields that it does not name", both(fine()));
  } else if (next === "closed") {
    tell(place, "changed", site.pointer, "refuses fields that it does not name", {
      request: breaks("the type stays the same, but calls that send others are refused"),
      answer: fine("the type stays the same"),
    });
  } else {
    const what = "no longer says that it refuses fields that it does not name";
    tell(place, "changed", site.pointer, what, both(fine("the type stays the same")));
  }
}

/** The items of two arrays, one by one where they are a tuple. */
export function compareItems(walk: Walk, old: Shape, next: Shape, site: Site, place: Place): void {
  const before = old.tuple ?? [];
  const after = next.tuple ?? [];
  if (before.length !== after.length) {
    const what = `is a tuple of ${after.length}, it was one of ${before.length}`;
    tell(place, "changed", site.pointer, what, both(breaks("code that knows its places no longer fits")));
    return;
  }
  after.forEach((item, index) => {
    walk.compareAt(before[index]!, item, atItems(place, `[${index}]`));
  });
  const anything: Site = { ...site, schema: true };
  if (old.items || next.items) {
    walk.compareAt(old.items ?? anything, next.items ?? anything, atItems(place, "[]"));
  }
}

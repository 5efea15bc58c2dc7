import { modelName, refLabel, type Site } from "./schema-site.js";
import type { Field, Shape } from "./shape.js";
import { code } from "./text.js";
import { type Place, subject, type Walk } from "./walk.js";

/**
 * The models that two schemas take in by `allOf`, old ones to new ones: those of the same name, and the one that is
 * left on both sides. They are compared as models, so their fields are told of once, not in every schema that takes them in.
 */
export type BasePairs = ReadonlyMap<string, string>;

export function pairBases(old: Shape, next: Shape): BasePairs {
  const before = [...old.bases].filter((base) => modelName(base) !== undefined);
  const after = [...next.bases].filter((base) => modelName(base) !== undefined);
  const pairs = new Map(before.filter((base) => next.bases.has(base)).map((base) => [base, base]));
  const gone = before.filter((base) => !pairs.has(base));
  const come = after.filter((base) => !pairs.has(base));
  if (gone.length === 1 && come.length === 1) pairs.set(gone[0]!, come[0]!);
  return pairs;
}

export function compareBases(walk: Walk, pairs: BasePairs, at: Site, place: Place): void {
  for (const [old, next] of pairs) {
    const what = `${subject(place)} takes in ${code(refLabel(next))} instead of ${code(refLabel(old))}`;
    walk.pair(old, next, place, at, what);
  }
}

/** Whether the pair of bases that the field comes from tells of it, or of its absence on one side. */
export function isOfBases(pairs: BasePairs, before: Field | undefined, after: Field | undefined): boolean {
  if (before && after) return before.origin !== undefined && pairs.get(before.origin) === after.origin;
  if (before) return before.origin !== undefined && pairs.has(before.origin);
  return after?.origin !== undefined && [...pairs.values()].includes(after.origin);
}

import { calledOutWhy } from "./findings.js";
import type { SitedShape } from "./shape.js";
import { code } from "./text.js";
import { type Matching, type Member, mappingOf } from "./union-members.js";
import { both, breaks, fine, type Place, tell } from "./walk.js";

/** The field by which the members of a union are told apart, and which value of it means which member. */
export function compareDiscriminators(
  old: SitedShape,
  next: SitedShape,
  matching: Matching,
  place: Place,
): void {
  const before = old.shape.discriminator?.["propertyName"];
  const after = next.shape.discriminator?.["propertyName"];
  const { pointer } = next.site;
  if (before === after) {
    compareMappings(old, next, matching, place);
  } else if (typeof before !== "string") {
    if (typeof after !== "string") return;
    tell(place, "changed", pointer, `has its members told apart by ${code(after)} now`, both(fine()));
  } else if (typeof after !== "string") {
    const answer = breaks("code that narrows by it may no longer compile");
    const what = `no longer has its members told apart by ${code(before)}`;
    tell(place, "changed", pointer, what, { request: fine(), answer });
  } else {
    const what = `has its members told apart by ${code(after)}, it was ${code(before)}`;
    tell(place, "changed", pointer, what, both(breaks("code that knows the old field no longer fits")));
  }
}

/** Members that came or went tell of themselves, and so do members whose own field says its values. */
function compareMappings(old: SitedShape, next: SitedShape, matching: Matching, place: Place): void {
  const before = mappingOf(old.shape);
  const after = mappingOf(next.shape);
  if (before.size === 0 || after.size === 0) return;
  const became = new Map(matching.pairs.map(([a, b]) => [a.ref, b.ref]));
  const silentBefore = silentRefs(matching.pairs.map(([member]) => member));
  const silentAfter = silentRefs(matching.pairs.map(([, member]) => member));
  for (const [value, target] of before) {
    const now = after.get(value);
    if (now === undefined && silentBefore.has(target)) {
      const request = breaks("calls that send it are refused");
      const what = `no longer knows the tag ${code(value)}`;
      tell(place, "removed", old.site.pointer, what, { request, answer: fine() });
    } else if (now !== undefined && became.has(target) && became.get(target) !== now) {
      const what = `means another member by the tag ${code(value)}`;
      const broken = breaks("code that narrows by it gets another type");
      tell(place, "changed", next.site.pointer, what, both(broken));
    }
  }
  for (const [value, target] of after) {
    if (before.has(value) || !silentAfter.has(target)) continue;
    const what = `knows the new tag ${code(value)}`;
    tell(place, "added", next.site.pointer, what, { request: fine(), answer: fine(calledOutWhy) });
  }
}

function silentRefs(members: readonly Member[]): Set<string | undefined> {
  return new Set(members.filter((member) => !member.saysTags).map((member) => member.ref));
}

import type { OpenApiDocument } from "../document.js";
import { compareDiscriminators } from "./compare-discriminators.js";
import { calledOutWhy } from "./findings.js";
import { modelName, type Site } from "./schema-site.js";
import type { Shape, SitedShape } from "./shape.js";
import { code } from "./text.js";
import { type Matching, type Member, matchMembers, type Side, sideOf } from "./union-members.js";
import { atItems, both, breaks, fine, type Place, tell, type Walk } from "./walk.js";

/** Two schemas of which at least one is a union. */
export function compareUnions(walk: Walk, old: SitedShape, next: SitedShape, place: Place): void {
  const [before, after] = sidesOf(walk, old, next);
  const matching = matchMembers(before, after);
  const { pointer } = next.site;
  if (matching.pairs.length === 0) {
    const what = `changed its type from ${labels(before)} to ${labels(after)}`;
    tell(place, "changed", pointer, what, both(breaks("code that knows the old type no longer fits")));
    return;
  }
  for (const [oldMember, nextMember] of matching.pairs) compareMembers(walk, oldMember, nextMember, place);
  if (before.isUnion && after.isUnion) {
    tellMembers(matching, before, after, old.site.pointer, pointer, place);
    compareKeyword(old.shape, next.shape, pointer, place);
    compareDiscriminators(old, next, matching, place);
  } else if (after.isUnion && matching.added.length > 0) {
    tell(place, "changed", pointer, `became a union of ${labels(after)}`, {
      request: fine(),
      answer: breaks("code that reads it must tell its members apart"),
    });
  } else if (before.isUnion && matching.removed.length > 0) {
    tell(place, "changed", pointer, `is only ${labels(after)} now, it was ${labels(before)}`, {
      request: breaks("calls that send another member are refused"),
      answer: fine(),
    });
  }
}

/** A union that the other side has as one of its members counts as that member. */
function sidesOf(walk: Walk, old: SitedShape, next: SitedShape): readonly [Side, Side] {
  const nextTag = sideOf(walk.next, next.shape, next.site).tag;
  const before = sideOf(walk.old, old.shape, old.site, nextTag);
  const after = sideOf(walk.next, next.shape, next.site, before.tag);
  // A union may have itself as a member: that is no reason to take either side for it.
  if (old.site.pointer === next.site.pointer) return [before, after];
  if (hasMember(before, next.site)) return [before, asMember(walk.next, next.shape, next.site)];
  if (hasMember(after, old.site)) return [asMember(walk.old, old.shape, old.site), after];
  return [before, after];
}

function hasMember(side: Side, site: Site): boolean {
  return (
    side.isUnion &&
    modelName(site.pointer) !== undefined &&
    side.members.some(({ ref }) => ref === site.pointer)
  );
}

function asMember(document: OpenApiDocument, shape: Shape, site: Site): Side {
  return sideOf(document, { ...shape, union: undefined }, site);
}

function compareMembers(walk: Walk, old: Member, next: Member, place: Place): void {
  if (old.ref !== undefined && next.ref !== undefined) {
    walk.pair(old.ref, next.ref, place, next.site);
    return;
  }
  walk.compareAt(old.site, next.site, atItems(place, `<${next.label}>`));
}

/**
 * A new member in an answer is like a new enum value as long as consumers tell the members apart by a tag: each branch
 * that they have still compiles and still gets what it got, so it is called out and does not break. Without a tag they
 * can only read what all members share, and a new member may take fields away from that: breaking. A member that
 * answers no longer have is not breaking, like an enum value that they no longer have.
 */
function tellMembers(
  matching: Matching,
  before: Side,
  after: Side,
  oldPointer: string,
  nextPointer: string,
  place: Place,
): void {
  const tagged = after.tag !== undefined && before.tag === after.tag;
  for (const member of matching.added) {
    tell(place, "added", nextPointer, `has the new member ${code(member.label)}`, {
      request: fine(),
      answer: tagged
        ? fine(calledOutWhy)
        : breaks("code that reads what all members share may no longer compile"),
    });
  }
  for (const member of matching.removed) {
    tell(place, "removed", oldPointer, `no longer has the member ${code(member.label)}`, {
      request: breaks("calls that send it are refused"),
      answer: fine("code that looks for it can go"),
    });
  }
}

function compareKeyword(old: Shape, next: Shape, pointer: string, place: Place): void {
  const [before, after] = [old.union!.keyword, next.union!.keyword];
  if (before === after) return;
  const what = `is combined by ${code(after)}, it was by ${code(before)}`;
  tell(place, "changed", pointer, what, both(fine("the type stays the same")));
}

function labels(side: Side): string {
  return side.members
    .map((member) => code(member.label))
    .sort()
    .join(" or ");
}

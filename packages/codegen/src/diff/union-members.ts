import { type OpenApiDocument, objectAt } from "../document.js";
import { memberLabel } from "./schema-label.js";
import { modelName, modelRef, peel, type Site, siteOfRef } from "./schema-site.js";
import { type Shape, shapeOf } from "./shape.js";
import { canonical, compareText, structureText } from "./text.js";

export interface Member {
  readonly site: Site;
  /** The pointer of the model that it is, if it is one. */
  readonly ref: string | undefined;
  readonly label: string;
  readonly shape: Shape;
  /** The values of the union's tag by which this member is told from the others. */
  readonly tags: string | undefined;
  /** The member's own field says them, not only the union's mapping. */
  readonly saysTags: boolean;
}

/** One side of a union: what is no union counts as a union of one. */
export interface Side {
  readonly members: readonly Member[];
  /** The field by which members are told apart. */
  readonly tag: string | undefined;
  readonly isUnion: boolean;
}

export interface Matching {
  readonly pairs: readonly (readonly [Member, Member])[];
  readonly removed: readonly Member[];
  readonly added: readonly Member[];
}

export function sideOf(document: OpenApiDocument, shape: Shape, site: Site, otherTag?: string): Side {
  const sites = distinct(shape.union?.members ?? [site]);
  const plain = sites.map((member) => ({ site: member, ...describe(document, member) }));
  const named = shape.discriminator?.["propertyName"];
  const tag =
    typeof named === "string"
      ? named
      : (commonTag(
          document,
          plain.map((member) => member.shape),
        ) ?? otherTag);
  const mapping = mappingOf(shape);
  const members = plain.map((member) => {
    const own = tag === undefined ? undefined : tagValues(document, member.shape, tag);
    return { ...member, tags: own ?? mappedTags(member.ref, mapping), saysTags: own !== undefined };
  });
  return { members, tag, isUnion: shape.union !== undefined };
}

/** Members of the same structure are one to a type, whatever their prose. */
function distinct(sites: readonly Site[]): Site[] {
  const sorted = [...sites].sort((a, b) => compareText(canonical(a.schema), canonical(b.schema)));
  return [...new Map(sorted.map((site) => [structureText(site.schema), site])).values()];
}

function describe(
  document: OpenApiDocument,
  site: Site,
): { ref: string | undefined; label: string; shape: Shape } {
  const peeled = peel(site);
  const own = !site.listed && modelName(site.pointer) !== undefined ? site.pointer : undefined;
  const ref = peeled.ref ?? own;
  const shape = shapeOf(document, peeled.ref === undefined ? peeled.site : siteOfRef(document, peeled.ref));
  return {
    ref,
    label: memberLabel(ref === undefined ? peeled.site : { ...site, schema: { $ref: ref } }),
    shape,
  };
}

/** The members that a discriminator's mapping names, by tag value. */
export function mappingOf(shape: Shape): Map<string, string> {
  const mapping = objectAt(shape.discriminator, "mapping");
  const entries = Object.entries(mapping).filter(
    (entry): entry is [string, string] => typeof entry[1] === "string",
  );
  return new Map(entries.map(([value, target]) => [value, target.includes("/") ? target : modelRef(target)]));
}

function mappedTags(ref: string | undefined, mapping: Map<string, string>): string | undefined {
  const mapped = [...mapping].filter(([, target]) => target === ref).map(([value]) => JSON.stringify(value));
  return mapped.length > 0 ? mapped.sort(compareText).join() : undefined;
}

/** The values that an object's field allows, when it lists them. */
function tagValues(document: OpenApiDocument, shape: Shape, name: string): string | undefined {
  const field = shape.fields.get(name);
  if (field === undefined) return undefined;
  const { values } = shapeOf(document, field.site);
  return values && [...values.keys()].sort(compareText).join();
}

/** A required field that has other constant values in every member: what consumers narrow by without a discriminator. */
function commonTag(document: OpenApiDocument, shapes: readonly Shape[]): string | undefined {
  const first = shapes[0];
  if (first === undefined || shapes.length < 2) return undefined;
  const names = [...first.fields.keys()].sort(compareText);
  return names.find((name) => {
    const values = shapes.map((shape) =>
      shape.required.has(name) ? tagValues(document, shape, name) : undefined,
    );
    return values.every((value) => value !== undefined) && new Set(values).size === shapes.length;
  });
}

/**
 * Which member became which: by name, then by tag, then by structure, then by what is left. Only what is the only one
 * of its kind on both sides is matched, so that the order of members does not matter.
 */
export function matchMembers(old: Side, next: Side): Matching {
  const pairs: (readonly [Member, Member])[] = [];
  let removed = [...old.members];
  let added = [...next.members];
  const sameTag = old.tag === next.tag;
  const keys: ((member: Member) => string | undefined)[] = [
    (member) => member.ref,
    (member) => (sameTag ? member.tags : undefined),
    (member) => structureText(member.site.schema),
    (member) => withoutNames(member),
    (member) => plainType(member.shape),
  ];
  for (const key of keys) {
    const before = uniqueBy(removed, key);
    const after = uniqueBy(added, key);
    for (const [text, member] of before) {
      const partner = after.get(text);
      if (partner) pairs.push([member, partner]);
    }
    const taken = new Set(pairs.flat());
    removed = removed.filter((member) => !taken.has(member));
    added = added.filter((member) => !taken.has(member));
  }
  const [before, after] = [removed[0], added[0]];
  if (before && after && removed.length === 1 && added.length === 1 && mayBeSame(before, after)) {
    return { pairs: [...pairs, [before, after]], removed: [], added: [] };
  }
  return { pairs, removed, added };
}

function uniqueBy(
  members: readonly Member[],
  key: (member: Member) => string | undefined,
): Map<string, Member> {
  const found = new Map<string, Member[]>();
  for (const member of members) {
    const text = key(member);
    if (text !== undefined) found.set(text, [...(found.get(text) ?? []), member]);
  }
  return new Map([...found].flatMap(([text, same]) => (same.length === 1 ? [[text, same[0]!]] : [])));
}

/** The structure with the names of models left out: finds models that were renamed. */
function withoutNames(member: Member): string | undefined {
  const { shape } = member;
  if (shape.fields.size === 0) return undefined;
  const fields = [...shape.fields].map(([name, field]) =>
    [name, structureText(field.site.schema ?? true)].join(":"),
  );
  const text = [...fields.sort(compareText), ...[...shape.required.keys()].sort(compareText)].join("\n");
  return text.replaceAll(/"\$ref":"(?:[^"\\]|\\.)*"/g, '"$ref":""');
}

function plainType(shape: Shape): string | undefined {
  if (shape.types === undefined || shape.types.has("object")) return undefined;
  return [...shape.types].sort(compareText).join();
}

/** Members with other tags are other things, and so are members of another type. */
function mayBeSame(old: Member, next: Member): boolean {
  if (old.tags !== undefined && next.tags !== undefined) return false;
  if (old.shape.types === undefined || next.shape.types === undefined) return true;
  return [...old.shape.types].some((type) => next.shape.types?.has(type));
}

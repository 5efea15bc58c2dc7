import { isObject, type OpenApiDocument } from "../document.js";
import { compareBases, pairBases } from "./compare-bases.js";
import { compareConstraints, valueText } from "./compare-constraints.js";
import { compareValues } from "./compare-enums.js";
import { compareFields, compareItems } from "./compare-fields.js";
import { ModelPairs } from "./compare-models.js";
import { compareNullable, compareTypes } from "./compare-types.js";
import { compareUnions } from "./compare-unions.js";
import { modelName, type Peeled, peel, type Site, siteOfRef } from "./schema-site.js";
import { type Shape, type SitedShape, shapeOf } from "./shape.js";
import { canonical } from "./text.js";
import { both, breaks, fine, type Place, tell, type Walk } from "./walk.js";

/** Walks both sides of a schema in parallel. Where both refer to a model, the pair of models is compared on its own. */
export class SchemaWalk implements Walk {
  readonly models: ModelPairs;
  private readonly ids = new WeakMap<object, number>();
  private lastId = 0;

  constructor(
    readonly old: OpenApiDocument,
    readonly next: OpenApiDocument,
  ) {
    this.models = new ModelPairs(this);
  }

  pair(oldRef: string, nextRef: string, place: Place, at: Site, what?: string): void {
    this.models.add(oldRef, nextRef, place, at, what);
  }

  compareAt(old: Site, next: Site, place: Place): void {
    const before = peel(old);
    const after = peel(next);
    const { pointer } = next;
    compareDeprecated(before.deprecated, after.deprecated, pointer, place);
    // An enum that was lifted from where it stands changes its name with its values: here the values count.
    const enums = before.ref !== after.ref && isEnum(this.old, before) && isEnum(this.next, after);
    if (isModel(before.ref) && isModel(after.ref) && !enums) {
      compareDefault(before.defaultValue, after.defaultValue, pointer, place);
      compareNullable(before.nullable, after.nullable, pointer, place);
      this.pair(before.ref, after.ref, place, next);
      return;
    }
    const oldSite = followed(this.old, before);
    const nextSite = followed(this.next, after);
    if (!this.firstTime(oldSite, nextSite, place)) return;
    const oldShape = shapeOf(this.old, oldSite);
    const nextShape = shapeOf(this.next, nextSite);
    compareDefault(defaultOf(before, oldSite), defaultOf(after, nextSite), pointer, place);
    compareNullable(
      before.nullable || oldShape.nullable,
      after.nullable || nextShape.nullable,
      pointer,
      place,
    );
    this.compareShapes(
      { shape: oldShape, site: oldSite },
      { shape: nextShape, site: nextSite },
      [old, next],
      place,
    );
  }

  private compareShapes(
    old: SitedShape,
    next: SitedShape,
    places: readonly [Site, Site],
    place: Place,
  ): void {
    const at = places[1];
    const [before, after] = [old.shape, next.shape];
    const bases = pairBases(before, after);
    compareBases(this, bases, at, place);
    if (before.union || after.union) {
      compareUnions(this, old, next, place);
      // What stands beside a union (fields that all members share) is compared when both sides have one.
      if (!before.union || !after.union) return;
    } else {
      if (!compareTypes(before, after, at, place)) return;
      if (!compareValues(before, after, places, place)) return;
    }
    compareConstraints(before, after, at, place);
    // A type that only one side has was told of as the whole: what is in it is no difference of its own.
    const shared = (type: string): boolean => takes(before, type) && takes(after, type);
    if (shared("object")) compareFields(this, before, after, bases, at, place);
    if (shared("array")) compareItems(this, before, after, at, place);
  }

  /** A pair of schemas is compared once in each sink: only recursion by way of `allOf` comes back to one. */
  private firstTime(old: Site, next: Site, place: Place): boolean {
    const key = `${place.direction} ${this.identity(old)} ${this.identity(next)}`;
    if (place.sink.seen.has(key)) return false;
    place.sink.seen.add(key);
    return true;
  }

  private identity(site: Site): string {
    const { schema } = site;
    if (typeof schema !== "object" || schema === null) return `${String(schema)}@${site.pointer}`;
    let id = this.ids.get(schema);
    if (id === undefined) {
      this.lastId += 1;
      id = this.lastId;
      this.ids.set(schema, id);
    }
    return `${id}@${site.pointer}`;
  }
}

function isEnum(document: OpenApiDocument, peeled: Peeled): boolean {
  const { schema } = followed(document, peeled);
  return isObject(schema) && Array.isArray(schema["enum"]);
}

function isModel(ref: string | undefined): ref is string {
  return ref !== undefined && modelName(ref) !== undefined;
}

function takes(shape: Shape, type: string): boolean {
  return shape.types === undefined || shape.types.has(type);
}

function followed(document: OpenApiDocument, peeled: Peeled): Site {
  return peeled.ref === undefined ? peeled.site : siteOfRef(document, peeled.ref);
}

function defaultOf(peeled: Peeled, site: Site): Peeled["defaultValue"] {
  return peeled.defaultValue ?? peel(site).defaultValue;
}

export function compareDeprecated(old: boolean, next: boolean, pointer: string, place: Place): void {
  if (old === next) return;
  if (next) tell(place, "deprecated", pointer, "is deprecated", both(fine()));
  else tell(place, "changed", pointer, "is no longer deprecated", both(fine()));
}

/** Another default changes what a call means that leaves the value out, though it compiles as before. */
function compareDefault(
  old: Peeled["defaultValue"],
  next: Peeled["defaultValue"],
  pointer: string,
  place: Place,
): void {
  if (canonical(old) === canonical(next)) return;
  if (old === undefined) {
    tell(place, "changed", pointer, `has the default ${valueText(next)} now`, both(fine()));
  } else if (next === undefined) {
    tell(place, "changed", pointer, `no longer has the default ${valueText(old)}`, both(fine()));
  } else {
    tell(place, "changed", pointer, `changed its default from ${valueText(old)} to ${valueText(next)}`, {
      request: breaks("calls that leave it out mean something else now"),
      answer: fine(),
    });
  }
}

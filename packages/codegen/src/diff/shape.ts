import { isObject, type Json, type JsonObject, type OpenApiDocument } from "../document.js";
import { below, inList, isAnnotation, isNullSchema, type Site, siteOfRef } from "./schema-site.js";
import { canonical } from "./text.js";

export interface Field {
  readonly site: Site;
  /** The component that it comes from by way of `allOf`. */
  readonly origin: string | undefined;
}

export interface Union {
  readonly keyword: string;
  readonly members: readonly Site[];
}

/** What the other fields of an object may be: refused, not said, anything, or of a schema. */
export type Extra = "closed" | "unstated" | "open" | Site;

/** What a schema says once `allOf`, 3.0 and 3.1 spellings and references in the middle are out of the way. */
export interface Shape {
  /** Never `null` or `integer`; undefined for anything. */
  types: Set<string> | undefined;
  /** Numbers are whole. */
  integer: boolean;
  nullable: boolean;
  /** The enum's values by their canonical text. */
  values: Map<string, Json> | undefined;
  fields: Map<string, Field>;
  /** The required fields, each with the component that requires it. */
  required: Map<string, string | undefined>;
  extra: Extra;
  items: Site | undefined;
  tuple: Site[] | undefined;
  union: Union | undefined;
  discriminator: JsonObject | undefined;
  /** The components that it takes in by `allOf`, by pointer. */
  bases: Set<string>;
  /** Every other keyword that limits the values. */
  keywords: Map<string, Json>;
}

export interface SitedShape {
  readonly shape: Shape;
  readonly site: Site;
}

export function shapeOf(document: OpenApiDocument, site: Site): Shape {
  const shape: Shape = {
    types: undefined,
    integer: false,
    nullable: false,
    values: undefined,
    fields: new Map(),
    required: new Map(),
    extra: "unstated",
    items: undefined,
    tuple: undefined,
    union: undefined,
    discriminator: undefined,
    bases: new Set(),
    keywords: new Map(),
  };
  addSchema({ shape, document, visited: new Set() }, site, undefined);
  for (const name of shape.required.keys()) {
    const origin = shape.required.get(name);
    if (!shape.fields.has(name)) shape.fields.set(name, { site: { ...site, schema: true }, origin });
  }
  shape.types ??= impliedTypes(shape);
  return shape;
}

interface Building {
  readonly shape: Shape;
  readonly document: OpenApiDocument;
  readonly visited: Set<string>;
}

function addSchema(building: Building, site: Site, origin: string | undefined): void {
  const { schema } = site;
  const { shape } = building;
  if (schema === false) shape.keywords.set("not", {});
  if (!isObject(schema)) return;
  if (schema["nullable"] === true) shape.nullable = true;
  for (const [key, value] of Object.entries(schema)) {
    if (value === undefined || isAnnotation(key)) continue;
    addKeyword(building, site, origin, key, value);
  }
}

function addKeyword(
  building: Building,
  site: Site,
  origin: string | undefined,
  key: string,
  value: Json,
): void {
  const { shape } = building;
  if (key === "$ref" && typeof value === "string") addBase(building, value, origin);
  else if (key === "type") addTypes(shape, value);
  else if (key === "enum" && Array.isArray(value)) addValues(shape, value);
  else if (key === "const") addValues(shape, [value]);
  else if (key === "properties" && isObject(value)) addFields(shape, site, origin, value);
  else if (key === "required" && Array.isArray(value)) addRequired(shape, origin, value);
  else if (key === "additionalProperties" || key === "unevaluatedProperties") {
    shape.extra = extraOf(below(site, value, key));
  } else if (key === "items" && !Array.isArray(value)) shape.items = below(site, value, key);
  else if (key === "prefixItems" && Array.isArray(value)) addTuple(shape, site, value);
  else if (key === "discriminator" && isObject(value)) shape.discriminator = value;
  else if (key === "allOf" && Array.isArray(value)) {
    for (const member of value) addSchema(building, inList(site, member, key), origin);
  } else if ((key === "oneOf" || key === "anyOf") && Array.isArray(value)) {
    addUnion(building, site, origin, key, value);
  } else addOther(shape, key, value);
}

function addRequired(shape: Shape, origin: string | undefined, names: readonly Json[]): void {
  for (const name of names) {
    // What the schema requires itself it requires whatever its bases do.
    if (typeof name === "string" && (origin === undefined || !shape.required.has(name)))
      shape.required.set(name, origin);
  }
}

function addTuple(shape: Shape, site: Site, members: readonly Json[]): void {
  const list = below(site, members as Json[], "prefixItems");
  shape.tuple = members.map((member, index) => below(list, member, String(index)));
}

function addBase(building: Building, ref: string, origin: string | undefined): void {
  const { shape, document, visited } = building;
  if (origin === undefined) shape.bases.add(ref);
  if (visited.has(ref)) return;
  visited.add(ref);
  addSchema(building, siteOfRef(document, ref), origin ?? ref);
}

function addTypes(shape: Shape, value: Json): void {
  const given = (Array.isArray(value) ? value : [value]).filter((type) => typeof type === "string");
  if (given.includes("null")) shape.nullable = true;
  const types = new Set(
    given.filter((type) => type !== "null").map((type) => (type === "integer" ? "number" : type)),
  );
  if (given.includes("integer") && !given.includes("number")) shape.integer = true;
  const before = shape.types;
  shape.types = before ? new Set([...before].filter((type) => types.has(type))) : types;
}

function addValues(shape: Shape, given: readonly Json[]): void {
  if (given.includes(null)) shape.nullable = true;
  const values = new Map(given.filter((value) => value !== null).map((value) => [canonical(value), value]));
  const before = shape.values;
  shape.values = before ? new Map([...before].filter(([key]) => values.has(key))) : values;
}

function addFields(shape: Shape, site: Site, origin: string | undefined, fields: JsonObject): void {
  for (const [name, schema] of Object.entries(fields)) {
    if (schema === undefined) continue;
    const added = below(site, schema, "properties", name);
    const before = shape.fields.get(name);
    if (before === undefined) shape.fields.set(name, { site: added, origin });
    else shape.fields.set(name, { site: bothOf(before.site, added), origin: undefined });
  }
}

const combined = new WeakMap<object, WeakMap<object, Site>>();

/** A field that two members of an `allOf` describe. The same two always give the same object: walks end by identity. */
function bothOf(first: Site, second: Site): Site {
  if (!isObject(first.schema) || !isObject(second.schema)) return isObject(first.schema) ? first : second;
  if (first.schema === second.schema) return first;
  let known = combined.get(first.schema);
  if (known === undefined) {
    known = new WeakMap();
    combined.set(first.schema, known);
  }
  const site = known.get(second.schema) ?? {
    schema: { allOf: [first.schema, second.schema] },
    pointer: first.pointer,
    listed: true,
  };
  known.set(second.schema, site);
  return site;
}

function extraOf(site: Site): Extra {
  if (site.schema === false) return "closed";
  if (!isObject(site.schema) || Object.keys(site.schema).every(isAnnotation)) return "open";
  return site;
}

function addUnion(
  building: Building,
  site: Site,
  origin: string | undefined,
  keyword: string,
  given: readonly Json[],
): void {
  const { shape } = building;
  const left = given.filter((member) => !isNullSchema(member));
  if (left.length < given.length) shape.nullable = true;
  const members = left.flatMap((member) => spliced(inList(site, member, keyword)));
  if (members.length === 1) addSchema(building, members[0]!, origin);
  else if (shape.union === undefined) shape.union = { keyword, members };
  else addOther(shape, keyword, [...given]);
}

/** The members of a union that is written in place inside another: to a type they are all members of the outer one. */
function spliced(site: Site): Site[] {
  const keys = isObject(site.schema) ? Object.keys(site.schema).filter((key) => !isAnnotation(key)) : [];
  const key = keys[0];
  if (keys.length !== 1 || (key !== "oneOf" && key !== "anyOf")) return [site];
  const members = (site.schema as JsonObject)[key];
  if (!Array.isArray(members) || members.some(isNullSchema)) return [site];
  return members.flatMap((member) => spliced(inList(site, member, key)));
}

function addOther(shape: Shape, key: string, value: Json): void {
  const before = shape.keywords.get(key);
  const same = before === undefined || canonical(before) === canonical(value);
  shape.keywords.set(key, same ? value : [before, value]);
}

function impliedTypes(shape: Shape): Set<string> | undefined {
  if (shape.values) return new Set([...shape.values.values()].map(typeOfValue));
  if (shape.union) return undefined;
  if (shape.fields.size > 0 || shape.extra !== "unstated") return new Set(["object"]);
  return shape.items || shape.tuple ? new Set(["array"]) : undefined;
}

function typeOfValue(value: Json): string {
  return Array.isArray(value) ? "array" : typeof value;
}

import {
  atPointer,
  escapePointer,
  isObject,
  type Json,
  type JsonObject,
  type OpenApiDocument,
  objectAt,
  unescapePointer,
} from "../document.js";
import { isProse } from "./text.js";

/** A schema and where it is. */
export interface Site {
  readonly schema: Json | undefined;
  readonly pointer: string;
  /** Inside a list whose order means nothing: the pointer stays at the list, so that shuffling it changes nothing. */
  readonly listed: boolean;
}

/** A schema without what only wraps it: nullability, prose, a single `allOf` or `oneOf` member. */
export interface Peeled {
  readonly site: Site;
  /** The pointer that the schema refers to, when a reference is all that is left. */
  readonly ref: string | undefined;
  readonly nullable: boolean;
  readonly deprecated: boolean;
  readonly defaultValue: Json | undefined;
}

const schemasPointer = "#/components/schemas/";

export function siteAt(schema: Json | undefined, pointer: string): Site {
  return { schema, pointer, listed: false };
}

/** The site of something below, by its keys. */
export function below(site: Site, schema: Json | undefined, ...keys: string[]): Site {
  const pointer = site.listed ? site.pointer : [site.pointer, ...keys.map(escapePointer)].join("/");
  return { schema, pointer, listed: site.listed };
}

/** The site of a member of the list `key`. */
export function inList(site: Site, schema: Json | undefined, key: string): Site {
  return { ...below(site, schema, key), listed: true };
}

export function modelRef(name: string): string {
  return schemasPointer + escapePointer(name);
}

/** The schema component's name, when the pointer is that of one. */
export function modelName(pointer: string): string | undefined {
  if (!pointer.startsWith(schemasPointer)) return undefined;
  const rest = pointer.slice(schemasPointer.length);
  return rest === "" || rest.includes("/") ? undefined : unescapePointer(rest);
}

/** How a message names what a pointer means. */
export function refLabel(pointer: string): string {
  return modelName(pointer) ?? pointer;
}

export function siteOfRef(document: OpenApiDocument, ref: string): Site {
  const name = modelName(ref);
  // By name, not by pointer: a component's name may hold a per cent sign, which a pointer in a URL would decode.
  if (name !== undefined) {
    const schemas = objectAt(objectAt(document, "components"), "schemas");
    if (Object.hasOwn(schemas, name)) return siteAt(schemas[name], modelRef(name));
  }
  return siteAt(ref.startsWith("#") ? atPointer(document, ref) : undefined, ref);
}

/** Keys that say something about a schema's use without changing which values it takes. */
export function isAnnotation(key: string): boolean {
  return isProse(key) || annotations.has(key);
}

const annotations = new Set(["default", "deprecated", "nullable", "readOnly", "writeOnly"]);

export function isNullSchema(schema: Json | undefined): boolean {
  if (!isObject(schema)) return false;
  const type = schema["type"];
  if (type === "null" || (Array.isArray(type) && type.length === 1 && type[0] === "null")) return true;
  const values = schema["enum"];
  if (Array.isArray(values) && values.length === 1 && values[0] === null) return true;
  return Object.hasOwn(schema, "const") && schema["const"] === null;
}

export function peel(start: Site): Peeled {
  let site = start;
  let nullable = false;
  let deprecated = false;
  let defaultValue: Json | undefined;
  const note = (schema: JsonObject): void => {
    nullable ||= schema["nullable"] === true;
    deprecated ||= schema["deprecated"] === true;
    defaultValue ??= schema["default"];
  };
  for (;;) {
    const { schema } = site;
    if (!isObject(schema)) break;
    note(schema);
    const structural = Object.keys(schema).filter((key) => !isAnnotation(key) && schema[key] !== undefined);
    if (structural.length !== 1) break;
    const key = structural[0]!;
    const value = schema[key];
    if (key === "$ref" && typeof value === "string") {
      return { site, ref: value, nullable, deprecated, defaultValue };
    }
    const next = Array.isArray(value) ? onlyMember(value, key, note) : undefined;
    if (next === undefined) break;
    nullable ||= next.nullable;
    site = inList(site, next.schema, key);
  }
  return { site, ref: undefined, nullable, deprecated, defaultValue };
}

/** The one member of an `allOf` that says anything, or of a union whose others are null. */
function onlyMember(
  members: readonly Json[],
  key: string,
  note: (schema: JsonObject) => void,
): { schema: Json; nullable: boolean } | undefined {
  if (key === "allOf") {
    const isNote = (member: Json): member is JsonObject =>
      isObject(member) && Object.keys(member).every(isAnnotation);
    const left = members.filter((member) => !isNote(member));
    if (left.length !== 1) return undefined;
    members.filter(isNote).forEach(note);
    return { schema: left[0]!, nullable: false };
  }
  if (key !== "oneOf" && key !== "anyOf") return undefined;
  const left = members.filter((member) => !isNullSchema(member));
  return left.length === 1 ? { schema: left[0]!, nullable: left.length < members.length } : undefined;
}

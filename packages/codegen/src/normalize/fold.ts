import { isObject, type Json, type JsonObject, type OpenApiDocument } from "../document.js";
import { isAnnotation, mapSchemaDeep, mapSchemas, pickAnnotations, withoutAnnotations } from "../schemas.js";
import { writeEnumProse } from "./enum-prose.js";
import { resolveRef } from "./operations.js";

/**
 * Says the same with less around it: `allOf: [X, { description }]` is X with that description, `allOf: [X, { required }]`
 * is X with those fields required, a union of one member is that member, an enum of one value is a constant, an array
 * that must be empty adds nothing to a union of arrays.
 */
export function fold(document: OpenApiDocument): OpenApiDocument {
  const change = (schema: JsonObject): Json =>
    besideUnion(foldConstant(foldConstants(foldUnion(foldEmptyArray(foldAllOf(schema, document))))));
  return mapSchemas(document, (schema) => mapSchemaDeep(schema, change));
}

function foldAllOf(schema: JsonObject, document: OpenApiDocument): JsonObject {
  const { allOf, ...host } = schema;
  if (!Array.isArray(allOf) || !allOf.every(isObject)) return schema;
  const structural = allOf.filter((part) => Object.keys(part).some((key) => !isAnnotation(key)));
  const annotations = Object.assign(
    {},
    ...allOf.filter((part) => !structural.includes(part)),
    pickAnnotations(host),
  ) as JsonObject;
  const hostStructure = withoutAnnotations(host);
  if (Object.keys(hostStructure).length > 0 && !isRequiredOnly(hostStructure)) {
    // `type: object` beside an allOf of one says nothing new.
    if (!(Object.keys(hostStructure).length === 1 && hostStructure["type"] === "object")) return schema;
  }
  const tighten = [...structural, hostStructure].filter(isRequiredOnly);
  const [base, ...others] = structural.filter((part) => !isRequiredOnly(part));
  if (base === undefined || others.length > 0) return schema;
  if (tighten.length === 0) return { ...base, ...annotations };
  const target = resolveRef(document, base);
  if (!isObject(target) || !isObject(target["properties"])) return schema;
  const required = [target, ...tighten].flatMap((part) =>
    Array.isArray(part["required"]) ? part["required"] : [],
  );
  return { ...withoutAnnotations(target), ...annotations, required: [...new Set(required)] };
}

function isRequiredOnly(schema: JsonObject): boolean {
  const structure = Object.keys(schema).filter((key) => !isAnnotation(key) && key !== "type");
  return structure.length === 1 && structure[0] === "required";
}

function foldUnion(schema: JsonObject): JsonObject {
  for (const key of ["oneOf", "anyOf"] as const) {
    const { [key]: members, ...host } = schema;
    if (!Array.isArray(members) || members.length !== 1) continue;
    const member = members[0];
    if (!isObject(member)) continue;
    const structure = Object.keys(host).filter((name) => !isAnnotation(name));
    if (structure.length > 0) continue;
    return { ...member, ...host };
  }
  return schema;
}

/** `oneOf: [{ const, description }, ...]` is an enum, and says what each value means. */
function foldConstants(schema: JsonObject): JsonObject {
  for (const key of ["oneOf", "anyOf"] as const) {
    const { [key]: members, ...host } = schema;
    if (!Array.isArray(members) || members.length < 2) continue;
    const constants = members.filter(isObject).filter((member) => typeof member["const"] === "string");
    if (constants.length !== members.length) continue;
    const values = constants.map((member) => member["const"] as string);
    const meanings = constants.flatMap((member) => {
      const meaning = member["description"] ?? member["title"];
      return typeof meaning === "string" ? [[String(member["const"]), meaning] as const] : [];
    });
    const text = typeof host["description"] === "string" ? host["description"] : "";
    const description = writeEnumProse({ text, values: new Map(meanings) }, values);
    return { ...host, type: "string", ...(description === "" ? {} : { description }), enum: values };
  }
  return schema;
}

/**
 * Fields beside a union hold for each of its members: both together are an `allOf`. Members that only ask for fields
 * have no type of their own.
 */
function besideUnion(schema: JsonObject): JsonObject {
  for (const key of ["oneOf", "anyOf"] as const) {
    const { [key]: members, discriminator, ...host } = schema;
    if (!Array.isArray(members) || !isObject(host["properties"])) continue;
    const typed = members.filter((member) => !(isObject(member) && isRequiredOnly(member)));
    if (typed.length === 0) return host;
    const union = {
      [key]: typed.length === members.length ? members : [...typed, { type: "object" }],
      ...(discriminator === undefined ? {} : { discriminator }),
    };
    return { ...pickAnnotations(host), allOf: [withoutAnnotations(host), union] };
  }
  return schema;
}

function foldConstant(schema: JsonObject): JsonObject {
  const values = schema["enum"];
  if (!Array.isArray(values) || values.length !== 1 || values[0] === null) return schema;
  return Object.fromEntries(
    Object.entries(schema).map(([key, value]) => (key === "enum" ? ["const", values[0]] : [key, value])),
  ) as JsonObject;
}

/** `oneOf: [A[] of at least one, an empty array]` is `A[]`. */
function foldEmptyArray(schema: JsonObject): JsonObject {
  const members = schema["oneOf"];
  if (!Array.isArray(members)) return schema;
  const isEmptyArray = (member: Json): boolean =>
    isObject(member) && member["type"] === "array" && member["maxItems"] === 0;
  const rest = members.filter((member) => !isEmptyArray(member));
  if (rest.length === members.length || rest.length !== 1 || !rest.every(isArrays)) return schema;
  return { ...schema, oneOf: rest.map(allowEmpty) };
}

/** Lists of at least nothing or one: with the empty list beside them, lists of any length. */
function isArrays(schema: Json): boolean {
  if (!isObject(schema)) return false;
  if (schema["type"] === "array") return Number(schema["minItems"] ?? 0) <= 1;
  return Array.isArray(schema["anyOf"]) && schema["anyOf"].every(isArrays);
}

function allowEmpty(schema: Json): Json {
  if (!isObject(schema)) return schema;
  const { minItems, ...rest } = schema;
  if (Array.isArray(rest["anyOf"])) return { ...rest, anyOf: rest["anyOf"].map(allowEmpty) };
  return minItems === 1 ? rest : schema;
}

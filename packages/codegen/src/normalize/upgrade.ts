import { isObject, type Json, type JsonObject, type OpenApiDocument } from "../document.js";
import { mapSchemaDeep, mapSchemas } from "../schemas.js";

/**
 * OpenAPI 3.0 -> 3.1: `nullable` becomes a type, an exclusive limit becomes a number, a schema's `example` becomes
 * `examples`, `x-webhooks` become `webhooks`. In a 3.1 document only the `x-webhooks` move. The
 * schemas `true` and `false` become objects.
 */
export function upgrade(document: OpenApiDocument): OpenApiDocument {
  const { "x-webhooks": old, webhooks, ...rest } = document;
  const moved: OpenApiDocument = { ...rest };
  if (isObject(old) || isObject(webhooks)) {
    moved["webhooks"] = { ...(isObject(old) ? old : {}), ...(isObject(webhooks) ? webhooks : {}) };
  }
  const plain = mapSchemas(moved, (schema) =>
    schema === true ? {} : schema === false ? { not: {} } : schema,
  );
  if (!String(document["openapi"]).startsWith("3.0")) return plain;
  return {
    ...mapSchemas(plain, (schema) => mapSchemaDeep(schema, upgradeSchema)),
    openapi: "3.1.0",
  };
}

function upgradeSchema(schema: JsonObject): JsonObject {
  const { nullable, example, exclusiveMinimum, exclusiveMaximum, ...rest } = schema;
  let upgraded: JsonObject = rest;
  if (typeof exclusiveMinimum === "boolean") {
    if (exclusiveMinimum) upgraded = renameKey(upgraded, "minimum", "exclusiveMinimum");
  } else if (exclusiveMinimum !== undefined) upgraded = { ...upgraded, exclusiveMinimum };
  if (typeof exclusiveMaximum === "boolean") {
    if (exclusiveMaximum) upgraded = renameKey(upgraded, "maximum", "exclusiveMaximum");
  } else if (exclusiveMaximum !== undefined) upgraded = { ...upgraded, exclusiveMaximum };
  if (example !== undefined && upgraded["examples"] === undefined)
    upgraded = { ...upgraded, examples: [example] };
  return nullable === true ? orNull(upgraded) : upgraded;
}

function renameKey(object: JsonObject, from: string, to: string): JsonObject {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key === from ? to : key, value]));
}

const nullType: JsonObject = { type: "null" };

/** The schema, or null. Where a type is given it goes into that; else a union with null does it. */
function orNull(schema: JsonObject): JsonObject {
  const type = schema["type"];
  const isComposed = ["oneOf", "anyOf", "allOf"].some((key) => Array.isArray(schema[key]));
  if (isComposed && typeof type === "string" && schema["properties"] === undefined) {
    const { type: _, ...composed } = schema;
    return orNull(composed);
  }
  if (typeof type === "string") {
    const values = schema["enum"];
    return {
      ...schema,
      type: [type, "null"],
      ...(Array.isArray(values) && !values.includes(null) ? { enum: [...values, null] } : {}),
    };
  }
  for (const union of ["oneOf", "anyOf"]) {
    const members = schema[union];
    if (Array.isArray(members)) {
      const hasNull = members.some((member) => isObject(member) && member["type"] === "null");
      return hasNull ? schema : { ...schema, [union]: [...members, nullType] };
    }
  }
  // `allOf: [{ nullable: true, ... }], nullable: true` says it twice; what it wraps says the rest.
  const parts = schema["allOf"];
  if (Array.isArray(parts)) {
    if (parts.every(takesNull)) return schema;
    const { allOf, ...around } = schema;
    return { ...around, oneOf: [{ allOf: parts }, nullType] };
  }
  // `nullable` without a type has no effect in OpenAPI 3.0.3.
  return schema;
}

function takesNull(schema: Json): boolean {
  if (!isObject(schema)) return schema === true;
  const type = schema["type"];
  if (Array.isArray(type)) return type.includes("null");
  const members = schema["oneOf"] ?? schema["anyOf"];
  if (Array.isArray(members)) return members.some((member) => isObject(member) && takesNull(member));
  if (typeof type === "string") return type === "null";
  return !("$ref" in schema) && !("enum" in schema) && !("const" in schema) && !("allOf" in schema);
}

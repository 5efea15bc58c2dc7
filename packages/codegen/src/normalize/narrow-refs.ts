import { isObject, type Json, type JsonObject, type OpenApiDocument } from "../document.js";
import { mapSchemaDeep, mapSchemas, pickAnnotations, withoutAnnotations } from "../schemas.js";
import { resolveRef } from "./operations.js";

/**
 * OpenAPI 3.1 lets keywords stand beside a `$ref` (a currency narrowed to EUR); the tools underneath drop them. What
 * narrows is written out: in place for plain values and required fields, as `allOf` otherwise. Prose stays beside the `$ref`.
 */
export function narrowRefs(document: OpenApiDocument): OpenApiDocument {
  return mapSchemas(document, (schema) => mapSchemaDeep(schema, (s) => narrow(s, document)));
}

function narrow(schema: JsonObject, document: OpenApiDocument): Json {
  const { $ref, ...beside } = schema;
  if (typeof $ref !== "string") return schema;
  const narrowing = withoutAnnotations(beside);
  if (Object.keys(narrowing).length === 0) return schema;
  const target = resolveRef(document, { $ref });
  if (!isObject(target)) return schema;
  const annotations = pickAnnotations(beside);
  const structure = withoutAnnotations(target);
  const isPlain = !["properties", "items", "oneOf", "anyOf", "allOf", "not", "$ref"].some(
    (key) => key in structure,
  );
  if (
    isPlain &&
    Object.keys(narrowing).every((key) => !["properties", "items", "oneOf", "anyOf", "allOf"].includes(key))
  ) {
    const values = narrowing["enum"] ?? ("const" in narrowing ? [narrowing["const"] as Json] : undefined);
    const all = structure["enum"];
    const merged: JsonObject = { ...structure, ...narrowing, ...annotations };
    if (Array.isArray(values) && Array.isArray(all)) {
      const both = all.filter((value) => values.includes(value));
      const { enum: _, const: __, ...rest } = merged;
      return both.length === 1 ? { ...rest, const: both[0] as Json } : { ...rest, enum: both };
    }
    return merged;
  }
  const keys = Object.keys(narrowing).filter((key) => key !== "type");
  if (keys.length === 1 && keys[0] === "required" && isObject(structure["properties"])) {
    const own = Array.isArray(structure["required"]) ? structure["required"] : [];
    return {
      ...structure,
      ...annotations,
      required: [...new Set([...own, ...(narrowing["required"] as Json[])])],
    };
  }
  return { allOf: [{ $ref }, narrowing], ...annotations };
}

import { isObject, type Json, type JsonObject, type OpenApiDocument } from "../document.js";
import { CodegenError } from "../errors.js";
import { mapSchemaDeep, mapSchemas } from "../schemas.js";
import { resolveRef } from "./operations.js";

/**
 * Writes a part of a schema that something refers to (`#/components/schemas/Order/properties/side`, or a definition under
 * `$defs`) out where it is used; it is then lifted like any schema in place. Models are referred to whole.
 */
export function deepRefs(document: OpenApiDocument): OpenApiDocument {
  const open: string[] = [];
  const change = (schema: JsonObject): Json => {
    const { $defs: _, ...rest } = schema;
    const { $ref, ...beside } = rest;
    if (typeof $ref !== "string" || /^#\/components\/schemas\/[^/]+$/.test($ref)) return rest;
    if (open.includes($ref)) {
      throw new CodegenError(
        "INVALID_DESCRIPTION",
        `The part of a schema at ${$ref} is made of itself: give it a name of its own under components/schemas.`,
      );
    }
    const target = resolveRef(document, { $ref });
    if (!isObject(target)) return rest;
    open.push($ref);
    const written = mapSchemaDeep(target, change);
    open.pop();
    return isObject(written) ? { ...written, ...beside } : written;
  };
  return mapSchemas(document, (schema) => mapSchemaDeep(schema, change));
}

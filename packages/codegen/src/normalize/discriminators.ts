import { isObject, type Json, type JsonObject, type OpenApiDocument } from "../document.js";
import { modelOfRef } from "../generate/direction.js";
import { mapSchemaDeep, mapSchemas } from "../schemas.js";

/**
 * Writes into the members of a discriminated union what the discriminator only implies: the value of the property that
 * tells them apart. A `switch` on that property then narrows.
 */
export function discriminators(document: OpenApiDocument): OpenApiDocument {
  const implied = new Map<string, Map<string, Set<string>>>();
  const note = (ref: Json | undefined, property: string, value: string) => {
    const name = typeof ref === "string" ? (modelOfRef(ref) ?? ref) : undefined;
    if (name === undefined) return;
    const properties = implied.get(name) ?? new Map<string, Set<string>>();
    implied.set(name, properties);
    properties.set(property, (properties.get(property) ?? new Set()).add(value));
  };
  mapSchemas(document, (schema) =>
    mapSchemaDeep(schema, (union) => {
      const { discriminator } = union;
      const members = union["oneOf"] ?? union["anyOf"];
      if (!isObject(discriminator) || !Array.isArray(members)) return union;
      const property = discriminator["propertyName"];
      if (typeof property !== "string") return union;
      const mapping = isObject(discriminator["mapping"]) ? discriminator["mapping"] : {};
      const mapped = new Set<Json | undefined>(Object.values(mapping));
      for (const [value, ref] of Object.entries(mapping)) note(ref, property, value);
      for (const member of members) {
        if (!isObject(member) || typeof member["$ref"] !== "string" || mapped.has(member["$ref"])) continue;
        const name = modelOfRef(member["$ref"]);
        if (name !== undefined && !mapped.has(name)) note(member["$ref"], property, name);
      }
      return union;
    }),
  );
  if (implied.size === 0) return document;
  return mapSchemas(document, (schema, place) => {
    const properties = place.in === "component" ? implied.get(place.name) : undefined;
    if (properties === undefined || !isObject(schema)) return schema;
    const own = ["oneOf", "anyOf", "$ref", "enum"].some((key) => key in schema);
    if (own) return schema;
    const parts = schema["allOf"];
    if (!Array.isArray(parts)) return withDiscriminators(schema, properties);
    // What inherits says it in the part that is its own.
    const at = parts.findIndex((part) => isObject(part) && isObject(part["properties"]));
    const part = at === -1 ? { type: "object" } : (parts[at] as JsonObject);
    const changed = withDiscriminators(part, properties);
    return {
      ...schema,
      allOf: at === -1 ? [...parts, changed] : parts.map((each, index) => (index === at ? changed : each)),
    };
  });
}

function withDiscriminators(schema: JsonObject, implied: ReadonlyMap<string, Set<string>>): JsonObject {
  const known = isObject(schema["properties"]) ? schema["properties"] : {};
  const added: [string, Json][] = [...implied].map(([name, values]) => {
    const property = Object.hasOwn(known, name) ? known[name] : undefined;
    return [name, withValues(isObject(property) ? property : { type: "string" }, [...values].sort())];
  });
  const required = Array.isArray(schema["required"]) ? schema["required"] : [];
  return {
    ...schema,
    properties: Object.fromEntries([...Object.entries(known), ...added]),
    required: [...new Set([...required, ...implied.keys()])],
  };
}

function withValues(property: JsonObject, values: string[]): JsonObject {
  if (property["const"] !== undefined || typeof property["$ref"] === "string") return property;
  const { enum: known, ...rest } = property;
  if (Array.isArray(known) && known.length <= values.length) return property;
  const [only] = values;
  return values.length === 1 && only !== undefined ? { ...rest, const: only } : { ...rest, enum: values };
}

import { httpMethods, isObject, type Json, type JsonObject, type OpenApiDocument } from "./document.js";

/** Where a schema stands that is not inside another schema. */
export type SchemaPlace =
  | { in: "component"; name: string }
  | { in: "parameter"; operationId: string; name: string }
  | { in: "request"; operationId: string; tag: string }
  | { in: "response"; operationId: string; tag: string; status: string }
  | { in: "event"; operationId: string }
  | { in: "shared"; section: string; name: string };

export type SchemaMapper = (schema: Json, place: SchemaPlace) => Json;

/** A copy of the object with every member's value changed. Safe for keys such as `__proto__`. */
export function mapValues(
  object: JsonObject,
  change: (value: Json, key: string) => Json | undefined,
): JsonObject {
  const entries: [string, Json][] = [];
  for (const [key, value] of Object.entries(object)) {
    if (value === undefined) continue;
    const changed = change(value, key);
    if (changed !== undefined) entries.push([key, changed]);
  }
  return Object.fromEntries(entries);
}

/** A copy of the document in which every outermost schema went through `change`. */
export function mapSchemas(document: OpenApiDocument, change: SchemaMapper): OpenApiDocument {
  const components = isObject(document["components"]) ? document["components"] : undefined;
  const withSchema = (value: Json, place: SchemaPlace): Json =>
    isObject(value) && value["schema"] !== undefined
      ? { ...value, schema: change(value["schema"], place) }
      : value;
  const content = (value: Json, place: SchemaPlace): Json =>
    isObject(value) && isObject(value["content"])
      ? { ...value, content: mapValues(value["content"], (media) => withSchema(media, place)) }
      : value;
  const headers = (value: Json): Json =>
    isObject(value) && isObject(value["headers"])
      ? {
          ...value,
          headers: mapValues(value["headers"], (header, name) =>
            content(withSchema(header, { in: "shared", section: "headers", name }), {
              in: "shared",
              section: "headers",
              name,
            }),
          ),
        }
      : value;
  const response = (value: Json, place: SchemaPlace): Json => headers(content(value, place));
  const parameter = (value: Json, operationId: string): Json => {
    const name = isObject(value) ? String(value["name"] ?? "") : "";
    const place: SchemaPlace = { in: "parameter", operationId, name };
    return content(withSchema(value, place), place);
  };
  const operation = (value: JsonObject, isEvent: boolean): JsonObject => {
    const operationId = String(value["operationId"] ?? "");
    const tags = value["tags"];
    const tag = Array.isArray(tags) ? String(tags[0] ?? "") : "";
    return mapValues(value, (member, key) => {
      if (key === "parameters" && Array.isArray(member)) return member.map((p) => parameter(p, operationId));
      if (key === "requestBody") {
        return content(member, isEvent ? { in: "event", operationId } : { in: "request", operationId, tag });
      }
      if (key === "responses" && isObject(member)) {
        // The default answer is that of an error, unless there is no other that could be the success.
        const hasSuccess = Object.keys(member).some((status) => status.startsWith("2"));
        const meant = (status: string) => (status === "default" && !hasSuccess ? "200" : status);
        return mapValues(member, (r, status) =>
          response(r, { in: "response", operationId, tag, status: meant(status) }),
        );
      }
      return member;
    });
  };
  const pathItems = (value: Json, isEvent: boolean): Json =>
    isObject(value)
      ? mapValues(value, (item) => {
          if (!isObject(item)) return item;
          return mapValues(item, (member, key) => {
            if ((httpMethods as readonly string[]).includes(key) && isObject(member))
              return operation(member, isEvent);
            if (key === "parameters" && Array.isArray(member)) return member.map((p) => parameter(p, ""));
            return member;
          });
        })
      : value;
  return mapValues(document, (section, key) => {
    if (key === "paths") return pathItems(section, false);
    if (key === "webhooks") return pathItems(section, true);
    if (key !== "components" || components === undefined) return section;
    return mapValues(components, (group, kind) => {
      if (!isObject(group)) return group;
      return mapValues(group, (value, name) => {
        const place: SchemaPlace = { in: "shared", section: kind, name };
        if (kind === "schemas") return change(value, { in: "component", name });
        if (kind === "parameters" || kind === "headers") return content(withSchema(value, place), place);
        if (kind === "requestBodies") return content(value, place);
        if (kind === "responses") return response(value, place);
        return value;
      });
    });
  });
}

/** How a schema is reached from the one that holds it. */
export type SchemaStep =
  | { kind: "property"; name: string }
  | { kind: "items" }
  | { kind: "member"; of: "oneOf" | "anyOf" | "allOf"; index: number }
  | { kind: "other"; keyword: string };

/** A copy of the schema in which each schema right inside it went through `change`. */
export function mapSubschemas(
  schema: JsonObject,
  change: (child: Json, step: SchemaStep) => Json,
): JsonObject {
  return mapValues(schema, (value, key) => {
    switch (key) {
      case "properties":
        return isObject(value)
          ? mapValues(value, (child, name) => change(child, { kind: "property", name }))
          : value;
      case "items":
        return Array.isArray(value)
          ? value.map((child) => change(child, { kind: "items" }))
          : change(value, { kind: "items" });
      case "oneOf":
      case "anyOf":
      case "allOf":
        return Array.isArray(value)
          ? value.map((child, index) => change(child, { kind: "member", of: key, index }))
          : value;
      case "prefixItems":
        return Array.isArray(value)
          ? value.map((child) => change(child, { kind: "other", keyword: key }))
          : value;
      case "patternProperties":
      case "$defs":
      case "dependentSchemas":
        return isObject(value)
          ? mapValues(value, (child) => change(child, { kind: "other", keyword: key }))
          : value;
      case "additionalProperties":
      case "unevaluatedProperties":
      case "unevaluatedItems":
      case "contains":
      case "propertyNames":
      case "not":
      case "if":
      case "then":
      case "else":
        return isObject(value) ? change(value, { kind: "other", keyword: key }) : value;
      default:
        return value;
    }
  });
}

/** Calls `visit` for each schema right inside this one, and copies nothing. */
export function forEachSubschema(schema: JsonObject, visit: (child: Json, step: SchemaStep) => void): void {
  for (const key in schema) {
    const value = schema[key];
    if (typeof value !== "object" || value === null) continue;
    switch (key) {
      case "properties":
        if (isObject(value)) {
          for (const [name, child] of Object.entries(value))
            if (child !== undefined) visit(child, { kind: "property", name });
        }
        break;
      case "items":
        if (Array.isArray(value)) for (const child of value) visit(child, { kind: "items" });
        else visit(value, { kind: "items" });
        break;
      case "oneOf":
      case "anyOf":
      case "allOf":
        if (Array.isArray(value)) {
          for (const [index, child] of value.entries()) visit(child, { kind: "member", of: key, index });
        }
        break;
      case "prefixItems":
        if (Array.isArray(value)) for (const child of value) visit(child, { kind: "other", keyword: key });
        break;
      case "patternProperties":
      case "$defs":
      case "dependentSchemas":
        if (isObject(value))
          for (const child of Object.values(value)) visit(child ?? null, { kind: "other", keyword: key });
        break;
      case "additionalProperties":
      case "unevaluatedProperties":
      case "unevaluatedItems":
      case "contains":
      case "propertyNames":
      case "not":
      case "if":
      case "then":
      case "else":
        if (isObject(value)) visit(value, { kind: "other", keyword: key });
        break;
      default:
    }
  }
}

/** A copy of the schema, changed from the inside out. */
export function mapSchemaDeep(schema: Json, change: (schema: JsonObject) => Json): Json {
  if (!isObject(schema)) return schema;
  return change(mapSubschemas(schema, (child) => mapSchemaDeep(child, change)));
}

/** Keywords that say something about a schema without changing which values it takes. */
const annotationKeywords: ReadonlySet<string> = new Set([
  "title",
  "description",
  "summary",
  "example",
  "examples",
  "default",
  "deprecated",
  "readOnly",
  "writeOnly",
  "externalDocs",
  "xml",
  "$comment",
]);

export function isAnnotation(keyword: string): boolean {
  return annotationKeywords.has(keyword) || keyword.startsWith("x-");
}

/** The schema's annotations alone, or all but those. */
export function pickAnnotations(schema: JsonObject): JsonObject {
  return mapValues(schema, (value, key) => (isAnnotation(key) ? value : undefined));
}

export function withoutAnnotations(schema: JsonObject): JsonObject {
  return mapValues(schema, (value, key) => (isAnnotation(key) ? undefined : value));
}

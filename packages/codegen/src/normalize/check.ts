import {
  atPointer,
  escapePointer,
  httpMethods,
  isObject,
  type Json,
  type OpenApiDocument,
} from "../document.js";
import { CodegenError } from "../errors.js";
import { modelOfRef } from "../generate/direction.js";
import { requireOpenApi } from "../read/check-openapi.js";
import { checkComplexity } from "../read/complexity.js";
import { forEachSubschema, mapSchemas } from "../schemas.js";

/**
 * Refuses a document that is not built as OpenAPI says, before anything is made of it.
 *
 * @throws CodegenError `INVALID_DESCRIPTION` with the pointer of what is wrong
 */
export function check(document: OpenApiDocument): void {
  requireOpenApi(document, "the document");
  checkComplexity(document, "the document");
  for (const section of ["paths", "webhooks", "x-webhooks", "components", "info"]) {
    const value = document[section];
    if (value !== undefined && !isObject(value)) fail([section], "must be an object");
  }
  for (const section of ["paths", "webhooks", "x-webhooks"]) {
    for (const [path, item] of Object.entries(document[section] ?? {}))
      if (!path.startsWith("x-")) checkPathItem(item, [section, path]);
  }
  checkReferences(document, document, []);
  const components = document["components"];
  for (const [kind, group] of Object.entries(isObject(components) ? components : {})) {
    if (kind.startsWith("x-")) continue;
    if (!isObject(group)) fail(["components", kind], "must be an object");
    for (const [name, value] of Object.entries(group)) {
      const at = ["components", kind, name];
      if (kind === "schemas") checkSchema(value, at);
      else if (kind === "parameters" || kind === "headers") checkParameter(value, at, kind === "headers");
      else if (kind === "requestBodies" || kind === "responses") checkBody(value, at);
    }
  }
  refuseEndless(document);
}

/** Keywords whose value is data: a `$ref` in it means nothing. */
const dataKeywords: ReadonlySet<string> = new Set(["example", "examples", "default", "const", "enum"]);

/** Every reference leads somewhere in the document: names that are written into code come from there alone. */
function checkReferences(
  document: OpenApiDocument,
  value: Json | undefined,
  at: string[],
  isNames = false,
): void {
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) checkReferences(document, item, [...at, String(index)]);
  } else if (isObject(value)) {
    for (const [key, member] of Object.entries(value)) {
      if (!isNames && (dataKeywords.has(key) || key.startsWith("x-"))) continue;
      if (
        !isNames &&
        key === "$ref" &&
        typeof member === "string" &&
        (!member.startsWith("#/") || atPointer(document, member) === undefined)
      ) {
        throw new CodegenError(
          "UNRESOLVED_REF",
          `The $ref at #/${at.map(escapePointer).join("/")} names ${JSON.stringify(member)}, which is not in the document: correct it, or read the description with readDescription, which brings other files in.`,
        );
      }
      checkReferences(document, member, [...at, key], !isNames && namedSchemas.includes(key));
    }
  }
}

function fail(at: readonly string[], what: string): never {
  throw new CodegenError(
    "INVALID_DESCRIPTION",
    `The description is not valid OpenAPI at #/${at.map(escapePointer).join("/")}: it ${what}.`,
  );
}

function checkPathItem(item: unknown, at: string[]): void {
  if (!isObject(item)) fail(at, "must be an object");
  checkParameters(item["parameters"], [...at, "parameters"]);
  for (const method of httpMethods) {
    const operation = item[method];
    if (operation === undefined) continue;
    const where = [...at, method];
    if (!isObject(operation)) fail(where, "must be an object");
    checkParameters(operation["parameters"], [...where, "parameters"]);
    if (operation["requestBody"] !== undefined)
      checkBody(operation["requestBody"], [...where, "requestBody"]);
    const responses = operation["responses"];
    if (responses === undefined) continue;
    if (!isObject(responses)) fail([...where, "responses"], "must be an object");
    for (const [status, response] of Object.entries(responses)) {
      if (!status.startsWith("x-")) checkBody(response, [...where, "responses", status]);
    }
  }
}

function checkParameters(parameters: unknown, at: string[]): void {
  if (parameters === undefined) return;
  if (!Array.isArray(parameters)) fail(at, "must be a list");
  for (const [index, parameter] of parameters.entries())
    checkParameter(parameter, [...at, String(index)], false);
}

function checkParameter(parameter: unknown, at: string[], isHeader: boolean): void {
  if (!isObject(parameter)) fail(at, "must be an object");
  if (parameter["$ref"] !== undefined) return;
  if (!isHeader && (typeof parameter["name"] !== "string" || typeof parameter["in"] !== "string"))
    fail(at, "must have a name and say where it goes (`in`)");
  if (parameter["schema"] !== undefined) checkSchema(parameter["schema"], [...at, "schema"]);
  checkContent(parameter["content"], [...at, "content"]);
}

function checkBody(body: unknown, at: string[]): void {
  if (!isObject(body)) fail(at, "must be an object");
  checkContent(body["content"], [...at, "content"]);
  const headers = body["headers"];
  if (headers === undefined) return;
  if (!isObject(headers)) fail([...at, "headers"], "must be an object");
  for (const [name, header] of Object.entries(headers))
    checkParameter(header, [...at, "headers", name], true);
}

function checkContent(content: unknown, at: string[]): void {
  if (content === undefined) return;
  if (!isObject(content)) fail(at, "must be an object");
  for (const [media, value] of Object.entries(content)) {
    if (!isObject(value)) fail([...at, media], "must be an object");
    if (value["schema"] !== undefined) checkSchema(value["schema"], [...at, media, "schema"]);
  }
}

/** Keywords whose value is one schema, a list of schemas, or schemas by name. */
const oneSchema = [
  "additionalProperties",
  "unevaluatedProperties",
  "unevaluatedItems",
  "contains",
  "propertyNames",
  "not",
  "if",
  "then",
  "else",
];
const manySchemas = ["oneOf", "anyOf", "allOf", "prefixItems"];
const namedSchemas = ["properties", "patternProperties", "$defs", "dependentSchemas"];

function checkSchema(schema: unknown, at: string[]): void {
  if (typeof schema === "boolean") return;
  if (!isObject(schema)) fail(at, "must be a schema");
  const ref = schema["$ref"];
  if (ref !== undefined && typeof ref !== "string") fail([...at, "$ref"], "must be a text");
  const { type, required, items } = schema;
  const types = Array.isArray(type) ? type : [type];
  if (type !== undefined && (types.length === 0 || types.some((each) => typeof each !== "string")))
    fail([...at, "type"], "must be the name of a type, or a list of such names");
  if (schema["enum"] !== undefined && (!Array.isArray(schema["enum"]) || schema["enum"].length === 0))
    fail([...at, "enum"], "must be a list of at least one value");
  if (
    required !== undefined &&
    typeof required !== "boolean" &&
    (!Array.isArray(required) || required.some((name) => typeof name !== "string"))
  )
    fail([...at, "required"], "must be a list of names");
  for (const key of namedSchemas) {
    const value = schema[key];
    if (value === undefined) continue;
    if (!isObject(value)) fail([...at, key], "must be an object");
    for (const [name, child] of Object.entries(value)) checkSchema(child, [...at, key, name]);
  }
  for (const key of manySchemas) {
    const value = schema[key];
    if (value === undefined) continue;
    if (!Array.isArray(value) || value.length === 0)
      fail([...at, key], "must be a list of at least one schema");
    for (const [index, child] of value.entries()) checkSchema(child, [...at, key, String(index)]);
  }
  for (const key of oneSchema) if (schema[key] !== undefined) checkSchema(schema[key], [...at, key]);
  if (Array.isArray(items)) {
    for (const [index, child] of items.entries()) checkSchema(child, [...at, "items", String(index)]);
  } else if (items !== undefined) checkSchema(items, [...at, "items"]);
}

/** A schema that is itself, or itself or something else, has no value: circles must go through a property or a list. */
function refuseEndless(document: OpenApiDocument): void {
  const edges = new Map<string, Set<string>>();
  const collect = (schema: Json, into: Set<string>) => {
    if (!isObject(schema)) return;
    const name = typeof schema["$ref"] === "string" ? modelOfRef(schema["$ref"]) : undefined;
    if (name !== undefined) into.add(name);
    forEachSubschema(schema, (child, step) => {
      if (step.kind === "member") collect(child, into);
    });
  };
  mapSchemas(document, (schema, place) => {
    if (place.in === "component") {
      const targets = new Set<string>();
      collect(schema, targets);
      edges.set(place.name, targets);
    }
    return schema;
  });
  // Without recursion: a chain of models may be as long as the description.
  const done = new Set<string>();
  const open = new Set<string>();
  for (const start of edges.keys()) {
    const stack = [start];
    while (stack.length > 0) {
      const name = stack.at(-1) as string;
      if (open.has(name) || done.has(name)) {
        stack.pop();
        open.delete(name);
        done.add(name);
        continue;
      }
      open.add(name);
      for (const next of edges.get(name) ?? []) {
        if (open.has(next))
          fail(["components", "schemas", next], "is made of itself, with no property or list in between");
        if (!done.has(next)) stack.push(next);
      }
    }
  }
}

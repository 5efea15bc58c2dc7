import { httpMethods } from "../document.js";

/**
 * What stands at a place of a description; it decides whether a `$ref` there is a reference. "data" holds values
 * of the API itself, such as examples: nothing in it is a reference. "other" is any place not named here.
 */
export type Kind =
  | "document"
  | "components"
  | "paths"
  | "pathItem"
  | "operation"
  | "parameter"
  | "requestBody"
  | "mediaType"
  | "encoding"
  | "responses"
  | "response"
  | "header"
  | "example"
  | "link"
  | "callback"
  | "securityScheme"
  | "schema"
  | "discriminator"
  | "mapping"
  | "data"
  | "other";

/** A kind, or an object whose keys are free names and whose values are of a kind, or a list of a kind. */
export type Place = Kind | `names of ${Kind}` | `list of ${Kind}`;

export type Section =
  | "schemas"
  | "responses"
  | "parameters"
  | "examples"
  | "requestBodies"
  | "headers"
  | "securitySchemes"
  | "links"
  | "callbacks";

/** The sections of `components`, and what they hold. */
export const sections: Readonly<Record<Section, Kind>> = {
  schemas: "schema",
  responses: "response",
  parameters: "parameter",
  examples: "example",
  requestBodies: "requestBody",
  headers: "header",
  securitySchemes: "securityScheme",
  links: "link",
  callbacks: "callback",
};

const sectionByKind = new Map<Place, Section>(
  (Object.keys(sections) as Section[]).map((section) => [sections[section], section]),
);

/** The section that can hold what stands at a place; undefined if none can. */
export function sectionOf(place: Place): Section | undefined {
  return sectionByKind.get(place);
}

function places(keys: readonly string[], place: Place): Record<string, Place> {
  return Object.fromEntries(keys.map((key) => [key, place]));
}

const parameter = {
  schema: "schema",
  content: "names of mediaType",
  example: "data",
  examples: "names of example",
} as const;

/** What stands at the members of a kind; "*" is any member not named. */
const members: Partial<Record<Kind, Record<string, Place>>> = {
  document: { paths: "paths", webhooks: "names of pathItem", components: "components" },
  components: {
    ...Object.fromEntries(
      Object.entries(sections).map(([section, kind]) => [section, `names of ${kind}` as const]),
    ),
    pathItems: "names of pathItem",
  },
  paths: { "*": "pathItem" },
  pathItem: {
    parameters: "list of parameter",
    ...places(httpMethods, "operation"),
  },
  operation: {
    parameters: "list of parameter",
    requestBody: "requestBody",
    responses: "responses",
    callbacks: "names of callback",
  },
  parameter,
  header: parameter,
  requestBody: { content: "names of mediaType" },
  mediaType: {
    schema: "schema",
    example: "data",
    examples: "names of example",
    encoding: "names of encoding",
  },
  encoding: { headers: "names of header" },
  responses: { "*": "response" },
  response: { headers: "names of header", content: "names of mediaType", links: "names of link" },
  example: { value: "data" },
  link: { parameters: "data", requestBody: "data" },
  callback: { "*": "pathItem" },
  schema: {
    ...places(["properties", "patternProperties", "dependentSchemas", "dependencies"], "names of schema"),
    ...places(["$defs", "definitions"], "names of schema"),
    ...places(["allOf", "anyOf", "oneOf", "prefixItems"], "list of schema"),
    ...places(["items", "additionalItems", "unevaluatedItems", "contains", "contentSchema"], "schema"),
    ...places(["additionalProperties", "unevaluatedProperties", "propertyNames"], "schema"),
    ...places(["not", "if", "then", "else"], "schema"),
    examples: "data",
    discriminator: "discriminator",
  },
  discriminator: { mapping: "mapping" },
};

const dataKeywords = new Set(["example", "examples", "default", "enum", "const"]);

/** What stands at a member of an object. */
export function memberPlace(place: Place, key: string): Place {
  if (place === "data") return "data";
  if (place.startsWith("names of ")) return place.slice("names of ".length) as Kind;
  if (key.startsWith("x-")) return "data";
  const named = members[place as Kind] ?? {};
  if (Object.hasOwn(named, key)) return named[key] ?? "other";
  return named["*"] ?? (dataKeywords.has(key) ? "data" : "other");
}

/** What stands at the items of a list. */
export function itemPlace(place: Place): Place {
  return place.startsWith("list of ") ? (place.slice("list of ".length) as Kind) : place;
}

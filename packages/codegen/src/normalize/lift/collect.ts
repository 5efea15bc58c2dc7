import { createHash } from "node:crypto";
import { isObject, type Json, type JsonObject, type OpenApiDocument } from "../../document.js";
import {
  forEachSubschema,
  mapSchemas,
  mapSubschemas,
  mapValues,
  type SchemaPlace,
  type SchemaStep,
} from "../../schemas.js";
import { byCodePoint } from "../../words.js";

export type ModelKind = "object" | "enum" | "union" | "other";

/** One place where a schema that deserves a name is written out. */
export interface Occurrence {
  schema: JsonObject;
  kind: ModelKind;
  /** The same for schemas that are the same apart from prose and examples. */
  shape: string;
  title: string | undefined;
  place: SchemaPlace;
  /** The nearest occurrence around this one, and the way from there. */
  parent: Occurrence | undefined;
  steps: SchemaStep[];
}

/** Every schema of the document that is to be a model, outermost first. Component schemas are models whatever they are. */
export function collect(document: OpenApiDocument): Occurrence[] {
  const shapes = new Map<JsonObject, string>();
  const found: Occurrence[] = [];
  const around: (Occurrence | undefined)[] = [];
  forEachModel(document, (schema, kind, place, steps, depth) => {
    const title = typeof schema["title"] === "string" ? schema["title"] : undefined;
    const parent = depth === 0 ? undefined : around[depth - 1];
    const occurrence = { schema, kind, shape: shapeOf(schema, shapes), title, place, parent, steps };
    around[depth] = occurrence;
    found.push(occurrence);
  });
  const inBodies = new Set(found.filter((each) => !isParameterEnum(each)).map(({ shape }) => shape));
  return found.filter((each) => !isParameterEnum(each) || inBodies.has(each.shape));
}

/** How many schemas a document writes out in place that would be models. */
export function countInPlace(document: OpenApiDocument): number {
  let count = 0;
  forEachModel(document, (schema, kind, place, steps, depth) => {
    const title = typeof schema["title"] === "string" ? schema["title"] : undefined;
    const isComponent = place.in === "component" && depth === 0 && steps.length === 0;
    if (!isComponent && !isParameterEnum({ kind, place, title })) count++;
  });
  return count;
}

/** Calls `visit` for each schema that is to be a model; `steps` lead there from the model around it, if `depth` is not 0. */
function forEachModel(
  document: OpenApiDocument,
  visit: (
    schema: JsonObject,
    kind: ModelKind,
    place: SchemaPlace,
    steps: SchemaStep[],
    depth: number,
  ) => void,
): void {
  const walk = (schema: Json, place: SchemaPlace, steps: SchemaStep[], depth: number) => {
    if (!isObject(schema)) return;
    const isComponent = place.in === "component" && depth === 0 && steps.length === 0;
    const kind = kindOf(schema);
    const isModel = isComponent || kind !== "other";
    if (isModel) visit(schema, kind, place, steps, depth);
    forEachSubschema(schema, (child, step) =>
      walk(child, place, isModel ? [step] : [...steps, step], isModel ? depth + 1 : depth),
    );
  };
  mapSchemas(document, (schema, place) => {
    walk(schema, place, [], 0);
    return schema;
  });
}

/** What bodies are made of are models. The values that a parameter takes read best where it stands, unless a body has them too. */
function isParameterEnum({ kind, place, title }: Pick<Occurrence, "kind" | "place" | "title">): boolean {
  const inParameter = place.in === "parameter" || (place.in === "shared" && place.section === "parameters");
  return kind === "enum" && inParameter && title === undefined;
}

/** What the schema would be as a model; "other" stays where it is written. */
function kindOf(schema: JsonObject): ModelKind {
  if (typeof schema["$ref"] === "string") return "other";
  const values = schema["enum"];
  if (Array.isArray(values)) {
    const literals = values.filter((value) => value !== null);
    const plain = literals.every((value) => typeof value === "string" || typeof value === "number");
    return plain && literals.length > 1 ? "enum" : "other";
  }
  if (Array.isArray(schema["allOf"]) && schema["allOf"].length > 1) return "object";
  const members = schema["oneOf"] ?? schema["anyOf"];
  if (Array.isArray(members)) {
    return members.filter((member) => !isNull(member)).length > 1 ? "union" : "other";
  }
  if (isObject(schema["properties"]) && Object.keys(schema["properties"]).length > 0) return "object";
  return "other";
}

/** Whether null is among the values of a schema that would be a model. */
export function takesNull(schema: JsonObject): boolean {
  const type = schema["type"];
  const values = schema["enum"];
  const members = schema["oneOf"] ?? schema["anyOf"];
  if (Array.isArray(members)) return members.some(isNull);
  return (Array.isArray(type) && type.includes("null")) || (Array.isArray(values) && values.includes(null));
}

export function withoutNull(schema: JsonObject): JsonObject {
  return mapValues(schema, (value, key) => {
    if (key === "type" && Array.isArray(value)) {
      const types = value.filter((type) => type !== "null");
      return types.length === 1 ? types[0] : types;
    }
    if (key === "enum" && Array.isArray(value)) return value.filter((each) => each !== null);
    if ((key === "oneOf" || key === "anyOf") && Array.isArray(value))
      return value.filter((member) => !isNull(member));
    return value;
  });
}

export function isNull(schema: Json): boolean {
  return isObject(schema) && schema["type"] === "null";
}

const proseKeywords: ReadonlySet<string> = new Set([
  "title",
  "description",
  "summary",
  "example",
  "examples",
  "externalDocs",
  "$comment",
]);

/** A digest of the schema without its prose. What only annotates the outermost schema is left out as well. */
function shapeOf(schema: JsonObject, known: Map<JsonObject, string>): string {
  const before = known.get(schema);
  if (before !== undefined) return before;
  // Whether null is taken as well belongs to the place, as do defaults: a model is what else there is.
  const digested = mapSubschemas(kindOf(schema) === "other" ? schema : withoutNull(schema), (child) =>
    isObject(child) ? { shape: shapeOf(child, known), null: takesNull(child), ...usage(child) } : child,
  );
  const text = canonical(
    Object.fromEntries(
      Object.entries(digested).filter(
        ([key]) => !proseKeywords.has(key) && !isUsage(key) && !key.startsWith("x-"),
      ),
    ),
  );
  const shape = createHash("sha256").update(text).digest("base64url").slice(0, 22);
  known.set(schema, shape);
  return shape;
}

const usageKeywords = ["default", "deprecated", "readOnly", "writeOnly"];
const isUsage = (key: string) => usageKeywords.includes(key);

/** What says how a property is used, not what it is. */
function usage(schema: JsonObject): JsonObject {
  return Object.fromEntries(
    usageKeywords.filter((key) => schema[key] !== undefined).map((key) => [key, schema[key]]),
  );
}

/** JSON with the order of members, of `required` and of `enum` taken out. */
function canonical(value: Json | undefined, key = ""): string {
  if (Array.isArray(value)) {
    const items = value.map((item) => canonical(item));
    if (key === "required" || key === "enum" || (key === "type" && value.length > 1)) items.sort(byCodePoint);
    return `[${items.join(",")}]`;
  }
  if (!isObject(value)) return JSON.stringify(value) ?? "null";
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => byCodePoint(a, b))
    .map(([name, member]) => `${JSON.stringify(name)}:${canonical(member, name)}`);
  return `{${members.join(",")}}`;
}

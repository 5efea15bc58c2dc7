import { isObject, type Json, type JsonObject, type OpenApiDocument, pointerKey } from "../../document.js";
import { CodegenError } from "../../errors.js";
import { isAnnotation, mapSchemas, mapSubschemas, mapValues, withoutAnnotations } from "../../schemas.js";
import { byCodePoint } from "../../words.js";
import { readEnumProse, writeEnumProse } from "../enum-prose.js";
import { collect, type Occurrence, takesNull, withoutNull } from "./collect.js";
import { group } from "./group.js";
import { nameModels } from "./names.js";
import type { Model } from "./register.js";
import { isReserved } from "./reserved.js";

/** Names that replace the automatic ones: `{ MetaOrder: "SortOrder" }`. */
export type ModelNames = Readonly<Record<string, string>>;

/**
 * Lifts schemas that are written out in place into named components: each shape once, each use a `$ref` with the prose
 * of that place beside it.
 */
export function liftSchemas(document: OpenApiDocument, renames: ModelNames = {}): OpenApiDocument {
  const occurrences = collect(document);
  const groups = group(occurrences);
  const models = rename(nameModels([...new Set(groups.values())]), renames);
  const modelOf = new Map<JsonObject, Model>();
  for (const model of models) for (const { schema } of model.occurrences) modelOf.set(schema, model);
  const given = new Map<string, string>();
  for (const { group: each, name } of models) if (each.given !== undefined) given.set(each.given, name);

  const reference = (name: string): JsonObject => ({ $ref: `#/components/schemas/${name}` });
  const rewrite = (schema: Json): Json => {
    if (!isObject(schema)) return schema;
    const model = modelOf.get(schema);
    return model === undefined ? rewriteInside(schema) : use(schema, model);
  };
  const rewriteInside = (schema: JsonObject): JsonObject =>
    retarget(
      mapSubschemas(schema, (child) => rewrite(child)),
      given,
    );
  /** What stands at the place of a lifted schema. */
  const use = (schema: JsonObject, model: Model): JsonObject => {
    const { title: _, ...annotations } = mapValues(schema, (value, key) =>
      isAnnotation(key) ? value : undefined,
    );
    const values = schema["enum"];
    const description = annotations["description"];
    if (Array.isArray(values) && typeof description === "string") {
      const { text } = readEnumProse(description, values);
      if (text === "") delete annotations["description"];
      else annotations["description"] = text;
    }
    const isNullable = takesNull(schema);
    return isNullable
      ? { oneOf: [reference(model.name), { type: "null" }], ...annotations }
      : { ...reference(model.name), ...annotations };
  };

  const lifted = mapSchemas(document, (schema, place) =>
    place.in === "component" ? schema : rewrite(schema),
  );
  const schemas: [string, JsonObject][] = models.map((model) => [
    model.name,
    definition(model, rewriteInside),
  ]);
  schemas.sort(([a], [b]) => byCodePoint(a, b));
  const components = isObject(lifted["components"]) ? lifted["components"] : {};
  return { ...lifted, components: { ...components, schemas: Object.fromEntries(schemas) } };
}

/** The one definition of a model: the structure of its places, and the prose that most of them have. */
function definition(model: Model, rewriteInside: (schema: JsonObject) => JsonObject): JsonObject {
  const { occurrences, group: from } = model;
  const [first] = occurrences;
  if (first === undefined) return {};
  if (from.given !== undefined) {
    const written =
      occurrences.find(
        ({ place, parent, steps }) => place.in === "component" && parent === undefined && steps.length === 0,
      ) ?? first;
    const { title: _, ...rest } = rewriteInside(written.schema);
    return rest;
  }
  const { schema } = mostProse(occurrences);
  const inside = withoutAnnotations(withoutNull(rewriteInside(schema)));
  const deprecated = occurrences.every((occurrence) => occurrence.schema["deprecated"] === true);
  const description = describe(occurrences);
  return {
    ...(typeof inside["type"] === "string" ? { type: inside["type"] } : {}),
    ...(description === undefined ? {} : { description }),
    ...inside,
    ...(deprecated ? { deprecated: true } : {}),
  };
}

/** The place with the most prose inside speaks for all. */
function mostProse(occurrences: readonly Occurrence[]): Occurrence {
  let best = occurrences[0] as Occurrence;
  let most = -1;
  for (const occurrence of occurrences) {
    const length = JSON.stringify(occurrence.schema).length;
    if (length > most) [best, most] = [occurrence, length];
  }
  return best;
}

function describe(occurrences: readonly Occurrence[]): string | undefined {
  const values = [
    ...new Set(occurrences.flatMap(({ schema }) => (Array.isArray(schema["enum"]) ? schema["enum"] : []))),
  ];
  const counts = new Map<string, number>();
  const meanings = new Map<string, string>();
  for (const { schema } of occurrences) {
    const description = schema["description"];
    if (typeof description !== "string" || description.trim() === "") continue;
    const prose = readEnumProse(description, values);
    if (prose.text !== "") counts.set(prose.text, (counts.get(prose.text) ?? 0) + 1);
    for (const [value, meaning] of prose.values) if (!meanings.has(value)) meanings.set(value, meaning);
  }
  const text = [...counts].sort(([a, x], [b, y]) => y - x || byCodePoint(a, b))[0]?.[0] ?? "";
  const order = Array.isArray(occurrences[0]?.schema["enum"]) ? occurrences[0].schema["enum"] : values;
  const written = writeEnumProse({ text, values: meanings }, order);
  return written === "" ? undefined : written;
}

/** Lets `$ref`s and discriminators follow component schemas that got another name. */
function retarget(schema: JsonObject, given: ReadonlyMap<string, string>): JsonObject {
  const follow = (target: Json | undefined): Json | undefined => {
    if (typeof target !== "string") return target;
    const name = /^#\/components\/schemas\/([^/]+)$/.exec(target)?.[1];
    if (name === undefined) return given.has(target) ? `#/components/schemas/${given.get(target)}` : target;
    const key = pointerKey(name);
    const renamed = given.get(key);
    return renamed === undefined ? target : `#/components/schemas/${renamed}`;
  };
  const { $ref, discriminator } = schema;
  let result = schema;
  if ($ref !== undefined) result = { ...result, $ref: follow($ref) };
  if (isObject(discriminator) && isObject(discriminator["mapping"])) {
    result = {
      ...result,
      discriminator: {
        ...discriminator,
        mapping: mapValues(discriminator["mapping"], (target) => follow(target)),
      },
    };
  }
  return result;
}

function rename(models: readonly Model[], renames: ModelNames): Model[] {
  const wanted = Object.entries(renames);
  if (wanted.length === 0) return [...models];
  const names = new Set(models.map(({ name }) => name));
  for (const [from, to] of wanted) {
    if (!names.has(from)) {
      throw new CodegenError(
        "INVALID_NAMES",
        `The names file renames ${JSON.stringify(from)}, but no model has that name: take the line out or correct it.`,
      );
    }
    if (!/^[A-Z][A-Za-z0-9]*[A-Za-z]$/.test(to) || isReserved(to)) {
      throw new CodegenError(
        "INVALID_NAMES",
        `The names file renames ${JSON.stringify(from)} to ${JSON.stringify(to)}: a model's name is letters and digits, begins with a capital, ends with a letter and is none of the names that the generated files use themselves.`,
      );
    }
  }
  const renamed = models.map((model) => ({
    ...model,
    name: Object.hasOwn(renames, model.name) ? renames[model.name]! : model.name,
  }));
  const seen = new Set<string>();
  for (const { name } of renamed) {
    if (seen.has(name)) {
      throw new CodegenError(
        "INVALID_NAMES",
        `The names file gives the name ${JSON.stringify(name)} to more than one model: choose another one.`,
      );
    }
    seen.add(name);
  }
  return renamed;
}

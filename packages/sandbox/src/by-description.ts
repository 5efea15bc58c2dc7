import type { ApiOperation, Description, Schema } from "./description.js";
import type { Call } from "./handler.js";
import { page } from "./page.js";
import { notFound, Problem } from "./problem.js";
import type { Validator } from "./validation.js";
import type { World } from "./world.js";

type Json = Record<string, unknown>;

const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);

// What simple patterns take: decimals, codes, numbers, names.
const texts = [
  "0",
  "0.00",
  "1",
  "1.00",
  "000000000",
  "A",
  "AA",
  "AAA",
  "IE00B3XXRP09",
  "DE89370400440532013000",
];

/** A value that a schema allows, with what was sent under the names that were sent. */
function sample(world: World, description: Description, schema: Schema, sent: Json): unknown {
  if (typeof schema === "boolean") return null;
  const reference = schema["$ref"];
  if (typeof reference === "string") {
    const model = description.schemas[reference.slice("#/components/schemas/".length)] ?? true;
    return sample(world, description, model, sent);
  }
  const again = (other: unknown) => sample(world, description, other as Schema, sent);
  if (Array.isArray(schema["allOf"])) return Object.assign({}, ...schema["allOf"].map(again));
  if ("const" in schema) return schema["const"];
  if (isObject(schema["properties"])) {
    const required = new Set(Array.isArray(schema["required"]) ? schema["required"] : []);
    const made: Json = {};
    for (const [key, one] of Object.entries(schema["properties"]))
      if (Object.hasOwn(sent, key)) made[key] = sent[key];
      else if (required.has(key)) {
        const inner = isObject(sent[key]) ? sent[key] : {};
        made[key] = sample(world, description, one as Schema, inner);
      }
    return made;
  }
  for (const alternatives of [schema["oneOf"], schema["anyOf"]])
    if (Array.isArray(alternatives)) return again(alternatives[0]);
  if (Array.isArray(schema["enum"])) return schema["enum"][0];
  const type = Array.isArray(schema["type"]) ? schema["type"][0] : schema["type"];
  if (type === "array") return [];
  if (type === "object") return {};
  if (type === "boolean") return false;
  if (type === "integer" || type === "number") return Math.max(0, Number(schema["minimum"] ?? 0));
  if (type === "null") return null;
  if (schema["format"] === "uuid") return world.ids.uuid();
  if (schema["format"] === "date-time") return world.time();
  if (schema["format"] === "date") return world.date();
  const pattern = schema["pattern"];
  if (typeof pattern !== "string") return "";
  const takes = new RegExp(pattern, "u");
  return [...texts, world.date(), world.ids.uuid()].find((text) => takes.test(text)) ?? "";
}

/**
 * Carries out an operation of which this release knows the description only, as another or a newer description has it:
 * what is created is kept, retrieved, listed, changed and deleted. It has no life cycle and no events.
 */
export function byDescription(
  operation: ApiOperation,
  description: Description,
  validator: Validator,
): (call: Call) => unknown {
  const parameters = operation.path.match(/\{[^}]+\}/g) ?? [];
  const ofOne = operation.path.endsWith("}");
  return ({ world, path, query, body, accept, assumed }) => {
    assumed(`this release knows only the description of ${operation.id}`);
    const { others } = world.tables;
    const values = path as Json;
    const at = operation.path.replace(/\{([^}]+)\}/g, (_, name: string) => String(values[name]));
    const sent = isObject(body) ? body : {};
    const schema = operation.answers.get(accept);
    const answer = (value: unknown) => {
      if (schema === undefined) return undefined;
      const fault = validator.answer(operation, accept, value);
      if (fault)
        throw new Problem(
          501,
          "not_implemented",
          `No answer of ${operation.id} can be made from its description: ${fault}.`,
        );
      return value;
    };
    const make = () => {
      const named = Object.fromEntries(Object.entries(values).filter(([name]) => name.endsWith("_id")));
      return schema === undefined
        ? undefined
        : sample(world, description, schema, { ...named, ...(query as Json), ...sent });
    };

    if (operation.method === "GET") {
      if (ofOne) return answer(others.need(at).value);
      const rows = others.list((row) => row.at === at).map(({ value }) => value);
      const made = make();
      return isObject(made) && Array.isArray(made["data"])
        ? answer(page(rows, query as object))
        : answer(made);
    }
    if (operation.method === "POST") {
      const made = make();
      const id = isObject(made) ? made["id"] : undefined;
      const valid = answer(made);
      if (isObject(made) && typeof id === "string") others.set(`${at}/${id}`, { at, value: made });
      return valid;
    }
    const old = others.get(at);
    if (!old) throw notFound(parameters.at(-1)?.slice(1, -1) ?? "resource", at);
    if (operation.method === "DELETE") {
      others.delete(at);
      return answer(make());
    }
    const value: Json = { ...old.value, ...sent };
    const valid = answer(value);
    others.set(at, { ...old, value });
    return valid;
  };
}

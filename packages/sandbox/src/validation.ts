import { Ajv2020, type ErrorObject, type Options, type ValidateFunction } from "ajv/dist/2020.js";
import formats from "ajv-formats";
import type { ApiOperation, Description, Parameter, Schema } from "./description.js";

/** Checks values against the schemas of a description. */
export interface Validator {
  /** What is wrong with the body, or nothing. */
  body(operation: ApiOperation, mediaType: string, value: unknown): string | undefined;
  /** Turns text into the types that the description gives, fills in defaults. */
  parameters(
    operation: ApiOperation,
    where: "path" | "query",
    given: Readonly<Record<string, string | string[]>>,
  ): { values: Record<string, unknown>; fault: string | undefined };
  /** What is wrong with an answer, or nothing. */
  answer(operation: ApiOperation, mediaType: string, value: unknown): string | undefined;
  /** What is wrong with an event, or nothing. */
  event(name: string, value: unknown): string | undefined;
}

type Json = { readonly [key: string]: unknown };
const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/**
 * An object has no field that its schema does not name. Where schemas are put together (`allOf`), that holds for the
 * whole: a part stays open.
 */
function closed(schemas: Readonly<Record<string, Schema>>): Record<string, unknown> {
  const parts = new Set<string>();
  const find = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(find);
    if (!isObject(value)) return;
    if (Array.isArray(value["allOf"]))
      for (const part of value["allOf"])
        if (isObject(part) && typeof part["$ref"] === "string") parts.add(part["$ref"]);
    Object.values(value).forEach(find);
  };
  find(schemas);

  const close = (value: unknown, open = false): unknown => {
    if (Array.isArray(value)) return value.map((one) => close(one));
    if (!isObject(value)) return value;
    const copy: Record<string, unknown> = {};
    for (const [key, one] of Object.entries(value)) {
      if (key === "properties" && isObject(one))
        copy[key] = Object.fromEntries(Object.entries(one).map(([name, schema]) => [name, close(schema)]));
      else if (key === "allOf" && Array.isArray(one)) copy[key] = one.map((part) => close(part, true));
      else copy[key] = close(one, open && (key === "oneOf" || key === "anyOf"));
    }
    if ((isObject(value["properties"]) || value["allOf"]) && !open && !("additionalProperties" in value))
      copy["unevaluatedProperties"] = false;
    return copy;
  };
  return Object.fromEntries(
    Object.entries(schemas).map(([name, schema]) => [
      name,
      close(schema, parts.has(`#/components/schemas/${name}`)),
    ]),
  );
}

const place = ({ instancePath }: ErrorObject, root: string) =>
  instancePath ? `${root}${instancePath.replaceAll("/", ".").replace(/\.(\d+)(?=\.|$)/g, "[$1]")}` : root;

// What a failed alternative says of itself is noise beside what it found.
const summaries = new Set(["oneOf", "anyOf", "if"]);

function sentence(errors: readonly ErrorObject[] | null | undefined, root: string): string {
  const all = errors ?? [];
  const telling = all.filter(({ keyword }) => !summaries.has(keyword));
  // The deepest: that alternative was meant.
  const sorted = [...(telling.length ? telling : all)].sort(
    (a, b) => b.instancePath.split("/").length - a.instancePath.split("/").length,
  );
  const texts = sorted.map((error) => {
    const where = place(error, root);
    const { unevaluatedProperty, additionalProperty, missingProperty, allowedValues, allowedValue } =
      error.params;
    const unknown = unevaluatedProperty ?? additionalProperty;
    if (unknown !== undefined) return `${where} has no field ${JSON.stringify(unknown)}`;
    if (missingProperty !== undefined) return `${where}.${missingProperty} is missing`;
    if (allowedValues) return `${where} must be one of ${allowedValues.join(", ")}`;
    if (allowedValue !== undefined) return `${where} must be ${JSON.stringify(allowedValue)}`;
    return `${where} ${error.message}`;
  });
  return [...new Set(texts)].slice(0, 3).join("; ");
}

export function createValidator(description: Description): Validator {
  const schemas = closed(description.schemas);
  const make = (options: Options) => {
    const ajv = new Ajv2020({
      strict: false,
      logger: false,
      allErrors: true,
      validateFormats: true,
      ...options,
    });
    // A CommonJS module: under some resolutions its function is one deeper.
    (formats as unknown as { default: typeof formats.default }).default(ajv);
    // The library's takes no loopback addresses; the description's means what the URL parser takes.
    ajv.addFormat("url", (text: string) => URL.canParse(text));
    ajv.addSchema({ $id: "api", components: { schemas } });
    return ajv;
  };
  const forBodies = make({});
  const forParameters = make({ coerceTypes: "array", useDefaults: true });

  const based = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(based);
    if (!isObject(value)) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, one]) => [
        key,
        key === "$ref" && typeof one === "string" && one.startsWith("#/") ? `api${one}` : based(one),
      ]),
    );
  };
  const compiled = new Map<string, ValidateFunction>();
  const compile = (ajv: Ajv2020, key: string, schema: () => unknown) => {
    let validate = compiled.get(key);
    if (!validate) {
      const made = based(schema());
      validate = ajv.compile(typeof made === "boolean" ? made : (made as object));
      compiled.set(key, validate);
    }
    return validate;
  };
  const check = (key: string, schema: () => unknown, value: unknown, root: string) => {
    const validate = compile(forBodies, key, schema);
    return validate(value) ? undefined : sentence(validate.errors, root);
  };
  const objectOf = (parameters: readonly Parameter[]) => ({
    type: "object",
    properties: Object.fromEntries(parameters.map(({ name, schema }) => [name, schema])),
    required: parameters.filter(({ required }) => required).map(({ name }) => name),
    additionalProperties: false,
  });

  return {
    body: (operation, mediaType, value) =>
      check(
        `body ${operation.id} ${mediaType}`,
        () => operation.bodies.get(mediaType) ?? true,
        value,
        "body",
      ),
    answer: (operation, mediaType, value) =>
      check(
        `answer ${operation.id} ${mediaType}`,
        () => operation.answers.get(mediaType) ?? true,
        value,
        "answer",
      ),
    event: (name, value) =>
      check(`event ${name}`, () => description.events.get(name) ?? true, value, "event"),
    parameters(operation, where, given) {
      const validate = compile(forParameters, `${where} ${operation.id}`, () =>
        objectOf(operation.parameters.filter((one) => one.in === where)),
      );
      const values: Record<string, unknown> = { ...given };
      return { values, fault: validate(values) ? undefined : sentence(validate.errors, where) };
    },
  };
}

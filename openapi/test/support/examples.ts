import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import {
  type Description,
  type Example,
  isReference,
  join,
  type MediaType,
  operations,
  resolve,
  webhooks,
} from "./description.js";

/** A body of a request or an answer. */
export interface Body {
  pointer: string;
  /** What it is for, in words. */
  title: string;
  media: MediaType;
  /** Whether it has to show an example. */
  wantsExample: boolean;
}

/** An example in its place. */
export interface PlacedExample {
  pointer: string;
  title: string;
  value: unknown;
  /** Where the schema stands that it has to be valid against. */
  schema: string;
}

/** Every body in the description, each shared answer once. */
export function bodies(description: Description): Body[] {
  const found = new Map<string, Body>();
  const add = (
    at: string,
    title: string,
    content: Record<string, MediaType> = {},
    wanted: (type: string) => boolean,
  ) => {
    for (const [type, media] of Object.entries(content)) {
      const pointer = join(at, "content", type);
      found.set(pointer, { pointer, title: `${title} ${type}`, media, wantsExample: wanted(type) });
    }
  };
  for (const { pointer, operation } of [...operations(description), ...webhooks(description)]) {
    const id = operation.operationId;
    add(join(pointer, "requestBody"), `${id} request`, operation.requestBody?.content, () => true);
    for (const [code, response] of Object.entries(operation.responses)) {
      const at = isReference(response) ? response.$ref.slice(1) : join(pointer, "responses", code);
      const wanted = (type: string) => code.startsWith("2") && type === "application/json";
      const title = isReference(response) ? response.$ref : `${id} ${code}`;
      add(at, title, resolve(description, response).content, wanted);
    }
  }
  return [...found.values()];
}

/** Every example of a body, a parameter or a header, where it is used. */
export function placedExamples(description: Description): PlacedExample[] {
  const ofBodies = bodies(description).flatMap(({ pointer, title, media }) =>
    Object.entries(media.examples ?? {}).map(([name, example]) => ({
      pointer: join(pointer, "examples", name),
      title: `${title} ${name}`,
      value: resolve<Example>(description, example).value,
      schema: join(pointer, "schema"),
    })),
  );
  const { parameters, headers } = description.components;
  const ofRest = Object.entries({ parameters, headers }).flatMap(([section, items]) =>
    Object.entries(items ?? {})
      .filter(([, item]) => item.example !== undefined)
      .map(([name, item]) => {
        const pointer = join("/components", section, name);
        return {
          pointer: join(pointer, "example"),
          title: name,
          value: item.example,
          schema: join(pointer, "schema"),
        };
      }),
  );
  return [...ofBodies, ...ofRest];
}

/** Bodies that should show an example and show none, and shared examples that are shown nowhere. */
export function missingExamples(description: Description): string[] {
  const all = bodies(description);
  const bare = all.filter(
    ({ media, wantsExample }) => wantsExample && Object.keys(media.examples ?? {}).length === 0,
  );
  const used = new Set(
    all.flatMap(({ media }) =>
      Object.values(media.examples ?? {})
        .filter(isReference)
        .map((x) => x.$ref),
    ),
  );
  const shared = Object.keys(description.components.examples ?? {}).map(
    (name) => `#/components/examples/${name}`,
  );
  return [
    ...bare.map(({ title }) => `${title}: has no example`),
    ...shared
      .filter((reference) => !used.has(reference))
      .map((reference) => `${reference}: is shown nowhere`),
  ];
}

/** What is wrong with the examples by their schemas, one line each. */
export function invalidExamples(
  description: Description,
  validatorOf: ValidatorOf = validators(description),
): string[] {
  return placedExamples(description).flatMap(({ title, value, schema }) => {
    const validate = validatorOf(schema);
    if (validate(value)) return [];
    return (validate.errors ?? []).map(({ instancePath, message }) => `${title}: ${instancePath} ${message}`);
  });
}

/** The validator of the schema at a pointer. */
export type ValidatorOf = (pointer: string) => ValidateFunction;

/** Compiles the schemas of a description, each once; every schema may refer to every other. */
export function validators(description: Description): ValidatorOf {
  // The API has `required` in an allOf beside the type, hence no strictTypes.
  const ajv = new Ajv2020({ strict: true, strictTypes: false, allErrors: true });
  addFormats.default(ajv);
  ajv.addFormat("url", { type: "string", validate: isUrl });
  ajv.addFormat("ISO4217", /^[A-Z]{3}$/);
  // OpenAPI's hint for generators; the members of a union tell themselves apart by their own `type`.
  ajv.addKeyword("discriminator");
  // The document as a whole is no schema; its sections only hold some.
  ajv.addVocabulary(["openapi", "info", "servers", "tags", "paths", "webhooks", "components"]);
  ajv.addSchema(description, "description", false, false);
  const compiled = new Map<string, ValidateFunction>();
  return (pointer) => {
    const validate = compiled.get(pointer) ?? ajv.compile({ $ref: `description#${encodeURI(pointer)}` });
    compiled.set(pointer, validate);
    return validate;
  };
}

function isUrl(text: string): boolean {
  return URL.canParse(text) && /^https?:\/\//.test(text);
}

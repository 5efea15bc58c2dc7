import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compare } from "../src/diff/compare.js";
import { diffMarkdown, diffSummary } from "../src/diff/index.js";
import { atPointer, type Json, type JsonObject, type OpenApiDocument } from "../src/document.js";
import { description, jsonContent, ref } from "./diff-descriptions.js";

const modelNames = ["A", "B", "C", "D", "E"];
const names = fc.constantFrom("a", "b", "type", "title", "x/y~z");
const modelRef: fc.Arbitrary<JsonObject> = fc.constantFrom(...modelNames).map(ref);

const leaf: fc.Arbitrary<JsonObject> = fc.oneof(
  modelRef,
  fc.record<JsonObject>(
    {
      type: fc.constantFrom<Json>("string", "integer", "number", ["string", "null"]),
      maxLength: fc.integer({ min: 0, max: 3 }),
      default: fc.constantFrom("a", "b"),
      deprecated: fc.boolean(),
      description: fc.constantFrom("one", "two"),
    },
    { requiredKeys: [] },
  ) as fc.Arbitrary<JsonObject>,
);

const values = fc.uniqueArray(fc.constantFrom("A", "B", "C", null), { minLength: 1 });
const members = fc.uniqueArray(leaf, {
  minLength: 1,
  maxLength: 3,
  selector: (schema) => JSON.stringify(schema),
});

const object: fc.Arbitrary<JsonObject> = fc
  .tuple(
    fc.dictionary(names, leaf),
    fc.uniqueArray(names),
    fc.constantFrom<Json>(true, false, { type: "string" }),
  )
  .map(([properties, required, additionalProperties]) => {
    return { type: "object", properties, required, additionalProperties };
  });

const model: fc.Arbitrary<JsonObject> = fc.oneof(
  { weight: 3, arbitrary: object },
  values.map((list): JsonObject => ({ enum: list })),
  members.map((list): JsonObject => ({ oneOf: list })),
  fc.tuple(modelRef, object).map((list): JsonObject => ({ allOf: list })),
  leaf.map((items): JsonObject => ({ type: "array", items })),
);

const operation: fc.Arbitrary<JsonObject> = fc
  .record({
    id: fc.constantFrom("one", "two", "three", undefined),
    body: fc.option(leaf, { nil: undefined }),
    answer: leaf,
    status: fc.constantFrom("200", "202", "404"),
    scopes: fc.uniqueArray(fc.constantFrom("r", "w")),
    parameter: fc.option(leaf, { nil: undefined }),
    required: fc.boolean(),
  })
  .map(
    ({ id, body, answer, status, scopes, parameter, required }): JsonObject => ({
      ...(id === undefined ? {} : { operationId: id }),
      ...(body === undefined ? {} : { requestBody: { required, ...jsonContent(body) } }),
      ...(parameter === undefined
        ? {}
        : { parameters: [{ name: "q", in: "query", required, schema: parameter }] }),
      security: scopes.map((scope) => ({ oauth: [scope] })),
      responses: { [status]: jsonContent(answer) },
    }),
  );

const event: fc.Arbitrary<JsonObject> = fc
  .tuple(fc.uniqueArray(fc.constantFrom("U.A", "U.B", "U.C"), { minLength: 1 }), leaf)
  .map(([types, thing]) => {
    return { type: "object", required: ["type"], properties: { type: { enum: types }, object: thing } };
  });

const someDescription: fc.Arbitrary<OpenApiDocument> = fc
  .record({
    paths: fc.dictionary(fc.constantFrom("/a", "/b/{id}", "/b/{key}"), fc.record({ get: operation })),
    models: fc.dictionary(fc.constantFrom(...modelNames), model),
    event: fc.option(event, { nil: undefined }),
    servers: fc.uniqueArray(fc.constantFrom("https://a", "https://b")),
  })
  .map(({ paths, models, event: thing, servers }) => {
    const webhooks = thing && { webhooks: { u: { post: { requestBody: jsonContent(ref("Event")) } } } };
    const written = JSON.stringify([paths, models, thing]);
    const missing = modelNames.filter(
      (name) => written.includes(`/${name}"`) && !Object.hasOwn(models, name),
    );
    const empty = Object.fromEntries(missing.map((name) => [name, { type: "object" }]));
    const schemas = { ...models, ...empty, ...(thing && { Event: thing }) };
    return description({
      paths,
      ...webhooks,
      servers: servers.map((url) => ({ url })),
      components: { schemas },
    });
  });

/** The lists whose order means nothing. */
const sets = new Set(["enum", "oneOf", "parameters", "required", "security", "servers", "type"]);

function shuffled(value: Json | undefined, random: () => number, key = ""): Json {
  if (Array.isArray(value)) {
    const members = value.map((member) => shuffled(member, random));
    return sets.has(key) ? mixed(members, random) : members;
  }
  if (typeof value !== "object" || value === null) return value ?? null;
  const entries = Object.entries(value).map(
    ([name, member]) => [name, shuffled(member, random, name)] as const,
  );
  return Object.fromEntries(mixed(entries, random));
}

function mixed<T>(list: readonly T[], random: () => number): T[] {
  return list
    .map((member) => [random(), member] as const)
    .sort(([a], [b]) => a - b)
    .map(([, member]) => member);
}

function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

const runs = { numRuns: 200 };

describe("for any two descriptions", () => {
  test("a description does not differ from itself, in whatever order it is written", () => {
    const property = fc.property(someDescription, fc.integer(), (document, seed) => {
      expect(compare(document, structuredClone(document))).toEqual({ changes: [], bump: "none" });
      const again = shuffled(document, randomFrom(seed)) as OpenApiDocument;
      expect(compare(document, again)).toEqual({ changes: [], bump: "none" });
    });
    fc.assert(property, runs);
  });

  test("the order of either does not matter", () => {
    const property = fc.property(someDescription, someDescription, fc.integer(), (old, next, seed) => {
      const random = randomFrom(seed);
      const again = compare(
        shuffled(old, random) as OpenApiDocument,
        shuffled(next, random) as OpenApiDocument,
      );
      expect(again).toEqual(compare(old, next));
    });
    fc.assert(property, runs);
  });

  test("it is major exactly when something breaks, and none exactly when nothing changed", () => {
    const property = fc.property(someDescription, someDescription, (old, next) => {
      const { changes, bump } = compare(old, next);
      expect(changes.some((change) => change.breaking)).toBe(bump === "major");
      expect(changes.length === 0).toBe(bump === "none");
    });
    fc.assert(property, runs);
  });

  test("each change is told of once, and points at something", () => {
    const property = fc.property(someDescription, someDescription, (old, next) => {
      const { changes } = compare(old, next);
      const texts = changes.map((change) => JSON.stringify(change));
      expect(new Set(texts).size).toBe(texts.length);
      for (const change of changes) {
        const found = [next, old].map((document) => atPointer(document, change.pointer));
        expect(found[change.kind === "removed" ? 1 : 0], JSON.stringify(change)).toBeDefined();
      }
    });
    fc.assert(property, runs);
  });

  test("what is gone one way has come the other way", () => {
    const property = fc.property(someDescription, someDescription, (old, next) => {
      const named = (kind: string, [a, b]: [OpenApiDocument, OpenApiDocument]): string[] =>
        compare(a, b)
          .changes.filter((change) => change.kind === kind && /^the (model|event) was /.test(change.message))
          .map((change) => change.model ?? change.event ?? "")
          .sort();
      expect(named("removed", [old, next])).toEqual(named("added", [next, old]));
    });
    fc.assert(property, runs);
  });

  test("the report has a line for every kind of change, and the summary stays short", () => {
    const property = fc.property(someDescription, someDescription, (old, next) => {
      const result = compare(old, next);
      const versions = { from: "1", to: "2" };
      expect(diffMarkdown(result, versions).includes("## Breaking")).toBe(result.bump === "major");
      expect(diffSummary(result, versions).trimEnd().split("\n").length).toBeLessThanOrEqual(12);
    });
    fc.assert(property, runs);
  });
});

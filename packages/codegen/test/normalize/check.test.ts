import { describe, expect, test } from "vitest";
import type { Json, JsonObject } from "../../src/document.js";
import { check } from "../../src/normalize/check.js";
import { documentWith, withSchemas } from "../support/document.js";

const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });

describe("check", () => {
  test.each<[string, JsonObject]>([
    ["/paths", documentWith({ paths: [] })],
    ["/paths/~1a", documentWith({ paths: { "/a": "x" } })],
    ["/paths/~1a/get", documentWith({ paths: { "/a": { get: 1 } } })],
    ["/paths/~1a/get/parameters", documentWith({ paths: { "/a": { get: { parameters: {} } } } })],
    [
      "/paths/~1a/get/parameters/0",
      documentWith({ paths: { "/a": { get: { parameters: [{ in: "query" }] } } } }),
    ],
    [
      "/paths/~1a/get/responses/200/content/application~1json",
      documentWith({
        paths: { "/a": { get: { responses: { "200": { content: { "application/json": 1 } } } } } },
      }),
    ],
    ["/webhooks/w", documentWith({ webhooks: { w: null } })],
    ["/components/schemas", documentWith({ components: { schemas: [] } })],
    ["/components/schemas/A", withSchemas({ A: "x" as Json })],
    ["/components/schemas/A/properties", withSchemas({ A: { properties: [] } })],
    ["/components/schemas/A/properties/b~1c", withSchemas({ A: { properties: { "b/c": "x" } } })],
    ["/components/schemas/A/type", withSchemas({ A: { type: 5 } })],
    ["/components/schemas/A/enum", withSchemas({ A: { enum: [] } })],
    ["/components/schemas/A/required", withSchemas({ A: { required: [1] } })],
    ["/components/schemas/A/oneOf", withSchemas({ A: { oneOf: [] } })],
    ["/components/schemas/A/items/anyOf/0/not", withSchemas({ A: { items: { anyOf: [{ not: 3 }] } } })],
    ["/components/schemas/A/$ref", withSchemas({ A: { $ref: 3 } })],
  ])("refuses what is wrong at %s", (pointer, document) => {
    expect(() => check(document)).toThrow(expect.objectContaining({ code: "INVALID_DESCRIPTION" }));
    expect(() => check(document)).toThrow(`#${pointer}:`);
  });

  test.each<[string, JsonObject]>([
    ["itself", { A: { allOf: [ref("A"), { type: "object" }] } }],
    ["a union with itself", { A: { oneOf: [ref("B"), { type: "string" }] }, B: { anyOf: [ref("A")] } }],
    ["an alias of itself", { A: ref("B"), B: ref("C"), C: ref("A") }],
  ])("refuses a schema that is %s", (_, schemas) => {
    expect(() => check(withSchemas(schemas))).toThrow(/made of itself/);
  });

  test("a long chain of models is no circle, and does not end the stack", () => {
    const chain = Array.from({ length: 20_000 }, (_, index) => [`C${index}`, ref(`C${index + 1}`)]);
    expect(() => check(withSchemas(Object.fromEntries([...chain, ["C20000", {}]])))).not.toThrow();
  });

  test("circles through properties, lists and maps are fine", () => {
    const schemas = {
      A: { type: "object", properties: { a: ref("A"), b: { oneOf: [ref("B"), { type: "null" }] } } },
      B: { type: "array", items: ref("B") },
      C: { type: "object", additionalProperties: ref("C") },
      D: { allOf: [ref("A"), { properties: { d: ref("D") } }] },
    };
    expect(() => check(withSchemas(schemas))).not.toThrow();
  });

  test.each([
    [
      "a model",
      withSchemas({ A: { properties: { x: { $ref: "#/components/schemas/Nope; export const x = 1;" } } } }),
    ],
    [
      "a parameter",
      documentWith({ paths: { "/a": { get: { parameters: [{ $ref: "#/components/parameters/Nope" }] } } } }),
    ],
    ["another file", withSchemas({ A: { $ref: "./other.yaml" } })],
  ])("a reference to %s that is not there is refused", (_, document) => {
    expect(() => check(document)).toThrow(expect.objectContaining({ code: "UNRESOLVED_REF" }));
  });

  test("a field that is called $ref is a field, and data is data", () => {
    const schemas = {
      A: { properties: { $ref: { type: "string" } }, default: { $ref: "x" }, "x-y": { $ref: "x" } },
    };
    expect(() => check(withSchemas(schemas))).not.toThrow();
  });

  test.each([
    [{}, "NOT_OPENAPI"],
    [{ swagger: "2.0" }, "UNSUPPORTED_VERSION"],
    [null, "NOT_OPENAPI"],
    [[], "NOT_OPENAPI"],
  ])("%j is no description", (document, code) => {
    expect(() => check(document as never)).toThrow(expect.objectContaining({ code }));
  });

  test("a document without end is refused", () => {
    const document = withSchemas({ A: { type: "object", properties: {} } });
    (document["components"] as { self?: unknown }).self = document;
    expect(() => check(document)).toThrow(expect.objectContaining({ code: "TOO_COMPLEX" }));
  });

  test("an extension stands anywhere", () => {
    expect(() =>
      check(documentWith({ paths: { "x-internal": true }, components: { "x-y": [] } })),
    ).not.toThrow();
  });

  test("true and false are schemas", () => {
    expect(() => check(withSchemas({ A: true, B: { properties: { c: false } } }))).not.toThrow();
  });
});

import { describe, expect, test } from "vitest";
import { compare } from "../src/diff/compare.js";
import type { Json, JsonObject } from "../src/document.js";
import { description, jsonContent, messages, outcome, ref, withOperation } from "./diff-descriptions.js";

type Rule = readonly [rule: string, old: JsonObject, next: JsonObject, told: readonly string[]];

const text = { type: "string" };

describe("the whole API", () => {
  const schemes = (value: JsonObject): JsonObject => description({ components: { securitySchemes: value } });
  const oauth = (tokenUrl: string): JsonObject => ({
    oauth: { type: "oauth2", flows: { clientCredentials: { tokenUrl, scopes: {} } } },
  });

  test.each<Rule>([
    [
      "server added",
      description({ servers: [{ url: "a" }] }),
      description({ servers: [{ url: "b" }, { url: "a" }] }),
      ["added", "minor"],
    ],
    [
      "server removed",
      description({ servers: [{ url: "a" }, { url: "b" }] }),
      description({ servers: [{ url: "a" }] }),
      ["removed!", "major"],
    ],
    ["scheme added", schemes({}), schemes(oauth("a")), ["added", "minor"]],
    ["scheme removed", schemes(oauth("a")), schemes({}), ["removed!", "major"]],
    ["scheme with another address", schemes(oauth("a")), schemes(oauth("b")), ["changed!", "major"]],
    [
      "scheme that names more",
      schemes(oauth("a")),
      schemes({ oauth: { ...(oauth("a")["oauth"] as JsonObject), bearerFormat: "JWT" } }),
      ["changed", "minor"],
    ],
    [
      "version and title",
      description({}),
      description({ info: { title: "Another", version: "2" } }),
      ["changed", "patch"],
    ],
  ])("%s", (_, old, next, told) => {
    expect(outcome(old, next)).toEqual(told);
  });
});

describe("descriptions that are not in normal form", () => {
  test("parameters of the path, and parameters by reference", () => {
    const parameter = { name: "q", in: "query", schema: text };
    const onPath = description({
      paths: { "/things": { parameters: [parameter], post: { operationId: "do_thing" } } },
    });
    const byRef = description({
      paths: {
        "/things": { post: { operationId: "do_thing", parameters: [{ $ref: "#/components/parameters/Q" }] } },
      },
      components: { parameters: { Q: parameter } },
    });
    expect(outcome(onPath, byRef)).toEqual(["changed", "patch"]);
  });

  test("what many operations share is told of once", () => {
    const many = (limit: number): JsonObject => {
      const names = Array.from({ length: 20 }, (_, index) => `op_${index}`);
      const shared = {
        parameters: [{ $ref: "#/components/parameters/Limit" }],
        responses: {
          "400": { $ref: "#/components/responses/Error" },
          "500": { $ref: "#/components/responses/Error" },
        },
      };
      return description({
        paths: Object.fromEntries(
          names.map((name) => [`/${name}`, { get: { operationId: name, ...shared } }]),
        ),
        components: {
          parameters: { Limit: { name: "limit", in: "query", schema: { type: "integer", maximum: limit } } },
          responses: { Error: jsonContent({ type: "string", maxLength: limit }) },
        },
      });
    };
    const { changes } = compare(many(100), many(50));
    expect(changes.map((change) => change.pointer)).toEqual([
      "#/components/parameters/Limit/schema",
      "#/components/responses/Error/content/application~1json/schema",
    ]);
    expect(changes[0]?.message).toContain("query parameter `limit` (shared by 20 operations)");
    expect(changes[0]).not.toHaveProperty("operation");
  });

  test("schemas in place", () => {
    const inPlace = (x: Json): JsonObject => {
      const schema = { type: "object", properties: { x } };
      return withOperation({ requestBody: jsonContent(schema), responses: { "200": jsonContent(schema) } });
    };
    expect(messages(inPlace(text), inPlace({ type: "number" }))).toEqual([
      "request body field `x` changed its type from `string` to `number`: what callers send no longer fits",
      "answer `200` field `x` changed its type from `string` to `number`: code that reads it expects the old type",
    ]);
  });

  test("a schema in place that became a model", () => {
    const thing = { type: "object", properties: { x: text } };
    const inPlace = withOperation({ requestBody: jsonContent(thing) });
    const asModel = withOperation(
      { requestBody: jsonContent(ref("Thing")) },
      { components: { schemas: { Thing: thing } } },
    );
    expect(outcome(inPlace, asModel)).toEqual(["added", "minor"]);
  });
});

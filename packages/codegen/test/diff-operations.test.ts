import { describe, expect, test } from "vitest";
import { compare } from "../src/diff/compare.js";
import type { Json, JsonObject } from "../src/document.js";
import { description, jsonContent, messages, outcome, withOperation } from "./diff-descriptions.js";

/** A rule about operations: the members of `POST /things` before and after, and what is told. */
type Rule = readonly [rule: string, old: JsonObject, next: JsonObject, told: readonly string[]];

const text = { type: "string" };

function query(schema: Json, more: JsonObject = {}): JsonObject {
  return { parameters: [{ name: "q", in: "query", schema, ...more }] };
}

function body(members: JsonObject): JsonObject {
  return { requestBody: { ...jsonContent(text), ...members } };
}

function answers(...statuses: string[]): JsonObject {
  return { responses: Object.fromEntries(statuses.map((status) => [status, jsonContent(text)])) };
}

function answer(members: JsonObject): JsonObject {
  return { responses: { "200": members } };
}

function scopes(...names: string[]): JsonObject {
  return { security: names.map((name) => ({ oauth: [name] })) };
}

const header = { headers: { "x-total": { schema: text, required: true } } };
const none = { parameters: [] };

const identity: Rule[] = [
  ["deprecated", {}, { deprecated: true }, ["deprecated", "patch"]],
  ["un-deprecated", { deprecated: true }, {}, ["changed", "minor"]],
  ["another id", {}, { operationId: "make_thing" }, ["changed!", "major"]],
  ["prose", {}, { summary: "Does a thing", tags: ["Things"] }, ["changed", "patch"]],
  ["idempotency key lost", { "x-idempotent": true }, {}, ["changed!", "major"]],
  ["idempotency key gained", {}, { "x-idempotent": true }, ["changed", "minor"]],
];

const parameters: Rule[] = [
  ["optional parameter added", none, query(text), ["added", "minor"]],
  ["required parameter added", none, query(text, { required: true }), ["added!", "major"]],
  ["required header added", none, query(text, { in: "header", required: true }), ["added!", "major"]],
  ["optional parameter removed", query(text), none, ["removed!", "major"]],
  ["required parameter removed", query(text, { required: true }), none, ["removed!", "major"]],
  ["parameter became required", query(text), query(text, { required: true }), ["changed!", "major"]],
  ["parameter became optional", query(text, { required: true }), query(text), ["changed", "minor"]],
  ["parameter deprecated", query(text), query(text, { deprecated: true }), ["deprecated", "patch"]],
  ["parameter of another type", query(text), query({ type: "number" }), ["changed!", "major"]],
  ["type widened", query(text), query({ type: ["string", "number"] }), ["changed", "minor"]],
  ["type narrowed", query({ type: ["string", "number"] }), query(text), ["changed!", "major"]],
  ["enum value added", query({ enum: ["A"] }), query({ enum: ["A", "B"] }), ["added", "minor"]],
  ["enum value removed", query({ enum: ["A", "B"] }), query({ enum: ["A"] }), ["removed!", "major"]],
  ["pattern added", query(text), query({ ...text, pattern: "^a" }), ["changed!", "major"]],
  ["pattern removed", query({ ...text, pattern: "^a" }), query(text), ["changed", "minor"]],
  [
    "default changed",
    query({ ...text, default: "a" }),
    query({ ...text, default: "b" }),
    ["changed!", "major"],
  ],
  ["written another way", query(text), query(text, { explode: false }), ["changed!", "major"]],
  [
    "what OpenAPI takes for granted",
    query(text),
    query(text, { explode: true, style: "form" }),
    ["changed", "patch"],
  ],
  ["moved to a header", query(text), query(text, { in: "header" }), ["removed!", "added", "major"]],
  [
    "header in other letters",
    query(text, { in: "header", name: "X-A" }),
    query(text, { in: "header", name: "x-a" }),
    ["changed", "patch"],
  ],
  [
    "content instead of a schema",
    query(text),
    { parameters: [{ name: "q", in: "query", ...jsonContent({ type: "number" }) }] },
    ["changed!", "major"],
  ],
];

const bodies: Rule[] = [
  ["optional body added", {}, body({}), ["added", "minor"]],
  ["required body added", {}, body({ required: true }), ["added!", "major"]],
  ["body removed", body({}), {}, ["removed!", "major"]],
  ["body became required", body({}), body({ required: true }), ["changed!", "major"]],
  ["body became optional", body({ required: true }), body({}), ["changed", "minor"]],
  [
    "content type added",
    body({}),
    body({ content: { ...(jsonContent(text)["content"] as JsonObject), "text/plain": {} } }),
    ["added", "minor"],
  ],
  [
    "content type removed",
    body({ content: { "application/json": {}, "text/plain": {} } }),
    body({ content: { "application/json": {} } }),
    ["removed!", "major"],
  ],
  ["body of another type", body({}), body(jsonContent({ type: "number" })), ["changed!", "major"]],
];

const responses: Rule[] = [
  ["success added", answers("200"), answers("200", "202"), ["added!", "major"]],
  ["success removed", answers("200", "202"), answers("200"), ["removed!", "major"]],
  ["success changed", answers("200"), answers("202"), ["changed!", "major"]],
  [
    "success changed, and its body",
    answers("200"),
    { responses: { "202": jsonContent({ type: "number" }) } },
    ["changed!", "changed!", "major"],
  ],
  ["error added", answers("200"), answers("200", "404"), ["added", "minor"]],
  ["error removed", answers("200", "404"), answers("200"), ["removed", "minor"]],
  ["body added", answer({}), answer(jsonContent(text)), ["added", "minor"]],
  ["body removed", answer(jsonContent(text)), answer({}), ["removed!", "major"]],
  [
    "body of another type",
    answer(jsonContent(text)),
    answer(jsonContent({ type: "number" })),
    ["changed!", "major"],
  ],
  [
    "accepted media type added",
    answer({ content: { "application/json": {} } }),
    answer({ content: { "application/json": {}, "application/pdf": {} } }),
    ["added", "minor"],
  ],
  [
    "accepted media type removed",
    answer({ content: { "application/json": {}, "application/pdf": {} } }),
    answer({ content: { "application/json": {} } }),
    ["removed!", "major"],
  ],
  ["header added", answer({}), answer(header), ["added", "minor"]],
  ["header removed", answer(header), answer({}), ["removed!", "major"]],
  [
    "header became optional",
    answer(header),
    answer({ headers: { "X-Total": { schema: text } } }),
    ["changed!", "major"],
  ],
];

const security: Rule[] = [
  ["scope added as an alternative", scopes("a"), scopes("a", "b"), ["added", "minor"]],
  ["scope removed as an alternative", scopes("a", "b"), scopes("a"), ["removed!", "major"]],
  ["scope replaced", scopes("a"), scopes("b"), ["removed!", "added", "major"]],
  [
    "scope of two no longer asked for",
    { security: [{ oauth: ["a", "b"] }] },
    scopes("a"),
    ["added", "removed", "minor"],
  ],
  ["security added", { security: [] }, scopes("a"), ["removed!", "added", "major"]],
  ["security removed", scopes("a"), { security: [] }, ["added", "removed", "minor"]],
  ["scopes in another order", scopes("a", "b"), scopes("b", "a"), ["none"]],
  [
    "server of its own removed",
    { servers: [{ url: "/a" }, { url: "/b" }] },
    { servers: [{ url: "/a" }] },
    ["removed!", "major"],
  ],
];

describe.each([
  ["identity", identity],
  ["parameters", parameters],
  ["bodies", bodies],
  ["answers", responses],
  ["security", security],
])("%s", (_, rules) => {
  test.each(rules)("%s", (_rule, old, next, told) => {
    const before = withOperation(old);
    expect(outcome(before, withOperation(next))).toEqual(told);
    const named = compare(before, withOperation(next)).changes.every(
      (change) => change.operation === "do_thing",
    );
    expect(named || told.includes("patch")).toBe(true);
  });
});

describe("the operations of a description", () => {
  const get = (id: string): JsonObject => ({ operationId: id, responses: { "204": {} } });
  const paths = (value: JsonObject): JsonObject => description({ paths: value });

  test.each<Rule>([
    ["added", paths({}), paths({ "/a": { get: get("get_a") } }), ["added", "minor"]],
    ["removed", paths({ "/a": { get: get("get_a") } }), paths({}), ["removed!", "major"]],
    [
      "moved to another path",
      paths({ "/a": { get: get("get_a") } }),
      paths({ "/b": { get: get("get_a") } }),
      ["changed!", "major"],
    ],
    [
      "another method",
      paths({ "/a": { get: get("get_a") } }),
      paths({ "/a": { post: get("get_a") } }),
      ["changed!", "major"],
    ],
    [
      "another id",
      paths({ "/a": { get: get("get_a") } }),
      paths({ "/a": { get: get("read_a") } }),
      ["changed!", "major"],
    ],
    ["without an id", paths({ "/a": { get: { responses: {} } } }), paths({}), ["removed!", "major"]],
    [
      "two that swapped their paths",
      paths({ "/a": { get: get("a") }, "/b": { get: get("b") } }),
      paths({ "/a": { get: get("b") }, "/b": { get: get("a") } }),
      ["changed!", "changed!", "major"],
    ],
  ])("%s", (_, old, next, told) => {
    expect(outcome(old, next)).toEqual(told);
  });

  test("an operation goes by its old id, and by its route where it has none", () => {
    const renamed = compare(paths({ "/a": { get: get("get_a") } }), paths({ "/a": { get: get("read_a") } }));
    expect(renamed.changes[0]).toMatchObject({ operation: "get_a", pointer: "#/paths/~1a/get" });
    const removed = compare(paths({ "/a": { get: { responses: {} } } }), paths({}));
    expect(removed.changes[0]).toMatchObject({ operation: "GET /a" });
  });

  test("another name for a part of the path is told of once", () => {
    const at = (name: string): JsonObject => {
      const parameter = { name, in: "path", required: true, schema: text };
      return paths({ [`/a/{${name}}`]: { get: { ...get("get_a"), parameters: [parameter] } } });
    };
    expect(messages(at("id"), at("a_id"))).toEqual([
      "the operation changed its path from `/a/{id}` to `/a/{a_id}`: the address stays the same, but the types name its parts otherwise",
    ]);
  });

  test("a description of nothing can be compared", () => {
    expect(outcome({}, {})).toEqual(["none"]);
    expect(outcome({}, description({ paths: null, components: [], webhooks: "none" }))).toEqual([
      "changed",
      "patch",
    ]);
  });
});

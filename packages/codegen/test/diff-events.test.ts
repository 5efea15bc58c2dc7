import { describe, expect, test } from "vitest";
import { compare } from "../src/diff/compare.js";
import { diff } from "../src/diff/index.js";
import type { JsonObject } from "../src/document.js";
import { description, jsonContent, messages, outcome, ref } from "./diff-descriptions.js";

const text = { type: "string" };

function event(types: string[], object: JsonObject = text): JsonObject {
  const type = { type: "string", enum: types };
  return { type: "object", required: ["type", "object"], properties: { type, object } };
}

/** A webhook for each model, by the model's name. */
function events(models: JsonObject, others: JsonObject = {}, key = "webhooks"): JsonObject {
  const names = Object.keys(models);
  const webhook = (name: string): JsonObject => ({ post: { requestBody: jsonContent(ref(name)) } });
  return description({
    [key]: Object.fromEntries(names.map((name) => [`${name} events`, webhook(name)])),
    components: { schemas: { ...models, ...others } },
  });
}

const created = events({ UserEvent: event(["USER.CREATED"]) });
const both = events({ UserEvent: event(["USER.CREATED", "USER.DELETED"]) });
const other = (types: string[], object: JsonObject = text): JsonObject => {
  return events({ UserEvent: event(["USER.CREATED"]), OtherEvent: event(types, object) });
};
const before = events({ UserEvent: event(["USER.CREATED", "USER.DELETED"]), OtherEvent: event(["OTHER"]) });

describe("events", () => {
  test.each<[rule: string, old: JsonObject, next: JsonObject, told: string[]]>([
    ["event type added", created, both, ["added", "minor"]],
    ["event type removed", both, created, ["removed!", "major"]],
    ["webhook added", created, other(["OTHER"]), ["added", "added", "minor"]],
    ["webhook removed", other(["OTHER"]), created, ["removed!", "removed!", "major"]],
    [
      "moved to a model of the same structure",
      before,
      other(["OTHER", "USER.DELETED"]),
      ["changed", "minor"],
    ],
    [
      "event types in another order",
      both,
      events({ UserEvent: event(["USER.DELETED", "USER.CREATED"]) }),
      ["none"],
    ],
    [
      "webhooks of 3.0",
      both,
      events({ UserEvent: event(["USER.CREATED", "USER.DELETED"]) }, {}, "x-webhooks"),
      ["changed", "patch"],
    ],
    [
      "object of another type",
      created,
      events({ UserEvent: event(["USER.CREATED"], { type: "number" }) }),
      ["changed!", "major"],
    ],
    ["model renamed", created, events({ UserChanged: event(["USER.CREATED"]) }), ["changed!", "major"]],
  ])("%s", (_, old, next, told) => {
    expect(outcome(old, next)).toEqual(told);
  });

  test("an event that moved to a model of another structure breaks", () => {
    const after = other(["OTHER", "USER.DELETED"], { type: "number" });
    const moved = compare(before, after).changes.filter((change) => change.event !== undefined);
    expect(moved).toEqual([
      {
        kind: "changed",
        breaking: true,
        event: "USER.DELETED",
        pointer: "#/components/schemas/OtherEvent",
        message:
          "the event moved from `UserEvent` to `OtherEvent`: they differ (field `object` changed its type from `string` to `number`)",
      },
    ]);
  });

  test("what changed in an event is told of under its model, once for all its types", () => {
    const next = events({ UserEvent: event(["USER.CREATED", "USER.DELETED"], { type: "number" }) });
    const { changes } = compare(both, next);
    expect(changes).toHaveLength(1);
    expect(changes[0]).toMatchObject({ model: "UserEvent", breaking: true });
  });

  test("events are what consumers get, so a model in one is an answer", () => {
    const user = (values: string[]): JsonObject => {
      return events({ UserEvent: event(["USER.CREATED"], ref("Status")) }, { Status: { enum: values } });
    };
    expect(messages(user(["A"]), user(["A", "B"]))).toEqual([
      "the model has the new enum value `B`: an exhaustive `switch` over it now misses a case",
    ]);
  });

  test("a union of events, each with its own type", () => {
    const union = (...names: string[]): JsonObject => {
      const models = Object.fromEntries(names.map((name) => [name, event([name.toUpperCase()])]));
      return events({ AnyEvent: { oneOf: names.map(ref) } }, models);
    };
    const { changes } = compare(union("A", "B"), union("A", "B", "C"));
    expect(changes.map(({ kind, breaking, event: type, model }) => [kind, breaking, type ?? model])).toEqual([
      ["added", false, "C"],
      ["added", false, "AnyEvent"],
      ["added", false, "C"],
    ]);
  });

  test("schemas in place, and a webhook whose schema says no type", () => {
    const inPlace = (schema: JsonObject): JsonObject => {
      return description({ webhooks: { users: { post: { requestBody: jsonContent(schema) } } } });
    };
    expect(outcome(inPlace(event(["A"])), inPlace(event(["A", "B"])))).toEqual(["added", "minor"]);
    expect(messages(inPlace(event(["A", "B"])), inPlace(event(["A", "B"], { type: "number" })))).toEqual([
      "the event field `object` changed its type from `string` to `number`: code that reads it expects the old type",
    ]);
    const [removed] = compare(inPlace({ type: "object" }), description({})).changes;
    expect(removed).toMatchObject({ kind: "removed", event: "users", breaking: true });
  });
});

describe("through the public diff", () => {
  const model = (values: string[]): JsonObject => ({
    type: "object",
    properties: { status: { type: "string", enum: values } },
    required: ["status"],
  });
  const document = (answer: string[], deprecated = false): JsonObject => ({
    openapi: "3.1.0",
    info: { title: "Test", version: "1.0.0" },
    paths: {},
    webhooks: {
      order: {
        post: {
          operationId: "order_event",
          deprecated,
          requestBody: {
            content: {
              "application/json": {
                schema: {
                  type: "object",
                  properties: {
                    type: { const: "ORDER.FILLED" },
                    object: { $ref: "#/components/schemas/Answer" },
                  },
                  required: ["type", "object"],
                },
              },
            },
          },
          responses: {},
        },
      },
    },
    components: { schemas: { Answer: model(answer), Other: model(["A", "B"]), Another: model(["A", "B"]) } },
  });

  test("a webhook on its way out is told of", () => {
    expect(diff(document(["A", "B"]), document(["A", "B"], true))).toMatchObject({
      changes: [{ kind: "deprecated", breaking: false, event: "ORDER.FILLED" }],
      bump: "patch",
    });
  });

  test("a new value is called out although the enum was lifted under another name before", () => {
    const { changes, bump } = diff(document(["A", "B"]), document(["A", "B", "C"]));
    expect(changes).toContainEqual(
      expect.objectContaining({
        kind: "added",
        breaking: false,
        message: expect.stringMatching(/`C`.*`switch`/),
      }),
    );
    expect(bump).toBe("minor");
  });
});

import { existsSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { change } from "./support/change.js";
import { descriptionUrl, operations, readDescription, webhooks } from "./support/description.js";
import { structuralDifferences } from "./support/structure.js";

/** Bare facts about the API, beside the repository where there are any. */
const factsPath = "../shared/reference/api-1.75.0.yaml";
const factsUrl = new URL(`../../${factsPath}`, import.meta.url);
const description = readDescription(descriptionUrl);

describe("the description", () => {
  it("is version 1.75.0 in OpenAPI 3.1", () => {
    expect(description.info.version).toBe("1.75.0");
    expect(description.openapi).toMatch(/^3\.1\./);
  });

  it("has 124 operations and 36 webhooks, each with an id of its own", () => {
    const ids = [...operations(description), ...webhooks(description)].map(
      ({ operation }) => operation.operationId,
    );
    expect(operations(description)).toHaveLength(124);
    expect(webhooks(description)).toHaveLength(36);
    expect(new Set(ids).size).toBe(160);
  });

  it("asks for no credentials in webhooks, and for a scope everywhere but at the token", () => {
    for (const { operation } of webhooks(description))
      expect(operation.security, operation.operationId).toEqual([]);
    const open = operations(description).filter(({ operation }) => (operation.security ?? []).length === 0);
    expect(open.map(({ operation }) => operation.operationId)).toEqual(["issue_token"]);
  });
});

const haveFacts = existsSync(factsUrl);
if (!haveFacts) console.warn(`Skipped: the comparison with the facts, as there is no ${factsPath}.`);

describe.skipIf(!haveFacts)("next to the facts", () => {
  it("has the same structure", () => {
    expect(structuralDifferences(readDescription(factsUrl), description)).toEqual([]);
  });
});

describe("the comparison", () => {
  const reversed = (value: unknown) =>
    Array.isArray(value)
      ? value.toReversed()
      : Object.fromEntries(Object.entries(value as object).toReversed());

  it.each<[string, string, unknown]>([
    ["the prose", "/components/schemas/Order/description", "Something else."],
    ["a summary", "/paths/~1orders/post/summary", "Something else"],
    ["the examples", "/components/examples", {}],
    ["the order of fields", "/components/schemas/Order/properties", reversed],
    ["the order of required fields", "/components/schemas/Order/required", reversed],
    ["the order of an enum's values", "/components/schemas/Order/properties/status/enum", reversed],
    [
      "the text of a scope",
      "/components/securitySchemes/oauth-client-credentials/flows/clientCredentials/scopes/orders:read",
      "Read.",
    ],
  ])("lets differ: %s", (_, pointer, value) => {
    expect(structuralDifferences(description, change(description, pointer, value))).toEqual([]);
  });

  const order = "/components/schemas/Order";
  it.each<[string, string, unknown]>([
    ["another version", "/info/version", "1.76.0"],
    ["an operation that is missing", "/paths/~1orders/post", undefined],
    ["a webhook that is missing", "/webhooks/order_event", undefined],
    ["another operation id", "/paths/~1orders/post/operationId", "create_order"],
    ["another scope", "/paths/~1orders/post/security", [{ "oauth-client-credentials": ["orders:read"] }]],
    [
      "a webhook with credentials",
      "/webhooks/order_event/post/security",
      [{ "oauth-client-credentials": [] }],
    ],
    [
      "an undeclared scope",
      "/components/securitySchemes/oauth-client-credentials/flows/clientCredentials/scopes/all:admin",
      "",
    ],
    ["an error that is missing", "/paths/~1orders/post/responses/422", undefined],
    [
      "another error in its place",
      "/paths/~1orders/post/responses/422",
      { description: "Other.", content: {} },
    ],
    [
      "a response's header that is missing",
      "/paths/~1orders~1{order_id}/get/responses/200/headers",
      undefined,
    ],
    ["a deprecated operation", "/paths/~1orders/post/deprecated", true],
    ["a parameter that is no longer required", "/components/parameters/IdempotencyKey/required", false],
    ["a body that is no longer required", "/paths/~1orders/post/requestBody/required", undefined],
    ["fields that are no longer required", `${order}/required`, ["id"]],
    ["a field that is added", `${order}/properties/colour`, { type: "string" }],
    ["a field named like a word of prose", `${order}/properties/description`, { type: "string" }],
    ["an object that is opened", "/components/schemas/Report/additionalProperties", true],
    ["a discriminator that is missing", "/components/schemas/SavingsPlanExecution/discriminator", undefined],
    [
      "a value of an enum that is missing",
      `${order}/properties/status/enum`,
      (values: unknown[]) => values.slice(1),
    ],
    ["another pattern", `${order}/properties/cash_amount/pattern`, "^.*$"],
    ["another default", "/components/parameters/Limit/schema/default", 50],
    ["another tag", "/tags", (tags: unknown[]) => tags.slice(1)],
  ])("notices %s", (_, pointer, value) => {
    expect(structuralDifferences(description, change(description, pointer, value))).not.toEqual([]);
  });
});

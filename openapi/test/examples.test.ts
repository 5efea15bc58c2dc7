import { describe, expect, it } from "vitest";
import { change } from "./support/change.js";
import { descriptionUrl, readDescription } from "./support/description.js";
import { bodies, invalidExamples, missingExamples, placedExamples, validators } from "./support/examples.js";

const description = readDescription(descriptionUrl);
const validatorOf = validators(description);

describe("the examples", () => {
  it("are there for every request, every 2xx answer in JSON and every webhook", () => {
    expect(missingExamples(description)).toEqual([]);
    expect(bodies(description).filter(({ wantsExample }) => wantsExample)).toHaveLength(183);
  });

  it("are valid against their schemas", () => {
    expect(invalidExamples(description, validatorOf)).toEqual([]);
    expect(placedExamples(description).length).toBeGreaterThan(300);
  });
});

describe("the check of examples", () => {
  const order = "/components/examples/order/value";
  const events = "/webhooks/order_event/post/requestBody/content/application~1json/examples";
  const problem = "/components/responses/NotFound/content/application~1problem+json/examples/problem/value";

  it.each<[string, string, unknown]>([
    ["lacks a required field", `${order}/status`, undefined],
    ["has a field that the schema excludes", "/components/examples/report_buy_order/value/colour", "blue"],
    ["has a value that is not in the enum", `${order}/status`, "LOST"],
    ["has an amount that does not fit the pattern", `${order}/cash_amount`, "-1"],
    ["has a number where text belongs", `${order}/cash_amount`, 1000],
    ["has a time that is none", `${order}/created_at`, "yesterday"],
    ["has an id that is no UUID", `${order}/id`, "42"],
    ["has a URL that is none", "/components/examples/webhook/value/url", "hooks"],
    ["is an event of an unknown type", `${events}/new/value/type`, "ORDER.LOST"],
    ["is an error without a status", `${problem}/status`, undefined],
  ])("refuses one that %s", (_, pointer, value) => {
    expect(invalidExamples(change(description, pointer, value), validatorOf)).not.toEqual([]);
  });

  it("refuses a body without an example", () => {
    expect(missingExamples(change(description, events, {}))).toEqual([
      "order_event request application/json: has no example",
    ]);
  });

  it("refuses a shared example that is shown nowhere", () => {
    expect(missingExamples(change(description, "/components/examples/lonely", { value: {} }))).toEqual([
      "#/components/examples/lonely: is shown nowhere",
    ]);
  });

  it("refuses a schema with a keyword that means nothing", () => {
    expect(() => invalidExamples(change(description, "/components/schemas/Order/requird", ["id"]))).toThrow(
      "requird",
    );
  });
});

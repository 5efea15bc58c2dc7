import { describe, expect, it } from "vitest";
import { change } from "./support/change.js";
import { descriptionUrl, readDescription } from "./support/description.js";
import { proseProblems, readBullets, saysOnlyItsName } from "./support/prose.js";

const description = readDescription(descriptionUrl);

describe("the prose", () => {
  it("describes every operation, tag, scope, schema, field, parameter, answer and enum", () => {
    expect(proseProblems(description)).toEqual([]);
  });
});

describe("a description that only repeats its name", () => {
  it.each([
    ["account_id", "The account id"],
    ["account_id", "Id of the account."],
    ["AccountGroupList", "A list of account groups"],
    ["list_accounts", "Lists accounts."],
    ["ORDER.CANCELLED", "The order was cancelled."],
    ["created_at", "Created at"],
    ["orders:read", "Reading of orders."],
  ])("is refused: %s, %s", (name, text) => {
    expect(saysOnlyItsName(name, text)).toBe(true);
  });

  it.each([
    ["account_id", "Account that the order trades on."],
    ["limit_price", "Highest price to pay."],
    ["NEW", "Taken in."],
  ])("is not one that adds something: %s, %s", (name, text) => {
    expect(saysOnlyItsName(name, text)).toBe(false);
  });
});

describe("a list of values", () => {
  it("is read from the end of a description", () => {
    expect(readBullets("State.\n\n* NEW - Taken in.\n* A_B - Two - dashes.")).toEqual({
      lead: "State.\n",
      bullets: [
        { value: "NEW", meaning: "Taken in." },
        { value: "A_B", meaning: "Two - dashes." },
      ],
    });
  });
});

describe("the check of prose", () => {
  const operation = "/paths/~1orders/post";
  const order = "/components/schemas/Order";
  const fee = `${order}/properties/fee/description`;
  const status = `${order}/properties/status/description`;
  const scope =
    "/components/securitySchemes/oauth-client-credentials/flows/clientCredentials/scopes/orders:read";
  const replaced = (from: RegExp, to: string) => (text: string) => text.replace(from, to);
  const followed = (more: string) => (text: string) => text + more;

  it.each<[string, string, unknown, string]>([
    ["an operation without a summary", `${operation}/summary`, undefined, "is not described"],
    ["an operation without a description", `${operation}/description`, undefined, "is not described"],
    ["a summary with a full stop", `${operation}/summary`, followed("."), "full stop"],
    ["a summary that is a story", `${operation}/summary`, followed(" and then some".repeat(9)), "at most 60"],
    ["a tag without a description", "/tags/0/description", undefined, "is not described"],
    ["a scope without a description", scope, "", "is not described"],
    ["a schema without a description", `${order}/description`, undefined, "is not described"],
    ["a field without a description", fee, undefined, "is not described"],
    ["a field that repeats its name", fee, "The fee.", "only repeats its name"],
    ["a parameter without a description", "/components/parameters/Limit/description", "", "is not described"],
    ["an answer without a description", `${operation}/responses/202/description`, "", "is not described"],
    ["an enum without a list", status, replaced(/\n.*/s, ""), "does not describe NEW, PROCESSING"],
    ["an enum that leaves a value out", status, replaced(/\n\* FILLED.*/, ""), "does not describe FILLED"],
    [
      "a list with an unknown value",
      status,
      followed("\n* FULFILLED - Done."),
      "FULFILLED, which is not in the enum",
    ],
    [
      "a list with an empty meaning",
      status,
      replaced(/\* FILLED -.*/, "* FILLED - "),
      "says nothing about FILLED",
    ],
    ["a list that names a value twice", status, followed("\n* NEW - Again."), "twice"],
    [
      "a meaning that repeats the value",
      status,
      replaced(/\* FILLED -.*/, "* FILLED - Is filled."),
      "only repeats the name of FILLED",
    ],
    [
      "a meaning that is cut off",
      status,
      replaced(/\* FILLED -.*/, "* FILLED - All of it is"),
      "does not end",
    ],
    ["a text that is cut off", fee, "Charge for this order, in", "does not end"],
    ["a bracket that is cut off", fee, "Charge (in euros.", "is cut off"],
    ["HTML", fee, "A <b>bold</b> charge.", "has HTML"],
    ["the end of a comment", fee, "A charge of any */* type.", "would end a comment"],
    ["marks of sources", fee, "A charge [D].", "names its sources"],
  ])("refuses %s", (_, pointer, value, problem) => {
    expect(proseProblems(change(description, pointer, value))).toEqual([expect.stringContaining(problem)]);
  });
});

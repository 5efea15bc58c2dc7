import { createPublicKey } from "node:crypto";
import { describe, expect, it } from "vitest";
import { change } from "./support/change.js";
import { summedSchemas, wrongAmounts } from "./support/coherence/amounts.js";
import {
  isCreditorId,
  isGermanTaxNumber,
  isIban,
  isIsin,
  isMaskedIban,
  wrongCheckDigits,
} from "./support/coherence/check-digits.js";
import { decimal, quotient, round, show, times } from "./support/coherence/decimal.js";
import { wrongLists } from "./support/coherence/lists.js";
import { danglingReferences, linksOf } from "./support/coherence/references.js";
import { contradictions } from "./support/coherence/states.js";
import { wrongTimes } from "./support/coherence/times.js";
import { exampleTexts, type TypedValue, typedValues } from "./support/coherence/values.js";
import { type Description, descriptionUrl, readDescription } from "./support/description.js";
import { validators } from "./support/examples.js";

const description = readDescription(descriptionUrl);
const validatorOf = validators(description);
const values = typedValues(description, validatorOf);

describe("the examples", () => {
  it("refer to resources that an example shows", () => {
    expect(danglingReferences(values)).toEqual([]);
    expect(linksOf(values).links.length).toBeGreaterThan(500);
  });

  it("have ISINs, IBANs and tax numbers with right check digits", () => {
    const texts = exampleTexts(description);
    expect(wrongCheckDigits(texts)).toEqual([]);
    for (const key of ["isin", "instrument_id", "iban", "creditor_id", "tax_identifier_number"])
      expect(
        texts.some((found) => found.key === key),
        key,
      ).toBe(true);
  });

  it("have verification keys that are points of their curve", () => {
    const keys = values.filter(({ schema }) => schema === "VerificationKey").map(({ value }) => value);
    expect(keys.length).toBeGreaterThan(0);
    for (const key of keys) expect(() => createPublicKey({ key, format: "jwk" })).not.toThrow();
  });

  it("are lists that are counted, paged and sorted as they say", () => {
    expect(wrongLists(values)).toEqual([]);
    expect(values.filter(({ value }) => "meta" in value).length).toBeGreaterThan(40);
  });

  it("have sums that add up", () => {
    expect(wrongAmounts(values)).toEqual([]);
    expect(summedSchemas.filter((name) => !values.some(({ schema }) => schema === name))).toEqual([]);
  });

  it("have times in order", () => {
    expect(wrongTimes(values)).toEqual([]);
  });

  it("do not contradict each other", () => {
    expect(contradictions(values)).toEqual([]);
  });
});

type Check = (values: TypedValue[], broken: Description) => string[];

/** Where an example is changed, and to what; undefined takes it away. */
type Change = [pointer: string, value: unknown];

describe("the checks of coherence", () => {
  const shared = (name: string, ...path: (string | number)[]) =>
    ["/components/examples", name, "value", ...path].join("/");
  const answer = (path: string, name: string, ...rest: (string | number)[]) =>
    [
      `/paths/${path.replaceAll("/", "~1")}/get/responses/200/content/application~1json/examples`,
      name,
      "value",
      ...rest,
    ].join("/");
  const event = (hook: string, name: string, ...rest: (string | number)[]) =>
    [`/webhooks/${hook}/post/requestBody/content/application~1json/examples`, name, "value", ...rest].join(
      "/",
    );
  const stranger = "00000000-0000-4000-8000-000000000000";

  const amounts: Check = (broken) => wrongAmounts(broken);
  const references: Check = (broken) => danglingReferences(broken);
  const digits: Check = (_, broken) => wrongCheckDigits(exampleTexts(broken));
  const lists: Check = (broken) => wrongLists(broken);
  const clock: Check = (broken) => wrongTimes(broken);
  const states: Check = (broken) => contradictions(broken);

  it.each<[string, Check, Change, string]>([
    [
      "an account that no example shows",
      references,
      [shared("order", "account_id"), stranger],
      "is no Account",
    ],
    [
      "an order that is named where a portfolio order belongs",
      references,
      [shared("savings_plan_execution_portfolio", "order_id"), "361f0288-aaf5-4479-9cc4-88a29ea9fdf6"],
      "is no PortfoliosOrder",
    ],
    [
      "a list of ids with a stranger",
      references,
      [shared("rebalancing_execution", "accounts", 0), stranger],
      "is no Account",
    ],
    [
      "a reference to something else than its type says",
      references,
      [shared("report_buy_order", "data", "references", 0, "type"), "ACCOUNT_ID"],
      "is no Account",
    ],
    [
      "an order whose cause is unknown",
      references,
      [shared("fee_cover_order", "client_reference"), stranger],
      "is no FeeCollection",
    ],
    [
      "an instrument that no example shows",
      references,
      [shared("order", "instrument_id"), "US0378331005"],
      "is no instrument",
    ],
    [
      "an instrument's id beside another one's ISIN",
      references,
      [shared("position", "instrument", "isin"), "DE0005933931"],
      "are no instrument",
    ],
    [
      "a field for ids without a rule",
      references,
      [shared("order", "broker_id"), stranger],
      "no rule for broker_id",
    ],
    [
      "one id for two resources",
      references,
      [shared("topup", "id"), "0ca5b8db-8ae8-48c8-b74e-bc3ff3f0d11e"],
      "is both",
    ],
    ["a wrong ISIN", digits, [shared("instrument_dax", "isin"), "DE0005933932"], "is no ISIN"],
    [
      "a wrong IBAN",
      digits,
      [shared("virtual_bank_account", "identification", "swift", "iban"), "DE76512108001245126199"],
      "is no IBAN",
    ],
    [
      "a badly masked IBAN",
      digits,
      [shared("mandate", "iban"), "DE89*************3000"],
      "is no masked IBAN",
    ],
    [
      "a wrong creditor identifier",
      digits,
      [shared("mandate", "creditor_id"), "DE97ZZZ09999999999"],
      "is no creditor identifier",
    ],
    [
      "a wrong tax number",
      digits,
      [shared("tax_residency_record", "tax_residencies", 0, "tax_identifier_number"), "86095742718"],
      "is no German tax number",
    ],
    ["a wrong count", lists, [answer("/accounts", "list", "meta", "count"), 2], "meta.count is 2"],
    ["a wrong total", lists, [answer("/accounts", "list", "meta", "total_count"), 7], "leaves 7"],
    [
      "a list in another order",
      lists,
      [answer("/accounts", "list", "meta", "order"), "DESC"],
      "not sorted by created_at",
    ],
    [
      "a price that does not make the amount",
      amounts,
      [shared("execution", "price"), "81.0000"],
      "price x share_quantity",
    ],
    [
      "executions that do not make the order",
      amounts,
      [shared("order", "cash_amount"), "1000.01"],
      "cash_amount of the executions",
    ],
    [
      "orders that do not make the portfolio order",
      amounts,
      [shared("portfolio_order", "cash_amount"), "501.00"],
      "cash_amount of the single orders",
    ],
    [
      "weights of 99",
      amounts,
      [shared("portfolio_allocation", "allocation", 1, "weight"), "39"],
      "weights is 99, not 100",
    ],
    [
      "a valuation that misses a position",
      amounts,
      [shared("account_valuation", "total_security_value", "amount"), "1026.00"],
      "values of the positions",
    ],
    [
      "a valuation's weight in percent",
      amounts,
      [shared("account_valuation", "security_positions", 0, "weight"), "100"],
      "weights of the positions",
    ],
    [
      "cash that is not there",
      amounts,
      [shared("cash_balance", "available_for_trading"), "501.00"],
      "available_for_trading",
    ],
    ["units that are not there", amounts, [shared("position", "settled_quantity"), "12"], "settled_quantity"],
    [
      "a booking that differs from its trade",
      amounts,
      [event("cash_transaction_event", "buy", "object", "delta", "amount"), "1000.00"],
      "delta",
    ],
    [
      "a tax exemption that leaves too much",
      amounts,
      [shared("tax_exemption", "tax_exemption_details", "remaining_amount", "amount"), "1000.00"],
      "utilized_amount + remaining_amount",
    ],
    [
      "an ISA allowance that leaves too much",
      amounts,
      [event("isa_allowance_event", "updated", "object", "remaining_amount"), "19000.00"],
      "used_amount + remaining_amount",
    ],
    [
      "a fee that was not taken in full",
      amounts,
      [shared("fee_collection", "processed_amount", "sell_to_cover"), "2.40"],
      "processed_amount",
    ],
    [
      "a tax that was not taken in full",
      amounts,
      [
        event("tax_collection_event", "finalised", "object", "processed_amount", "cash_balance", "amount"),
        "3.00",
      ],
      "processed_amount",
    ],
    [
      "costs that do not add up",
      amounts,
      [shared("report_ex_ante", "data", "service_cost", "ongoing", "cash_amount"), "8.00"],
      "service_cost.total",
    ],
    [
      "a percentage that is none of the amount",
      amounts,
      [shared("report_ex_ante", "data", "return_impact", "year_one", "as_percentage"), "3.9"],
      "as_percentage",
    ],
    [
      "a highest price below the close",
      amounts,
      [
        answer("/instruments/{instrument_id}/venues/{venue_id}/prices/ohlc", "daily", "data", 0, "high"),
        "80.50",
      ],
      "high",
    ],
    [
      "a change before the creation",
      clock,
      [shared("order_sell", "updated_at"), "2025-03-09T10:00:00Z"],
      "created_at, updated_at",
    ],
    [
      "an account older than its group",
      clock,
      [shared("trading_account", "created_at"), "2025-03-03T08:19:00Z"],
      "account_group_id, Account",
    ],
    [
      "an event before what it tells of",
      clock,
      [event("order_event", "filled", "created_at"), "2025-03-04T09:00:04Z"],
      "object, event",
    ],
    [
      "an event before its subscription",
      clock,
      [event("user_event", "byol_created", "created_at"), "2025-03-03T07:29:00Z"],
      "webhook_id, UserEvent",
    ],
    [
      "a trade before its order",
      clock,
      [shared("order_sell", "executions", 0, "transaction_time"), "2025-03-10T09:59:59Z"],
      "order, execution",
    ],
    [
      "a settlement before the trade",
      clock,
      [shared("execution", "settlement_date"), "2025-03-03"],
      "transaction_time, settlement_date",
    ],
    [
      "a portfolio order that was cancelled and filled",
      states,
      [shared("portfolio_order", "status"), "CANCELLED"],
      "is both CANCELLED and FILLED",
    ],
    [
      "a resource that came into being twice",
      states,
      [shared("topup", "created_at"), "2025-03-10T08:00:01Z"],
      "was created at several times",
    ],
    [
      "two views of one moment that differ",
      states,
      [shared("trading_account", "name"), "Another name"],
      "differs between",
    ],
    ["a new order with executions", states, [shared("order", "status"), "NEW"], "is NEW, but has executions"],
    [
      "a filled order without executions",
      states,
      [shared("order", "executions"), []],
      "is FILLED without executions",
    ],
    [
      "a cancelled order without a reason",
      states,
      [event("order_event", "cancelled", "object", "cancellation_reason"), undefined],
      "is CANCELLED without a reason",
    ],
    [
      "a reason without a cancellation",
      states,
      [shared("order", "cancellation_reason"), "CANCELLED_BY_CLIENT"],
      "is not CANCELLED",
    ],
    [
      "a settled execution without a date",
      states,
      [shared("execution", "settlement_date"), undefined],
      "lacks a settlement_date",
    ],
    [
      "a short form in a state that the order never shows",
      states,
      [shared("portfolio_order", "orders", 0, "status"), "NEW"],
      "no example shows the order as BUY and NEW",
    ],
    [
      "two events with one id",
      states,
      [event("order_event", "filled", "id"), "e8c64d14-b4bf-4885-8b80-0cd0e89ae555"],
      "another event has the id",
    ],
    [
      "an event whose object is in another state",
      states,
      [event("direct_debit_event", "confirmed", "object", "status"), "NEW"],
      "but its object is NEW",
    ],
  ])("refuse %s", (_, check, [pointer, value], problem) => {
    const broken = change(description, pointer, value);
    expect(check(typedValues(broken, validatorOf), broken)).toContainEqual(expect.stringContaining(problem));
  });
});

describe("check digits", () => {
  it.each([
    [
      "ISIN",
      isIsin,
      ["IE00B3XXRP09", "DE0005933931", "US0378331005"],
      ["IE00B3XXRP08", "IE00B3XXRP0", "ie00b3xxrp09"],
    ],
    [
      "IBAN",
      isIban,
      ["DE89370400440532013000", "NL70ABNA0106295004", "GB82WEST12345698765432"],
      ["DE88370400440532013000", "DE89"],
    ],
    [
      "masked IBAN",
      isMaskedIban,
      ["DE8937**********3000"],
      ["DE8937*********3000", "DE89370400440532013000"],
    ],
    [
      "creditor identifier",
      isCreditorId,
      ["DE98ZZZ09999999999", "DE98ABC09999999999"],
      ["DE97ZZZ09999999999"],
    ],
    ["German tax number", isGermanTaxNumber, ["86095742719"], ["86095742718", "06095742719", "8609574271"]],
  ])("tell a right %s from a wrong one", (_, isRight, right, wrong) => {
    expect(right.filter((text) => !isRight(text))).toEqual([]);
    expect(wrong.filter((text) => isRight(text))).toEqual([]);
  });
});

describe("decimals", () => {
  it("are exact", () => {
    expect(show(decimal("0.1") + decimal("0.2"))).toBe("0.3");
    expect(show(times(decimal("12.5"), decimal("80.0000")))).toBe("1000");
    expect(show(quotient(decimal("1"), decimal("3"), 4))).toBe("0.3333");
    expect(show(round(decimal("-2.345"), 2))).toBe("-2.35");
    expect(decimal("")).toBe(0n);
    expect(() => decimal("1e3")).toThrow("not a decimal");
  });
});

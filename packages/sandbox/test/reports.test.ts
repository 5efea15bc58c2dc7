import type { Report, ReportCreateRequest } from "@upvest-sdk/types";
import { describe, expect, test } from "vitest";
import { accounts } from "../src/resources/accounts.js";
import { addReport, reports } from "../src/resources/reports.js";
import { users } from "../src/resources/users.js";
import { describedWorld } from "./support/described.js";
import { byol } from "./support/people.js";

const nobody = "5a9ed0b2-4c4e-4a5e-8a3b-1d7c6f2e9b10";

async function sandbox() {
  const sand = describedWorld([users, accounts, reports]);
  const { call, events, steps } = sand;
  const { id: user_id } = call("createUser", { body: byol });
  const { id: account_group_id } = call("createAccountGroup", { body: { user_id, type: "PERSONAL" } });
  const { id: account_id } = call("createAccount", { body: { user_id, account_group_id, type: "TRADING" } });
  await steps();
  events();
  const order: ReportCreateRequest["order"] = {
    user_id,
    account_id,
    cash_amount: "1000.00",
    currency: "EUR",
    side: "BUY",
    instrument_id: "IE00B3XXRP09",
    instrument_id_type: "ISIN",
    order_type: "MARKET",
  };
  const report = (change: object, more: Partial<ReportCreateRequest> = {}): ReportCreateRequest => ({
    type: "ORDER_EX_ANTE_COST",
    order: { ...order, ...change },
    ...more,
  });
  return { ...sand, user_id, account_group_id, account_id, report };
}

const cost = (cash_amount: string, as_percentage: string) => ({
  cash_amount,
  currency: "EUR",
  as_percentage,
});
const none = cost("0.00", "0");

describe("a report", () => {
  test("of Upvest is listed, announced and retrieved", async () => {
    const { call, events, refused, world, user_id, account_id } = await sandbox();
    const first = addReport(world, {
      user_id,
      type: "BUY_ORDER",
      account_id,
      references: [{ id: nobody, type: "ORDER_ID" }],
    });
    await world.clock.advance(86_400_000);
    const second = addReport(world, { user_id, type: "REVOKED_ORDER", substituted_report_id: first.id });
    expect(events()).toEqual(["REPORT.CREATED", "REPORT.CREATED"]);
    expect(world.objects<Report>("REPORT.CREATED")).toEqual([
      {
        id: first.id,
        created_at: "2026-01-05T09:00:00.050Z",
        user_id,
        type: "BUY_ORDER",
        substituted_report_id: null,
        data: { account: { id: account_id }, references: [{ id: nobody, type: "ORDER_ID" }] },
      },
      {
        id: second.id,
        created_at: "2026-01-06T09:00:00.050Z",
        user_id,
        type: "REVOKED_ORDER",
        substituted_report_id: first.id,
      },
    ]);
    const path = { user_id };
    expect(call("listUserReports", { path })).toEqual({
      meta: { offset: 0, limit: 100, count: 2, total_count: 2, sort: "created_at", order: "ASC" },
      data: [first, second],
    });
    expect(call("listUserReports", { path, query: { sort: "type", order: "DESC" } }).data).toEqual([
      second,
      first,
    ]);
    expect(call("listUserReports", { path, query: { type: "BUY_ORDER" } }).data).toEqual([first]);
    expect(call("listUserReports", { path, query: { start_date: "2026-01-06" } }).data).toEqual([second]);
    expect(call("listUserReports", { path, query: { end_date: "2026-01-05" } }).data).toEqual([first]);
    expect(call("retrieveReport", { path: { report_id: first.id } })).toEqual(first);
    expect(refused("retrieveReport", { path: { report_id: nobody } })[0]).toBe(404);
    expect(refused("listUserReports", { path: { user_id: nobody } })[0]).toBe(404);
  });

  test("is found by its instrument", async () => {
    const { call, world, user_id, report } = await sandbox();
    const now = world.time();
    const { id } = world.tables.orders.set(nobody, {
      id: nobody,
      created_at: now,
      updated_at: now,
      account_id: nobody,
      cash_amount: "1.00",
      currency: "EUR",
      side: "BUY",
      instrument_id: "IE00BK5BQT80",
      instrument_id_type: "ISIN",
      order_type: "MARKET",
      quantity: "0",
      status: "FILLED",
      fee: "0.0",
      initiation_flow: "API",
      executions: [],
    });
    const bought = addReport(world, { user_id, type: "BUY_ORDER", references: [{ id, type: "ORDER_ID" }] });
    const asked = call("createReport", { body: report({}) });
    const found = (instrument: string) =>
      call("listUserReports", { path: { user_id }, query: { instrument } }).data.map((one) => one.id);
    expect(found("isin:IE00BK5BQT80")).toEqual([bought.id]);
    expect(found("isin:IE00B3XXRP09")).toEqual([asked.id]);
    expect(found("isin:DE0005933931")).toEqual([]);
  });

  test("is a PDF", async () => {
    const { call, world, report } = await sandbox();
    const { id: report_id, user_id } = call("createReport", { body: report({}) });
    world.tables.users.need(user_id).first_name = "Ada (Łucja) \\";
    const answer: unknown = call("retrieveReport", { path: { report_id }, accept: "application/pdf" });
    if (!(answer instanceof Uint8Array)) throw new Error("not bytes");
    const text = Buffer.from(answer).toString("latin1");
    expect(text.startsWith("%PDF-1.4\n")).toBe(true);
    expect(text.endsWith("%%EOF\n")).toBe(true);
    expect(text).toContain("(For Ada \\(?ucja\\) \\\\ König, user");
    expect(text).toContain("(BUY 8.6918730986 of IE00B3XXRP09 for 1000.00 EUR)");
    const start = Number(/startxref\n(\d+)\n/.exec(text)![1]);
    const entries = text.slice(start).match(/^\d{10} \d{5} [nf] $/gm)!;
    expect(text.slice(start)).toMatch(/^xref\n0 6\n/);
    expect(entries).toHaveLength(6);
    for (const [index, entry] of entries.entries())
      if (index) expect(text.slice(Number(entry.slice(0, 10)))).toMatch(new RegExp(`^${index} 0 obj\n`));
    const [, length, stream] = /\/Length (\d+) >>\nstream\n([\s\S]*)\nendstream/.exec(text)!;
    expect(stream).toHaveLength(Number(length));
  });
});

describe("ex-ante costs", () => {
  test("of a purchase, for three years", async () => {
    const { call, events, world, user_id, account_id, account_group_id, report } = await sandbox();
    const body = report(
      {},
      {
        fees: [
          { type: "TRANSACTION_FEE_BUY", value_type: "ABSOLUTE", cash_amount: "1.00", currency: "EUR" },
          { type: "TRANSACTION_FEE_SELL", value_type: "RELATIVE", bps: "25" },
          { type: "ANNUAL_AUM_BASED_FEE", value_type: "RELATIVE", bps: "33.333" },
        ],
        inducements: [{ value_type: "ABSOLUTE", cash_amount: "0.25", currency: "EUR" }],
      },
    );
    const made = call("createReport", { body });
    expect(made).toEqual({
      id: made.id,
      created_at: "2026-01-05T09:00:00.050Z",
      user_id,
      type: "ORDER_EX_ANTE_COST",
      substituted_report_id: null,
      data: {
        holding_period: { unit: "YEAR", quantity: 3 },
        instrument: { isin: "IE00B3XXRP09", short_name: "Mock 500 Companies Fund" },
        venue: { name: "Sandbox Exchange" },
        account: { id: account_id, account_number: 1 },
        account_group: {
          id: account_group_id,
          securities_account_number:
            world.tables.accountGroups.need(account_group_id).securities_account_number,
        },
        user: {
          first_name: "Ada",
          last_name: "König",
          salutation: "",
          title: "",
          address: byol.address,
        },
        order: { ...body.order, quantity: "8.6918730986", price: "115.05" },
        return_impact: {
          year_one: cost("4.33", "0.433"),
          year_two: cost("3.33", "0.333"),
          year_three: cost("5.83", "0.583"),
        },
        total_cost: {
          product: none,
          service: cost("13.49", "1.349"),
          third_party: cost("0.25", "0.025"),
          total: cost("13.74", "1.374"),
        },
        product_cost: { one_off: none, ongoing: none, transaction: none, incidental: none, total: none },
        service_cost: {
          one_off: none,
          ongoing: cost("9.99", "0.999"),
          transaction: cost("3.50", "0.35"),
          ancillary: none,
          incidental: none,
          total: cost("13.49", "1.349"),
        },
        third_party_payments: {
          total: cost("0.25", "0.025"),
          received_by_client: cost("0.25", "0.025"),
          received_by_upvest: none,
        },
      },
    });
    expect(events()).toEqual(["REPORT.CREATED"]);
    const { data: _, ...head } = made;
    const listed = { ...head, data: { account: { id: account_id } } };
    expect(world.objects("REPORT.CREATED")).toEqual([listed]);
    expect(call("listUserReports", { path: { user_id } }).data).toEqual([listed]);
    expect(call("retrieveReport", { path: { report_id: made.id } })).toEqual(made);
    await world.clock.advance(60_000);
    expect(events()).toEqual([]);
  });

  test("of a sale are those of the sale", async () => {
    const { call, report } = await sandbox();
    const { data } = call("createReport", {
      body: report(
        { side: "SELL", cash_amount: undefined, quantity: "3" },
        {
          fees: [
            { type: "TRANSACTION_FEE_BUY", value_type: "RELATIVE", bps: "100" },
            { type: "TRANSACTION_FEE_SELL", value_type: "RELATIVE", bps: "100" },
            { type: "ANNUAL_AUM_BASED_FEE", value_type: "RELATIVE", bps: "100" },
          ],
        },
      ),
    });
    expect(data?.order).toMatchObject({ cash_amount: "339.09", quantity: "3", price: "113.03" });
    expect(data?.return_impact).toEqual({
      year_one: cost("3.39", "0.9997345837"),
      year_two: none,
      year_three: none,
    });
    expect(data?.total_cost?.total).toEqual(cost("3.39", "0.9997345837"));
  });

  test("take the price of a limit or stop order", async () => {
    const { call, report } = await sandbox();
    const limit = { cash_amount: undefined, quantity: "2", order_type: "LIMIT", limit_price: "50.5" };
    const { data } = call("createReport", { body: report(limit) });
    expect(data?.order).toMatchObject({ cash_amount: "101.00", price: "50.5", limit_price: "50.5" });
    const stop = { cash_amount: undefined, quantity: "2", order_type: "STOP", stop_price: "60" };
    expect(call("createReport", { body: report(stop) }).data?.order?.cash_amount).toBe("120.00");
  });

  test("are refused where the order can't be right", async () => {
    const { call, refused, report } = await sandbox();
    const refusal = (change: object, more?: Partial<ReportCreateRequest>) =>
      refused("createReport", { body: report(change, more) });
    const other = call("createUser", { body: byol }).id;
    expect(refusal({ user_id: nobody })[0]).toBe(404);
    expect(refusal({ account_id: nobody })[0]).toBe(404);
    expect(refusal({ instrument_id: "US0000000000" })[0]).toBe(404);
    expect(refusal({ user_id: other })).toEqual([400, expect.stringContaining("is not the user's")]);
    expect(refusal({ quantity: "1" })[1]).toContain("either cash_amount or quantity");
    expect(refusal({ cash_amount: undefined })[1]).toContain("either cash_amount or quantity");
    expect(refusal({ cash_amount: "0.00" })[1]).toContain("less than 0.01");
    expect(refusal({ cash_amount: undefined, quantity: "0.00001" })[1]).toContain("less than 0.01");
    expect(refusal({ cash_amount: undefined, quantity: "999999999" })[1]).toContain("more than 999999999.99");
    expect(refusal({ order_type: "LIMIT", limit_price: "1" })[1]).toContain("which only MARKET takes");
    expect(refusal({ limit_price: "1" })[1]).toContain("belongs to LIMIT");
    const whole = { cash_amount: undefined, quantity: "1.5", order_type: "STOP", stop_price: "1" };
    expect(refusal(whole)[1]).toContain("whole units");
    expect(refusal({ ...whole, quantity: "1", stop_price: undefined })[1]).toContain("belongs to STOP");
    expect(refusal({ instrument_id: "DE0005933931", currency: "GBP" })[1]).toContain("not traded in GBP");
    const pounds = { value_type: "ABSOLUTE", cash_amount: "1.00", currency: "GBP" } as const;
    expect(refusal({}, { fees: [{ type: "TRANSACTION_FEE_BUY", ...pounds }] })[1]).toContain("EUR");
    expect(refusal({}, { inducements: [pounds] })[1]).toContain("EUR");
    expect(
      refusal({}, { inducements: [{ value_type: "ABSOLUTE", cash_amount: "-1.00", currency: "EUR" }] })[0],
    ).toBe(400);
    for (const bps of ["-1", "-", ""])
      expect(
        refusal({}, { fees: [{ type: "TRANSACTION_FEE_BUY", value_type: "RELATIVE", bps }] })[1],
      ).toContain("send a number from 0 on");
  });
});

test("a file is found by folder and name", async () => {
  const { call, refused, world } = await sandbox();
  const path = { folder: "treasury", file_name: "settlement.csv" };
  expect(refused("fetchingFileMetadata", { path })[0]).toBe(404);
  const file = world.tables.files.set("treasury/settlement.csv", {
    id: nobody,
    created_at: world.time(),
    updated_at: world.time(),
    signed_url: "https://example.com/settlement.csv",
    file_name: "settlement.csv",
    content_length: 4,
    checksum: "0".repeat(64),
  });
  expect(call("fetchingFileMetadata", { path })).toEqual(file);
  expect(refused("fetchingFileMetadata", { path: { ...path, folder: "other" } })[0]).toBe(404);
});

import type { FeeCollectionCreateRequest } from "@upvest-sdk/types";
import { describe, expect, test } from "vitest";
import { mockIsins } from "../src/mock-values.js";
import { createInvestor, fund, nobody, share } from "./support/investor.js";

// The clock begins on Monday, 2026-01-05, 09:00.
function createPayer() {
  const investor = createInvestor();
  const { call, trading, world } = investor;
  const request = (change: Partial<FeeCollectionCreateRequest> = {}): FeeCollectionCreateRequest => ({
    account_id: trading.id,
    type: "SERVICE_FEE",
    collection_amount: "10.00",
    currency: "EUR",
    period_start: "2025-12-01",
    period_end: "2025-12-31",
    ...change,
  });
  return {
    ...investor,
    request,
    collect: (change: Partial<FeeCollectionCreateRequest> = {}) =>
      call("createFeeCollection", { body: request(change) }),
    collection: (fee_collection_id: string) => call("retrieveFeeCollection", { path: { fee_collection_id } }),
    bookings: () =>
      world.tables.cashTransactions
        .list(({ type }) => type === "FEE_COLLECTION")
        .map(({ delta, references }) => [delta.amount, references]),
  };
}

describe("fee collections", () => {
  test("are taken from cash", async () => {
    const { account_group_id, balance, bookings, collect, collection, events, money, request, steps, world } =
      createPayer();
    money("10.00");
    const made = collect();
    expect(made).toEqual({
      ...request(),
      id: made.id,
      created_at: world.time(),
      updated_at: world.time(),
      account_group_id,
      processed_amount: { cash_balance: "0.00", sell_to_cover: "0.00" },
      status: "PROCESSING",
    });
    await steps(1);
    const done = collection(made.id);
    expect(done).toEqual({
      ...made,
      updated_at: world.time(),
      processed_amount: { cash_balance: "10.00", sell_to_cover: "0.00" },
      status: "FINALISED",
    });
    expect(balance()).toMatchObject({ balance: "0.00" });
    expect(bookings()).toEqual([["-10.00", [{ id: made.id, type: "FEE_COLLECTION" }]]]);
    expect(events().map(({ type, object }) => [type, object["status"]])).toEqual([
      ["FEE_COLLECTION.CREATED", "PROCESSING"],
      ["CASH_BALANCE.UPDATED", undefined],
      ["CASH_TRANSACTION.EXECUTED", undefined],
      ["FEE_COLLECTION.FINALISED", "FINALISED"],
    ]);
  });

  test("take what cash there is, and sell of the largest position on the next working day", async () => {
    const { balance, bookings, collect, collection, hold, log, money, singles, trading, units, until } =
      createPayer();
    money("2.50");
    hold(fund, "1", trading.id);
    hold(share, "1", trading.id);
    await until("2026-01-09T15:00:00.000Z");
    const { id } = collect();
    await until("2026-01-12T08:59:59.000Z");
    expect(collection(id)).toMatchObject({
      status: "PROCESSING",
      processed_amount: { cash_balance: "2.50", sell_to_cover: "0.00" },
    });
    expect(singles(id)).toEqual([]);
    await until("2026-01-12T09:00:00.000Z");
    // 7.50 and 10 %
    expect(singles(id)).toEqual([`SELL_TO_COVER_FEES SELL 8.25 ${fund}`]);
    await until("2026-01-12T09:00:01.000Z");
    expect(collection(id)).toMatchObject({
      status: "FINALISED",
      processed_amount: { cash_balance: "2.50", sell_to_cover: "7.50" },
    });
    expect(balance()).toEqual({ balance: "0.75", locked_for_trading: "0.00", pending_settlement: "0.00" });
    expect(bookings().map(([amount]) => amount)).toEqual(["-2.50", "-7.50"]);
    expect(units(fund, trading.id)).toBe("0.9175");
    expect(log()).toEqual([
      "FEE_COLLECTION.CREATED",
      "ORDER.NEW",
      "ORDER.PROCESSING",
      "EXECUTION.FILLED",
      "ORDER.FILLED",
      "EXECUTION.SETTLED",
      "FEE_COLLECTION.FINALISED",
    ]);
  });

  test("leave alone what is reserved and what is not settled", async () => {
    const { collect, collection, money, steps, world } = createPayer();
    money("10.00");
    const [cash] = world.tables.cash.list();
    Object.assign(cash!, { locked: "1.00", pending: "2.00" });
    const { id } = collect();
    await steps(1);
    expect(collection(id)).toMatchObject({
      status: "PROCESSING",
      processed_amount: { cash_balance: "7.00", sell_to_cover: "0.00" },
    });
  });

  test("are paid by cash that comes before the sale", async () => {
    const { collect, collection, money, singles, until } = createPayer();
    const { id } = collect();
    await until("2026-01-05T12:00:00.000Z");
    money("10.00");
    await until("2026-01-06T09:00:00.000Z");
    expect(collection(id)).toMatchObject({
      status: "FINALISED",
      processed_amount: { cash_balance: "10.00", sell_to_cover: "0.00" },
    });
    expect(singles(id)).toEqual([]);
  });

  test("sell a second time, 20 % more, when the first sale brought too little", async () => {
    const { balance, collect, collection, hold, singles, trading, units, until } = createPayer();
    // Worth 5, and 4.90 of the other one.
    hold(fund, "0.05", trading.id);
    hold(share, "0.06", trading.id);
    const { id } = collect({ collection_amount: "8.00" });
    await until("2026-01-06T09:00:01.000Z");
    expect(singles(id)).toEqual([
      `SELL_TO_COVER_FEES SELL 0.05 units ${fund}`,
      // 3.00 and 20 %
      `SELL_TO_COVER_FEES SELL 3.60 ${share}`,
    ]);
    expect(collection(id)).toMatchObject({
      status: "FINALISED",
      processed_amount: { cash_balance: "0.00", sell_to_cover: "8.00" },
    });
    expect(balance()).toMatchObject({ balance: "0.60", pending_settlement: "0.00" });
    expect(units(fund, trading.id)).toBe("0");
  });

  test("sell whole units where there are no fractions", async () => {
    const { collect, collection, hold, singles, trading, until } = createPayer();
    hold(mockIsins.wholeUnits, "3", trading.id);
    const { id } = collect({ collection_amount: "100.00" });
    await until("2026-01-06T09:00:01.000Z");
    expect(singles(id)).toEqual([`SELL_TO_COVER_FEES SELL 2 units ${mockIsins.wholeUnits}`]);
    expect(collection(id).status).toBe("FINALISED");
  });

  test("are given up when two sales are not enough, and when there is nothing to sell", async () => {
    const { bookings, collect, collection, hold, log, singles, trading, until } = createPayer();
    hold(fund, "0.01", trading.id);
    hold(share, "0.01", trading.id);
    hold(mockIsins.swings, "0.001", trading.id);
    const short = collect();
    await until("2026-01-06T09:00:01.000Z");
    expect(singles(short.id)).toEqual([
      `SELL_TO_COVER_FEES SELL 0.01 units ${fund}`,
      `SELL_TO_COVER_FEES SELL 0.01 units ${share}`,
    ]);
    expect(collection(short.id)).toMatchObject({
      status: "CANCELLED",
      processed_amount: { cash_balance: "0.00", sell_to_cover: "1.81" },
    });
    expect(bookings().map(([amount]) => amount)).toEqual(["-1.00", "-0.81"]);
    log();

    const { collect: again, collection: state, log: told, until: on } = createPayer();
    const nothing = again();
    await on("2026-01-06T09:00:00.000Z");
    expect(state(nothing.id).status).toBe("CANCELLED");
    expect(told()).toEqual(["FEE_COLLECTION.CREATED", "FEE_COLLECTION.CANCELLED"]);
  });

  test("are refused", () => {
    const { addAccount, refused, request } = createPayer();
    const why = (change: Partial<FeeCollectionCreateRequest>) =>
      refused("createFeeCollection", { body: request(change) });
    expect(why({ account_id: nobody })[0]).toBe(404);
    for (const status of ["PENDING_APPROVAL", "CLOSED"] as const)
      expect(why({ account_id: addAccount("TRADING", status).id })).toEqual([
        400,
        `The account is ${status}: no fee can be collected from it.`,
      ]);
    expect(why({ collection_amount: "0.00" })[0]).toBe(400);
    expect(why({ period_start: "2026-01-01" })).toEqual([400, expect.stringContaining("period_end")]);
    expect(refused("retrieveFeeCollection", { path: { fee_collection_id: nobody } })[0]).toBe(404);
  });

  test("are listed by account and account group, by age", async () => {
    const { account, account_group_id, call, collect, money, steps, trading } = createPayer();
    money("10.00");
    const first = collect();
    await steps(1);
    const second = collect({ account_id: account.id });
    const ids = (query: object) => call("listFeeCollections", { query }).data.map(({ id }) => id);
    expect(ids({})).toEqual([first.id, second.id]);
    expect(ids({ order: "DESC" })).toEqual([second.id, first.id]);
    expect(ids({ account_id: trading.id, account_group_id })).toEqual([first.id]);
    expect(ids({ account_group_id: nobody })).toEqual([]);
  });
});

describe("fee configurations", () => {
  test("are one for each account", async () => {
    const { call, events, refused, steps, trading, world } = createPayer();
    const sent = { account_id: trading.id, fee_model_id: nobody };
    const path = { account_id: trading.id };
    expect(refused("retrieveFeeConfigurations", { path })[0]).toBe(404);
    expect(refused("updateFeeConfiguration", { path, body: { fee_model_id: nobody } })[0]).toBe(404);
    const made = call("createFeeConfiguration", { body: sent });
    expect(made).toEqual({ ...sent, created_at: world.time(), updated_at: world.time() });
    expect(refused("createFeeConfiguration", { body: sent })).toEqual([
      409,
      "The account has a fee configuration already: change it with PATCH.",
    ]);
    await steps(1);
    const fee_model_id = "11111111-1111-4111-8111-111111111111";
    const changed = call("updateFeeConfiguration", { path, body: { fee_model_id } });
    expect(changed).toEqual({ ...made, fee_model_id, updated_at: world.time() });
    expect(call("retrieveFeeConfigurations", { path })).toEqual(changed);
    expect(events()).toEqual([]);
  });

  test("are refused by the state of the account", () => {
    const { addAccount, refused } = createPayer();
    const why = (account_id: string) =>
      refused("createFeeConfiguration", { body: { account_id, fee_model_id: nobody } });
    expect(why(nobody)[0]).toBe(404);
    for (const status of ["PENDING_APPROVAL", "CLOSING", "CLOSED"] as const)
      expect(why(addAccount("TRADING", status).id)).toEqual([409, expect.stringContaining(status)]);
  });
});

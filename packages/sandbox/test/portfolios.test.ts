import { describe, expect, test } from "vitest";
import { BigNumber } from "../src/amounts.js";
import { instrumentsData } from "../src/instruments-data.js";
import { mockIsins } from "../src/mock-values.js";
import { split } from "../src/resources/portfolios.js";
import { bond, createInvestor, fund, nobody, share } from "./support/investor.js";

const item = (instrument_id: string, weight: string, instrument_id_type: "ISIN" | "UPVEST" = "ISIN") => ({
  instrument_id,
  instrument_id_type,
  weight,
});

describe("allocations", () => {
  test("are kept as sent, and told of", () => {
    const { call, events, world } = createInvestor();
    const allocation = [item(fund, "33.33333"), item(instrumentsData.get(share)!.uuid, "66.66667", "UPVEST")];
    const made = call("createPortfoliosAllocation", { body: { name: "Mix", allocation } });
    expect(made).toEqual({
      id: made.id,
      created_at: world.time(),
      updated_at: world.time(),
      name: "Mix",
      allocation,
    });
    expect(call("retrievePortfoliosAllocation", { path: { allocation_id: made.id } })).toEqual(made);
    expect(events()).toMatchObject([{ type: "PORTFOLIO_ALLOCATION.CREATED", object: made }]);
  });

  test.each([
    ["99.99999", [item(fund, "50"), item(share, "49.99999")], 400, /add up to 99.99999/],
    ["fractions of 1", [item(fund, "0.5"), item(share, "0.5")], 400, /add up to 1:/],
    ["none", [], 400, /add up to 0/],
    ["one twice", [item(fund, "50"), item(fund, "50")], 400, /twice/],
    [
      "one twice by different ids",
      [item(fund, "50"), item(instrumentsData.get(fund)!.uuid, "50", "UPVEST")],
      400,
      /twice/,
    ],
    ["an unknown ISIN", [item("IE00B4L5Y983", "100")], 404, /no instrument IE00B4L5Y983/],
    ["an unknown UUID", [item(nobody, "100", "UPVEST")], 404, /no instrument/],
    ["an ISIN said to be a UUID", [item(fund, "100", "UPVEST")], 400, /not of the instrument_id_type UPVEST/],
    ["a UUID said to be an ISIN", [item(nobody, "100")], 400, /not of the instrument_id_type ISIN/],
    ["whole units", [item(mockIsins.wholeUnits, "100")], 400, /whole units/],
  ])("are refused: %s", (_, allocation, status, detail) => {
    const { allocate, refused } = createInvestor();
    expect(refused("createPortfoliosAllocation", { body: { allocation } })).toEqual([
      status,
      expect.stringMatching(detail),
    ]);
    const path = { allocation_id: allocate([fund, "100"]).id };
    expect(refused("updatePortfoliosAllocation", { path, body: { allocation } })).toEqual([
      status,
      expect.stringMatching(detail),
    ]);
  });

  test("get other weights, the name only if one is sent", async () => {
    const { allocate, call, events, steps, world } = createInvestor();
    const made = allocate([fund, "100"]);
    events();
    await steps(1);
    const path = { allocation_id: made.id };
    const allocation = [item(share, "100")];
    const changed = call("updatePortfoliosAllocation", { path, body: { allocation } });
    expect(changed).toEqual({ ...made, allocation, updated_at: world.time() });
    expect(world.assumed).toEqual(["a change without a name keeps the name"]);
    const named = call("updatePortfoliosAllocation", { path, body: { name: "Other", allocation } });
    expect(named.name).toBe("Other");
    expect(events()).toMatchObject([
      { type: "PORTFOLIO_ALLOCATION.CHANGED", object: changed },
      { type: "PORTFOLIO_ALLOCATION.CHANGED", object: named },
    ]);
  });

  test("are listed by date and by all instruments asked for", async () => {
    const { allocate, call, until } = createInvestor();
    const first = allocate([fund, "50"], [share, "50"]);
    await until("2026-01-06T00:00:00.000Z");
    const second = allocate([fund, "100"]);
    const ids = (query: object) => call("listPortfoliosAllocations", { query }).data.map(({ id }) => id);
    expect(ids({})).toEqual([first.id, second.id].sort());
    expect(ids({ order: "DESC" })).toEqual([first.id, second.id].sort().reverse());
    expect(ids({ instrument_ids: fund })).toHaveLength(2);
    expect(ids({ instrument_ids: `${fund},${share}` })).toEqual([first.id]);
    expect(ids({ end_date: "2026-01-05" })).toEqual([first.id]);
    expect(ids({ start_date: "2026-01-06" })).toEqual([second.id]);
  });

  test("know the accounts that follow them", () => {
    const { account, allocate, call, follow, refused } = createInvestor();
    const id = follow([fund, "100"]);
    const list = (allocation_id: string) =>
      call("listPortfoliosAllocationAccounts", { path: { allocation_id } }).data;
    expect(list(id)).toEqual([{ id: account.id }]);
    expect(list(allocate([fund, "100"]).id)).toEqual([]);
    expect(refused("listPortfoliosAllocationAccounts", { path: { allocation_id: nobody } })[0]).toBe(404);
  });
});

describe("configurations", () => {
  test("tie an account to an allocation, one at a time", async () => {
    const { account, allocate, call, events, refused, steps, world } = createInvestor();
    const allocation_id = allocate([fund, "100"]).id;
    events();
    const sent = { account_id: account.id, allocation_id, rebalancing_strategy_ids: [nobody] };
    const made = call("createPortfoliosConfiguration", { body: sent });
    expect(made).toEqual({ ...sent, created_at: world.time(), updated_at: world.time() });
    expect(refused("createPortfoliosConfiguration", { body: sent })).toEqual([
      422,
      "The account has a configuration already: change it with PATCH.",
    ]);
    await steps(1);
    const path = { account_id: account.id };
    const other = allocate([share, "100"]).id;
    const changed = call("updatePortfoliosConfiguration", { path, body: { allocation_id: other } });
    expect(changed).toEqual({ ...made, allocation_id: other, updated_at: world.time() });
    expect(call("retrievePortfoliosConfiguration", { path })).toEqual(changed);
    expect(refused("updatePortfoliosConfiguration", { path, body: { allocation_id: nobody } })[0]).toBe(404);
    expect(events().map(({ type }) => type)).toEqual(["PORTFOLIO_ALLOCATION.CREATED"]);
    const found = (query: object) => call("listPortfoliosConfigurations", { query }).data;
    expect(found({ allocation_id: other })).toEqual([changed]);
    expect(found({ allocation_id })).toEqual([]);
    expect(found({ account_id: nobody })).toEqual([]);
    expect(found({ end_date: "2026-01-04" })).toEqual([]);
  });

  test("are refused for an account that is not an ACTIVE portfolio account", () => {
    const { account, addAccount, allocate, refused, trading } = createInvestor();
    const allocation_id = allocate([fund, "100"]).id;
    const why = (account_id: string, id = allocation_id) =>
      refused("createPortfoliosConfiguration", { body: { account_id, allocation_id: id } });
    expect(why(trading.id)).toEqual([422, expect.stringContaining("TRADING")]);
    expect(why(addAccount("PORTFOLIO", "PENDING_APPROVAL").id)).toEqual([
      422,
      expect.stringContaining("PENDING_APPROVAL"),
    ]);
    expect(why(nobody)[0]).toBe(404);
    expect(why(account.id, nobody)[0]).toBe(404);
    expect(refused("retrievePortfoliosConfiguration", { path: { account_id: account.id } })[0]).toBe(404);
    expect(refused("updatePortfoliosConfiguration", { path: { account_id: account.id }, body: {} })[0]).toBe(
      404,
    );
  });
});

describe("portfolio orders", () => {
  test("buy by the weights, to the last cent", async () => {
    const { account, balance, call, events, follow, money, order, singles, steps, units, user_id, world } =
      createInvestor();
    const allocation_id = follow([fund, "33.33333"], [share, "33.33333"], [bond, "33.33334"]);
    money("100.00");
    events();
    const made = order("BUY", "100");
    expect(made).toEqual({
      id: made.id,
      created_at: world.time(),
      updated_at: world.time(),
      user_id,
      account_id: account.id,
      allocation_id,
      cash_amount: "100",
      currency: "EUR",
      status: "NEW",
      type: "BUY",
      post_tax: false,
      orders: [],
      client_reference: "",
      initiation_flow: "API",
    });
    await steps(1);
    expect(singles(made.id)).toEqual([
      `PORTFOLIO BUY 33.33 ${fund}`,
      `PORTFOLIO BUY 33.33 ${share}`,
      `PORTFOLIO BUY 33.34 ${bond}`,
    ]);
    const path = { portfolio_order_id: made.id };
    const begun = call("retrievePortfoliosOrder", { path });
    expect(begun.status).toBe("PROCESSING");
    expect(begun.orders.map(({ side, status }) => `${side} ${status}`)).toEqual(Array(3).fill("BUY NEW"));
    await steps(1);
    expect(call("retrievePortfoliosOrder", { path }).orders[0]?.status).toBe("PROCESSING");
    expect(balance()).toMatchObject({ balance: "100.00", locked_for_trading: "100.00" });
    await steps(10);
    expect(call("retrievePortfoliosOrder", { path })).toMatchObject({
      status: "SETTLED",
      orders: begun.orders.map(({ id }) => ({ id, side: "BUY", status: "FILLED" })),
    });
    expect(balance()).toEqual({ balance: "0.00", locked_for_trading: "0.00", pending_settlement: "0.00" });
    expect([fund, share, bond].map((isin) => units(isin))).toEqual([
      "0.3333",
      // 33.33 / 85.22 and 33.34 / 41.25, cut off
      "0.3911053743",
      "0.8082424242",
    ]);
    const told = events().filter(({ type }) => /^(PORTFOLIO_)?ORDER/.test(type));
    expect(told.map(({ type }) => type)).toEqual([
      "PORTFOLIO_ORDER.NEW",
      ...Array(3).fill("ORDER.NEW"),
      "PORTFOLIO_ORDER.PROCESSING",
      ...Array(3).fill("ORDER.PROCESSING"),
      ...Array(3).fill("ORDER.FILLED"),
      "PORTFOLIO_ORDER.FILLED",
      "PORTFOLIO_ORDER.SETTLED",
    ]);
    expect(told.find(({ type }) => type === "PORTFOLIO_ORDER.FILLED")?.object).toMatchObject({
      status: "FILLED",
      orders: begun.orders.map(({ id }) => ({ id, status: "FILLED" })),
    });
  });

  test("leave out what a weight of 0 or a cent does not buy", async () => {
    const { follow, money, order, singles, steps } = createInvestor();
    follow([fund, "0"], [share, "40"], [bond, "60"]);
    money("1.00");
    const one = order("BUY", "0.01");
    await steps(1);
    expect(singles(one.id)).toEqual([`PORTFOLIO BUY 0.01 ${bond}`]);
  });

  test("are cancelled when the cash is short", async () => {
    const { call, follow, log, money, order, steps } = createInvestor();
    follow([fund, "100"]);
    money("99.99");
    log();
    const { id } = order("BUY", "100.00");
    await steps(1);
    expect(call("retrievePortfoliosOrder", { path: { portfolio_order_id: id } })).toMatchObject({
      status: "CANCELLED",
      orders: [],
      cancellation_reason: "CANCELLED_BY_UPVEST",
      cancellation_details: "Only 99.99 EUR can be traded with.",
    });
    await steps(10);
    expect(log()).toEqual(["PORTFOLIO_ORDER.NEW", "PORTFOLIO_ORDER.CANCELLED"]);
  });

  test("sell by what is held", async () => {
    const { balance, call, follow, hold, order, singles, steps, units } = createInvestor();
    follow([fund, "100"]);
    // Worth 300 and 817.70: also what is not in the allocation is sold.
    hold(fund, "3");
    hold(share, "10");
    const { id } = order("SELL", "100.00");
    await steps(1);
    // 100 * 817.70 / 1117.70 = 73.159..., 26.840...
    expect(singles(id)).toEqual([`PORTFOLIO SELL 73.16 ${share}`, `PORTFOLIO SELL 26.84 ${fund}`]);
    await steps(10);
    expect(call("retrievePortfoliosOrder", { path: { portfolio_order_id: id } }).status).toBe("SETTLED");
    expect(balance()).toEqual({ balance: "100.00", locked_for_trading: "0.00", pending_settlement: "0.00" });
    expect(units(fund)).toBe("2.7316");
    expect(units(share)).toBe("9.1052953406");
  });

  test("sell at most 90 % of what is held", async () => {
    const { call, follow, hold, order, steps, units } = createInvestor();
    follow([fund, "100"]);
    hold(fund, "1");
    hold(share, "1");
    const state = (id: string) => call("retrievePortfoliosOrder", { path: { portfolio_order_id: id } });
    // 90 % of 100.00 and of 81.77: 90.00 and 73.593, cut off
    const over = order("SELL", "163.60");
    await steps(10);
    expect(state(over.id)).toMatchObject({
      status: "CANCELLED",
      cancellation_reason: "SELL_LIMIT_EXCEEDED",
      cancellation_details: expect.stringContaining("At most 163.59 EUR"),
      orders: [],
    });
    expect(units(fund)).toBe("1");
    const most = order("SELL", "163.59");
    await steps(10);
    expect(state(most.id)).toMatchObject({ status: "SETTLED" });
    expect(units(fund)).toBe("0.1");
    expect(units(share)).toBe("0.1000366883");
  });

  test("sell nothing from an empty account", async () => {
    const { call, follow, order, steps } = createInvestor();
    follow([fund, "100"]);
    const { id } = order("SELL", "1.00");
    await steps(1);
    const { status, cancellation_reason } = call("retrievePortfoliosOrder", {
      path: { portfolio_order_id: id },
    });
    expect([status, cancellation_reason]).toEqual(["CANCELLED", "ACCOUNT_IS_EMPTY"]);
  });

  test("end as CANCELLED when one of their orders does, with what was executed", async () => {
    const { balance, call, follow, log, money, order, steps } = createInvestor();
    follow([fund, "50"], [mockIsins.cancelledByPartner, "50"]);
    money("100.00");
    log();
    const { id } = order("BUY", "100.00");
    await steps(10);
    const done = call("retrievePortfoliosOrder", { path: { portfolio_order_id: id } });
    expect(done).toMatchObject({
      status: "CANCELLED",
      cancellation_reason: "CANCELLED_BY_UPVEST",
      cancellation_details: "1 of 2 single orders were cancelled.",
    });
    expect(done.orders.map(({ status }) => status)).toEqual(["FILLED", "CANCELLED"]);
    expect(balance()).toMatchObject({ balance: "50.00", locked_for_trading: "0.00" });
    expect(log().filter((type) => type.startsWith("PORTFOLIO_ORDER"))).toEqual([
      "PORTFOLIO_ORDER.NEW",
      "PORTFOLIO_ORDER.PROCESSING",
      "PORTFOLIO_ORDER.CANCELLED",
    ]);
  });

  test("are cancelled while NEW", async () => {
    const { call, follow, log, money, order, singles, steps, world } = createInvestor();
    follow([fund, "100"]);
    money("100.00");
    log();
    const path = { portfolio_order_id: order("BUY", "100.00").id };
    call("cancelPortfoliosOrder", { path });
    await steps(10);
    expect(call("retrievePortfoliosOrder", { path })).toMatchObject({
      status: "CANCELLED",
      cancellation_reason: "CANCELLED_BY_CLIENT",
    });
    expect(singles(path.portfolio_order_id)).toEqual([]);
    call("cancelPortfoliosOrder", { path });
    expect(world.assumed).toEqual(["the cancellation of a portfolio order that is CANCELLED does nothing"]);
    expect(log()).toEqual(["PORTFOLIO_ORDER.NEW", "PORTFOLIO_ORDER.CANCELLED"]);
  });

  test("are cancelled while PROCESSING, with the single orders that are open", async () => {
    const { balance, call, follow, log, money, order, steps } = createInvestor();
    follow([fund, "50"], [mockIsins.inParts, "50"]);
    money("1000.00");
    log();
    const path = { portfolio_order_id: order("BUY", "1000.00").id };
    // The fund is bought, of the other one the first of five parts.
    await steps(3);
    call("cancelPortfoliosOrder", { path });
    await steps(10);
    const done = call("retrievePortfoliosOrder", { path });
    expect(done).toMatchObject({ status: "CANCELLED", cancellation_reason: "CANCELLED_BY_CLIENT" });
    expect(done.orders.map(({ status }) => status)).toEqual(["FILLED", "CANCELLED"]);
    expect(balance()).toMatchObject({ balance: "400.00", locked_for_trading: "0.00" });
    expect(log().filter((type) => type === "PORTFOLIO_ORDER.CANCELLED")).toHaveLength(1);
  });

  test("are refused", () => {
    const { account, addAccount, follow, refused, trading, user_id, world } = createInvestor();
    const body = {
      user_id,
      account_id: account.id,
      cash_amount: "1.00",
      currency: "EUR" as const,
      side: "BUY" as const,
    };
    const why = (change: Partial<typeof body>) =>
      refused("createPortfoliosOrder", { body: { ...body, ...change } });
    expect(why({})).toEqual([400, "The account has no portfolio configuration: create one first."]);
    follow([fund, "100"]);
    expect(why({ user_id: nobody })[0]).toBe(404);
    expect(why({ account_id: nobody })[0]).toBe(404);
    expect(why({ account_id: trading.id })).toEqual([400, expect.stringContaining("type TRADING")]);
    expect(why({ account_id: addAccount("PORTFOLIO", "LOCKED").id })).toEqual([
      400,
      expect.stringContaining("LOCKED"),
    ]);
    const other = { ...world.tables.users.need(user_id), id: nobody };
    world.tables.users.set(nobody, other);
    expect(why({ user_id: nobody })).toEqual([400, expect.stringContaining("not one of the user")]);
    for (const cash_amount of ["", "0", "0.00", ".001", "1.001", "1000000000"])
      expect(why({ cash_amount })).toEqual([400, expect.stringContaining("cash_amount")]);
    expect(refused("retrievePortfoliosOrder", { path: { portfolio_order_id: nobody } })[0]).toBe(404);
    expect(refused("cancelPortfoliosOrder", { path: { portfolio_order_id: nobody } })[0]).toBe(404);
  });

  test("are listed by account, allocation and date", () => {
    const { account, call, follow, order } = createInvestor();
    const allocation_id = follow([fund, "100"]);
    const { id } = order("BUY", "1.00");
    const ids = (query: object) => call("listPortfoliosOrders", { query }).data.map((one) => one.id);
    expect(ids({})).toEqual([id]);
    expect(ids({ account_id: account.id, allocation_id, start_date: "2026-01-05" })).toEqual([id]);
    expect(ids({ account_id: nobody })).toEqual([]);
    expect(ids({ allocation_id: nobody })).toEqual([]);
    expect(ids({ start_date: "2026-01-06" })).toEqual([]);
  });
});

describe("the split of an amount", () => {
  const parts = (amount: string, ...weights: string[]) =>
    split(
      new BigNumber(amount),
      weights.map((weight) => new BigNumber(weight)),
    ).map((part) => part.toFixed(2));

  test("adds up to it", () => {
    expect(parts("100", "1", "1", "1")).toEqual(["33.34", "33.33", "33.33"]);
    expect(parts("0.02", "1", "1", "1")).toEqual(["0.01", "0.01", "0.00"]);
    // Where most was cut off: 1.665 and 3.335 are equally far, the first one gets the cent.
    expect(parts("5", "33.3", "66.7")).toEqual(["1.67", "3.33"]);
    expect(parts("999999999.99", "0.00001", "99.99999")).toEqual(["100.00", "999999899.99"]);
  });
});

describe("rebalancing", () => {
  test("sells, then buys with what that brought", async () => {
    const { account, balance, call, events, follow, hold, singles, steps, units } = createInvestor();
    const allocation_id = follow([fund, "50"], [share, "30"], [bond, "20"]);
    hold(fund, "10");
    hold("IE00BJ0KDR00", "1");
    events();
    const { id } = call("triggerPortfolioRebalancing", { body: { allocations: [allocation_id] } });
    expect(call("retrievePortfoliosRebalancingExecution", { path: { execution_id: id } })).toMatchObject({
      id,
      allocations: [allocation_id],
    });
    const list = () => call("listPortfolioRebalancingExecutionOrders", { path: { execution_id: id } }).data;
    expect(list()).toMatchObject([
      { execution_id: id, account_id: account.id, portfolio_order_id: null, status: "NEW" },
    ]);
    await steps(1);
    const { portfolio_order_id } = list()[0]!;
    const path = { portfolio_order_id: portfolio_order_id! };
    // Worth 1000 and 108.08: of the fund 445.96 are too many, and all of what has no weight.
    expect(call("retrievePortfoliosOrder", { path })).toMatchObject({
      status: "NEW",
      type: "REBALANCING",
      client_reference: id,
      initiation_flow: "API",
      account_id: account.id,
      allocation_id,
      cash_amount: "554.04",
    });
    await steps(1);
    expect(list()[0]?.status).toBe("PROCESSING");
    const sells = [
      `PORTFOLIO_REBALANCING SELL 4.4596 units ${fund}`,
      "PORTFOLIO_REBALANCING SELL 1 units IE00BJ0KDR00",
    ];
    expect(singles(path.portfolio_order_id)).toEqual(sells);
    await steps(12);
    // 30 % and 20 % of 1108.08
    expect(singles(path.portfolio_order_id)).toEqual([
      ...sells,
      `PORTFOLIO_REBALANCING BUY 332.42 ${share}`,
      `PORTFOLIO_REBALANCING BUY 221.62 ${bond}`,
    ]);
    expect(call("retrievePortfoliosOrder", { path }).status).toBe("SETTLED");
    expect(list()[0]).toMatchObject({ status: "FILLED", ...path });
    expect(balance()).toEqual({ balance: "0.00", locked_for_trading: "0.00", pending_settlement: "0.00" });
    expect(units(fund)).toBe("5.5404");
    expect(units("IE00BJ0KDR00")).toBe("0");
    const told = events().map(({ type }) => type);
    expect(told.filter((type) => /^(PORTFOLIO|REBAL|ORDER.FILLED)/.test(type))).toEqual([
      "REBALANCING_EXECUTION_ORDER.NEW",
      "PORTFOLIO_ORDER.NEW",
      "PORTFOLIO_ORDER.PROCESSING",
      "REBALANCING_EXECUTION_ORDER.PROCESSING",
      ...Array(4).fill("ORDER.FILLED"),
      "PORTFOLIO_ORDER.FILLED",
      "REBALANCING_EXECUTION_ORDER.FILLED",
      "PORTFOLIO_ORDER.SETTLED",
    ]);
  });

  test("says why an account is not rebalanced", async () => {
    const { account, addAccount, call, events, follow, hold, steps, trading } = createInvestor();
    const allocation_id = follow([fund, "50"], [share, "50"]);
    const empty = addAccount("PORTFOLIO").id;
    call("createPortfoliosConfiguration", { body: { account_id: empty, allocation_id } });
    const bare = addAccount("PORTFOLIO").id;
    const locked = addAccount("PORTFOLIO", "LOCKED").id;
    hold(fund, "0.8177");
    // 1 % of 164.54 is 1.6454: 82.77 is 0.50 off.
    hold(share, "1.01");
    events();
    const accounts = [account.id, empty, bare, locked, trading.id, nobody, bare];
    const { id } = call("triggerPortfolioRebalancing", { body: { accounts } });
    await steps(10);
    const reasons = call("listPortfolioRebalancingExecutionOrders", {
      path: { execution_id: id },
    }).data.map(({ account_id, status, cancellation_reason, portfolio_order_id }) => {
      expect([status, portfolio_order_id]).toEqual(["CANCELLED", null]);
      return [account_id, cancellation_reason];
    });
    expect(reasons).toEqual([
      [account.id, "PORTFOLIO_IS_BALANCED"],
      [empty, "ACCOUNT_IS_EMPTY"],
      [bare, "CONFIGURATION_IS_MISSING"],
      [locked, "CANCELLED_BY_UPVEST"],
      [trading.id, "INVALID_ACCOUNT_TYPE"],
      [nobody, "ACCOUNT_NOT_FOUND"],
    ]);
    expect(events().map(({ type }) => type)).toEqual([
      ...Array(6).fill("REBALANCING_EXECUTION_ORDER.NEW"),
      ...Array(6).fill("REBALANCING_EXECUTION_ORDER.CANCELLED"),
    ]);
  });

  test("buys nothing when the client cancels it", async () => {
    const { call, follow, hold, singles, steps } = createInvestor();
    follow([fund, "50"], [share, "50"]);
    hold(mockIsins.inParts, "10");
    const { id } = call("triggerPortfolioRebalancing", {
      body: { allocations: [call("listPortfoliosAllocations").data[0]!.id] },
    });
    await steps(3);
    const list = () =>
      call("listPortfolioRebalancingExecutionOrders", { path: { execution_id: id } }).data[0]!;
    const portfolio_order_id = list().portfolio_order_id!;
    call("cancelPortfoliosOrder", { path: { portfolio_order_id } });
    await steps(20);
    expect(list()).toMatchObject({ status: "CANCELLED", cancellation_reason: "CANCELLED_BY_CLIENT" });
    expect(singles(portfolio_order_id)).toEqual([`PORTFOLIO_REBALANCING SELL 10 units ${mockIsins.inParts}`]);
  });

  test("is refused without accounts, and for an allocation that is not there", () => {
    const { refused } = createInvestor();
    const why = (body: { accounts: string[] } | { allocations: string[] }) =>
      refused("triggerPortfolioRebalancing", { body })[0];
    expect(why({ accounts: [] })).toBe(400);
    expect(why({ allocations: [] })).toBe(400);
    expect(why({ allocations: [nobody] })).toBe(404);
    const path = { execution_id: nobody };
    expect(refused("retrievePortfoliosRebalancingExecution", { path })[0]).toBe(404);
    expect(refused("listPortfolioRebalancingExecutionOrders", { path })[0]).toBe(404);
  });
});

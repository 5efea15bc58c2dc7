import type { Order, OrderCreateRequest, OrderExecution } from "@upvest-sdk/types";
import { describe, expect, test } from "vitest";
import { decimal } from "../src/amounts.js";
import { instrumentsData } from "../src/instruments-data.js";
import { mockIsins } from "../src/mock-values.js";
import { newOrder } from "../src/resources/orders.js";
import { createMarket } from "./support/market.js";

const isin = "IE00B3XXRP09"; // 113.03 and 115.05

const total = (executions: readonly OrderExecution[], what: "cash_amount" | "share_quantity") =>
  executions.reduce((sum, execution) => sum.plus(execution[what]), decimal("0")).toFixed();

describe("a buy", () => {
  test("by amount goes through the documented sequence, to the last digit", async () => {
    const market = createMarket();
    market.fund("1000.00");
    market.events();
    const order = market.place({ instrument_id: isin, cash_amount: "500.00", client_reference: "mine" });
    expect(order).toEqual({
      id: order.id,
      created_at: "2026-01-05T09:00:00.000Z",
      updated_at: "2026-01-05T09:00:00.000Z",
      user_id: market.user.id,
      account_id: market.account.id,
      side: "BUY",
      instrument_id: isin,
      instrument_id_type: "ISIN",
      order_type: "MARKET",
      currency: "EUR",
      cash_amount: "500.00",
      quantity: "0",
      limit_price: "",
      stop_price: "",
      fee: "0.0",
      status: "NEW",
      execution_flow: "STRAIGHT_THROUGH",
      initiation_flow: "API",
      client_reference: "mine",
      executions: [],
    });
    expect(market.events()).toEqual(["ORDER.NEW"]);
    expect(market.cash()).toMatchObject({ locked_for_trading: "0.00" });

    await market.steps(1);
    expect(market.events()).toEqual(["ORDER.PROCESSING", "CASH_BALANCE.UPDATED"]);
    expect(market.order(order.id).status).toBe("PROCESSING");
    expect(market.cash()).toMatchObject({ locked_for_trading: "500.00", available_for_trading: "500.00" });

    await market.steps(1);
    expect(market.events()).toEqual([
      "EXECUTION.FILLED",
      "CASH_BALANCE.UPDATED",
      "CASH_TRANSACTION.EXECUTED",
      "POSITION.UPDATED",
      "SECURITY_TRANSACTION.EXECUTED",
      "ORDER.FILLED",
      "REPORT.CREATED",
    ]);
    expect(market.cash()).toMatchObject({ balance: "500.00", locked_for_trading: "0.00" });
    // 500 / 115.05, cut off.
    expect(market.units(isin)).toMatchObject({
      quantity: "4.3459365493",
      pending_settlement: "4.3459365493",
      settled_quantity: "0",
    });
    const { executions, status, cash_amount, quantity } = market.order(order.id);
    expect({ status, cash_amount, quantity }).toEqual({
      status: "FILLED",
      cash_amount: "500.00",
      quantity: "0",
    });
    expect(executions).toEqual([
      {
        id: executions[0]!.id,
        order_id: order.id,
        cash_amount: "500.00",
        share_quantity: "4.3459365493",
        price: "115.05",
        transaction_time: "2026-01-05T09:00:00.100Z",
        taxes: [{ type: "TOTAL", amount: "0.00" }],
        status: "FILLED",
        side: "BUY",
        currency: "EUR",
        venue_id: executions[0]!.venue_id,
      },
    ]);

    await market.steps(1);
    expect(market.events()).toEqual(["EXECUTION.SETTLED", "POSITION.UPDATED"]);
    expect(market.units(isin)).toMatchObject({ pending_settlement: "0", settled_quantity: "4.3459365493" });
    const execution = market.call("retrieveOrderExecution", {
      path: { order_id: order.id, execution_id: executions[0]!.id },
    });
    expect(execution).toEqual({ ...executions[0], status: "SETTLED", settlement_date: "2026-01-05" });
    const [booking] = market.world.tables.cashTransactions.list(({ type }) => type === "ORDER_EXECUTION");
    expect(booking).toMatchObject({
      delta: { amount: "-500.00", currency: "EUR" },
      taxes: [{ amount: "0.00" }],
      fees: [],
      references: [
        { id: order.id, type: "ORDER" },
        { id: execution.id, type: "ORDER_EXECUTION" },
      ],
    });
  });

  test("by units locks 10 percent more, which is freed before it is FILLED", async () => {
    const market = createMarket();
    market.fund("1000.00");
    const { id } = market.place({ instrument_id: isin, quantity: "3" });
    await market.steps(1);
    // 3 * 115.05 * 1.1 = 379.665
    expect(market.cash()).toMatchObject({ balance: "1000.00", locked_for_trading: "379.67" });
    market.events();
    await market.steps(1);
    expect(market.events().slice(-3)).toEqual(["CASH_BALANCE.UPDATED", "ORDER.FILLED", "REPORT.CREATED"]);
    expect(market.cash()).toMatchObject({ balance: "654.85", locked_for_trading: "0.00" });
    expect(total(market.order(id).executions, "share_quantity")).toBe("3");
  });

  test.each([
    ["by units, at 90 percent of the cash", { quantity: "9" }, "1000.00", "FILLED"],
    ["by units, above 90 percent of the cash", { quantity: "9.0000000001" }, "1000.00", "CANCELLED"],
    ["by amount, of all cash", { cash_amount: "1000.00" }, "1000.00", "FILLED"],
    ["by amount, of a cent more", { cash_amount: "1000.01" }, "1000.00", "CANCELLED"],
  ])("%s", async (_, request, cash, status) => {
    const market = createMarket();
    market.fund(cash);
    const { id } = market.place(request);
    await market.steps(3);
    const order = market.order(id);
    expect(order.status).toBe(status);
    expect(order.cancellation_reason).toBe(
      status === "CANCELLED" ? "CANCELLED_BY_UPVEST_PLATFORM" : undefined,
    );
    expect(market.cash().locked_for_trading).toBe("0.00");
    if (status === "CANCELLED") {
      expect(market.cash().balance).toBe(cash);
      expect(market.events().slice(-3)).toEqual(["ORDER.NEW", "ORDER.CANCELLED", "REPORT.CREATED"]);
    }
  });

  test("two orders can't have the same cash", async () => {
    const market = createMarket();
    market.fund("100.00");
    const first = market.place({ cash_amount: "60.00" });
    const second = market.place({ cash_amount: "60.00" });
    await market.steps(3);
    expect([market.order(first.id).status, market.order(second.id).status]).toEqual(["FILLED", "CANCELLED"]);
    expect(market.cash()).toMatchObject({ balance: "40.00", locked_for_trading: "0.00" });
  });

  test("with a fee takes the fee on top", async () => {
    const market = createMarket();
    market.fund("110.00");
    const fee_configuration: OrderCreateRequest["fee_configuration"] = [
      {
        type: "TRANSACTION_FEE_BUY",
        value_type: "ABSOLUTE",
        charge_method: "COLLECTED_BY_UPVEST",
        cash_amount: "10.00",
        currency: "EUR",
      },
    ];
    const { id } = market.place({ cash_amount: "100.00", fee_configuration });
    await market.steps(1);
    expect(market.cash().locked_for_trading).toBe("110.00");
    await market.steps(2);
    expect(market.order(id)).toMatchObject({ status: "FILLED", fee: "10.00", fee_configuration });
    expect(market.cash()).toMatchObject({ balance: "0.00", locked_for_trading: "0.00" });
    expect(market.world.tables.cashTransactions.list().at(-1)).toMatchObject({
      delta: { amount: "-110.00" },
      fees: [{ amount: "10.00", currency: "EUR", type: "TOTAL", charge_method: "COLLECTED_BY_UPVEST" }],
    });
    // The fee counts for what is short as well.
    market.fund("109.99");
    const short = market.place({ cash_amount: "100.00", fee_configuration });
    await market.steps(3);
    expect(market.order(short.id).status).toBe("CANCELLED");
  });

  test("with a fee that the client charges lists it and leaves the balance alone", async () => {
    const market = createMarket();
    market.fund("100.00");
    const { id } = market.place({
      cash_amount: "100.00",
      fee_configuration: [
        {
          type: "TRANSACTION_FEE_BUY",
          value_type: "ABSOLUTE",
          charge_method: "CHARGED_BY_CLIENT",
          cash_amount: "2.00",
          currency: "EUR",
        },
      ],
    });
    await market.steps(3);
    expect(market.order(id)).toMatchObject({ status: "FILLED", fee: "2.00" });
    expect(market.cash().balance).toBe("0.00");
    expect(market.world.tables.cashTransactions.list().at(-1)).toMatchObject({
      delta: { amount: "-100.00" },
      fees: [{ amount: "2.00", charge_method: "CHARGED_BY_CLIENT" }],
    });
  });
});

describe("a sell", () => {
  test("by amount locks 10 percent more units; proceeds can be withdrawn when they have settled", async () => {
    const market = createMarket();
    market.give(isin, "10");
    const { id } = market.place({ instrument_id: isin, side: "SELL", cash_amount: "226.06" });
    await market.steps(1);
    // 226.06 / 113.03 = 2
    expect(market.units(isin)).toMatchObject({ locked_for_trading: "2.2", available_for_trading: "7.8" });
    market.events();
    await market.steps(1);
    expect(market.events()).toEqual([
      "EXECUTION.FILLED",
      "POSITION.UPDATED",
      "SECURITY_TRANSACTION.EXECUTED",
      "CASH_BALANCE.UPDATED",
      "CASH_TRANSACTION.EXECUTED",
      "POSITION.UPDATED",
      "ORDER.FILLED",
      "REPORT.CREATED",
    ]);
    expect(market.units(isin)).toMatchObject({ quantity: "8", locked_for_trading: "0" });
    expect(market.cash()).toEqual({
      balance: "226.06",
      locked_for_trading: "0.00",
      pending_settlement: "226.06",
      available_for_trading: "226.06",
      available_for_withdrawal: "0.00",
    });
    await market.steps(1);
    expect(market.events()).toEqual(["EXECUTION.SETTLED", "CASH_BALANCE.UPDATED"]);
    expect(market.cash()).toMatchObject({ pending_settlement: "0.00", available_for_withdrawal: "226.06" });
    expect(market.order(id).executions[0]).toMatchObject({ share_quantity: "2", price: "113.03" });
  });

  test.each([
    ["all units", { quantity: "10" }, "FILLED"],
    ["more units than there are", { quantity: "10.0000000001" }, "CANCELLED"],
    ["90 percent of the value", { cash_amount: "900.00" }, "FILLED"],
    ["more than 90 percent of the value", { cash_amount: "900.01" }, "CANCELLED"],
  ])("of %s", async (_, request, status) => {
    const market = createMarket();
    market.give("IE0032077012", "10");
    const { id } = market.place({ side: "SELL", ...request });
    await market.steps(3);
    expect(market.order(id).status).toBe(status);
    expect(market.units("IE0032077012").locked_for_trading).toBe("0");
  });

  test("of the taxed ISIN brings three quarters, less the fee", async () => {
    const market = createMarket();
    market.give(mockIsins.taxedOnSell, "1");
    const { id } = market.place({
      instrument_id: mockIsins.taxedOnSell,
      side: "SELL",
      quantity: "0.3333",
      fee_configuration: [
        {
          type: "TRANSACTION_FEE_SELL",
          value_type: "ABSOLUTE",
          charge_method: "COLLECTED_BY_UPVEST",
          cash_amount: "1.01",
          currency: "EUR",
        },
      ],
    });
    await market.steps(2);
    // 33.33 - 8.33 - 1.01
    expect(market.cash()).toMatchObject({ balance: "23.99", pending_settlement: "23.99" });
    expect(market.order(id)).toMatchObject({
      fee: "1.01",
      executions: [{ cash_amount: "33.33", taxes: [{ type: "TOTAL", amount: "8.33" }] }],
    });
    await market.steps(1);
    expect(market.cash()).toMatchObject({ balance: "23.99", pending_settlement: "0.00" });
    const booking = market.world.tables.cashTransactions.list().at(-1);
    expect(booking).toMatchObject({
      delta: { amount: "23.99" },
      taxes: [{ amount: "8.33" }],
      fees: [{ amount: "1.01" }],
    });
  });

  test("whose fee is more than its proceeds is cancelled", async () => {
    const market = createMarket();
    market.give("IE0032077012", "1");
    const { id } = market.place({
      side: "SELL",
      quantity: "0.01",
      fee_configuration: [
        {
          type: "TRANSACTION_FEE_SELL",
          value_type: "ABSOLUTE",
          charge_method: "COLLECTED_BY_UPVEST",
          cash_amount: "1.01",
          currency: "EUR",
        },
      ],
    });
    await market.steps(2);
    expect(market.order(id).status).toBe("CANCELLED");
  });
});

describe("mock ISINs", () => {
  test.each([
    ["100.99", ["100.99"]],
    ["101.00", ["50.50", "50.50"]],
    ["200.99", ["100.49", "100.50"]],
    ["201.00", ["67.00", "67.00", "67.00"]],
    ["301.00", ["75.25", "75.25", "75.25", "75.25"]],
    ["401.00", ["80.20", "80.20", "80.20", "80.20", "80.20"]],
  ])("%s of the one that is filled in parts", async (cash_amount, parts) => {
    const market = createMarket();
    market.fund("1000.00");
    const { id } = market.place({ instrument_id: mockIsins.inParts, cash_amount });
    await market.steps(parts.length + 2);
    const order = market.order(id);
    expect(order.status).toBe("FILLED");
    expect(order.executions.map((execution) => execution.cash_amount)).toEqual(parts);
    expect(market.units(mockIsins.inParts)).toMatchObject({
      quantity: total(order.executions, "share_quantity"),
      pending_settlement: "0",
    });
    const types = market.events();
    expect(types.filter((type) => type === "EXECUTION.FILLED")).toHaveLength(parts.length);
    expect(types.filter((type) => type === "EXECUTION.SETTLED")).toHaveLength(parts.length);
    expect(types.lastIndexOf("EXECUTION.FILLED")).toBeLessThan(types.indexOf("ORDER.FILLED"));
    expect(types.indexOf("ORDER.FILLED")).toBeLessThan(types.indexOf("EXECUTION.SETTLED"));
  });

  test("the one that is filled in parts by units adds up to the quantity", async () => {
    const market = createMarket();
    market.fund("1000.00");
    const { id } = market.place({ instrument_id: mockIsins.inParts, quantity: "2.0000000001" });
    const whole = market.place({ instrument_id: mockIsins.inParts, quantity: "3" });
    await market.steps(6);
    expect(market.order(id).executions.map((execution) => execution.share_quantity)).toEqual([
      "1",
      "1.0000000001",
    ]);
    expect(market.order(whole.id).executions.map((execution) => execution.share_quantity)).toEqual([
      "1",
      "1",
      "1",
    ]);
    expect(market.cash()).toMatchObject({ balance: "500.00", locked_for_trading: "0.00" });
  });

  test("the partly filled one is cancelled before the last part, which leaves a part of the fee", async () => {
    const market = createMarket();
    market.fund("1000.00");
    const { id } = market.place({
      instrument_id: mockIsins.partlyThenCancelled,
      cash_amount: "100.00",
      fee_configuration: [
        {
          type: "TRANSACTION_FEE_BUY",
          value_type: "ABSOLUTE",
          charge_method: "COLLECTED_BY_UPVEST",
          cash_amount: "0.99",
          currency: "EUR",
        },
      ],
    });
    await market.steps(6);
    const order = market.order(id);
    expect(order).toMatchObject({
      status: "CANCELLED",
      cancellation_reason: "CANCELLED_BY_TRADING_PARTNER",
      fee: "0.79",
    });
    expect(order.executions.map(({ cash_amount }) => cash_amount)).toEqual([
      "20.00",
      "20.00",
      "20.00",
      "20.00",
    ]);
    expect(market.cash()).toMatchObject({ balance: "919.21", locked_for_trading: "0.00" });
    market.events();
    await market.steps(1);
    expect(market.events()).toEqual([
      "EXECUTION.SETTLED",
      "POSITION.UPDATED",
      "EXECUTION.SETTLED",
      "POSITION.UPDATED",
      "EXECUTION.SETTLED",
      "POSITION.UPDATED",
      "EXECUTION.SETTLED",
      "POSITION.UPDATED",
    ]);
    expect(market.units(mockIsins.partlyThenCancelled)).toMatchObject({
      quantity: "0.8",
      settled_quantity: "0.8",
    });
  });

  test("the trading partner's cancellation comes after PROCESSING", async () => {
    const market = createMarket();
    market.fund("1000.00");
    market.events();
    const { id } = market.place({ instrument_id: mockIsins.cancelledByPartner, cash_amount: "100.00" });
    await market.steps(2);
    expect(market.events()).toEqual([
      "ORDER.NEW",
      "ORDER.PROCESSING",
      "CASH_BALANCE.UPDATED",
      "CASH_BALANCE.UPDATED",
      "ORDER.CANCELLED",
      "REPORT.CREATED",
    ]);
    expect(market.order(id).cancellation_reason).toBe("CANCELLED_BY_TRADING_PARTNER");
    expect(market.cash().available_for_trading).toBe("1000.00");
  });

  test("the inactive one is cancelled from NEW", async () => {
    const market = createMarket();
    market.fund("1000.00");
    const { id } = market.place({ instrument_id: mockIsins.inactive, cash_amount: "100.00" });
    await market.steps(1);
    expect(market.order(id).cancellation_reason).toBe("CANCELLED_BY_UPVEST_PLATFORM");
  });

  test("check digits are right", () => {
    for (const text of instrumentsData.keys()) {
      const digits = [...text].map((letter) => Number.parseInt(letter, 36)).join("");
      const sum = [...digits].reverse().reduce((all, digit, at) => {
        const value = Number(digit) * (1 + (at % 2));
        return all + Math.floor(value / 10) + (value % 10);
      }, 0);
      expect([text, sum % 10]).toEqual([text, 0]);
    }
  });
});

describe("limit and stop", () => {
  test.each([
    ["a limit buy above the offer", { order_type: "LIMIT", limit_price: "101" }, "FILLED"],
    ["a limit buy below the offer", { order_type: "LIMIT", limit_price: "99.99" }, "PROCESSING"],
    ["a stop buy that is reached", { order_type: "STOP", stop_price: "100" }, "FILLED"],
    ["a stop buy that is not reached", { order_type: "STOP", stop_price: "100.01" }, "PROCESSING"],
    ["a limit sell", { side: "SELL", order_type: "LIMIT", limit_price: "100" }, "FILLED"],
    ["a limit sell above the bid", { side: "SELL", order_type: "LIMIT", limit_price: "101" }, "PROCESSING"],
    ["a stop sell", { side: "SELL", order_type: "STOP", stop_price: "100" }, "FILLED"],
    ["a stop sell below the bid", { side: "SELL", order_type: "STOP", stop_price: "99" }, "PROCESSING"],
  ] as const)("%s", async (_, request, status) => {
    const market = createMarket();
    market.fund("1000.00");
    market.give("IE0032077012", "1");
    const { id, limit_price, stop_price } = market.place({ quantity: "1", ...request });
    expect({ limit_price, stop_price }).toEqual({
      limit_price: "limit_price" in request ? request.limit_price : "",
      stop_price: "stop_price" in request ? request.stop_price : "",
    });
    await market.world.clock.advance(86_400_000);
    expect(market.order(id).status).toBe(status);
    if (status === "FILLED") expect(market.order(id).executions[0]!.price).toBe("100");
  });

  test("a limit is reached when the price swings", async () => {
    const market = createMarket();
    market.fund("1000.00");
    // It is 09:00, the price is 300 in odd hours.
    const order = { instrument_id: mockIsins.swings, quantity: "2", order_type: "LIMIT" } as const;
    const { id } = market.place({ ...order, limit_price: "250" });
    await market.world.clock.advance(3_599_999);
    expect(market.order(id).status).toBe("PROCESSING");
    expect(market.cash().locked_for_trading).toBe("550.00");
    await market.world.clock.advance(1);
    expect(market.order(id)).toMatchObject({ status: "FILLED", executions: [{ price: "200" }] });
    expect(market.cash()).toMatchObject({ balance: "600.00", locked_for_trading: "0.00" });
  });

  test("of a sell whose fee came to be more than its proceeds is cancelled", async () => {
    const market = createMarket();
    market.give(mockIsins.swings, "1");
    const fee = {
      type: "TRANSACTION_FEE_SELL",
      value_type: "ABSOLUTE",
      charge_method: "COLLECTED_BY_UPVEST",
      cash_amount: "250.00",
      currency: "EUR",
    } as const;
    // It is worth 300 now, and 200 when the stop price is reached.
    const { id } = market.place({
      side: "SELL",
      instrument_id: mockIsins.swings,
      quantity: "1",
      order_type: "STOP",
      stop_price: "250",
      fee_configuration: [fee],
    });
    await market.steps(3);
    expect(market.order(id).status).toBe("PROCESSING");
    await market.world.clock.advance(3_600_000);
    expect(market.order(id)).toMatchObject({
      status: "CANCELLED",
      cancellation_reason: "CANCELLED_BY_UPVEST_PLATFORM",
      executions: [],
    });
    expect(market.cash()).toMatchObject({ balance: "0.00", pending_settlement: "0.00" });
    expect(market.units(mockIsins.swings)).toMatchObject({ quantity: "1", locked_for_trading: "0" });
  });

  test("one that is never reached waits until it is cancelled, or its last day has passed", async () => {
    const market = createMarket();
    market.fund("1000.00");
    const order = {
      instrument_id: mockIsins.neverReached,
      quantity: "1",
      order_type: "LIMIT",
      limit_price: "150",
    } as const;
    const { id } = market.place(order);
    const expiring = market.place({ ...order, expiry_date: "2026-01-06" });
    await market.world.clock.advance(38 * 3_600_000);
    expect([market.order(id).status, market.order(expiring.id).status]).toEqual(["PROCESSING", "PROCESSING"]);
    await market.world.clock.advance(3_600_000);
    expect(market.order(expiring.id)).toMatchObject({
      status: "CANCELLED",
      cancellation_reason: "CANCELLED_BY_UPVEST_PLATFORM",
    });
    market.events();
    expect(market.call("cancelOrder", { path: { order_id: id } })).toEqual({ id });
    await market.steps(0);
    expect(market.events()).toEqual(["CASH_BALANCE.UPDATED", "ORDER.CANCELLED", "REPORT.CREATED"]);
    expect(market.order(id).cancellation_reason).toBe("CANCELLED_BY_CLIENT");
    expect(market.cash().available_for_trading).toBe("1000.00");
  });
});

describe("cancellation", () => {
  test("of a NEW order", async () => {
    const market = createMarket();
    market.fund("1000.00");
    const { id } = market.place({ cash_amount: "10.00" });
    await market.world.clock.advance(49);
    market.events();
    market.call("cancelOrder", { path: { order_id: id } });
    expect(market.events()).toEqual([]);
    await market.steps(3);
    expect(market.events()).toEqual(["ORDER.CANCELLED", "REPORT.CREATED"]);
    expect(market.order(id)).toMatchObject({ cancellation_reason: "CANCELLED_BY_CLIENT", executions: [] });
  });

  test("of a partly executed order ends only the rest", async () => {
    const market = createMarket();
    market.fund("1000.00");
    const { id } = market.place({ instrument_id: mockIsins.inParts, cash_amount: "500.00" });
    await market.steps(3);
    market.call("cancelOrder", { path: { order_id: id } });
    market.call("cancelOrder", { path: { order_id: id } });
    market.events();
    await market.steps(3);
    const order = market.order(id);
    expect(order).toMatchObject({
      status: "CANCELLED",
      executions: [
        { cash_amount: "100.00", status: "SETTLED" },
        { cash_amount: "100.00", status: "SETTLED" },
      ],
    });
    expect(market.world.tables.reports.list().map(({ type }) => type)).toEqual([
      "BUY_ORDER",
      "CANCELLED_ORDER",
    ]);
    expect(market.events()).toEqual([
      "CASH_BALANCE.UPDATED",
      "ORDER.CANCELLED",
      "REPORT.CREATED",
      "REPORT.CREATED",
      "EXECUTION.SETTLED",
      "POSITION.UPDATED",
      "EXECUTION.SETTLED",
      "POSITION.UPDATED",
    ]);
    expect(market.cash()).toMatchObject({ balance: "800.00", locked_for_trading: "0.00" });
  });

  test("of a FILLED order is taken, and rejected by an event", async () => {
    const market = createMarket();
    market.fund("1000.00");
    const { id } = market.place({ cash_amount: "10.00" });
    await market.steps(3);
    market.events();
    expect(market.call("cancelOrder", { path: { order_id: id } })).toEqual({ id });
    await market.steps(1);
    expect(market.events()).toEqual(["ORDER_CANCELLATION.REJECTED"]);
    expect(market.world.objects("ORDER_CANCELLATION.REJECTED")).toEqual([
      { order_id: id, status: "REJECTED", reason: "The order is FILLED already." },
    ]);
    expect(market.order(id).status).toBe("FILLED");
  });

  test("of an unknown order is a 404", () => {
    const market = createMarket();
    expect(market.refused("cancelOrder", { path: { order_id: market.user.id } })[0]).toBe(404);
  });
});

describe("state of account and group", () => {
  test.each(["account", "group"] as const)("waits while the %s is PENDING_APPROVAL", async (which) => {
    const market = createMarket();
    market.fund("1000.00");
    market[which].status = "PENDING_APPROVAL";
    const { id } = market.place({ cash_amount: "10.00" });
    await market.world.clock.advance(3_600_000);
    expect(market.order(id).status).toBe("NEW");
    expect(market.world.clock.tasks.filter(({ name }) => name.startsWith("orders."))).toHaveLength(1);
    market[which].status = "ACTIVE";
    await market.world.clock.advance(3_600_000);
    expect(market.order(id).status).toBe("FILLED");
  });

  test.each([
    ["LOCKED", "BUY", "CANCELLED"],
    ["CLOSED", "SELL", "CANCELLED"],
    ["CLOSING", "BUY", "CANCELLED"],
    ["CLOSING", "SELL", "FILLED"],
  ] as const)("%s and a %s: %s", async (state, side, status) => {
    for (const which of ["account", "group"] as const) {
      const market = createMarket();
      market.fund("1000.00");
      market.give("IE0032077012", "5");
      market[which].status = state;
      const { id } = market.place({ side, quantity: "1" });
      await market.steps(3);
      expect(market.order(id).status).toBe(status);
    }
  });

  test("a failed INSTRUMENT_FIT check needs the acknowledgement", async () => {
    const market = createMarket();
    market.fund("1000.00");
    const id = market.world.ids.uuid();
    market.world.tables.checks.set(id, {
      id,
      user_id: market.user.id,
      type: "INSTRUMENT_FIT",
      check_confirmed_at: market.world.time(),
      status: "FAILED",
      instrument_suitability: { suitability: false },
    });
    const without = market.place({ cash_amount: "10.00" });
    const acknowledged = market.place({ cash_amount: "10.00", user_instrument_fit_acknowledgement: true });
    await market.steps(3);
    expect(market.order(without.id).status).toBe("CANCELLED");
    expect(market.order(acknowledged.id)).toMatchObject({
      status: "FILLED",
      user_instrument_fit_acknowledgement: true,
    });
  });

  test("a currency that no venue of the instrument trades is not executed", async () => {
    const market = createMarket();
    market.fund("1000.00", "GBP");
    const without = market.place({ instrument_id: "DE0005933931", currency: "GBP", cash_amount: "10.00" });
    const listed = market.place({ currency: "GBP", cash_amount: "10.00" });
    await market.steps(3);
    expect(market.order(without.id).status).toBe("CANCELLED");
    expect(market.order(listed.id).status).toBe("FILLED");
    expect(market.cash("GBP").balance).toBe("990.00");
  });

  test("a BLOCK order waits for the cut-off, and for the next one while cash is short", async () => {
    const market = createMarket();
    const { id } = market.place({ execution_flow: "BLOCK", cash_amount: "10.00" });
    expect(market.world.assumed).toEqual(["blocks are traded at 14:00 UTC each day"]);
    await market.world.clock.advance(5 * 3_600_000);
    expect(market.order(id).status).toBe("NEW");
    market.fund("10.00");
    await market.world.clock.advance(24 * 3_600_000 - 1);
    expect(market.order(id).status).toBe("NEW");
    await market.world.clock.advance(1000);
    expect(market.order(id)).toMatchObject({ status: "FILLED", execution_flow: "BLOCK" });
    // 13:55:00.001 is too late for the block of the day.
    await market.world.clock.advance(24 * 3_600_000 - 1000 - 5 * 60_000 + 2);
    market.fund("10.00");
    const late = market.place({ execution_flow: "BLOCK", cash_amount: "10.00" });
    await market.world.clock.advance(23 * 3_600_000);
    expect(market.order(late.id).status).toBe("NEW");
    await market.world.clock.advance(3_600_000 + 5 * 60_000 + 1000);
    expect(market.order(late.id).status).toBe("FILLED");
  });
});

describe("refusals", () => {
  const unknown = "d5a7b1c2-0000-4000-8000-000000000000";
  const fee = {
    type: "TRANSACTION_FEE_BUY",
    value_type: "ABSOLUTE",
    charge_method: "COLLECTED_BY_UPVEST",
    cash_amount: "1.00",
    currency: "EUR",
  } as const;
  test.each<[string, Partial<OrderCreateRequest>, number, string]>([
    ["neither amount nor quantity", {}, 400, "Neither cash_amount nor quantity"],
    ["an empty quantity", { quantity: "" }, 400, "Neither cash_amount nor quantity"],
    ["both", { cash_amount: "1.00", quantity: "1" }, 422, "Both cash_amount and quantity"],
    ["an amount of 0", { cash_amount: "0.00" }, 400, "cash_amount is 0.00"],
    ["a quantity of 0", { quantity: "0.0" }, 400, "quantity is 0.0"],
    ["11 decimals", { quantity: "1.00000000001" }, 400, "at most 10 decimals"],
    ["an amount with LIMIT", { cash_amount: "1.00", order_type: "LIMIT", limit_price: "1" }, 422, "LIMIT"],
    ["a fraction with STOP", { quantity: "1.5", order_type: "STOP", stop_price: "1" }, 422, "whole units"],
    ["LIMIT without a limit", { quantity: "1", order_type: "LIMIT" }, 400, "limit_price is missing"],
    ["STOP without a stop", { quantity: "1", order_type: "STOP", stop_price: "" }, 400, "stop_price is"],
    ["a limit of 0", { quantity: "1", order_type: "LIMIT", limit_price: "0" }, 400, "limit_price is 0"],
    ["a limit with MARKET", { quantity: "1", limit_price: "1" }, 422, "limit_price is for order_type LIMIT"],
    [
      "BLOCK with LIMIT",
      { quantity: "1", order_type: "LIMIT", limit_price: "1", execution_flow: "BLOCK" },
      422,
      "BLOCK",
    ],
    ["a day that is none", { quantity: "1", expiry_date: "2026-02-31" }, 400, "no day of the calendar"],
    ["a day that is over", { quantity: "1", expiry_date: "2026-01-04" }, 422, "has passed"],
    ["a fee of the other side", { quantity: "1", side: "SELL", fee_configuration: [fee] }, 422, "side SELL"],
    [
      "a fee of another currency",
      { quantity: "1", fee_configuration: [{ ...fee, currency: "GBP" }] },
      422,
      "The fee is in GBP",
    ],
    [
      "a fee of 0",
      { quantity: "1", fee_configuration: [{ ...fee, cash_amount: "0.00" }] },
      400,
      "cash_amount of the fee",
    ],
    ["an unknown account", { quantity: "1", account_id: unknown }, 422, "There is no account"],
    ["an unknown user", { quantity: "1", user_id: unknown }, 422, "There is no user"],
    ["an unknown ISIN", { quantity: "1", instrument_id: "DE0005140008" }, 422, "There is no instrument"],
    [
      "an amount of whole units",
      { cash_amount: "1.00", instrument_id: mockIsins.wholeUnits },
      422,
      "whole units",
    ],
    [
      "a fraction of whole units",
      { quantity: "0.5", instrument_id: mockIsins.wholeUnits },
      422,
      "whole units",
    ],
  ])("%s", (_, request, status, detail) => {
    const market = createMarket();
    const body: OrderCreateRequest = {
      account_id: market.account.id,
      side: "BUY",
      instrument_id: isin,
      instrument_id_type: "ISIN",
      order_type: "MARKET",
      currency: "EUR",
      ...request,
    };
    const [found, why] = market.refused("placeOrder", { body });
    expect(found).toBe(status);
    expect(why).toContain(detail);
  });

  test("a user who is not on the account, and a PORTFOLIO account", () => {
    const market = createMarket();
    const body: OrderCreateRequest = {
      account_id: market.account.id,
      user_id: market.addUser().id,
      side: "BUY",
      instrument_id: isin,
      instrument_id_type: "ISIN",
      cash_amount: "1.00",
    };
    expect(market.refused("placeOrder", { body })[0]).toBe(422);
    const { id } = market.addAccount(market.group, { type: "PORTFOLIO" });
    const refused = market.refused("placeOrder", {
      body: { ...body, user_id: market.user.id, account_id: id },
    });
    expect(refused).toEqual([422, expect.stringContaining("type PORTFOLIO")]);
  });
});

test("what is left out is filled in, and said so", () => {
  const market = createMarket();
  const order = market.call("placeOrder", {
    body: {
      account_id: market.account.id,
      side: "BUY",
      instrument_id: isin,
      instrument_id_type: "ISIN",
      cash_amount: "1",
    },
  });
  expect(order).toMatchObject({ currency: "EUR", order_type: "MARKET", cash_amount: "1" });
  expect(order).not.toHaveProperty("user_id");
  expect(market.world.assumed).toHaveLength(2);
});

test("orders are listed by account, status and time", async () => {
  const market = createMarket();
  market.fund("100.00");
  const first = market.place({ cash_amount: "60.00" });
  await market.steps(3);
  const second = market.place({ cash_amount: "60.00" });
  await market.steps(3);
  const other = market.addAccount(market.group);
  const list = (query: Record<string, string>, account_id = market.account.id) =>
    market.call("listAccountOrders", { path: { account_id }, query }).data.map(({ id }) => id);
  expect(list({})).toEqual([first.id, second.id]);
  expect(list({ order: "DESC" })).toEqual([second.id, first.id]);
  expect(list({ status: "FILLED" })).toEqual([first.id]);
  expect(list({ status: "CANCELLED" })).toEqual([second.id]);
  expect(list({ date_created_from: second.created_at })).toEqual([second.id]);
  expect(list({ date_created_to: first.created_at })).toEqual([first.id]);
  expect(list({ user_id: market.user.id, account_group_id: market.group.id })).toHaveLength(2);
  expect(list({ user_id: market.addUser().id })).toEqual([]);
  expect(list({ account_group_id: market.user.id })).toEqual([]);
  expect(list({}, other.id)).toEqual([]);
  expect(market.refused("listAccountOrders", { path: { account_id: market.user.id } })[0]).toBe(404);
});

test("an internal order tells what it belongs to when it is filled, settled or cancelled", async () => {
  const told: [string, Order["status"], string | undefined][] = [];
  const plan = "0b7c9a52-4a3e-4c1d-9f60-3f7f0a1b2c3d";
  const market = createMarket([
    {
      handlers: {},
      tasks: {
        "savings-plans.orderChanged": (world, id) => {
          for (const { status, executions } of world.tables.orders.list())
            told.push([id, status, executions[0]?.status]);
        },
      },
    },
  ]);
  market.fund("100.00");
  const request: OrderCreateRequest = {
    account_id: market.account.id,
    side: "BUY",
    instrument_id: isin,
    instrument_id_type: "ISIN",
    cash_amount: "100.00",
    client_reference: plan,
  };
  const order = newOrder(market.world, request, "SAVINGS_PLAN", `savings-plans:${plan}`);
  expect(order).toMatchObject({ status: "NEW", initiation_flow: "SAVINGS_PLAN", client_reference: plan });
  await market.steps(3);
  expect(told).toEqual([
    [plan, "FILLED", "FILLED"],
    [plan, "FILLED", "SETTLED"],
  ]);
  market.world.tables.orders.delete(order.id);
  newOrder(market.world, request, "SAVINGS_PLAN", `savings-plans:${plan}`);
  await market.steps(3);
  expect(told.slice(2)).toEqual([[plan, "CANCELLED", undefined]]);
});

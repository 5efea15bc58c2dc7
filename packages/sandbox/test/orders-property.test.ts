import type { CashBalance, Currency, Order, OrderCreateRequest, Position } from "@upvest-sdk/types";
import fc from "fast-check";
import { expect, test } from "vitest";
import { mockIsins } from "../src/mock-values.js";
import { createMarket } from "./support/market.js";

/** Bid and offer as ten-thousandths. None of them moves. */
const prices: Readonly<Record<string, { SELL: bigint; BUY: bigint }>> = {
  IE00B3XXRP09: { SELL: 1_130_300n, BUY: 1_150_500n },
  IE00BGL86Z12: { SELL: 62_610n, BUY: 62_990n },
  IE00BKBF6H24: { SELL: 75_100n, BUY: 62_300n },
  [mockIsins.inParts]: { SELL: 1_000_000n, BUY: 1_000_000n },
  [mockIsins.partlyThenCancelled]: { SELL: 1_000_000n, BUY: 1_000_000n },
  [mockIsins.cancelledByPartner]: { SELL: 1_000_000n, BUY: 1_000_000n },
  [mockIsins.taxedOnSell]: { SELL: 1_000_000n, BUY: 1_000_000n },
  [mockIsins.neverReached]: { SELL: 1_000_000n, BUY: 1_000_000n },
};
const isins = Object.keys(prices);

/** Decimal text as a whole number of its last decimals: a way to count that is not the sandbox's. */
const scaled =
  (decimals: number) =>
  (text: string): bigint => {
    const [whole = "", rest = ""] = text.replace("-", "").split(".");
    if (rest.length > decimals) throw new Error(`${text} has more than ${decimals} decimals`);
    return BigInt(`${whole}${rest.padEnd(decimals, "0")}`) * (text.startsWith("-") ? -1n : 1n);
  };
const cents = scaled(2);
const units = scaled(10);
const price = scaled(4);
const sum = (numbers: readonly bigint[]): bigint => numbers.reduce((all, one) => all + one, 0n);
/** Rounded up. */
const over = (a: bigint, b: bigint): bigint => (a + b - 1n) / b;

const amount = fc
  .integer({ min: 1, max: 60_000 })
  .map((number) => `${Math.floor(number / 100)}.${String(number % 100).padStart(2, "0")}`);
const quantity = fc.oneof(
  fc.integer({ min: 1, max: 9 }).map(String),
  fc
    .bigInt({ min: 1n, max: 60_000_000_000n })
    .map((number) => `${number / 10_000_000_000n}.${String(number % 10_000_000_000n).padStart(10, "0")}`),
);
const place = fc.record({
  kind: fc.constant("place" as const),
  side: fc.constantFrom("BUY", "BUY", "SELL"),
  instrument_id: fc.constantFrom(...isins, mockIsins.inParts, mockIsins.inParts),
  currency: fc.constantFrom<Currency>("EUR", "EUR", "GBP"),
  size: fc.oneof(fc.record({ cash_amount: amount }), fc.record({ quantity })),
  limit: fc.option(fc.integer({ min: 1, max: 150 }), { nil: undefined, freq: 4 }),
  fees: fc.array(
    fc.record({
      cash_amount: fc.constantFrom("0.01", "0.99", "3.33"),
      charge_method: fc.constantFrom("COLLECTED_BY_UPVEST", "CHARGED_BY_CLIENT"),
    }),
    { maxLength: 2 },
  ),
  account: fc.nat({ max: 1 }),
});
const steps = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: place },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant("cancel" as const), at: fc.nat() }) },
    {
      weight: 4,
      arbitrary: fc.record({ kind: fc.constant("wait" as const), ms: fc.integer({ min: 0, max: 160 }) }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("liquidate" as const) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("fund" as const), amount }) },
  ),
  { maxLength: 30 },
);

/** What an order has done and has set aside, as counted from the order alone. */
function account(order: Order) {
  const { executions, fee_configuration = [], side, status } = order;
  const byAmount = order.cash_amount !== "0";
  const cash = sum(executions.map(({ cash_amount }) => cents(cash_amount)));
  const traded = sum(executions.map(({ share_quantity }) => units(share_quantity)));
  const tax = sum(executions.flatMap(({ taxes }) => taxes.map((one) => cents(one.amount))));
  const [done, all] = byAmount ? [cash, cents(order.cash_amount)] : [traded, units(order.quantity)];
  const feeOf = (method: string, part: bigint, whole: bigint) =>
    (sum(
      fee_configuration
        .filter(({ charge_method }) => charge_method === method)
        .map((one) => cents(one.cash_amount)),
    ) *
      part) /
    whole;
  const fee = feeOf("COLLECTED_BY_UPVEST", done, all);
  const wholeFee = feeOf("COLLECTED_BY_UPVEST", all, all);
  const charged = feeOf("CHARGED_BY_CLIENT", done, all);

  let lockedCash = 0n;
  let lockedUnits = 0n;
  if (status === "PROCESSING") {
    const each = prices[order.instrument_id]![side];
    const expected = order.limit_price ? price(order.limit_price) : each;
    if (side === "BUY") {
      const value = byAmount ? all : over(all * expected * 11n, 10n ** 13n);
      lockedCash = value + wholeFee - cash - fee;
    } else lockedUnits = (byAmount ? over(all * 11n * 10n ** 11n, each) : all) - traded;
  }
  return { byAmount, cash, traded, tax, done, all, fee, charged, lockedCash, lockedUnits };
}

function checks(market: ReturnType<typeof createMarket>, accounts: readonly { id: string }[]) {
  const { world, group, call } = market;
  const { tables } = world;
  // What the events say of balances and positions.
  const told = new Map<string, CashBalance | Position>();
  let seen = 0;
  return (funded: Readonly<Record<Currency, bigint>>, given: bigint) => {
    const news = tables.events.list().slice(seen);
    seen += news.length;
    for (const { type, json } of news)
      if (type === "CASH_BALANCE.UPDATED" || type === "POSITION.UPDATED") {
        const { object }: { object: CashBalance | Position } = JSON.parse(json);
        const key = "currency" in object ? object.currency : `${object.account_id} ${object.instrument.isin}`;
        told.set(key, object);
      }
    const orders = tables.orders.list().map((order) => ({ order, ...account(order) }));
    for (const { order, byAmount, cash, traded, done, all, fee, charged } of orders) {
      const { executions, fee_configuration, instrument_id, side, status } = order;
      for (const one of executions) {
        expect(price(one.price)).toBe(prices[instrument_id]![side]);
        // The one follows from the other, cut off.
        const [amount, number, each] = [cents(one.cash_amount), units(one.share_quantity), price(one.price)];
        if (byAmount) expect(number).toBe((amount * 10n ** 12n) / each);
        else expect(amount).toBe((number * each) / 10n ** 12n);
      }
      if (status === "FILLED") expect(done).toBe(all);
      else expect(done < all).toBe(true);
      expect(cents(order.fee)).toBe(executions.length && fee_configuration ? fee + charged : 0n);
      const booked = tables.cashTransactions.list(({ references }) =>
        references.some(({ id }) => id === order.id),
      );
      expect(booked).toHaveLength(executions.length);
      expect(sum(booked.map(({ delta }) => cents(delta.amount)))).toBe(
        (side === "BUY" ? -cash : cash) - account(order).tax - fee,
      );
      const moved = tables.securityTransactions.list(({ references }) =>
        references.some(({ id }) => id === order.id),
      );
      expect(sum(moved.map(({ delta }) => units(delta.amount)))).toBe(side === "BUY" ? traded : -traded);
    }

    for (const currency of ["EUR", "GBP"] as const) {
      const here = orders.filter(({ order }) => order.currency === currency);
      const total = (side: Order["side"]) =>
        sum(here.filter(({ order }) => order.side === side).map(({ cash }) => cash));
      const spent = sum(here.map(({ fee, tax }) => fee + tax));
      const cash = market.cash(currency);
      expect(cents(cash.balance)).toBe(funded[currency] - spent - total("BUY") + total("SELL"));
      expect(cents(cash.locked_for_trading)).toBe(sum(here.map(({ lockedCash }) => lockedCash)));
      expect(cents(cash.available_for_trading) >= 0n).toBe(true);
      const unsettled = new Set(
        here.flatMap(({ order }) =>
          order.side === "SELL"
            ? order.executions.filter(({ status }) => status === "FILLED").map(({ id }) => id)
            : [],
        ),
      );
      const awaited = tables.cashTransactions.list(({ references }) =>
        references.some(({ id }) => unsettled.has(id)),
      );
      expect(cents(cash.pending_settlement)).toBe(sum(awaited.map(({ delta }) => cents(delta.amount))));
      // The last event says what is so.
      expect(told.get(currency)).toEqual({ account_group_id: group.id, currency, ...cash });
    }

    for (const { id } of accounts) {
      const listed = call("listPositions", { path: { account_id: id }, query: { limit: 1000 } }).data;
      for (const isin of isins) {
        const here = orders.filter(({ order }) => order.account_id === id && order.instrument_id === isin);
        const total = (side: Order["side"]) =>
          sum(here.filter(({ order }) => order.side === side).map(({ traded }) => traded));
        const quantity = given + total("BUY") - total("SELL");
        const { account_id, instrument, ...position } = told.get(`${id} ${isin}`) as Position;
        expect(units(position.quantity)).toBe(quantity);
        expect(units(position.locked_for_trading)).toBe(sum(here.map(({ lockedUnits }) => lockedUnits)));
        expect(units(position.available_for_trading) >= 0n).toBe(true);
        const found = listed.find((one) => one.instrument.isin === isin);
        if (quantity === 0n) expect(found).toBeUndefined();
        else expect(found).toEqual({ account_id, instrument, ...position });
        const unsettled = here.flatMap(({ order }) =>
          order.side === "BUY" ? order.executions.filter(({ status }) => status === "FILLED") : [],
        );
        expect(units(position.pending_settlement)).toBe(
          sum(unsettled.map(({ share_quantity }) => units(share_quantity))),
        );
      }
    }
  };
}

test("whatever is ordered and whenever: balances, positions and what is set aside are the sum of the orders", async () => {
  const reached = new Set<string>();
  await fc.assert(
    fc.asyncProperty(steps, async (list) => {
      const market = createMarket();
      const { world, call, user } = market;
      const accounts = [market.account, market.addAccount(market.group)];
      const funded = { EUR: 200_000n, GBP: 50_000n };
      market.fund("2000.00");
      market.fund("500.00", "GBP");
      for (const to of accounts) for (const isin of isins) market.give(isin, "3.3", to);
      const check = checks(market, accounts);
      const given = units("3.3");
      check(funded, given);

      for (const step of list) {
        if (step.kind === "wait") await world.clock.advance(step.ms);
        else if (step.kind === "fund") {
          market.fund(step.amount);
          funded.EUR += cents(step.amount);
        } else if (step.kind === "liquidate")
          call("createAccountLiquidation", {
            path: { account_id: market.account.id },
            body: { user_id: user.id },
          });
        else if (step.kind === "cancel") {
          const orders = world.tables.orders.list();
          const order = orders[step.at % orders.length];
          if (order) call("cancelOrder", { path: { order_id: order.id } });
        } else {
          const { side, instrument_id, currency, size, limit, fees } = step;
          const whole = "quantity" in size && !size.quantity.includes(".");
          const request: Partial<OrderCreateRequest> = {
            account_id: accounts[step.account]!.id,
            side,
            instrument_id,
            currency,
            ...size,
            ...(limit !== undefined && whole && { order_type: "LIMIT" as const, limit_price: String(limit) }),
            ...(fees.length > 0 && {
              fee_configuration: fees.map((fee) => ({
                ...fee,
                type: `TRANSACTION_FEE_${side}` as const,
                value_type: "ABSOLUTE" as const,
                currency,
              })),
            }),
          };
          market.place(request);
        }
        check(funded, given);
      }

      await world.clock.advance(1000);
      check(funded, given);
      for (const { id } of world.tables.orders.list()) call("cancelOrder", { path: { order_id: id } });
      await world.clock.advance(1000);
      check(funded, given);
      for (const order of world.tables.orders.list()) {
        reached.add(`${order.side} ${order.status} ${order.cancellation_reason ?? ""}`.trim());
        if (order.executions.length > 1) reached.add(`${order.executions.length} executions`);
        expect(["FILLED", "CANCELLED"]).toContain(order.status);
        expect(order.executions.every(({ status }) => status === "SETTLED")).toBe(true);
      }
      for (const { locked, pending } of [...world.tables.cash.list(), ...world.tables.holdings.list()])
        expect([Number(locked), Number(pending)]).toEqual([0, 0]);
    }),
    { numRuns: 80, seed: 20_260_105 },
  );
  // Otherwise the property is true of little.
  expect([...reached]).toEqual(
    expect.arrayContaining([
      "BUY FILLED",
      "SELL FILLED",
      ...["BUY", "SELL"].flatMap((side) =>
        ["CLIENT", "TRADING_PARTNER", "UPVEST_PLATFORM"].map((by) => `${side} CANCELLED CANCELLED_BY_${by}`),
      ),
      ...[2, 3, 4, 5].map((count) => `${count} executions`),
    ]),
  );
});

import type { AccountReturn, AccountValuation } from "@upvest-sdk/types";
import { describe, expect, test } from "vitest";
import { mockIsins } from "../src/mock-values.js";
import { createMarket } from "./support/market.js";

const isin = "IE00B3XXRP09"; // 113.03 and 115.05
const day = 86_400_000;

describe("positions", () => {
  test("are listed and read by account, as long as there is something of them", async () => {
    const market = createMarket();
    market.give(isin, "2.5");
    market.give("DE0005933931", "1");
    const path = { account_id: market.account.id };
    const { data } = market.call("listPositions", { path });
    expect(data.map(({ instrument, quantity }) => [instrument.isin, quantity])).toEqual([
      [isin, "2.5"],
      ["DE0005933931", "1"],
    ]);
    const one = (instrument_id: string) =>
      market.call("retrievePosition", { path: { ...path, instrument_id } });
    expect(one(`isin:${isin}`)).toEqual(data[0]);
    expect(one(`uuid:${data[1]!.instrument.uuid}`)).toEqual(data[1]);

    market.place({ side: "SELL", instrument_id: "DE0005933931", quantity: "1" });
    await market.steps(3);
    expect(market.call("listPositions", { path }).data).toHaveLength(1);
    const sold = { ...path, instrument_id: "isin:DE0005933931" };
    expect(market.refused("retrievePosition", { path: sold })[0]).toBe(404);
    const other = { account_id: market.addAccount(market.group).id, instrument_id: `isin:${isin}` };
    expect(market.refused("retrievePosition", { path: other })[0]).toBe(404);
    expect(market.refused("listPositions", { path: { account_id: market.user.id } })[0]).toBe(404);
  });
});

describe("valuations", () => {
  test("the current one adds up what the bids give", () => {
    const market = createMarket();
    market.give(isin, "2.5");
    market.give("IE0032077012", "1");
    const { id, created_at, updated_at, ...rest } = market.call("getAccountValuation", {
      path: { account_id: market.account.id },
      query: { price_quality: "HIGHEST_AVAILABLE" },
    });
    const time = "2026-01-05T09:00:00.000Z";
    expect(rest).toMatchObject({
      account_id: market.account.id,
      // 282.575 and 100, each cut off.
      total_security_value: { amount: "382.57", currency: "EUR" },
      price_quality: "HIGHEST_AVAILABLE",
      valuation_time: time,
      security_positions: [
        {
          quantity: "2.5",
          value: { amount: "282.57", currency: "EUR", price_time: time },
          weight: "0.7386099275",
          price_quality: "REALTIME",
        },
        { quantity: "1", value: { amount: "100.00" }, weight: "0.2613900724" },
      ],
    });
  });

  test("with EOD it has the last prices of yesterday", async () => {
    const market = createMarket();
    market.give(mockIsins.swings, "1");
    const value = (price_quality: "EOD" | "HIGHEST_AVAILABLE") =>
      market.call("getAccountValuation", {
        path: { account_id: market.account.id },
        query: { price_quality },
      });
    // 23:00 is an odd hour, 10:00 an even one.
    await market.world.clock.advance(3_600_000);
    expect(value("EOD").security_positions[0]).toMatchObject({
      value: { amount: "300.00", price_time: "2026-01-04T23:59:59.999Z" },
      price_quality: "EOD",
    });
    expect(value("HIGHEST_AVAILABLE").total_security_value.amount).toBe("200.00");
  });

  test("an ISA is valued in pounds, without what has no price in them", () => {
    const market = createMarket();
    market.group.type = "ISA";
    market.give("DE0005933931", "1");
    market.give(isin, "1");
    const { total_security_value, security_positions } = market.call("getAccountValuation", {
      path: { account_id: market.account.id },
      query: { price_quality: "EOD" },
    });
    expect(total_security_value).toEqual({ amount: "113.03", currency: "GBP" });
    expect(security_positions).toMatchObject([
      { value: null, weight: null, price_quality: "NA" },
      { value: { amount: "113.03", currency: "GBP" }, weight: "1", price_quality: "EOD" },
    ]);
  });

  test("one is made after each trading day, with a return for each day", async () => {
    const market = createMarket();
    market.fund("1000.00");
    market.place({ instrument_id: isin, quantity: "4" });
    // Monday to Sunday.
    await market.world.clock.advance(7 * day);
    const made = market.world.objects<AccountValuation>("ACCOUNT_VALUATION.CREATED");
    expect(made.map(({ valuation_time }) => valuation_time.slice(0, 10))).toEqual([
      "2026-01-05",
      "2026-01-06",
      "2026-01-07",
      "2026-01-08",
      "2026-01-09",
    ]);
    market.events();
    const path = { account_id: market.account.id };
    const list = (query: Record<string, string>) =>
      market
        .call("listAccountValuationHistory", { path, query })
        .data.map(({ valuation_time }) => valuation_time.slice(0, 10));
    expect(list({})).toHaveLength(5);
    expect(list({ start_date: "2026-01-06", end_date: "2026-01-07", order: "DESC" })).toEqual([
      "2026-01-07",
      "2026-01-06",
    ]);
    expect(made[0]?.total_security_value).toEqual({ amount: "452.12", currency: "EUR" });

    const returns = market.world.objects<AccountReturn>("ACCOUNT_RETURNS.CREATED");
    expect(returns).toHaveLength(7);
    // 452.12 / 460.20 - 1, cut off; then nothing moves.
    expect(returns.map(({ twr }) => [twr.daily, twr.cumulative]).slice(0, 2)).toEqual([
      ["-0.0175575836", "-0.0175575836"],
      ["0", "-0.0175575836"],
    ]);
    expect(returns[0]).toMatchObject({
      date: "2026-01-05T00:00:00.000Z",
      twr: { cumulative_start_date: "2026-01-05T00:00:00.000Z" },
    });
    expect(market.call("listAccountReturns", { path }).data).toEqual(returns);
    const query = { start_date: "2026-01-06", end_date: "2026-01-06" };
    expect(market.call("listAccountReturns", { path, query }).data).toEqual([returns[1]]);
    expect(market.refused("listAccountReturns", { path, query: { start_date: "soon" } })[0]).toBe(400);
  });

  test("a return is not touched by money that comes and goes; an empty account rests", async () => {
    const market = createMarket();
    market.fund("10000.00");
    market.place({ quantity: "4" });
    await market.world.clock.advance(day);
    market.place({ quantity: "20" });
    await market.world.clock.advance(day);
    market.place({ side: "SELL", quantity: "24" });
    await market.world.clock.advance(3 * day);
    const returns = market.world.objects<AccountReturn>("ACCOUNT_RETURNS.CREATED");
    expect(returns.map(({ date, twr }) => [date.slice(0, 10), twr.daily, twr.cumulative])).toEqual([
      ["2026-01-05", "0", "0"],
      ["2026-01-06", "0", "0"],
      ["2026-01-07", "0", "0"],
    ]);
    expect(market.world.clock.tasks).toEqual([]);
    market.place({ quantity: "1" });
    await market.world.clock.advance(day);
    expect(market.world.objects<AccountReturn>("ACCOUNT_RETURNS.CREATED")).toHaveLength(4);
    expect(market.world.clock.tasks).toHaveLength(1);
  });
});

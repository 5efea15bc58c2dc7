import { describe, expect, test } from "vitest";
import { venues } from "../src/instruments-data.js";
import { mockIsins } from "../src/mock-values.js";
import { createMarket } from "./support/market.js";

const euro = venues.find(({ currency }) => currency === "EUR")!.id;
const pound = venues.find(({ currency }) => currency === "GBP")!.id;

describe("the universe", () => {
  test("is listed page by page, by trading status", () => {
    const market = createMarket();
    const all = market.call("listInstruments").data;
    expect(all.map(({ isin }) => isin)).toContain("IE00B3XXRP09");
    expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
    const inactive = market.call("listInstruments", { query: { trading_status: "INACTIVE" } }).data;
    expect(inactive.map(({ isin }) => isin)).toEqual([mockIsins.inactive]);
    const active = market.call("listInstruments", { query: { trading_status: "ACTIVE" } });
    expect(active.meta.total_count).toBe(all.length - 1);
    const second = market.call("listInstruments", { query: { limit: 2, offset: 1 } });
    expect(second.data).toEqual(all.slice(1, 3));
  });

  test("has the same ids in every sandbox", () => {
    expect(createMarket().call("listInstruments")).toEqual(createMarket().call("listInstruments"));
  });

  test("is read by ISIN and by UUID, however that is written", () => {
    const market = createMarket();
    const found = market.call("retrieveInstrument", { path: { instrument_id: "isin:DE0005933931" } });
    expect(found.isin).toBe("DE0005933931");
    const plain = found.id.replaceAll("-", "").toUpperCase();
    for (const instrument_id of [`uuid:${found.id}`, `urn:uuid:${plain}`, "urn:isin:DE0005933931"])
      expect(market.call("retrieveInstrument", { path: { instrument_id } })).toEqual(found);
    for (const instrument_id of ["isin:DE0005140008", `uuid:${market.user.id}`])
      expect(market.refused("retrieveInstrument", { path: { instrument_id } })[0]).toBe(404);
  });
});

describe("prices", () => {
  test("the venues of an instrument have its prices", () => {
    const market = createMarket();
    const of = (instrument_id: string) =>
      market.call("retrieveInstrumentVenues", { path: { instrument_id } }).data.map(({ id }) => id);
    expect(of("isin:IE00B3XXRP09")).toEqual([euro, pound]);
    expect(of("isin:DE0005933931")).toEqual([euro]);
    const path = { instrument_id: "isin:DE0005933931", venue_id: pound };
    expect(market.refused("retrieveInstrumentLatestPrice", { path })[0]).toBe(404);
    expect(market.refused("retrieveInstrumentPricesOhlc", { path })[0]).toBe(404);
    const latest = market.call("retrieveInstrumentLatestPrice", { path: { ...path, venue_id: euro } });
    const time = "2026-01-05T09:00:00.000Z";
    expect(latest).toEqual({
      price_quality: "REALTIME",
      currency: "EUR",
      bids: [{ time, price: "81.77", size: "1000" }],
      asks: [{ time, price: "85.22", size: "1000" }],
      last_trade: { time, price: "81.77", size: "1000" },
    });
    expect(market.world.assumed).toHaveLength(1);
  });

  test("the random one changes with the hour, and only then", async () => {
    const market = createMarket();
    const path = { instrument_id: `isin:${mockIsins.randomPrice}`, venue_id: euro };
    const price = () => Number(market.call("retrieveInstrumentLatestPrice", { path }).asks?.[0]?.price);
    const found = new Set<number>();
    for (let hour = 0; hour < 24; hour++) {
      const first = price();
      await market.world.clock.advance(3_599_999);
      expect(price()).toBe(first);
      expect(first).toBeGreaterThanOrEqual(97);
      expect(first).toBeLessThanOrEqual(103);
      found.add(first);
      await market.world.clock.advance(1);
    }
    expect(found.size).toBeGreaterThan(10);
  });

  test("by the day: 31 days until yesterday, without trades at the weekend", () => {
    const market = createMarket();
    const path = { instrument_id: `isin:${mockIsins.swings}`, venue_id: euro };
    const { data, meta } = market.call("retrieveInstrumentPricesOhlc", { path });
    expect(meta).toEqual({ count: 31 });
    expect(data.map(({ time }) => time?.slice(0, 10))).toEqual(
      expect.arrayContaining(["2025-12-05", "2026-01-04"]),
    );
    expect(data.at(-1)).toMatchObject({ open: "", high: "", low: "", close: "300", volume: "0" });
    expect(data.at(-3)).toMatchObject({
      open: "200",
      high: "300",
      low: "200",
      close: "300",
      currency: "EUR",
    });
  });

  test("by the hour: only hours of trading days, none of the future", () => {
    const market = createMarket();
    const path = { instrument_id: "isin:IE00B3XXRP09", venue_id: pound };
    const query = { start_date: "2026-01-02", end_date: "2026-01-05", interval: "4h" };
    const { data } = market.call("retrieveInstrumentPricesOhlc", { path, query });
    expect(data.map(({ time }) => time?.slice(0, 13))).toEqual([
      "2026-01-02T00",
      "2026-01-02T04",
      "2026-01-02T08",
      "2026-01-02T12",
      "2026-01-02T16",
      "2026-01-02T20",
      "2026-01-05T00",
      "2026-01-05T04",
      "2026-01-05T08",
    ]);
    expect(data[0]).toMatchObject({ currency: "GBP", open: "113.03", close: "113.03" });
    const short = { ...query, interval: "30m" };
    expect(market.call("retrieveInstrumentPricesOhlc", { path, query: short }).data).toHaveLength(48 + 19);
  });

  test("a period that can't be is refused", () => {
    const market = createMarket();
    const path = { instrument_id: "isin:IE00B3XXRP09", venue_id: euro };
    for (const query of [
      { start_date: "2026-01-03", end_date: "2026-01-02" },
      { start_date: "2020-01-01", end_date: "2026-01-02", interval: "1m" },
    ])
      expect(market.refused("retrieveInstrumentPricesOhlc", { path, query })[0]).toBe(400);
  });
});

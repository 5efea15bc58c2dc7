import { createHash } from "node:crypto";
import type { Currency, Instrument, InstrumentPriceOhlc, InstrumentReference } from "@upvest-sdk/types";
import { type BigNumber, decimal } from "../amounts.js";
import type { Resource } from "../handler.js";
import { type InstrumentData, instrumentsData, type Venue, venues } from "../instruments-data.js";
import { page } from "../page.js";
import { invalid, notFound } from "../problem.js";

const hour = 3_600_000;
const day = 24 * hour;

/** When the universe came into being. */
const made = "2025-01-01T00:00:00.000Z";

const instrument = ({
  uuid,
  isin,
  name,
  fractional_trading,
  trading_status,
}: InstrumentData): Instrument => ({
  id: uuid,
  created_at: made,
  updated_at: made,
  isin,
  name,
  fractional_trading,
  trading_status,
});

/** Names an instrument inside another resource. */
export function instrumentReference(isin: string): InstrumentReference {
  const data = instrumentsData.get(isin);
  if (!data) throw notFound("instrument", isin);
  return { uuid: data.uuid, isin };
}

/** What a path names as `isin:...` or `uuid:...`. */
export function instrumentOfPath(instrument_id: string): InstrumentData {
  const [kind, value = ""] = instrument_id.replace(/^urn:/, "").split(":");
  // A UUID may be written without its hyphens.
  const plain = (uuid: string) => uuid.replaceAll("-", "").toLowerCase();
  const found =
    kind === "isin"
      ? instrumentsData.get(value)
      : [...instrumentsData.values()].find(({ uuid }) => plain(uuid) === plain(value));
  if (!found) throw notFound("instrument", instrument_id);
  return found;
}

/** The venue that trades it in the currency. */
export const venueOf = ({ currencies }: InstrumentData, currency: Currency): Venue | undefined =>
  currencies.includes(currency) ? venues.find((venue) => venue.currency === currency) : undefined;

/**
 * The price of one unit at a time of the clock: the offer for a buy, the bid for a sell and for a valuation. It is the
 * same in every currency.
 */
export function priceOf(data: InstrumentData, side: "BUY" | "SELL", now: number): BigNumber {
  const hours = Math.floor(now / hour);
  if (data.moves === "swings") return decimal(hours % 2 === 0 ? "200" : "300");
  if (data.moves === "random") {
    // From 97.00 to 103.00. By the hour, so that all who ask within it get the same.
    const chance = createHash("sha256").update(`${data.isin} ${hours}`).digest().readUInt32BE();
    return decimal(String(9700 + (chance % 601))).shiftedBy(-2);
  }
  return decimal(side === "BUY" ? data.offer : data.bid);
}

/** Whether a trading day, Monday to Friday in UTC. */
export const tradingDay = (time: number): boolean => new Date(time).getUTCDay() % 6 !== 0;

function venueOfPath(data: InstrumentData, venue_id: string): Venue {
  const venue = venues.find(({ id, currency }) => id === venue_id && data.currencies.includes(currency));
  if (!venue) throw notFound("venue of the instrument", venue_id);
  return venue;
}

function midnight(date: string, what: string): number {
  const time = Date.parse(`${date}T00:00:00.000Z`);
  if (Number.isNaN(time) || !new Date(time).toISOString().startsWith(date))
    throw invalid(`${what} ${date} is no day of the calendar. Give a date as YYYY-MM-DD.`);
  return time;
}

// More than anyone reads; keeps one call from making millions.
const mostEntries = 50_000;

export const instruments: Resource = {
  handlers: {
    listInstruments: ({ query }) =>
      page(
        [...instrumentsData.values()]
          .filter(({ trading_status }) => (query.trading_status ?? trading_status) === trading_status)
          .map(instrument),
        query,
        "created_at",
      ),

    retrieveInstrument: ({ path }) => instrument(instrumentOfPath(path.instrument_id)),

    retrieveInstrumentVenues: ({ path }) => {
      const { currencies } = instrumentOfPath(path.instrument_id);
      return {
        data: venues
          .filter(({ currency }) => currencies.includes(currency))
          .map(({ id, name }) => ({ id, name, price_qualities: ["EOD", "REALTIME"] })),
      };
    },

    retrieveInstrumentLatestPrice: ({ world, path, assumed }) => {
      const data = instrumentOfPath(path.instrument_id);
      const { currency } = venueOfPath(data, path.venue_id);
      assumed("prices are simulated: one quote of 1000 units on each side, at any hour");
      const quote = (side: "BUY" | "SELL") => ({
        time: world.time(),
        price: priceOf(data, side, world.clock.now()).toFixed(),
        size: "1000",
      });
      return {
        price_quality: "REALTIME",
        currency,
        bids: [quote("SELL")],
        asks: [quote("BUY")],
        last_trade: quote("SELL"),
      };
    },

    retrieveInstrumentPricesOhlc: ({ world, path, query, assumed }) => {
      const data = instrumentOfPath(path.instrument_id);
      const { currency } = venueOfPath(data, path.venue_id);
      const { interval = "1d" } = query;
      const yesterday = midnight(world.date(), "today") - day;
      const end = query.end_date === undefined ? yesterday : midnight(query.end_date, "end_date");
      const start =
        query.start_date === undefined ? end - 30 * day : midnight(query.start_date, "start_date");
      if (start > end)
        throw invalid("start_date is after end_date. Give a period that begins before it ends.");
      const [, number, unit] = /^([0-9]+)([hm])$/.exec(interval) ?? [];
      const length = unit === undefined ? day : Number(number) * (unit === "h" ? hour : hour / 60);
      if ((end + day - start) / length > mostEntries)
        throw invalid(
          `The period has more than ${mostEntries} intervals of ${interval}. Ask for a shorter one.`,
        );
      assumed("prices are simulated: trading is from Monday to Friday around the clock");

      const entries: InstrumentPriceOhlc[] = [];
      for (let time = start; time < end + day && time <= world.clock.now(); time += length) {
        const trading = tradingDay(time);
        if (!trading && length < day) continue;
        // Prices change at full hours only.
        const prices: BigNumber[] = [];
        for (let at = time; at < time + length; at += hour) prices.push(priceOf(data, "SELL", at));
        const highest = prices.reduce((most, price) => (price.gt(most) ? price : most));
        const lowest = prices.reduce((least, price) => (price.lt(least) ? price : least));
        entries.push({
          currency,
          time: new Date(time).toISOString(),
          open: trading ? prices[0]!.toFixed() : "",
          close: prices.at(-1)!.toFixed(),
          high: trading ? highest.toFixed() : "",
          low: trading ? lowest.toFixed() : "",
          volume: trading ? "1000" : "0",
        });
      }
      return { data: entries, meta: { count: entries.length } };
    },
  },
};

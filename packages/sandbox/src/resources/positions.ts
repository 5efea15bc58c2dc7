import type {
  AccountReturn,
  AccountValuation,
  AccountValuationPriceQuality,
  CurrencyEurGbp,
  OrderExecution,
} from "@upvest-sdk/types";
import { decimal, money, plus, units } from "../amounts.js";
import type { Resource } from "../handler.js";
import { instrumentsData } from "../instruments-data.js";
import { page, within } from "../page.js";
import { position } from "../positions.js";
import { invalid, notFound } from "../problem.js";
import type { Holding } from "../tables.js";
import type { World } from "../world.js";
import { instrumentOfPath, instrumentReference, priceOf, tradingDay, venueOf } from "./instruments.js";

const day = 86_400_000;

/** What an account holds: an instrument that was sold in full is no position any more. */
const held = (world: World, account_id: string): Holding[] =>
  world.tables.holdings.list((row) => row.account_id === account_id && !decimal(row.quantity).isZero());

/** In which currency an account is valued: an ISA is in pounds. */
export function valuationCurrency(world: World, account_id: string): CurrencyEurGbp {
  const { account_group_id } = world.tables.accounts.need(account_id);
  return world.tables.accountGroups.get(account_group_id)?.type === "ISA" ? "GBP" : "EUR";
}

/** What the positions of an account are worth, without cash. */
function valuation(
  world: World,
  account_id: string,
  price_quality: AccountValuationPriceQuality,
  priceTime: number,
): AccountValuation {
  const now = world.time();
  const currency = valuationCurrency(world, account_id);
  const rows = held(world, account_id).map((holding) => {
    const data = instrumentsData.get(holding.isin);
    const known = data !== undefined && venueOf(data, currency) !== undefined;
    const price = known ? priceOf(data, "SELL", priceTime) : undefined;
    return { holding, amount: price && decimal(money(price.times(holding.quantity))) };
  });
  const total = rows.reduce((all, { amount }) => (amount ? all.plus(amount) : all), decimal("0"));
  return {
    id: world.ids.uuid(),
    created_at: now,
    updated_at: now,
    account_id,
    total_security_value: { amount: money(total), currency },
    price_quality,
    security_positions: rows.map(({ holding, amount }) => ({
      instrument: instrumentReference(holding.isin),
      quantity: units(decimal(holding.quantity)),
      value: amount
        ? { amount: money(amount), currency, price_time: new Date(priceTime).toISOString() }
        : null,
      weight: amount ? units(total.isZero() ? decimal("0") : amount.div(total)) : null,
      price_quality: !amount ? "NA" : price_quality === "EOD" ? "EOD" : "REALTIME",
    })),
    valuation_time: now,
  };
}

const untilMidnight = (now: number): number => day - (now % day);

/** Counts an execution for the return of the day, which is made at its end. */
export function traded(world: World, account_id: string, { cash_amount, side }: OrderExecution): void {
  const { valuationDays } = world.tables;
  const row =
    valuationDays.get(account_id) ??
    valuationDays.set(account_id, {
      date: world.date(),
      since: world.date(),
      value: "0",
      bought: "0",
      sold: "0",
      growth: "1",
      open: false,
    });
  if (side === "BUY") row.bought = plus(row.bought, cash_amount);
  else row.sold = plus(row.sold, cash_amount);
  if (row.open) return;
  row.open = true;
  row.date = world.date();
  world.later(untilMidnight(world.clock.now()), "orders.dayEnded", account_id);
}

/** A day of an account is over. ACCOUNT_VALUATION.CREATED on a trading day, ACCOUNT_RETURNS.CREATED. */
export function dayEnded(world: World, account_id: string): void {
  const row = world.tables.valuationDays.get(account_id);
  if (!row?.open || !world.tables.accounts.get(account_id)) return;
  const start = Date.parse(`${row.date}T00:00:00.000Z`);
  const end = new Date(start + day - 1).toISOString();
  const valued = valuation(world, account_id, "EOD", start + day - 1);
  valued.valuation_time = end;
  if (tradingDay(start)) {
    world.tables.valuations.set(valued.id, valued);
    world.emit("ACCOUNT_VALUATION.CREATED", valued);
  }

  // Bought at the beginning of the day and sold at its end, as far as the return goes.
  const before = decimal(row.value).plus(row.bought);
  const after = decimal(valued.total_security_value.amount).plus(row.sold);
  const growth = before.isZero() ? decimal("1") : after.div(before);
  const cumulative = growth.times(row.growth).decimalPlaces(20);
  const made: AccountReturn = {
    account_id,
    date: new Date(start).toISOString(),
    twr: {
      daily: units(growth.minus(1)),
      cumulative: units(cumulative.minus(1)),
      cumulative_start_date: `${row.since}T00:00:00.000Z`,
    },
  };
  world.tables.returns.set(`${account_id}/${row.date}`, made);
  world.emit("ACCOUNT_RETURNS.CREATED", made);

  row.value = valued.total_security_value.amount;
  row.bought = "0";
  row.sold = "0";
  row.growth = cumulative.toFixed();
  row.date = new Date(start + day).toISOString().slice(0, 10);
  // An empty account has nothing to value until it trades again.
  row.open = held(world, account_id).length > 0;
  if (row.open) world.later(Math.max(0, start + 2 * day - world.clock.now()), "orders.dayEnded", account_id);
}

const isDate = /^[0-9]{4}-[0-9]{2}-[0-9]{2}/;

/** The day of a query's date, whose form the description leaves open. */
function dayOf(value: string | undefined, what: string): string | undefined {
  if (value === undefined) return undefined;
  if (!isDate.test(value) || Number.isNaN(Date.parse(value)))
    throw invalid(`${what} is ${value}. Give a date as YYYY-MM-DD.`);
  return value.slice(0, 10);
}

export const positions: Resource = {
  handlers: {
    listPositions: ({ world, path, query }) => {
      const { id } = world.tables.accounts.need(path.account_id);
      return page(
        held(world, id).map((holding) => position(holding, instrumentReference(holding.isin))),
        query,
      );
    },

    retrievePosition: ({ world, path }) => {
      const { id } = world.tables.accounts.need(path.account_id);
      const { isin } = instrumentOfPath(path.instrument_id);
      const holding = held(world, id).find((row) => row.isin === isin);
      if (!holding) throw notFound("position of the account in", path.instrument_id);
      return position(holding, instrumentReference(isin));
    },

    getAccountValuation: ({ world, path, query }) => {
      const { id } = world.tables.accounts.need(path.account_id);
      const { price_quality } = query;
      const now = world.clock.now();
      return valuation(world, id, price_quality, price_quality === "EOD" ? now - (now % day) - 1 : now);
    },

    listAccountValuationHistory: ({ world, path, query, assumed }) => {
      const { id } = world.tables.accounts.need(path.account_id);
      const { start_date, end_date } = query;
      if (start_date === undefined || end_date === undefined)
        assumed("without a date the list is not bounded on that side");
      const rows = world.tables.valuations.list(
        (row) => row.account_id === id && within(row.valuation_time, start_date, end_date),
      );
      return page(rows, query, "valuation_time");
    },

    listAccountReturns: ({ world, path, query }) => {
      const { id } = world.tables.accounts.need(path.account_id);
      let start = dayOf(query.start_date, "start_date");
      const end = dayOf(query.end_date, "end_date");
      // Without both: the last month.
      if (start === undefined && end === undefined)
        start = new Date(world.clock.now() - 31 * day).toISOString().slice(0, 10);
      const rows = world.tables.returns.list((row) => row.account_id === id && within(row.date, start, end));
      return page(rows, query, "date");
    },
  },
};

import type { SavingsPlanPeriod } from "@upvest-sdk/types";

// Dates are text, YYYY-MM-DD, in UTC.

const day = 24 * 60 * 60 * 1000;

const text = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

/** Whether there is such a day. */
export function isDate(date: string): boolean {
  const ms = Date.parse(date);
  return !Number.isNaN(ms) && text(ms) === date;
}

export const addDays = (date: string, days: number): string => text(Date.parse(date) + days * day);

/** The day itself, or the Monday after a weekend. Public holidays are trading days here. */
export function tradingDayFrom(date: string): string {
  const weekday = new Date(date).getUTCDay();
  return addDays(date, weekday === 6 ? 2 : weekday === 0 ? 1 : 0);
}

export const nextTradingDay = (date: string): string => tradingDayFrom(addDays(date, 1));

/** When orders of a day that were not placed by a call are placed: Unix time, ms. */
export const opening = (date: string): number => Date.parse(`${date}T09:00:00Z`);

const daysOfMonth = (year: number, month: number): number =>
  new Date(Date.UTC(year, month + 1, 0)).getUTCDate();

/**
 * The day on which a cadence falls due, counted from its first one.
 * @param count how many times before: 0 is the first day itself
 */
export function dueDate(first: string, period: SavingsPlanPeriod, interval: number, count: number): string {
  if (period === "WEEK") return addDays(first, 7 * interval * count);
  const start = new Date(first);
  const startDay = start.getUTCDate();
  const isLast = startDay === daysOfMonth(start.getUTCFullYear(), start.getUTCMonth());
  const months = start.getUTCMonth() + (period === "YEAR" ? 12 : 1) * interval * count;
  const year = start.getUTCFullYear() + Math.floor(months / 12);
  const month = months % 12;
  const last = daysOfMonth(year, month);
  return text(Date.UTC(year, month, period === "MONTH" && isLast ? last : Math.min(startDay, last)));
}

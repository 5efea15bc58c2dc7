import type { Meta, SortOrder } from "@upvest-sdk/types";

interface PageQuery {
  offset?: number | undefined;
  limit?: number | undefined;
  sort?: string | undefined;
  order?: SortOrder | undefined;
}

/**
 * One page of rows, as the API's lists give it.
 * @param defaultSort the field to sort by when none is asked for; rows with the same value stay in the order of creation
 */
export function page<Row extends object>(
  rows: readonly Row[],
  { offset = 0, limit = 100, sort, order }: PageQuery,
  defaultSort?: string,
): { meta: Meta; data: Row[] } {
  const field = sort ?? defaultSort;
  const sorted = [...rows];
  if (field !== undefined) {
    const value = (row: Row) => String((row as Record<string, unknown>)[field] ?? "");
    const keys = new Map(rows.map((row) => [row, value(row)]));
    sorted.sort((a, b) => (keys.get(a)! < keys.get(b)! ? -1 : keys.get(a)! > keys.get(b)! ? 1 : 0));
  }
  if (order === "DESC") sorted.reverse();
  const data = sorted.slice(offset, offset + limit);
  return {
    meta: {
      offset,
      limit,
      count: data.length,
      total_count: rows.length,
      ...(sort !== undefined && { sort }),
      ...(order !== undefined && { order }),
    },
    data,
  };
}

/** Whether a time, RFC 3339, is on or after the first date and on or before the last one, `YYYY-MM-DD`. */
export const within = (time: string, from: string | undefined, to: string | undefined): boolean =>
  (from === undefined || time.slice(0, 10) >= from) && (to === undefined || time.slice(0, 10) <= to);

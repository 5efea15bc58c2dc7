import { isObject } from "../description.js";
import { objects, type TypedValue, text } from "./values.js";

/** Lists whose `meta` does not fit their `data`, or that are not sorted as they say. */
export function wrongLists(values: TypedValue[]): string[] {
  return values.flatMap(({ value, title }) => {
    const { meta, data } = value;
    if (!isObject(meta) || !Array.isArray(data)) return [];
    const problems: string[] = [];
    const { count, total_count: total, offset, limit } = meta as Record<string, number | undefined>;
    if (count !== data.length) problems.push(`meta.count is ${count}, data holds ${data.length}`);
    if (total !== undefined && offset !== undefined && limit !== undefined) {
      if (data.length > limit) problems.push(`data holds more than meta.limit ${limit}`);
      const expected = Math.max(0, Math.min(limit, total - offset));
      if (data.length !== expected)
        problems.push(`meta.total_count ${total} leaves ${expected} for this page, not ${data.length}`);
    }
    const sort = text(meta, "sort");
    if (
      sort !== undefined &&
      !sorted(
        objects(value, "data").map((item) => text(item, sort) ?? ""),
        meta["order"] === "DESC",
      )
    )
      problems.push(`data is not sorted by ${sort}`);
    return problems.map((problem) => `${title}: ${problem}`);
  });
}

function sorted(keys: string[], descending: boolean): boolean {
  return keys.every((key, i) => i === 0 || (descending ? keys[i - 1]! >= key : keys[i - 1]! <= key));
}

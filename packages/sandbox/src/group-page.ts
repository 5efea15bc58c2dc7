import { page } from "./page.js";
import type { Table } from "./table.js";
import type { World } from "./world.js";

/** A page of what belongs to an account group. @throws {Problem} when there is no such group */
export function groupPage<Row extends { readonly account_group_id: string }>(
  { tables }: World,
  table: Table<Row>,
  account_group_id: string,
  query: Parameters<typeof page>[1],
): ReturnType<typeof page<Row>> {
  tables.accountGroups.need(account_group_id);
  return page(
    table.list((row) => row.account_group_id === account_group_id),
    query,
    "created_at",
  );
}

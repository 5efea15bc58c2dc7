import { linksOf } from "./references.js";
import { resourcesOf, snapshots } from "./resources.js";
import { type TypedValue, text } from "./values.js";

/** Pairs of fields of one object of which the first is never later. */
const ordered: [string, string][] = [
  ["created_at", "updated_at"],
  ["booking_date", "value_date"],
  ["period_start", "period_end"],
  ["valid_from_date", "valid_to_date"],
  ["valid_from", "valid_to"],
  ["announcement_date", "ex_date"],
  ["ex_date", "record_date"],
  ["transaction_time", "settlement_date"],
  ["start_date", "end_date"],
  ["confirmed_at", "created_at"],
  ["cumulative_start_date", "date"],
];

/** Things that happen before what they follow from. */
export function wrongTimes(values: TypedValue[]): string[] {
  const resources = resourcesOf(values);
  const problems: string[] = [];
  const check = (title: string, earlier: string | undefined, later: string | undefined, what: string) => {
    if (earlier !== undefined && later !== undefined && isAfter(earlier, later))
      problems.push(`${title}: ${what}: ${earlier} is after ${later}`);
  };
  for (const { schema, value, title } of values) {
    for (const [earlier, later] of ordered)
      check(title, text(value, earlier), text(value, later), `${earlier}, ${later}`);
    if (schema.endsWith("Event")) {
      const changed =
        text(value, "object", "updated_at") ??
        text(value, "object", "created_at") ??
        text(value, "object", "transaction_time");
      check(title, changed, text(value, "created_at"), "object, event");
    }
    if (schema === "OrderExecution")
      for (const order of snapshots(resources, "Order", text(value, "order_id")))
        check(title, text(order.value, "created_at"), text(value, "transaction_time"), "order, execution");
    if (schema === "Order")
      for (const execution of (value["executions"] as unknown[] | undefined) ?? [])
        check(title, text(execution, "transaction_time"), text(value, "updated_at"), "execution, order");
  }
  for (const { from, field, kind, id } of linksOf(values).links) {
    const first = snapshots(resources, kind, id)
      .map(({ value }) => text(value, "created_at"))
      .sort()[0];
    check(
      from.title,
      first,
      text(from.value, "updated_at") ?? text(from.value, "created_at"),
      `${field}, ${from.schema}`,
    );
    if (!causedLater.has(field))
      check(from.title, first, text(from.value, "created_at"), `${field}, ${from.schema}`);
  }
  return problems;
}

/** Fields that can be filled or changed after their object came into being. */
const causedLater = new Set(["allocation_id", "order_id", "portfolio_order_id"]);

/** A day counts as all of it. */
function isAfter(earlier: string, later: string): boolean {
  return later.length === 10
    ? earlier.slice(0, 10) > later
    : earlier.length === 10
      ? earlier > later.slice(0, 10)
      : earlier > later;
}

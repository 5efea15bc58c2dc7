import { isDeepStrictEqual } from "node:util";
import { resourcesOf, snapshots } from "./resources.js";
import { objects, type TypedValue, text } from "./values.js";

/** States that no resource shows beside CANCELLED: it would have ended twice. */
const ends = ["CONFIRMED", "EXPIRED", "FILLED", "FINALISED", "SETTLED"];

/** Fields that change without a change of `updated_at`: an execution settles on its own. */
const changing = new Set(["executions"]);

/** Snapshots of one resource that contradict each other, and states that contradict other fields, one line each. */
export function contradictions(values: TypedValue[]): string[] {
  return [...betweenSnapshots(values), ...withinValues(values), ...ofShortForms(values), ...ofEvents(values)];
}

function betweenSnapshots(values: TypedValue[]): string[] {
  const problems: string[] = [];
  for (const [kind, byId] of resourcesOf(values))
    for (const [id, all] of byId) {
      const statuses = new Set(all.map(({ value }) => text(value, "status")));
      if (statuses.has("CANCELLED"))
        for (const end of ends.filter((status) => statuses.has(status)))
          problems.push(`${kind} ${id} is both CANCELLED and ${end}`);
      if (new Set(all.map(({ value }) => text(value, "created_at"))).size > 1)
        problems.push(`${kind} ${id} was created at several times`);
      const [first, ...rest] = all;
      for (const other of rest) {
        const before =
          all.find(
            ({ value, schema }) =>
              schema === other.schema && value["updated_at"] === other.value["updated_at"],
          ) ?? first!;
        if (
          before.value["updated_at"] === undefined ||
          before.value["updated_at"] !== other.value["updated_at"]
        )
          continue;
        if (before.schema === other.schema && !isDeepStrictEqual(lasting(before.value), lasting(other.value)))
          problems.push(
            `${kind} ${id} differs between ${before.title} and ${other.title}, both of ${before.value["updated_at"]}`,
          );
      }
    }
  return problems;
}

function lasting(value: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).filter(([key]) => !changing.has(key)));
}

function withinValues(values: TypedValue[]): string[] {
  return values.flatMap(({ schema, value, title }) => {
    const status = text(value, "status");
    const problems: string[] = [];
    if ("cancellation_reason" in value && status !== "CANCELLED")
      problems.push("has a cancellation_reason, but is not CANCELLED");
    if (schema === "Order" && status === "NEW" && objects(value, "executions").length > 0)
      problems.push("is NEW, but has executions");
    if (schema === "Order" && status === "FILLED" && objects(value, "executions").length === 0)
      problems.push("is FILLED without executions");
    if (schema === "Order" && status === "CANCELLED" && !("cancellation_reason" in value))
      problems.push("is CANCELLED without a reason");
    if (schema === "OrderExecution" && (status === "SETTLED") !== "settlement_date" in value)
      problems.push(`is ${status}, but ${status === "SETTLED" ? "lacks" : "has"} a settlement_date`);
    return problems.map((problem) => `${title}: ${problem}`);
  });
}

/** An order in short form shows a state that the order itself shows somewhere. */
function ofShortForms(values: TypedValue[]): string[] {
  const resources = resourcesOf(values);
  return values
    .filter(
      ({ schema }) => schema === "PortfoliosOrderInstrumentOrder" || schema === "AccountLiquidationOrder",
    )
    .filter(({ value }) => {
      const shown = snapshots(resources, "Order", text(value, "id"));
      return !shown.some(
        (order) => order.value["status"] === value["status"] && order.value["side"] === value["side"],
      );
    })
    .map(
      ({ value, title }) => `${title}: no example shows the order as ${value["side"]} and ${value["status"]}`,
    );
}

/** Each event has an id of its own, and the part of its type after the dot fits the state of its object. */
function ofEvents(values: TypedValue[]): string[] {
  const problems: string[] = [];
  const seen = new Map<string, unknown>();
  for (const { schema, value, title } of values) {
    const type = text(value, "type");
    if (!schema.endsWith("Event") || type === undefined) continue;
    const id = text(value, "id") ?? "";
    if (seen.has(id) && !isDeepStrictEqual(seen.get(id), value))
      problems.push(`${title}: another event has the id ${id}`);
    seen.set(id, value);
    const action = type.slice(type.indexOf(".") + 1);
    const status = text(value, "object", "status");
    const expected = statusAfter[type] ?? (isStatus(action) ? action : undefined);
    if (expected !== undefined && status !== undefined && status !== expected)
      problems.push(`${title}: ${type}, but its object is ${status}`);
  }
  return problems;
}

/** Events whose name is not the status they lead to. */
const statusAfter: Record<string, string> = {
  "ACCOUNT.ACTIVATED": "ACTIVE",
  "ACCOUNT.CREATED": "PENDING_APPROVAL",
  "ACCOUNT_GROUP.ACTIVATED": "ACTIVE",
  "ACCOUNT_GROUP.CREATED": "PENDING_APPROVAL",
  "FEE_COLLECTION.CREATED": "PROCESSING",
  "ISA_WRAPPER_ALLOWANCE.CREATED": "ACTIVE",
  "SAVINGS_PLAN.CREATED": "ACTIVE",
  "TAX_COLLECTION.CREATED": "PROCESSING",
  "TAX_EXEMPTION.CREATED": "ACTIVE",
  "TAX_EXEMPTION.CREATION_FAILED": "CANCELLED",
  "USER.ACTIVATED": "ACTIVE",
  "USER.CREATED": "INACTIVE",
  "USER_CHECK.CREATED": "IN_PROGRESS",
};

function isStatus(action: string): boolean {
  return /^(NEW|PROCESSING|FILLED|SETTLED|CANCELLED|CONFIRMED|FINALISED|EXPIRED|ISSUED|QUEUED|ACTIVE|INACTIVE|CLOSED|PASSED|FAILED|REJECTED)$/.test(
    action,
  );
}

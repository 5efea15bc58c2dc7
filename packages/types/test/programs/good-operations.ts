import type {
  FeeCollection,
  InputOf,
  Operation,
  OperationId,
  Order,
  OrderCreateRequest,
  OutputOf,
  Scope,
  UserList,
} from "@upvest-sdk/types";
import * as operations from "@upvest-sdk/types/operations";
import {
  type accountGroupClosure,
  type createFeeCollection,
  type issueToken,
  listUsers,
  placeOrder,
  retrieveFeeCollection,
  retrieveOrder,
  type retrieveReport,
} from "@upvest-sdk/types/operations";
import type { Equal, Expect } from "./expect.js";

// What goes in and comes out.
export type Bodies = [
  Expect<Equal<InputOf<typeof placeOrder>["body"], OrderCreateRequest>>,
  Expect<Equal<OutputOf<typeof placeOrder>, Order>>,
  Expect<Equal<OutputOf<typeof retrieveFeeCollection>, FeeCollection>>,
  Expect<Equal<OutputOf<typeof listUsers>, UserList>>,
  Expect<Equal<OutputOf<typeof accountGroupClosure>, undefined>>,
  Expect<Equal<InputOf<typeof createFeeCollection>["body"]["currency"], "EUR">>,
];
export const order: InputOf<typeof placeOrder> = {
  body: { account_id: "a", side: "SELL", instrument_id: "US0378331005", instrument_id_type: "ISIN" },
};
export const byId: InputOf<typeof retrieveOrder> = { path: { order_id: "o" } };
export const page: InputOf<typeof listUsers> = { query: { offset: 0, limit: 100, order: "ASC" } };
export const everything: InputOf<typeof listUsers> = {};

// Facts are literals by type.
export type Facts = [
  Expect<Equal<typeof placeOrder.id, "place_order">>,
  Expect<Equal<typeof placeOrder.method, "POST">>,
  Expect<Equal<typeof placeOrder.path, "/orders">>,
  Expect<Equal<typeof placeOrder.idempotent, true>>,
  Expect<Equal<typeof listUsers.paged, true>>,
  Expect<Equal<typeof retrieveReport.accept, readonly ["application/json", "application/pdf"]>>,
  Expect<Equal<typeof issueToken.contentType, "application/x-www-form-urlencoded">>,
];

// Scopes are alternatives: one of them is enough.
export type Alternatives = [
  Expect<Equal<(typeof listUsers.scopes)[number], "users:admin" | "users:read">>,
  Expect<Equal<(typeof issueToken.scopes)["length"], 0>>,
];
export function allowed(
  operation: { readonly scopes: readonly Scope[] },
  granted: ReadonlySet<string>,
): boolean {
  return operation.scopes.length === 0 || operation.scopes.some((scope) => granted.has(scope));
}
export const may: boolean = allowed(retrieveFeeCollection, new Set(["fees:read"]));

// Every constant is an operation, and every id has its constant.
type Constants = typeof operations;
export type All = [
  Expect<Equal<Constants[keyof Constants]["id"], OperationId>>,
  Expect<Equal<Constants[keyof Constants] extends Operation ? true : false, true>>,
  Expect<Equal<Constants[keyof Constants]["scopes"][number] extends Scope ? true : false, true>>,
];
export const list: readonly Operation[] = Object.values(operations);

// A client's call: the operation alone tells what goes in and what comes out.
export declare function call<O extends Operation>(operation: O, input: InputOf<O>): Promise<OutputOf<O>>;
export async function buy(accountId: string): Promise<string> {
  const placed = await call(placeOrder, {
    body: { account_id: accountId, side: "BUY", instrument_id: "US0378331005", instrument_id_type: "ISIN" },
  });
  const read: Order = await call(retrieveOrder, { path: { order_id: placed.id } });
  const users = await call(listUsers, {});
  return `${read.status} ${users.data.length}`;
}

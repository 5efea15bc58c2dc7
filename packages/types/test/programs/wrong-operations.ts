import type { InputOf, Operation, OperationId, OutputOf, Scope } from "@upvest-sdk/types";
import { listUsers, placeOrder, retrieveOrder } from "@upvest-sdk/types/operations";

// What is not there.
export { placeOrders } from "@upvest-sdk/types/operations"; // error: TS2724|TS2305

declare function call<O extends Operation>(operation: O, input: InputOf<O>): Promise<OutputOf<O>>;

// What goes in.
export const order: InputOf<typeof placeOrder> = {
  body: {
    account_id: "a",
    side: "BUY",
    instrument_id: "US0378331005",
    instrument_id_type: "ISIN",
    quantitty: "1", // error: TS2561|TS2353
  },
};
export const empty: InputOf<typeof placeOrder> = {}; // error: TS2741
export const byId: InputOf<typeof retrieveOrder> = {
  path: { order_id: "o" },
  query: { limit: 1 }, // error: TS2322
};
export const filtered: InputOf<typeof listUsers> = {
  query: {
    limit: 10,
    status: "ACTIVE", // error: TS2353
  },
};
export const list: InputOf<typeof listUsers> = {
  query: {
    limit: 10,
    order: "UP", // error: TS2322
  },
};
await call(retrieveOrder, { path: { order_id: "o" } });
await call(retrieveOrder, { path: { id: "o" } }); // error: TS2353
await call(retrieveOrder, {}); // error: TS2345|TS2741
await call(listUsers, {});

// What comes out.
export const read = (output: OutputOf<typeof retrieveOrder>): string[] => [
  output.status,
  output.state, // error: TS2339|TS2551
];

// Facts cannot be changed, and are literals.
placeOrder.id satisfies OperationId;
placeOrder.method = "POST"; // error: TS2540
placeOrder.scopes.push("orders:admin"); // error: TS2339
placeOrder.paged; // error: TS2339
export const get: "GET" = listUsers.method;
export const post: "POST" = listUsers.method; // error: TS2322
export const scopes: Scope[] = [
  "orders:read",
  "orders:write", // error: TS2322|TS2820
];
export const ids: OperationId[] = [
  "place_order",
  "placeOrder", // error: TS2322|TS2820
];

// What a program looks like that uses the types. Compiled in strict mode, without the DOM library.
import { apiVersion, type InputOf, type Order, type WebhookEvent } from "@upvest-sdk/types";
import { eventTypes } from "@upvest-sdk/types/events";
import { placeOrder } from "@upvest-sdk/types/operations";

// The operation's constant says what goes in: a field misspelt or forgotten is an error here.
const input: InputOf<typeof placeOrder> = {
  body: {
    account_id: "4daf8075-8942-48b9-8dbd-aff2129542fd",
    side: "BUY",
    instrument_id: "IE00B3XXRP09",
    instrument_id_type: "ISIN",
    order_type: "MARKET",
    cash_amount: "100.00",
    currency: "EUR",
  },
};

// A switch on the type narrows the object.
function describe(event: WebhookEvent): string {
  switch (event.type) {
    case "ORDER.FILLED":
      return `order ${event.object.id} was filled in ${event.object.executions.length} execution(s)`;
    case "CASH_BALANCE.UPDATED":
      return `${event.object.available_for_trading} ${event.object.currency} can be traded with`;
    default:
      return event.type;
  }
}

const order: Order = {
  id: "361f0288-aaf5-4479-9cc4-88a29ea9fdf6",
  created_at: "2025-03-04T09:00:00Z",
  updated_at: "2025-03-04T09:00:05Z",
  account_id: input.body.account_id,
  side: input.body.side,
  instrument_id: input.body.instrument_id,
  instrument_id_type: "ISIN",
  order_type: "MARKET",
  cash_amount: "100.00",
  currency: "EUR",
  quantity: "0",
  fee: "0.0",
  status: "FILLED",
  initiation_flow: "API",
  executions: [],
};

console.log(`API ${apiVersion}, ${eventTypes.length} types of event`);
console.log(
  `${placeOrder.method} ${placeOrder.path}, with one of the scopes ${placeOrder.scopes.join(", ")}`,
);
console.log(
  describe({
    id: "b9c6fdb5-31b6-4a4b-9f86-7ea1ad6a0e9c",
    created_at: "2025-03-04T09:00:05Z",
    type: "ORDER.FILLED",
    object: order,
    webhook_id: "0c0c9f2f-90a3-4a64-b5e4-6f6f3a0b9d6e",
  }),
);

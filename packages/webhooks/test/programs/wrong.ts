import { createWebhookReceiver, parseEvent, remoteKeys, staticKeys } from "@upvest-sdk/webhooks";

const keys = staticKeys({ keys: [] });
const receiver = createWebhookReceiver({ keys });

receiver.on("ORDER.FILLED", (event) => {
  event.object.nothing; // error: TS2339
  const other: "ORDER.NEW" = event.type; // error: TS2322
  return other;
});
receiver.on("ORDER.*", (event) => {
  if (event.type === "ORDER_CANCELLATION.CANCELLED") return; // error: TS2367
  if (event.type === "ORDER.FILED") return; // error: TS2367
});
receiver.on("*", (event) => {
  event.object.id; // error: TS2571|TS18046|TS2339
});
receiver.on("BRAND.NEW", (event) => {
  event.object.id; // error: TS2571|TS18046|TS2339
});
receiver.on("ORDER.FILLED"); // error: TS2554|TS2769
receiver.on("ORDER.FILLED", (event: { id: number }) => event); // error: TS2769|TS2345
receiver.on("ORDER.FILLED", (_, { more }) => more); // error: TS2339|TS2769
receiver.on("*", () => {}, { nam: "a" }); // error: TS2353|TS2769
parseEvent("{}").object.id; // error: TS2571|TS18046|TS2339
parseEvent(Symbol()); // error: TS2345

createWebhookReceiver({}); // error: TS2741|TS2345
createWebhookReceiver({ keys: "jwks" }); // error: TS2322
createWebhookReceiver({ keys, version: 7 }); // error: TS2322
createWebhookReceiver({ keys, deduplicate: true }); // error: TS2322
createWebhookReceiver({ keys, deadLetter: { after: 1 } }); // error: TS2741
createWebhookReceiver({ keys, clockskew: 1 }); // error: TS2561|TS2353
remoteKeys({ scopes: ["webhooks:read"] }); // error: TS2345|TS2741
remoteKeys({ scopes: ["webhooks:read"], call: async () => ({}) }); // error: TS2322|TS2741
receiver.verify({ url: "/", headers: {} }); // error: TS2345
receiver.dispatch([{ id: "a" }]); // error: TS2739|TS2740|TS2322

// Without the DOM and Node: what there is needs neither.
import type { UpvestClient } from "@upvest-sdk/client";
import type { EventOf, EventType, VerificationKeySet, WebhookEvent } from "@upvest-sdk/types";
import {
  type AnyEvent,
  createWebhookReceiver,
  type Deduplication,
  isKnownEvent,
  memoryDeduplication,
  parseEvent,
  redisDeduplication,
  remoteKeys,
  staticKeys,
  type UnknownEvent,
  WebhookError,
  type WebhookErrorCode,
} from "@upvest-sdk/webhooks";

declare const client: UpvestClient;
// What the API answered once, kept in a file.
declare const kept: VerificationKeySet;
createWebhookReceiver({ keys: staticKeys(kept) });
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const same = <A, B>(_: Same<A, B>): void => {};

const receiver = createWebhookReceiver({
  keys: remoteKeys(client),
  version: "either",
  required: ["@method", "@path"],
  clockSkew: undefined,
  maxAge: Number.POSITIVE_INFINITY,
  url: ({ url }) => url,
  deduplicate: memoryDeduplication({ ttl: 1_000, lease: undefined }),
  deadLetter: { after: 5, handle: async (event, error) => void [event.id, error] },
  onError: ({ code, status, cause }, { eventId, attempt }) => void [code, status, cause, eventId, attempt],
  onDelivery: async ({ events, oldestAge, status }) => void (events + oldestAge + status),
});

receiver
  .on("ORDER.FILLED", (event, { idempotencyKey, attempt }) => {
    same<typeof event, EventOf<"ORDER.FILLED">>(true);
    const quantity: string | undefined = event.object.quantity;
    const type: "ORDER.FILLED" = event.type;
    return [quantity, type, idempotencyKey.length, attempt + 1];
  })
  .on("ORDER.*", async (event) => {
    same<typeof event.type, Extract<EventType, `ORDER.${string}`>>(true);
    if (event.type === "ORDER.CANCELLED") same<typeof event, EventOf<"ORDER.CANCELLED">>(true);
    const id: string = event.object.id;
    return id;
  })
  .on("ORDER_CANCELLATION.*", (event) => {
    same<Extract<typeof event.type, `ORDER.${string}`>, never>(true);
  })
  .on("*", (event) => {
    same<typeof event, AnyEvent>(true);
    if (isKnownEvent(event)) {
      same<typeof event, WebhookEvent>(true);
      switch (event.type) {
        case "ORDER.FILLED":
          same<typeof event, EventOf<"ORDER.FILLED">>(true);
          break;
        case "USER.CREATED":
          return event.object.id;
        default:
          return event.id;
      }
    }
    const all: { id: string; created_at: string; type: string; object: unknown } = event;
    return all;
  })
  .on("BRAND.NEW", (event) => {
    same<typeof event, AnyEvent>(true);
  })
  .on("BRAND.*", (event: AnyEvent) => event.object)
  .on("ACCOUNT.*", () => {}, { name: "book" })
  .on("USER.*", () => {}, { name: undefined });

for (const type of ["ORDER.FILLED", "USER.CREATED"] as const)
  receiver.on(type, (event) => same<typeof event, EventOf<"ORDER.FILLED"> | EventOf<"USER.CREATED">>(true));

const event = parseEvent("{}");
same<typeof event, WebhookEvent | UnknownEvent>(true);
if (!isKnownEvent(event)) same<typeof event, UnknownEvent>(true);

const { events, keyId, created, expires } = await receiver.verify({
  method: "POST",
  url: "/hooks",
  headers: { signature: "a" },
  body: "{}",
});
same<typeof events, AnyEvent[]>(true);
const times: [string, number, number | undefined] = [keyId, created, expires];
const dispatched: Promise<void> = receiver.dispatch(events);

const store: Deduplication = {
  lease: 1,
  claim: async () => ({ state: "claimed", failures: 0 }),
  renew: async () => true,
  confirm: async () => true,
  release: async () => {},
};
createWebhookReceiver({
  keys: staticKeys({ keys: [{ kty: "EC", crv: "P-521", x: "", y: "", kid: "" }] }),
  deduplicate: store,
});
createWebhookReceiver({ keys: async (_id) => undefined, deduplicate: false, url: "https://a.example/" });
createWebhookReceiver({
  keys: remoteKeys({ scopes: ["webhooks:read"], call: async (_operation, _options) => ({ keys: [] }) }),
  deduplicate: redisDeduplication({ call: async (_command, ..._rest) => 0 }),
});

const code: WebhookErrorCode = new WebhookError("SIGNATURE", "").code;

export { code, dispatched, times };

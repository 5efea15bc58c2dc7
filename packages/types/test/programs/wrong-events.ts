import type { EventMap, EventOf, EventType, Order, User, WebhookEvent } from "@upvest-sdk/types";
import { eventTypes } from "@upvest-sdk/types/events";

// Nothing is known of the object before the type is.
export function early(event: WebhookEvent): string {
  event.object.executions; // error: TS2339
  return event.id;
}

// Within a case, the object is that of the type and no other.
export function handle(event: WebhookEvent): unknown[] {
  switch (event.type) {
    case "ORDER.FILLED":
      return [
        event.object.executions,
        event.object.first_name, // error: TS2339
        event.object satisfies Order,
        event.object satisfies User, // error: TS1360
      ];
    case "USER.CREATED":
    case "ORDER.CANCELLED":
      return [
        event.object.id,
        event.object.first_name, // error: TS2339
      ];
    case "ORDER.FILED": // error: TS2678
    case "TAX_EXEMPTION.CREATION_FAILED":
      return [event.object.id];
    default:
      return [];
  }
}

// The types of one family, handled to the last.
export function exhaustive(event: EventOf<"USER_CHECK.CREATED" | "USER_CHECK.FAILED">): string {
  switch (event.type) {
    case "USER_CHECK.CREATED":
      return "created";
    default:
      event.type satisfies "USER_CHECK.FAILED";
      event.type satisfies never; // error: TS1360
      return "failed";
  }
}

// One type is not another of the same family.
declare const filled: EventOf<"ORDER.FILLED">;
declare function take(event: EventOf<"ORDER.FILLED">): void;
declare function takeCancelled(event: EventOf<"ORDER.CANCELLED">): void;
take(filled);
takeCancelled(filled); // error: TS2345
export type Unknown = EventOf<"ORDER.FILED">; // error: TS2344
export type Missing = EventMap["ORDER.DONE"]; // error: TS2339

export const types: EventType[] = [
  "ORDER.FILLED",
  "ORDER.FILED", // error: TS2322|TS2820
];
eventTypes.includes("ORDER.NEW");
eventTypes.push("ORDER.NEW"); // error: TS2339

import type { EventType, WebhookEvent } from "@upvest-sdk/types";
import { eventTypes } from "@upvest-sdk/types/events";
import { fail } from "./errors.js";

/** An event of a type that this version does not know. The API adds types in minor versions. */
export interface UnknownEvent {
  /** UUID: the same each time that the event is delivered. */
  readonly id: string;
  /** When it happened (RFC 3339, UTC). */
  readonly created_at: string;
  /** `CATEGORY.ACTION`; none that {@link WebhookEvent} has. */
  readonly type: string;
  /** A snapshot of the resource. */
  readonly object: unknown;
  /** UUID of the subscription that it was sent for, where it is given. */
  readonly webhook_id?: string;
}

/** What a delivery holds. */
export type AnyEvent = WebhookEvent | UnknownEvent;

/** Whether this version knows the type: then a `switch` on it narrows the object. The object itself is not validated. */
export function isKnownEvent(event: AnyEvent): event is WebhookEvent {
  return eventTypes.includes(event.type as EventType);
}

/**
 * One event from its JSON text, as a message of the Kafka topic has it.
 *
 * @throws {WebhookError} `MALFORMED`
 */
export function parseEvent(text: string): AnyEvent {
  return readEvent(parseJson(text));
}

/** The envelope of a delivery: `{ "payload": [event, ...] }`. */
export function parseEnvelope(text: string): AnyEvent[] {
  const { payload } = Object(parseJson(text));
  return Array.isArray(payload) ? payload.map(readEvent) : fail("MALFORMED", "no list payload");
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Without a cause: a parser quotes what it read.
    fail("MALFORMED", "no JSON");
  }
}

// No more than what telling, ordering and doing once need: all else may grow.
function readEvent(given: unknown): AnyEvent {
  const { id, type, created_at } = Object(given);
  return typeof id === "string" && id && typeof type === "string" && typeof created_at === "string"
    ? (given as AnyEvent)
    : fail("MALFORMED", "an event without id, type or created_at");
}

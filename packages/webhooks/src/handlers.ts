import type { EventOf, EventType, WebhookEvent } from "@upvest-sdk/types";
import type { AnyEvent } from "./event.js";
import type { PlatformAbortSignal } from "./platform.js";

/** The part of an event type before its dot. */
type Category<T extends string> = T extends `${infer C}.${string}` ? C : never;

/** `ORDER.*`: all events of a category. Not those of `ORDER_CANCELLATION`. */
export type CategoryPattern = `${Category<EventType>}.*`;

/** One type, all of a category, or all. A type or category that this version does not know is text all the same. */
export type Pattern = EventType | CategoryPattern | "*";

/** The events that a pattern stands for. */
export type EventsOf<P extends string> = P extends "*"
  ? AnyEvent
  : P extends EventType
    ? EventOf<P>
    : P extends `${infer C}.*`
      ? Extract<WebhookEvent, { type: `${C}.${string}` }>
      : AnyEvent;

/** What a handler gets besides the event. */
export interface HandlerContext {
  /** A UUID (version 5) of event id and handler name: API calls made with it happen once, however often the handler runs. */
  readonly idempotencyKey: string;
  /** Which attempt at the event this is, from 1 on. */
  readonly attempt: number;
  /** Aborted when the claim was lost: another may be at work on the event. */
  readonly signal: PlatformAbortSignal;
}

/**
 * Does what an event asks for. A promise is waited for before the next handler runs; what is thrown makes the event fail, so
 * that it is delivered again.
 */
export type Handler<E> = (event: E, context: HandlerContext) => unknown;

/** What a handler may be given besides. */
export interface HandlerOptions {
  /**
   * Goes into `idempotencyKey`. Default: the pattern, with a number from the second handler of the same one on. Name a
   * handler whose place among the others may change.
   */
  name?: string | undefined;
}

export interface Registered {
  readonly matches: (type: string) => boolean;
  readonly name: string;
  readonly handler: Handler<AnyEvent>;
}

export function register(
  list: Registered[],
  pattern: string,
  handler: Handler<AnyEvent>,
  { name = pattern }: HandlerOptions,
): void {
  const matches = (type: string) =>
    pattern === "*" || pattern === type || (pattern.endsWith(".*") && type.startsWith(pattern.slice(0, -1)));
  let unique = name;
  for (let count = 2; list.some((other) => other.name === unique); count++) unique = `${name}#${count}`;
  list.push({ matches, name: unique, handler });
}

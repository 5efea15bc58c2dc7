import type { PlainRequest, RequestLike } from "@upvest-sdk/signing";
import type { Deduplication } from "./deduplication.js";
import { doOnce, type Handling } from "./do-once.js";
import { check, fail, WebhookError } from "./errors.js";
import type { AnyEvent } from "./event.js";
import {
  type EventsOf,
  type Handler,
  type HandlerOptions,
  type Pattern,
  type Registered,
  register,
} from "./handlers.js";
import { memoryDeduplication } from "./memory-deduplication.js";
import type { PlatformResponse } from "./platform.js";
import { deliveryVerifier, type VerificationOptions, type VerifiedDelivery } from "./verify-delivery.js";

/** What a receiver is made with. All times are in ms; `Infinity` turns a check off. */
export interface ReceiverOptions extends VerificationOptions {
  /** Default `memoryDeduplication()`. `false`: every delivery of an event is handled. */
  deduplicate?: Deduplication | false | undefined;
  /** How long an event is waited for that another process works on, in ms. Default 5,000. */
  claimWait?: number | undefined;
  /** What becomes of an event that fails again and again. Default: it blocks the subscription. */
  deadLetter?: DeadLetter | undefined;
  /** Told what went wrong; the answer tells the sender nothing of it. */
  onError?: ((error: WebhookError, info: ErrorInfo) => unknown) | undefined;
  /** Told of each delivery that was verified. */
  onDelivery?: ((info: DeliveryInfo) => unknown) | undefined;
}

/** Where an event goes that fails again and again, so that it does not hold up what comes after it. */
export interface DeadLetter {
  /** After how many failures. */
  after: number;
  /** Keeps the event durably, for people to look at: once this is done, the event counts as done. */
  handle: (event: AnyEvent, error: unknown) => unknown;
}

/** What `onError` is told besides the error. Nothing is there that is not known yet. */
export interface ErrorInfo {
  /** Id of the event that was being handled, if it was one. */
  readonly eventId?: string;
  /** Its type, such as `ORDER.FILLED`. */
  readonly type?: string;
  /** Which attempt at the event this was, from 1 on. */
  readonly attempt?: number;
  /** When the event failed for the first time: Unix time in ms. */
  readonly firstFailure?: number;
}

/** What `onDelivery` is told: figures for metrics, nothing of what the events say. */
export interface DeliveryInfo {
  /** How many events. */
  readonly events: number;
  /** How long ago the oldest event was made, in ms. */
  readonly oldestAge: number;
  /** Events that were done before. */
  readonly duplicates: number;
  /** Events that another process worked on when they came. */
  readonly held: number;
  /** From the delivery's coming in to its answer, in ms. */
  readonly duration: number;
  /** What it is answered with. */
  readonly status: number;
}

/** What is used of a fetch `Request`. */
export interface DeliveryRequest extends RequestLike {
  /** Its headers, which can be asked for by name as well. */
  readonly headers: RequestLike["headers"] & {
    /** The value of a header, whichever way its name is written; `null` if it is not there. */
    get(name: string): string | null;
  };
}

/** What `createWebhookReceiver` gives: verifies deliveries, and runs handlers for their events. */
export interface WebhookReceiver {
  /**
   * Checks size, signature and envelope, and gives the events. Handles nothing.
   *
   * @throws {WebhookError} `TOO_LARGE`, `SIGNATURE`, `MALFORMED`, `KEYS_UNAVAILABLE`, `BODY_PARSED`
   */
  verify(request: RequestLike | PlainRequest): Promise<VerifiedDelivery>;
  /**
   * Adds a handler. Those of one event run in the order in which they were added, one after the other.
   *
   * @param pattern a type, `ORDER.*` for a category, or `*`
   */
  on<P extends Pattern>(pattern: P, handler: Handler<EventsOf<P>>, options?: HandlerOptions): WebhookReceiver;
  /** Types and categories that this version does not know. */
  on(pattern: string & {}, handler: Handler<AnyEvent>, options?: HandlerOptions): WebhookReceiver;
  /**
   * Verifies a delivery, handles its events in their order, and answers: 200 when all are done, else a status upon which the
   * sender repeats all of it. Throws nothing.
   */
  handle(request: DeliveryRequest): Promise<PlatformResponse>;
  /**
   * Handles events that were verified before, in a worker behind a queue.
   *
   * @throws {WebhookError} `HANDLER_FAILED`, `DEAD_LETTER_FAILED`, `CLAIM_HELD`, `CLAIM_LOST`, `STORE_UNAVAILABLE`: the
   *   events from the failed one on are not done
   */
  dispatch(events: readonly AnyEvent[]): Promise<void>;
}

/**
 * A receiver of webhooks. Give `handle` to whatever takes requests (`toNodeHandler` of `@upvest-sdk/webhooks/node` for
 * Node's own servers), and add handlers by `on`. Does nothing until a delivery comes.
 *
 * @throws {WebhookError} `INVALID_OPTION`
 */
export function createWebhookReceiver(options: ReceiverOptions): WebhookReceiver {
  const verify = deliveryVerifier(options);
  const { deduplicate: store = memoryDeduplication(), claimWait = 5_000, deadLetter } = options;
  const { onError, onDelivery } = options;
  check(!store || typeof store.claim === "function", "deduplicate");
  check(claimWait >= 0, "claimWait");
  // The store counts the failures.
  check(
    !deadLetter || (deadLetter.after > 0 && typeof deadLetter.handle === "function" && store),
    "deadLetter: after, handle, and with deduplicate",
  );

  const handlers: Registered[] = [];
  const start = (): Handling => ({ duplicates: 0, held: 0, info: {} });
  const run = async (events: readonly AnyEvent[], handling: Handling): Promise<void> => {
    for (const event of events) await doOnce(event, handlers, { store, claimWait, deadLetter, handling });
  };
  const report = (cause: unknown, { info }: Handling): WebhookError => {
    const error =
      cause instanceof WebhookError ? cause : new WebhookError("UNEXPECTED", "see the cause", cause);
    tell(onError, error, info);
    return error;
  };

  const receiver: WebhookReceiver = {
    verify,
    on(pattern: string, handler: Handler<never>, options: HandlerOptions = {}) {
      check(typeof handler === "function", "on: pattern and handler");
      register(handlers, pattern, handler as Handler<AnyEvent>, options);
      return receiver;
    },
    async handle(request) {
      const begun = performance.now();
      const handling = start();
      let events: AnyEvent[] | undefined;
      let status = 200;
      try {
        checkForm(request);
        ({ events } = await verify(request));
        await run(events, handling);
      } catch (error) {
        ({ status } = report(error, handling));
      }
      const { duplicates, held } = handling;
      if (events) {
        const duration = performance.now() - begun;
        tell(onDelivery, {
          events: events.length,
          oldestAge: ageOf(events),
          duplicates,
          held,
          duration,
          status,
        });
      }
      return answer(status) as PlatformResponse;
    },
    async dispatch(events) {
      const handling = start();
      try {
        await run(events, handling);
      } catch (error) {
        throw report(error, handling);
      }
    },
  };
  return receiver;
}

/** Tells a hook, whatever becomes of it. */
async function tell<A extends unknown[]>(
  hook: ((...args: A) => unknown) | undefined,
  ...args: A
): Promise<void> {
  try {
    await hook?.(...args);
  } catch {}
}

function checkForm({ method, headers }: DeliveryRequest): void {
  if (method !== "POST") fail("METHOD", "not POST");
  // What is signed is the body as it was sent; what a proxy unpacks on the way has another digest.
  if (
    !/^(application\/json *(;.*)?)?$/i.test(headers.get("content-type") ?? "") ||
    !/^(identity)?$/i.test(headers.get("content-encoding") ?? "")
  )
    fail("CONTENT_TYPE", "not plain application/json");
}

/** How long ago the oldest was made, in ms. */
function ageOf(events: readonly AnyEvent[]): number {
  let age = 0;
  for (const { created_at } of events) age = Math.max(age, Date.now() - Date.parse(created_at) || 0);
  return age;
}

/** Small problem details (RFC 9457), which tell nothing of what is inside. */
function answer(status: number): unknown {
  if (status === 200) return new Response(null);
  return Response.json(
    { status, title: status < 500 ? "Refused" : "Not handled" },
    {
      status,
      headers: { "content-type": "application/problem+json", ...(status === 405 && { allow: "POST" }) },
    },
  );
}

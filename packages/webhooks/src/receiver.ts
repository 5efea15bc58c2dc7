import {
  type PlainRequest,
  type PublicKeys,
  type RequestLike,
  SignatureError,
  type SignatureVersion,
  verifyRequest,
} from "@upvest-sdk/signing";
import type { Deduplication } from "./deduplication.js";
import { doOnce, type Handling } from "./do-once.js";
import { fail, WebhookError } from "./errors.js";
import { type AnyEvent, parseEnvelope } from "./event.js";
import {
  type EventsOf,
  type Handler,
  type HandlerOptions,
  type Pattern,
  type Registered,
  register,
} from "./handlers.js";
import type { KeySource } from "./keys.js";
import { memoryDeduplication } from "./memory-deduplication.js";

export interface ReceiverOptions {
  /** `remoteKeys(client)`, `staticKeys(jwks)`, what `importPublicKeys` gives, or a function of the key id. */
  keys: KeySource | Pick<PublicKeys, "get">;
  /** The form of the signature. Default 6, which is what the API sends. */
  version?: SignatureVersion | "either" | undefined;
  /**
   * What the signature has to cover. Default `@method`, `@path`, `digest` with a body, `@query` with a query. What real
   * deliveries cover besides is not published. A list of your own replaces all of these.
   */
  required?: readonly string[] | undefined;
  /** How far in the future a signature may have been made, by our clock, in ms. Default 300,000. */
  clockSkew?: number | undefined;
  /**
   * How long ago, in ms, a signature may have been made. Default `Infinity`, and `enforceExpires` is false: nobody outside
   * knows whether a repeated delivery is signed anew, and one that is refused for its age would be repeated for ever and
   * block all that comes after. Against replays stands the de-duplication by event id: what was done is not done again.
   */
  maxAge?: number | undefined;
  /** Whether a signature that has expired is refused. Default false: see `maxAge`. */
  enforceExpires?: boolean | undefined;
  /** In bytes. Default 10 MiB. */
  maxBodyBytes?: number | undefined;
  /** The URL as the sender sees it, behind a proxy that changes the path; or a function that gives it. */
  url?: string | ((request: RequestLike | PlainRequest) => string) | undefined;
  /** Default `memoryDeduplication()`. `false`: every delivery of an event is handled. */
  deduplicate?: Deduplication | false | undefined;
  /** How long an event is waited for that another process works on, in ms. Default 5,000. */
  claimWait?: number | undefined;
  /** What becomes of an event that fails again and again. Default: it blocks the subscription. */
  deadLetter?: DeadLetter | undefined;
  /** Told what went wrong; the answer tells the sender nothing of it. */
  onError?: ((error: WebhookError, info: ErrorInfo) => unknown) | undefined;
  /** Told of each delivery whose signature is right. */
  onDelivery?: ((info: DeliveryInfo) => unknown) | undefined;
}

export interface DeadLetter {
  /** After how many failures. */
  after: number;
  /** Keeps the event durably, for people to look at: once this is done, the event counts as done. */
  handle: (event: AnyEvent, error: unknown) => unknown;
}

export interface ErrorInfo {
  /** Of the event, if it was one. */
  readonly eventId?: string;
  readonly type?: string;
  /** From 1 on. */
  readonly attempt?: number;
  /** Unix time in ms. */
  readonly firstFailure?: number;
}

export interface DeliveryInfo {
  /** How many events. */
  readonly events: number;
  /** How long ago the oldest event was made, in ms. */
  readonly oldestAge: number;
  /** Events that were done before. */
  readonly duplicates: number;
  /** Events that another process worked on when they came. */
  readonly held: number;
  /** In ms. */
  readonly duration: number;
  /** What it is answered with. */
  readonly status: number;
}

/** What was verified. */
export interface VerifiedDelivery {
  readonly events: AnyEvent[];
  readonly keyId: string;
  /** Unix time in s, as on the wire. */
  readonly created: number;
  /** Unix time in s, as on the wire. */
  readonly expires?: number;
}

/** The fetch `Response` of the runtime, where its types are known. */
export type ResponseOf = typeof globalThis extends { Response: { prototype: infer R } } ? R : unknown;

export interface WebhookReceiver {
  /**
   * Checks size, signature and envelope, and gives the events. Handles nothing.
   *
   * @throws {WebhookError} `TOO_LARGE`, `SIGNATURE`, `MALFORMED`, `KEYS_UNAVAILABLE`
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
  handle(request: RequestLike): Promise<ResponseOf>;
  /**
   * Handles events that were verified before, in a worker behind a queue.
   *
   * @throws {WebhookError} `HANDLER_FAILED`, `DEAD_LETTER_FAILED`, `CLAIM_HELD`, `CLAIM_LOST`, `STORE_UNAVAILABLE`: the
   *   events from the failed one on are not done
   */
  dispatch(events: readonly AnyEvent[]): Promise<void>;
}

const defaultMaxBodyBytes = 10_485_760;

/** @throws {WebhookError} `INVALID_OPTION` */
export function createWebhookReceiver(options: ReceiverOptions): WebhookReceiver {
  const {
    keys,
    version = 6,
    required,
    clockSkew = 300_000,
    maxAge = Number.POSITIVE_INFINITY,
    enforceExpires = false,
    maxBodyBytes = defaultMaxBodyBytes,
    url,
    deduplicate = memoryDeduplication(),
    claimWait = 5_000,
    deadLetter,
    onError,
    onDelivery,
  } = options ?? ({} as ReceiverOptions);
  const check = (met: unknown, what: string) => met || fail("INVALID_OPTION", what);
  check(
    typeof keys === "function" || typeof keys?.get === "function",
    "keys: remoteKeys(client) or staticKeys(jwks)",
  );
  check([6, 15, "either"].includes(version), "version: 6, 15 or either");
  check(clockSkew >= 0 && maxAge >= 0 && claimWait >= 0, "clockSkew, maxAge, claimWait: ms");
  check(maxBodyBytes > 0, "maxBodyBytes");
  check(
    url === undefined || typeof url === "function" || /^https?:\/\//.test(url),
    "url: absolute, or a function",
  );
  check(deduplicate === false || typeof deduplicate?.claim === "function", "deduplicate");
  check(!deadLetter || (deadLetter.after >= 1 && typeof deadLetter.handle === "function"), "deadLetter");
  check(!(deadLetter && !deduplicate), "deadLetter needs deduplicate, which counts failures");

  const handlers: Registered[] = [];

  const verify: WebhookReceiver["verify"] = async (request) => {
    try {
      const target = typeof url === "function" ? url(request) : url;
      const { body, keyId, created, expires } = await verifyRequest(
        target === undefined ? request : atUrl(request, target),
        { keys, version, required, clockSkew, maxAge, enforceExpires, maxBodyBytes },
      );
      const events = parseEnvelope(new TextDecoder().decode(body));
      return { events, keyId, created, ...(expires !== undefined && { expires }) };
    } catch (error) {
      if (!(error instanceof SignatureError)) throw error;
      if (error.code === "BODY_USED") {
        fail(
          "BODY_PARSED",
          "a body parser has read the body already: mount the receiver before it (in Express before express.json(), or behind express.raw())",
          error,
        );
      }
      if (error.code === "BODY_TOO_LARGE") fail("TOO_LARGE", `more than ${maxBodyBytes} bytes`, error);
      fail(
        "SIGNATURE",
        error.code === "SIGNATURE_INVALID"
          ? "the signature is wrong; behind a proxy the usual cause is a path other than the sender's: see the option url"
          : error.message,
        error,
      );
    }
  };

  const run = async (events: readonly AnyEvent[], handling: Handling): Promise<void> => {
    for (const event of events)
      await doOnce(event, handlers, { store: deduplicate, claimWait, deadLetter, handling });
  };
  const report = (error: unknown, info: ErrorInfo): WebhookError => {
    const known =
      error instanceof WebhookError
        ? error
        : new WebhookError("STORE_UNAVAILABLE", "an unexpected error", { cause: error });
    tell(onError, known, info);
    return known;
  };
  const counters = (): Handling => ({ duplicates: 0, held: 0, info: {} });

  const receiver: WebhookReceiver = {
    verify,
    on(pattern: string, handler: Handler<never>, { name }: HandlerOptions = {}) {
      register(handlers, pattern, handler as Handler<AnyEvent>, name);
      return receiver;
    },
    async handle(request) {
      const begun = performance.now();
      const handling = counters();
      let events: AnyEvent[] | undefined;
      let status = 200;
      try {
        checkForm(request);
        ({ events } = await verify(request));
        await run(events, handling);
      } catch (error) {
        status = report(error, handling.info).status;
      }
      if (events) {
        const oldest = Math.min(...events.map(({ created_at }) => Date.parse(created_at)));
        tell(onDelivery, {
          events: events.length,
          oldestAge: Number.isFinite(oldest) ? Date.now() - oldest : 0,
          duplicates: handling.duplicates,
          held: handling.held,
          duration: performance.now() - begun,
          status,
        });
      }
      return answer(status) as ResponseOf;
    },
    async dispatch(events) {
      const handling = counters();
      try {
        await run(events, handling);
      } catch (error) {
        throw report(error, handling.info);
      }
    },
  };
  return receiver;
}

/** Tells a hook, whatever becomes of it. */
function tell<A extends unknown[]>(hook: ((...args: A) => unknown) | undefined, ...args: A): void {
  try {
    const result = hook?.(...args);
    if (result instanceof Promise) result.catch(() => {});
  } catch {}
}

function checkForm({ method, headers }: RequestLike): void {
  const get = (name: string) => (headers as unknown as { get(name: string): string | null }).get(name);
  if (method !== "POST") fail("METHOD", "deliveries are sent by POST");
  if (!/^application\/json\s*(;|$)/i.test(get("content-type") ?? "application/json")) {
    fail("CONTENT_TYPE", "deliveries are application/json");
  }
  // What is signed is the body as it was sent; what a proxy unpacks on the way has another digest.
  if (!/^(identity)?$/i.test(get("content-encoding") ?? ""))
    fail("CONTENT_TYPE", "deliveries are not compressed");
}

/** The request as it was sent to the public URL. */
function atUrl(request: RequestLike | PlainRequest, url: string): RequestLike | PlainRequest {
  // Its own methods need it for `this`.
  return new Proxy(request, {
    get(target, name) {
      if (name === "url") return url;
      const value = Reflect.get(target, name);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

/** Small problem details (RFC 7807), which tell nothing of what is inside. */
function answer(status: number): unknown {
  return status === 200
    ? new Response(null)
    : Response.json(
        { type: "about:blank", status, title: status < 500 ? "Refused" : "Not handled" },
        {
          status,
          headers: { "content-type": "application/problem+json", ...(status === 405 && { allow: "POST" }) },
        },
      );
}

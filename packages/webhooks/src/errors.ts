/** What went wrong; stable, for programs to branch on. */
export type WebhookErrorCode =
  /** An option is missing or makes no sense: thrown when the receiver is made. */
  | "INVALID_OPTION"
  // the delivery
  /** The method is not POST. Status 405. */
  | "METHOD"
  /** It is not plain `application/json`. Status 415. */
  | "CONTENT_TYPE"
  /** The body has more than `maxBodyBytes`. Status 413. */
  | "TOO_LARGE"
  /** It is not signed by a key of the set, or not as required; the `cause` is a `SignatureError`. Status 401. */
  | "SIGNATURE"
  /** It is verified, and no list of events. Status 400. */
  | "MALFORMED"
  /** A body parser has read it before, so that there is nothing to verify. Status 500. */
  | "BODY_PARSED"
  // here
  /** The key set could not be read. Status 503. */
  | "KEYS_UNAVAILABLE"
  /** The store of `deduplicate` is out of order. Status 503. */
  | "STORE_UNAVAILABLE"
  /** Another process works on the event, for longer than `claimWait`. Status 503. */
  | "CLAIM_HELD"
  /** The claim went to another process while a handler ran, which may have handled the event as well. Status 503. */
  | "CLAIM_LOST"
  /** A handler threw: see the `cause`. Status 500. */
  | "HANDLER_FAILED"
  /** `deadLetter.handle` threw: see the `cause`. Status 500. */
  | "DEAD_LETTER_FAILED"
  /** Something else threw: see the `cause`. Status 500. */
  | "UNEXPECTED";

// The sender repeats all that is no 200.
const statuses: { readonly [code in WebhookErrorCode]?: number } = {
  METHOD: 405,
  CONTENT_TYPE: 415,
  TOO_LARGE: 413,
  SIGNATURE: 401,
  MALFORMED: 400,
  KEYS_UNAVAILABLE: 503,
  STORE_UNAVAILABLE: 503,
  CLAIM_HELD: 503,
  CLAIM_LOST: 503,
};

/** A delivery was refused, or an event could not be handled. The `cause` has what was thrown beneath. */
export class WebhookError extends Error {
  /** Tells it apart where `instanceof` does not, in another realm or a second copy of the package. */
  override readonly name = "WebhookError";
  /** What went wrong; stable, for programs to branch on. The message is for people and may change. */
  readonly code: WebhookErrorCode;
  /** HTTP status that it is answered with. */
  readonly status: number;

  constructor(code: WebhookErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.status = statuses[code] ?? 500;
  }
}

/** Throws a `WebhookError`. */
export function fail(code: WebhookErrorCode, message: string, cause?: unknown): never {
  throw new WebhookError(code, message, cause);
}

/** @param what the option's name, and what it has to be */
export function check(met: unknown, what: string): void {
  if (!met) fail("INVALID_OPTION", what);
}

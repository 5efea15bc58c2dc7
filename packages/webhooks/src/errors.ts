/** What went wrong; stable, for programs to branch on. */
export type WebhookErrorCode =
  | "INVALID_OPTION"
  // the delivery
  | "METHOD"
  | "CONTENT_TYPE"
  | "TOO_LARGE"
  | "SIGNATURE"
  | "MALFORMED"
  | "BODY_PARSED"
  // here
  | "KEYS_UNAVAILABLE"
  | "STORE_UNAVAILABLE"
  | "CLAIM_HELD"
  | "CLAIM_LOST"
  | "HANDLER_FAILED"
  | "DEAD_LETTER_FAILED"
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
  override readonly name = "WebhookError";
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

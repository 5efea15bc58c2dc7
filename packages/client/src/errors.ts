import type { Error as ProblemDetails } from "@upvest-sdk/types";

/**
 * Whether the call happened, judged over all its attempts. `not_sent`: nothing reached the API. `rejected`: the API
 * refused it. `unknown`: it may have happened; repeat it with the same idempotency key, or look.
 */
export type Outcome = "not_sent" | "rejected" | "unknown";

/** One attempt of a call. */
export interface Attempt {
  /** HTTP status of the answer, if there was one. */
  readonly status?: number | undefined;
  /** The header `upvest-request-id` of the answer, to quote to the support. */
  readonly requestId?: string | undefined;
  /** In ms, from the start of the attempt to the end of the answer. */
  readonly duration: number;
  /** What this attempt alone says; `ok` for a 2xx. */
  readonly outcome: Outcome | "ok";
  /** The code of the error that it would have been as the only one. */
  readonly code?: UpvestErrorCode | undefined;
}

/**
 * What went wrong; stable, for programs to branch on. In capitals: found by the client. In small letters: said by the API,
 * the last part of the problem's `type` (`not_found`), or, for an answer that is no problem details, `http_` and the status.
 */
export type UpvestErrorCode =
  | "INVALID_OPTION"
  | "BROWSER"
  | "INVALID_INPUT"
  | "IDEMPOTENCY_KEY_MISSING"
  | "IDEMPOTENCY_KEY_INVALID"
  | "SCOPE_MISSING"
  | "SIGNING_FAILED"
  | "CREDENTIALS_FAILED"
  | "NOT_CONNECTED"
  | "CONNECTION_LOST"
  | "ANSWER_UNREADABLE"
  | "REDIRECTED"
  | "TIMEOUT"
  | "DEADLINE"
  | "ABORTED"
  | "PAGES_SHIFTED"
  | "UNEXPECTED"
  | (string & {});

/** What an error carries besides code and message. */
export interface ErrorDetails {
  outcome?: Outcome;
  attempts?: readonly Attempt[];
  idempotencyKey?: string | undefined;
  operationId?: string | undefined;
  environment?: string;
  cause?: unknown;
  status?: number;
  requestId?: string | undefined;
  problem?: ProblemDetails | undefined;
  body?: string | undefined;
  clockOffset?: number | undefined;
  retryAfter?: number | undefined;
}

/** What every call that does not end with a 2xx throws. Holds no secret, no token, and nothing of the body that was sent. */
export class UpvestError extends Error {
  override readonly name: string = "UpvestError";
  readonly code: UpvestErrorCode;
  /** Whether the call happened. */
  declare readonly outcome: Outcome;
  /** All attempts, the oldest first. */
  declare readonly attempts: readonly Attempt[];
  /** What the call was sent with: the same key again repeats it, rather than doing it twice. Kept by the API for 24 h. */
  declare readonly idempotencyKey?: string;
  /** Id of the operation; calls by path have none. */
  declare readonly operationId?: string;
  /** `sandbox`, `live`, or the origin that was configured. */
  declare readonly environment?: string;

  constructor(code: UpvestErrorCode, message: string, details: ErrorDetails = {}) {
    super(message);
    this.code = code;
    Object.assign(this, { outcome: "not_sent", attempts: [], ...details });
  }
}

/** The API answered, and not with a 2xx. */
export class UpvestApiError extends UpvestError {
  override readonly name: string = "UpvestApiError";
  /** HTTP status. */
  declare readonly status: number;
  /** The header `upvest-request-id`, to quote to the support. */
  declare readonly requestId?: string;
  /** The body, if it is problem details (RFC 7807). */
  declare readonly problem?: ProblemDetails;
  /** The body, if it is something else, such as the page of a proxy: its first 2,048 characters. */
  declare readonly body?: string;
  /** With a 401: our clock less that of the server (header `date`), in ms. Signatures die of a wrong clock. */
  declare readonly clockOffset?: number;
  /** How long the API asks to wait (header `retry-after`), in ms. */
  declare readonly retryAfter?: number;

  /** Whether the same call may succeed later. */
  get retryable(): boolean {
    return this.status === 408 || this.status === 429 || this.status > 499;
  }
}

/** There was no answer, or none that can be read. */
export class UpvestConnectionError extends UpvestError {
  override readonly name: string = "UpvestConnectionError";
}

/** `TIMEOUT`: an attempt took too long. `DEADLINE`: the call did. */
export class UpvestTimeoutError extends UpvestError {
  override readonly name: string = "UpvestTimeoutError";
}

/** The program is at fault: an option, an input or a scope. Nothing was sent, and a repeat ends the same way. */
export class UpvestConfigurationError extends UpvestError {
  override readonly name: string = "UpvestConfigurationError";
}

/** Throws a `UpvestConfigurationError`. */
export function refuse(code: UpvestErrorCode, message: string): never {
  throw new UpvestConfigurationError(code, message);
}

/** The same error once more, for another call or with more known. */
export function copyError(error: UpvestError, message: string, details: ErrorDetails): UpvestError {
  const { code, name, ...own } = error;
  return new (error.constructor as typeof UpvestError)(code, message, { ...own, ...details });
}

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
  /** An option of the client or a call, or a variable of the environment, is missing or makes no sense. */
  | "INVALID_OPTION"
  /** The client was made on a page, whose reader could see its secret. */
  | "BROWSER"
  /** What goes into a call is not what its operation takes. */
  | "INVALID_INPUT"
  /** With `idempotency: "explicit"`: the call has no key. */
  | "IDEMPOTENCY_KEY_MISSING"
  /** The key is no UUID of version 0 to 5, or the operation takes none. */
  | "IDEMPOTENCY_KEY_INVALID"
  /** No granted scope allows the operation. */
  | "SCOPE_MISSING"
  /** The signer threw: see the `cause`. */
  | "SIGNING_FAILED"
  /** The function that gives the client secret or the signer failed: see the `cause`. */
  | "CREDENTIALS_FAILED"
  /** DNS, TCP or TLS failed before anything was sent. */
  | "NOT_CONNECTED"
  /** It was sent, and the connection broke before the answer. */
  | "CONNECTION_LOST"
  /** There was a 2xx, and its body was cut or is not of the form that it has to be. */
  | "ANSWER_UNREADABLE"
  /** The answer was a redirect: it is never followed, since token and signature would go along. */
  | "REDIRECTED"
  /** An attempt took longer than `timeout`. */
  | "TIMEOUT"
  /** The call took longer than `deadline`. */
  | "DEADLINE"
  /** The caller's `signal` was aborted. */
  | "ABORTED"
  /** A list grew shorter while its pages were read: items may have been missed. */
  | "PAGES_SHIFTED"
  /** A fault of the client itself: see the `cause`. */
  | "UNEXPECTED"
  /** Said by the API. */
  | (string & {});

/** What an error carries besides code and message; to make one in a test, say. */
export interface ErrorDetails {
  /** Whether the call happened. Default `not_sent`. */
  outcome?: Outcome;
  /** All attempts, the oldest first. Default none. */
  attempts?: readonly Attempt[];
  /** What the call was sent with. */
  idempotencyKey?: string | undefined;
  /** Id of the operation in the description. */
  operationId?: string | undefined;
  /** `sandbox`, `live`, or the origin that was configured. */
  environment?: string;
  /** What was thrown beneath. */
  cause?: unknown;
  /** HTTP status of the answer. */
  status?: number;
  /** The header `upvest-request-id` of the answer. */
  requestId?: string | undefined;
  /** The body of the answer, if it is problem details (RFC 7807). */
  problem?: ProblemDetails | undefined;
  /** The body of the answer, if it is something else. */
  body?: string | undefined;
  /** Our clock less that of the server, in ms. */
  clockOffset?: number | undefined;
  /** How long the API asks to wait, in ms. */
  retryAfter?: number | undefined;
}

/** What every call that does not end with a 2xx throws. Holds no secret, no token, and nothing of the body that was sent. */
export class UpvestError extends Error {
  /** The name of the class: tells errors apart where `instanceof` does not, in another realm or a second copy of the package. */
  override readonly name: string = "UpvestError";
  /** What went wrong; stable, for programs to branch on. The message is for people and may change. */
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

import type { Outcome, UpvestErrorCode } from "./errors.js";

/** What a hook is told of an attempt. Plain data for logs and traces: no secret, no body, no id but that of the request. */
export interface AttemptInfo {
  /** `POST`. */
  readonly method: string;
  /** The path as the description has it, its parameters in braces. */
  readonly path: string;
  /** Calls by path have none. */
  readonly operationId?: string | undefined;
  /** What it is sent with, if the operation takes one: the same for all attempts of a call. */
  readonly idempotencyKey?: string | undefined;
  /** From 1 on. */
  readonly attempt: number;
}

/** What a hook is told of an attempt that is over. */
export interface AnsweredInfo extends AttemptInfo {
  /** HTTP status, where there was an answer. */
  readonly status?: number | undefined;
  /** The header `upvest-request-id` of the answer, to quote to the support. */
  readonly requestId?: string | undefined;
  /** From the start of the attempt to the end of the answer, in ms. */
  readonly duration: number;
  /** What this attempt alone says of whether the call happened; `ok` for a 2xx. */
  readonly outcome: Outcome | "ok";
  /** Of the error, if it is one. */
  readonly code?: UpvestErrorCode | undefined;
}

/** What a hook is told before a retry. `attempt` is the one to come. */
export interface RetryInfo extends AttemptInfo {
  /** What the attempt before ended with. */
  readonly code: UpvestErrorCode;
  /** HTTP status of its answer, where there was one. */
  readonly status?: number | undefined;
  /** How long it waits first, in ms. */
  readonly delay: number;
}

/** What a hook is told of a token: not the token. */
export interface TokenInfo {
  /** What was granted. */
  readonly scopes: readonly string[];
  /** How long it is valid, in ms. */
  readonly expiresIn: number;
  /** How long it took to get it, in ms. */
  readonly duration: number;
}

/** Called as things happen. What they throw is dropped, and what they return is not waited for. */
export interface Hooks {
  /** An attempt begins. */
  onRequest?: ((info: AttemptInfo) => unknown) | undefined;
  /** An attempt is over, with an answer or without. */
  onResponse?: ((info: AnsweredInfo) => unknown) | undefined;
  /** There will be another attempt. */
  onRetry?: ((info: RetryInfo) => unknown) | undefined;
  /** There is a new token. */
  onToken?: ((info: TokenInfo) => unknown) | undefined;
}

/** Calls a hook, whatever becomes of it. */
export function tell<I>(hook: ((info: I) => unknown) | undefined, info: I): void {
  try {
    const result = hook?.(info);
    if (result instanceof Promise) result.catch(() => {});
  } catch {}
}

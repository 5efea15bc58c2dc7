import type { Outcome, UpvestErrorCode } from "./errors.js";

/** What a hook is told of an attempt. Plain data for logs and traces: no secret, no body, no id but that of the request. */
export interface AttemptInfo {
  /** `POST`. */
  readonly method: string;
  /** The path as the description has it, its parameters in braces. */
  readonly path: string;
  /** Calls by path have none. */
  readonly operationId?: string | undefined;
  readonly idempotencyKey?: string | undefined;
  /** From 1 on. */
  readonly attempt: number;
}

export interface AnsweredInfo extends AttemptInfo {
  /** Where there was an answer. */
  readonly status?: number | undefined;
  readonly requestId?: string | undefined;
  /** In ms. */
  readonly duration: number;
  readonly outcome: Outcome | "ok";
  /** Of the error, if it is one. */
  readonly code?: UpvestErrorCode | undefined;
}

export interface RetryInfo extends AttemptInfo {
  /** Why. */
  readonly code: UpvestErrorCode;
  readonly status?: number | undefined;
  /** How long it waits first, in ms. */
  readonly delay: number;
}

export interface TokenInfo {
  /** What was granted. */
  readonly scopes: readonly string[];
  /** In ms. */
  readonly expiresIn: number;
  /** In ms. */
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

import { now } from "./clock.js";
import type { UpvestApiError, UpvestError } from "./errors.js";

/** How often, and after which pauses, a call is repeated; its attempts share one idempotency key. Times are in ms. */
export interface RetryOptions {
  /** How often a call is repeated at most. Default 3; 0 turns retries off. */
  maxRetries?: number | undefined;
  /** The longest pause before the first retry, in ms; it doubles with each. Default 250. */
  baseDelay?: number | undefined;
  /** The longest pause, in ms, where the API does not ask for another. Default 8,000. */
  maxDelay?: number | undefined;
  /**
   * How many retries there may be of 1 call, over 10 s and all calls of the client, so that an outage is not multiplied;
   * ten in 10 s are always allowed. Default 0.2; `Infinity` turns it off.
   */
  budget?: number | undefined;
}

const notDone = ["NOT_CONNECTED", 429];
const repeatable = [...notDone, "CONNECTION_LOST", "TIMEOUT", "ANSWER_UNREADABLE", 408, 500, 502, 503, 504];

// What is retried, by code or status. Repeated, these happen once all the same:
const retried: Readonly<Record<string, readonly (string | number)[]>> = {
  GET: repeatable,
  DELETE: repeatable,
  PUT: repeatable,
  // POST and PATCH with an idempotency key ...
  keyed: repeatable,
  // ... and without: only where it is certain that nothing was done.
  unkeyed: notDone,
};

export function isRetried(method: string, keyed: boolean, error: UpvestError): boolean {
  const { status, code } = error as UpvestApiError;
  const causes = retried[method] ?? retried[keyed ? "keyed" : "unkeyed"];
  return causes!.includes(code) || causes!.includes(status);
}

const longestRetryAfter = 60_000;

/** How long to wait before retry `number` (from 1 on), in ms: what the API asks for, up to a minute, else at random. */
export function delayBefore(number: number, error: UpvestError, baseDelay: number, maxDelay: number): number {
  const { retryAfter } = error as UpvestApiError;
  if (retryAfter !== undefined) return Math.min(retryAfter, longestRetryAfter);
  return Math.random() * Math.min(maxDelay, baseDelay * 2 ** (number - 1));
}

const windowLength = 10_000;
const always = 10;

/** Counts calls and retries over the last 10 s: those of this window, and of the one before the part that is not over. */
export interface RetryBudget {
  countCall(): void;
  /** Whether there may be a retry; counts it. */
  takeRetry(): boolean;
}

export function retryBudget(share: number): RetryBudget {
  let window = 0;
  let calls = 0;
  let retries = 0;
  let before = { calls, retries };
  const turn = () => {
    const time = now() / windowLength;
    const current = Math.floor(time);
    if (current !== window) {
      before = current === window + 1 ? { calls, retries } : { calls: 0, retries: 0 };
      window = current;
      calls = retries = 0;
    }
    return current + 1 - time;
  };
  return {
    countCall() {
      turn();
      calls++;
    },
    takeRetry() {
      const left = turn();
      const allowed = always + share * (calls + before.calls * left);
      // Not so where the share is Infinity and there was no call.
      if (retries + before.retries * left >= allowed) return false;
      retries++;
      return true;
    },
  };
}

import type { Scope } from "@upvest-sdk/types";
import { asError } from "./as-error.js";
import { type AbortSignalLike, now, timedOut, wait, within } from "./clock.js";
import { type Connection, tokenPath } from "./connection.js";
import {
  type Attempt,
  copyError,
  type Outcome,
  UpvestApiError,
  UpvestConfigurationError,
  UpvestError,
} from "./errors.js";
import type { Watch } from "./exchange.js";
import { tell } from "./hooks.js";
import { delayBefore, isRetried } from "./retry.js";
import { lacksScope, type Token } from "./token.js";
import type { Answer, As, ResponseLike, Wire } from "./wire.js";

/** A call on its way: what is sent, and what is known of it. */
export interface Call extends Wire {
  /** As the description has it. */
  readonly path: string;
  /** All but those that are fresh in every attempt. */
  readonly headers: Readonly<Record<string, string>>;
  readonly operationId: string | undefined;
  readonly scopes: readonly Scope[] | undefined;
  readonly idempotencyKey: string | undefined;
  /** It is the caller's, and may have been used before. */
  readonly ownKey: boolean;
  readonly as: As;
  readonly signal: AbortSignalLike | undefined;
  /** Of an attempt, in ms. */
  readonly timeout: number;
  /** Of all, in ms. */
  readonly deadline: number;
  /** Told the answer of an attempt before it is read; nothing when an attempt begins. */
  readonly answered: ((response: ResponseLike | undefined) => void) | undefined;
}

/** Whether an attempt that ended so may have done what it was to do. */
function outcomeOf(error: UpvestError, sent: boolean | undefined, { ownKey }: Call): Outcome {
  if (!sent || error.code === "NOT_CONNECTED") return "not_sent";
  if (!(error instanceof UpvestApiError)) return "unknown";
  const { status } = error;
  // A conflict may be with an earlier call of the same key, which is still running.
  return status > 499 || status === 408 || (status === 409 && ownKey) ? "unknown" : "rejected";
}

/** Sends the call until it is done, or has failed for good: deadline, retries, token; each attempt is signed afresh. */
export async function run(
  connection: Connection,
  call: Call,
): Promise<{ answer: Answer; attempts: readonly Attempt[] }> {
  const { tokens, budget, options } = connection;
  const { method, path, operationId, idempotencyKey, signal, timeout, deadline } = call;
  const { hooks, retry } = options;
  const about = { method, path, operationId, idempotencyKey };
  const attempts: Attempt[] = [];
  const end = now() + deadline;
  let outcome: Outcome = "not_sent";
  let retries = 0;
  let renewed = false;
  budget.countCall();

  const final = (error: UpvestError): UpvestError =>
    copyError(error, `${operationId ?? `${method} ${path}`}: ${error.message}`, {
      outcome,
      attempts,
      idempotencyKey,
      operationId,
      environment: options.environment ?? options.base,
    });

  for (;;) {
    const attempt = attempts.length + 1;
    const begun = now();
    const left = end - begun;
    let token: Token | undefined;
    let answer: Answer | undefined;
    let error: UpvestError | undefined;
    const watch: Watch = { answered: call.answered };
    call.answered?.(undefined);
    if (hooks.onRequest) tell(hooks.onRequest, { ...about, attempt });
    try {
      answer = await within(Math.min(timeout, left), signal, async (stop) => {
        let { headers } = call;
        if (path !== tokenPath) {
          token = tokens.current() ?? (await tokens.get(stop).catch(noToken));
          if (lacksScope(call.scopes, token)) throw scopeMissing(call.scopes!, options.scopes, token);
          // By a spread it would take V8 ten times as long.
          headers = Object.assign({ authorization: `Bearer ${token.accessToken}` }, headers);
        }
        return await connection.exchange(call, headers, call.as, stop, watch);
      });
    } catch (thrown) {
      error = asError(thrown, timeout < left ? timeout : 0, signal);
    }

    const { sent } = watch;
    // What the request for a token was answered with is not said of this call.
    const { status, requestId } = answer ?? ((sent ? error : {}) as Partial<UpvestApiError>);
    const said = error ? outcomeOf(error, sent, call) : "ok";
    const seen: Attempt = { status, requestId, duration: now() - begun, outcome: said, code: error?.code };
    attempts.push(seen);
    if (hooks.onResponse) tell(hooks.onResponse, { ...about, attempt, ...seen });
    if (answer) return { answer, attempts };

    // The worst of all: after an attempt that may have done it, no refusal tells that it was not done. Their names stand in
    // this order: not_sent, rejected, unknown.
    if (said > outcome) outcome = said as Outcome;
    let delay = 0;
    if (status === 401 && token && !renewed && tokens.renew(token)) renewed = true;
    // Where nothing was sent, all may be done again that a GET may.
    else if (
      isRetried(sent ? method : "GET", idempotencyKey !== undefined, error!) &&
      retries < retry.maxRetries &&
      budget.takeRetry()
    ) {
      delay = delayBefore(++retries, error!, retry.baseDelay, retry.maxDelay);
    } else throw final(error!);
    if (delay >= end - now()) throw final(error!);
    if (hooks.onRetry) {
      tell(hooks.onRetry, { ...about, attempt: attempt + 1, code: error!.code, status, delay });
    }
    try {
      if (delay > 0) await wait(delay, signal);
      // A timer may be late, where the process was busy or asleep.
      if (now() >= end) throw timedOut;
    } catch (thrown) {
      throw final(asError(thrown, 0, signal));
    }
  }
}

function noToken(error: unknown): never {
  throw error instanceof UpvestError ? copyError(error, `no token: ${error.message}`, {}) : error;
}

function scopeMissing(scopes: readonly Scope[], asked: readonly Scope[], token: Token): UpvestError {
  const missing = asked.filter((scope) => !token.scopes.includes(scope));
  return new UpvestConfigurationError(
    "SCOPE_MISSING",
    `needs one of the scopes ${scopes.join(", ")}; ${missing.length ? `asked for but not granted: ${missing.join(", ")}` : "add one to the client's scopes"}`,
  );
}

import type { Claim, Deduplication } from "./deduplication.js";
import { fail, WebhookError } from "./errors.js";
import type { AnyEvent } from "./event.js";
import type { Registered } from "./handlers.js";
import { idempotencyKey } from "./idempotency-key.js";
import type { DeadLetter, ErrorInfo } from "./receiver.js";
import { wait } from "./wait.js";

/** What is counted while a delivery is handled. */
export interface Handling {
  duplicates: number;
  held: number;
  /** Of the event at hand. */
  info: ErrorInfo;
}

interface Means {
  readonly store: Deduplication | false;
  readonly claimWait: number;
  readonly deadLetter: DeadLetter | undefined;
  readonly handling: Handling;
}

const betweenLooks = 100;

/** Runs the handlers of the event, if it is not done yet. Ends only when it is done, here or elsewhere, or has failed. */
export async function doOnce(event: AnyEvent, handlers: readonly Registered[], means: Means): Promise<void> {
  const { store, deadLetter, handling } = means;
  const owner = crypto.randomUUID();
  handling.info = { eventId: event.id, type: event.type };
  const claim: Claim = store
    ? await claimEvent(store, event.id, owner, means)
    : { state: "claimed", failures: 0 };
  if (claim.state !== "claimed") {
    handling.duplicates++;
    return;
  }
  const attempt = claim.failures + 1;
  const { firstFailure } = claim;
  handling.info = { ...handling.info, attempt, ...(firstFailure !== undefined && { firstFailure }) };
  const lost = new AbortController();
  const stopRenewing = store ? keepRenewing(store, event.id, owner, lost) : () => {};
  try {
    try {
      for (const { matches, name, handler } of handlers) {
        if (!matches(event.type)) continue;
        if (lost.signal.aborted) fail("CLAIM_LOST", "the claim was lost while the event was handled");
        const key = await idempotencyKey(event.id, name);
        await handler(event, { idempotencyKey: key, attempt, signal: lost.signal });
      }
    } catch (error) {
      if (error instanceof WebhookError && error.code === "CLAIM_LOST") throw error;
      if (!deadLetter || attempt < deadLetter.after)
        fail("HANDLER_FAILED", "a handler failed, see the cause", error);
      try {
        await deadLetter.handle(event, error);
      } catch (cause) {
        fail(
          "DEAD_LETTER_FAILED",
          "the event failed too often, and could not be put aside, see the cause",
          cause,
        );
      }
    }
  } catch (error) {
    stopRenewing();
    if (store) await store.release(event.id, owner).catch(() => {});
    throw error;
  }
  stopRenewing();
  if (store && !(await use(store.confirm(event.id, owner)))) {
    fail(
      "CLAIM_LOST",
      "the event was handled, but its claim was lost meanwhile: another may have handled it too",
    );
  }
}

/** Waits for an event that is held elsewhere. */
async function claimEvent(
  store: Deduplication,
  id: string,
  owner: string,
  { claimWait, handling }: Means,
): Promise<Claim> {
  const end = performance.now() + claimWait;
  for (let first = true; ; first = false) {
    const claim = await use(store.claim(id, owner));
    if (claim.state !== "held") return claim;
    if (first) handling.held++;
    if (performance.now() >= end) fail("CLAIM_HELD", "another works on the event");
    await wait(Math.min(betweenLooks, claimWait));
  }
}

/** Three times a lease, so that one renewal may fail. */
function keepRenewing(store: Deduplication, id: string, owner: string, lost: AbortController): () => void {
  let stopped = false;
  let timer: ReturnType<typeof setTimeout>;
  const next = () => {
    timer = setTimeout(async () => {
      // A store that is away for a moment takes nothing from us; that the claim is gone, it says.
      const ours = await store.renew(id, owner).catch(() => true);
      if (stopped) return;
      if (ours) next();
      else lost.abort();
    }, store.lease / 3);
  };
  next();
  return () => {
    stopped = true;
    clearTimeout(timer);
  };
}

async function use<T>(promise: Promise<T>): Promise<T> {
  try {
    return await promise;
  } catch (cause) {
    fail("STORE_UNAVAILABLE", "the store of the de-duplication is out of order", cause);
  }
}

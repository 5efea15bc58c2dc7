import type { Claim, Deduplication } from "./deduplication.js";
import { fail } from "./errors.js";
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
export async function doOnce(
  event: AnyEvent,
  handlers: readonly Registered[],
  { store, claimWait, deadLetter, handling }: Means,
): Promise<void> {
  const { id, type } = event;
  const owner = crypto.randomUUID();
  handling.info = { eventId: id, type };
  let claim: Claim = { state: "claimed", failures: 0 };
  if (store) {
    const end = performance.now() + claimWait;
    for (let first = true; ; first = false) {
      claim = await use(store.claim(id, owner));
      if (claim.state !== "held") break;
      if (first) handling.held++;
      if (performance.now() >= end) fail("CLAIM_HELD", "another works on the event");
      await wait(Math.min(betweenLooks, claimWait));
    }
  }
  if (claim.state !== "claimed") {
    handling.duplicates++;
    return;
  }
  const { firstFailure, failures } = claim;
  const attempt = failures + 1;
  handling.info = { eventId: id, type, attempt, ...(firstFailure && { firstFailure }) };
  const lost = new AbortController();
  const { signal } = lost;
  const checkClaim = (ours: boolean) => {
    if (!ours) fail("CLAIM_LOST", "another may have handled the event, too");
  };
  const stopRenewing = store ? keepRenewing(store, id, owner, lost) : () => {};
  try {
    try {
      for (const { matches, name, handler } of handlers) {
        if (!matches(type)) continue;
        checkClaim(!signal.aborted);
        await handler(event, { idempotencyKey: await idempotencyKey(id, name), attempt, signal });
      }
    } catch (error) {
      // What gives up because of the signal has not failed.
      checkClaim(!signal.aborted);
      if (!deadLetter || attempt < deadLetter.after) fail("HANDLER_FAILED", "see the cause", error);
      try {
        await deadLetter.handle(event, error);
      } catch (cause) {
        fail("DEAD_LETTER_FAILED", "see the cause", cause);
      }
    } finally {
      stopRenewing();
    }
    if (store) checkClaim(await use(store.confirm(id, owner)));
  } catch (error) {
    if (store) await store.release(id, owner).catch(() => {});
    throw error;
  }
}

/** Three times a lease, so that one renewal may fail. @returns what ends it */
function keepRenewing(store: Deduplication, id: string, owner: string, lost: AbortController): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const next = () => {
    timer = setTimeout(async () => {
      // A store that is away for a moment takes nothing from us; that the claim is gone, it says.
      const ours = await store.renew(id, owner).catch(() => true);
      if (!timer) return;
      if (ours) next();
      else lost.abort();
    }, store.lease / 3);
  };
  next();
  return () => {
    clearTimeout(timer);
    timer = undefined;
  };
}

async function use<T>(promise: Promise<T>): Promise<T> {
  try {
    return await promise;
  } catch (cause) {
    fail("STORE_UNAVAILABLE", "see the cause", cause);
  }
}

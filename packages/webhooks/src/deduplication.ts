import { check } from "./errors.js";

/** What a claim found. */
export type Claim =
  | {
      /** It is ours. */
      readonly state: "claimed";
      /** How often it was tried and failed before. */
      readonly failures: number;
      /** When it failed for the first time, if it did: Unix time in ms. */
      readonly firstFailure?: number | undefined;
    }
  | {
      /** It was done before. */
      readonly state: "done";
    }
  | {
      /** Another works on it now. */
      readonly state: "held";
    };

/**
 * Remembers which events were done, so that each is done once, although it may be delivered often. All four are atomic; the
 * last three do something only for the owner of the claim: a process that was paused for longer than its lease can neither
 * confirm nor release what another has taken over. What they throw means that the store is out of order.
 */
export interface Deduplication {
  /** How long a claim lasts without being renewed, in ms. */
  readonly lease: number;
  /** Claims the event, if it is neither done nor held; an event that is done is remembered anew. */
  claim(eventId: string, owner: string): Promise<Claim>;
  /** Makes the claim last for another lease. @returns whether it is still ours */
  renew(eventId: string, owner: string): Promise<boolean>;
  /** The event is done. @returns whether the claim was still ours */
  confirm(eventId: string, owner: string): Promise<boolean>;
  /** The event is not done: counts a failure, and gives the claim back. */
  release(eventId: string, owner: string): Promise<void>;
}

/** In ms: 30 days. */
export const defaultTtl = 2_592_000_000;
/** In ms. */
export const defaultLease = 60_000;

/** Longer leases a timer could not renew; what is done has to be known for as long as it could be at work elsewhere. */
export function checkTimes(ttl: number, lease: number): void {
  check(lease > 0 && lease < 2 ** 31 && ttl >= lease, "lease, ttl: 0 < lease <= ttl");
}

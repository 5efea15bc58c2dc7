import { checkTimes, type Deduplication, defaultLease, defaultTtl } from "./deduplication.js";
import { check } from "./errors.js";

/** How long, and how much, is remembered. Times are in ms. */
export interface MemoryDeduplicationOptions {
  /** How long an event that is done is remembered, in ms, from when it was last seen. Default 30 days. */
  ttl?: number | undefined;
  /** How long a claim lasts without being renewed, in ms. Default 60,000. */
  lease?: number | undefined;
  /** How many events are remembered at most; those not seen for longest go first, claims never. Default 100,000. */
  max?: number | undefined;
}

interface Entry {
  /** Of the claim; `""` if it is done. */
  readonly owner?: string | undefined;
  /** Of the claim, or of what is remembered. */
  readonly until: number;
  readonly failures: number;
  readonly firstFailure?: number | undefined;
}

/**
 * In the memory of this process: for one process, whose restarts may do an event once more.
 *
 * @throws {WebhookError} `INVALID_OPTION`
 */
export function memoryDeduplication({
  ttl = defaultTtl,
  lease = defaultLease,
  max = 100_000,
}: MemoryDeduplicationOptions = {}): Deduplication {
  checkTimes(ttl, lease);
  check(max > 0, "max");
  // The oldest first.
  const entries = new Map<string, Entry>();
  const put = (id: string, entry: Entry) => {
    entries.delete(id);
    entries.set(id, entry);
    for (const [other, { owner }] of entries) {
      if (entries.size <= max) break;
      if (!owner) entries.delete(other);
    }
    return true;
  };
  /** Replaces the claim, if it is the owner's. */
  const change = (id: string, owner: string, to: (claim: Entry) => Entry) => {
    const entry = entries.get(id);
    return entry?.owner === owner && put(id, to(entry));
  };
  return {
    lease,
    async claim(id, owner) {
      const now = Date.now();
      let entry = entries.get(id);
      // What is over is forgotten; of a claim only the owner is.
      if (entry && entry.until <= now) entry = entry.owner ? { ...entry, owner: undefined } : undefined;
      const { owner: other, failures = 0, firstFailure } = entry ?? {};
      if (other) return { state: "held" };
      if (other === "") {
        put(id, { owner: "", until: now + ttl, failures });
        return { state: "done" };
      }
      put(id, { owner, until: now + lease, failures, firstFailure });
      return { state: "claimed", failures, firstFailure };
    },
    async renew(id, owner) {
      return change(id, owner, (claim) => ({ ...claim, until: Date.now() + lease }));
    },
    async confirm(id, owner) {
      return change(id, owner, () => ({ owner: "", until: Date.now() + ttl, failures: 0 }));
    },
    async release(id, owner) {
      change(id, owner, ({ failures, firstFailure = Date.now() }) => ({
        until: Date.now() + ttl,
        failures: failures + 1,
        firstFailure,
      }));
    },
  };
}

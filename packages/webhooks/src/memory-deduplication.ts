import { type Deduplication, defaultLease, defaultTtl } from "./deduplication.js";
import { fail } from "./errors.js";

export interface MemoryDeduplicationOptions {
  /** How long an event that is done is remembered, in ms, from when it was last seen. Default 30 days. */
  ttl?: number | undefined;
  /** How long a claim lasts without being renewed, in ms. Default 60,000. */
  lease?: number | undefined;
  /** How many events are remembered at most; those not seen for longest go first, claims never. Default 100,000. */
  max?: number | undefined;
}

interface Entry {
  owner?: string | undefined;
  /** Of the claim, or of what is remembered. */
  until: number;
  done: boolean;
  failures: number;
  firstFailure?: number | undefined;
}

/** In the memory of this process: for one process, whose restarts may do an event once more. */
export function memoryDeduplication({
  ttl = defaultTtl,
  lease = defaultLease,
  max = 100_000,
}: MemoryDeduplicationOptions = {}): Deduplication {
  if (!(ttl > 0 && lease > 0 && max > 0)) fail("INVALID_OPTION", "ttl and lease (ms) and max are above 0");
  // The oldest first.
  const entries = new Map<string, Entry>();
  const put = (id: string, entry: Entry) => {
    entries.delete(id);
    entries.set(id, entry);
  };
  const owned = (id: string, owner: string) => {
    const entry = entries.get(id);
    return entry?.owner === owner ? entry : undefined;
  };
  const trim = () => {
    for (const [id, { owner }] of entries) {
      if (entries.size <= max) return;
      if (owner === undefined) entries.delete(id);
    }
  };
  return {
    lease,
    async claim(id, owner) {
      const time = Date.now();
      const entry = entries.get(id);
      const alive = entry && entry.until > time;
      if (alive && entry.done) {
        put(id, { ...entry, until: time + ttl });
        return { state: "done" };
      }
      if (alive && entry.owner !== undefined) return { state: "held" };
      const { failures = 0, firstFailure } = entry?.done ? {} : (entry ?? {});
      put(id, { owner, until: time + lease, done: false, failures, firstFailure });
      trim();
      return { state: "claimed", failures, firstFailure };
    },
    async renew(id, owner) {
      const entry = owned(id, owner);
      if (entry) entry.until = Date.now() + lease;
      return entry !== undefined;
    },
    async confirm(id, owner) {
      if (!owned(id, owner)) return false;
      put(id, { until: Date.now() + ttl, done: true, failures: 0 });
      return true;
    },
    async release(id, owner) {
      const entry = owned(id, owner);
      if (!entry) return;
      const { failures, firstFailure = Date.now() } = entry;
      put(id, { until: Date.now() + ttl, done: false, failures: failures + 1, firstFailure });
    },
  };
}

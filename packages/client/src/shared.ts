import { now, type Stop, timedOut, within } from "./clock.js";

/**
 * How long, in ms, work that another call began is waited for. On Workers a promise dies with the request that began it,
 * and would be waited for without end.
 */
const patience = 5_000;

/** In ms. What is begun ahead of need is not begun again at once when it failed. */
const afterFailure = 1_000;

/** Work that is done once for all who ask while it runs. */
export interface Shared<T> {
  get(stop: Stop): Promise<T>;
  /** Begins it, if it is not running, without waiting; a failure is left to those who ask. */
  begin(): void;
  /** Whoever asks from now on begins anew. */
  forget(): void;
}

export function shared<T>(work: () => Promise<T>): Shared<T> {
  let running: { readonly promise: Promise<T>; readonly since: number } | undefined;
  let failedAt = Number.NEGATIVE_INFINITY;
  const start = () => {
    const promise = work();
    const mine = { promise, since: now() };
    running = mine;
    const end = () => {
      if (running === mine) running = undefined;
    };
    promise.then(end, () => {
      failedAt = now();
      end();
    });
    return mine;
  };
  const alive = () => (running && now() - running.since < patience ? running : undefined);
  return {
    async get(stop) {
      for (let other = alive(); other; other = alive()) {
        const { promise, since } = other;
        try {
          return await within(patience - (now() - since), stop.signal, () => promise);
        } catch (error) {
          if (error !== timedOut) throw error;
          if (running === other) break;
        }
      }
      return start().promise;
    },
    begin() {
      if (!alive() && now() - failedAt >= afterFailure) start();
    },
    forget() {
      running = undefined;
    },
  };
}

import { aborted, now, type Stop, timedOut, within } from "./clock.js";

/**
 * How long, in ms, work that another call began is waited for. On Workers a promise dies with the request that began it:
 * whoever waits for it gets an error of the runtime, or, by its older rules, waits without end.
 */
const patience = 5_000;

/** In ms. What is begun ahead of need is not begun again at once when it failed. */
const afterFailure = 1_000;

/** Work that is done once for all who ask while it runs, and what came of it. */
export interface Shared<T> {
  /** What there is, if it is good. */
  current(): T | undefined;
  /** Waits until there is something. */
  get(stop: Stop): Promise<T>;
  /** Begins it, if it is not running, without waiting; a failure is left to those who ask. */
  begin(): void;
  /** Whoever asks from now on begins anew, and whoever waits goes on to that. */
  forget(): void;
}

export function shared<T>(work: () => Promise<T>, isGood: (value: T) => boolean = () => true): Shared<T> {
  let running: { readonly promise: Promise<T>; readonly since: number; over: boolean } | undefined;
  let kept: T | undefined;
  let generation = 0;
  let failedAt = -afterFailure;
  const start = () => {
    const mine = generation;
    const run = { promise: work(), since: now(), over: false };
    running = run;
    const end = () => {
      run.over = true;
      if (running === run) running = undefined;
    };
    run.promise.then(
      (value) => {
        end();
        if (mine === generation) kept = value;
      },
      () => {
        end();
        failedAt = now();
      },
    );
    return run;
  };
  const alive = () => (running && now() - running.since < patience ? running : undefined);
  const current = () => (kept !== undefined && isGood(kept) ? kept : undefined);
  return {
    current,
    async get(stop) {
      for (;;) {
        // It may have come while a later one was waited for.
        const there = current();
        if (there !== undefined) return there;
        const mine = generation;
        const other = alive();
        const run = other ?? start();
        const left = other ? patience - (now() - run.since) : Number.POSITIVE_INFINITY;
        try {
          const value = await within(left, stop.signal, async () => run.promise);
          if (mine === generation) return value;
        } catch (error) {
          if (error === aborted) throw error;
          if (error === timedOut) continue;
          // What fails before it is over is dead.
          if (other && !run.over) running = running === run ? undefined : running;
          else if (mine === generation) throw error;
        }
      }
    },
    begin() {
      if (!alive() && now() - failedAt >= afterFailure) start();
    },
    forget() {
      generation++;
      running = kept = undefined;
    },
  };
}

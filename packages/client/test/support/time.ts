import { afterEach, beforeEach, expect, vi } from "vitest";
import type { Api } from "./api.js";

const running = new Set<unknown>();

/** Timers of the client that run; `fetch` of Node has some of its own. */
export const timers = (): number => running.size;

/** Time stands still for the client, and goes on for sockets; no test may leave a timer behind. */
export function useFakeClock(): void {
  let fakes: Pick<typeof globalThis, "setTimeout" | "clearTimeout">;
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance", "Date"] });
    running.clear();
    const { setTimeout: set, clearTimeout: clear } = globalThis;
    fakes = { setTimeout: set, clearTimeout: clear };
    globalThis.setTimeout = ((callback: (...args: unknown[]) => void, ms: number, ...args: unknown[]) => {
      const timer = set(() => {
        running.delete(timer);
        callback(...args);
      }, ms);
      if (/\/client\/src\//.test(String(new Error().stack))) running.add(timer);
      return timer;
    }) as typeof setTimeout;
    globalThis.clearTimeout = (timer) => {
      running.delete(timer);
      clear(timer);
    };
  });
  afterEach(() => {
    Object.assign(globalThis, fakes);
    vi.useRealTimers();
    expect(timers(), "timers left behind").toBe(0);
  });
}

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

/** Goes on when it is so; gives up after ten real seconds. */
export async function until(met: () => boolean): Promise<void> {
  const end = process.hrtime.bigint() + 10_000_000_000n;
  while (!met()) {
    if (process.hrtime.bigint() > end) throw new Error(`never came: ${met}`);
    await turn();
  }
}

/** Lets all happen that needs no time to pass. */
export async function settle(turns = 20): Promise<void> {
  for (let i = 0; i < turns; i++) await turn();
}

export const pass = (ms: number): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);

/**
 * Lets time pass as the call needs it: the pause before each retry, and `timeout` for each request that the server leaves
 * without an answer.
 */
export async function drive<T>(api: Api, work: Promise<T>, timeout = 30_000): Promise<T> {
  let done = false;
  const end = () => {
    done = true;
  };
  work.then(end, end);
  let { length } = api.retries;
  let { hung } = api;
  await until(() => {
    if (api.retries.length > length) vi.advanceTimersByTime(api.retries[length++]!.delay);
    if (api.hung > hung) {
      hung++;
      vi.advanceTimersByTime(timeout);
    }
    return done;
  });
  return work;
}

/** What the promise is rejected with. */
export const failure = <E>(work: Promise<unknown>): Promise<E> =>
  work.then(
    (value) => {
      throw new Error(`was to fail, and gave ${JSON.stringify(value)}`);
    },
    (error) => error,
  );

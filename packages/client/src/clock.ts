// All that has to do with time goes through here: a clock that is never set back, and the timers of the runtime as they
// are at the time of the call, so that fake ones reach it.

/** In ms, from some point on. */
export const now = (): number => performance.now();

/** What `within` throws when the time is over. */
export const timedOut: unique symbol = Symbol("timed out");

/** What `within` throws when the signal is aborted. */
export const aborted: unique symbol = Symbol("aborted");

/** What is used of an `AbortSignal`; named here so that no DOM library is needed. */
export interface AbortSignalLike {
  /** Whether it was aborted already: then nothing is sent. */
  readonly aborted: boolean;
  /** What it was aborted with: the `cause` of the error. */
  readonly reason?: unknown;
  /** Has the listener called when it is aborted. */
  addEventListener(type: "abort", listener: () => void): void;
  /** Takes the listener off again, once the call is over. */
  removeEventListener(type: "abort", listener: () => void): void;
}

/** Longer timers fire at once. */
const longestTimer = 2 ** 31 - 1;

/** Tells work that nobody waits for it any more. */
export interface Stop {
  readonly stopped: boolean;
  /** Made when it is asked for: that costs more than all else here. */
  readonly signal: AbortSignalLike;
}

class Stopper implements Stop {
  stopped = false;
  #controller: AbortController | undefined;

  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    if (this.stopped) this.#controller.abort();
    return this.#controller.signal;
  }

  stop(): void {
    this.stopped = true;
    this.#controller?.abort();
  }
}

/**
 * Waits for the work, but no longer than `ms` (throws `timedOut`) and only until the signal is aborted (throws `aborted`);
 * the work is told then. Work that does not heed it is left alone.
 */
export function within<T>(
  ms: number,
  signal: AbortSignalLike | undefined,
  work: (stop: Stop) => Promise<T>,
): Promise<T> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) throw aborted;
    const stop = new Stopper();
    const halt = (reason: symbol) => {
      end();
      reject(reason);
      stop.stop();
    };
    const onAbort = () => halt(aborted);
    const timer = setTimeout(() => halt(timedOut), Math.min(ms, longestTimer));
    signal?.addEventListener("abort", onAbort);
    const end = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", onAbort);
    };
    work(stop).then(
      (result) => {
        end();
        resolve(result);
      },
      (error) => {
        end();
        reject(error);
      },
    );
  });
}

/** Waits; throws `aborted` when the signal is. */
export async function wait(ms: number, signal: AbortSignalLike | undefined): Promise<void> {
  try {
    await within(ms, signal, () => new Promise(() => {}));
  } catch (reason) {
    if (reason !== timedOut) throw reason;
  }
}

/** What is to happen later, by name, so that it can be kept in a file. */
export interface Task {
  /** Unix time, ms. */
  at: number;
  name: string;
  id: string;
}

export type TaskHandler = (id: string) => void | Promise<void>;

/** The clock that life cycles, retries of webhooks, tokens and idempotency keys go by. */
export interface Clock {
  /** Unix time, ms. */
  now(): number;
  /**
   * Moves the clock on by so many ms; all that is due until then happens in order, each at its own time, webhooks
   * delivered included.
   */
  advance(ms: number): Promise<void>;
}

export interface SandboxClock extends Clock {
  later(ms: number, name: string, id: string): void;
  readonly tasks: readonly Task[];
  stop(): void;
}

export interface ClockOptions {
  /** `manual` stands still but for `advance`. */
  kind: "real" | "manual";
  /** Unix time, ms. */
  start?: number | undefined;
  tasks?: readonly Task[] | undefined;
  handlers: Readonly<Record<string, TaskHandler>>;
  /** After each task. */
  onChange?: (() => void) | undefined;
}

// What setTimeout takes.
const longest = 2 ** 31 - 1;

export function createClock({
  kind,
  start = Date.now(),
  tasks = [],
  handlers,
  onChange,
}: ClockOptions): SandboxClock {
  const queue = [...tasks];
  const began = Date.now();
  let moved = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let stopped = false;
  let moving: Promise<void> = Promise.resolve();
  // While the clock is moved it stands at what is due.
  let standing: number | undefined;

  const now = () => standing ?? start + moved + (kind === "real" ? Date.now() - began : 0);

  const run = async ({ name, id }: Task) => {
    const handler = handlers[name];
    if (!handler) throw new Error(`no task is called ${name}`);
    await handler(id);
    onChange?.();
  };

  const wait = () => {
    clearTimeout(timer);
    if (kind === "manual" || stopped || !queue[0]) return;
    timer = setTimeout(due, Math.min(Math.max(0, queue[0].at - now()), longest));
  };

  const due = () => {
    // What takes time, a delivery, holds up nothing else.
    while (!stopped && standing === undefined && queue[0] && queue[0].at <= now()) void run(queue.shift()!);
    wait();
  };
  wait();

  return {
    now,
    tasks: queue,
    later(ms, name, id) {
      const task = { at: now() + ms, name, id };
      // Tasks of one time stay in the order that they came in.
      let place = queue.length;
      while (place > 0 && queue[place - 1]!.at > task.at) place--;
      queue.splice(place, 0, task);
      if (place === 0 && standing === undefined) wait();
    },
    advance(ms) {
      if (!Number.isFinite(ms) || ms < 0) throw new RangeError("a clock is moved on by 0 ms or more");
      const move = async () => {
        const until = now() + ms;
        try {
          while (!stopped && queue[0] && queue[0].at <= until) {
            const task = queue.shift()!;
            standing = Math.max(task.at, standing ?? 0);
            await run(task);
          }
        } finally {
          standing = undefined;
          moved += Math.max(0, until - now());
          wait();
        }
      };
      moving = moving.then(move, move);
      return moving;
    },
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}

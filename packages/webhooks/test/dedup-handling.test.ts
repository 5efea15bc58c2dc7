import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import {
  createWebhookReceiver,
  type Deduplication,
  type ErrorInfo,
  memoryDeduplication,
  type ReceiverOptions,
  type WebhookReceiver,
} from "../src/index.js";
import { newEvent } from "./support/sender.js";
import { describeStores } from "./support/stores.js";

/** In ms. */
const lease = 60_000;

function create(options: Partial<ReceiverOptions>) {
  const errors: [string, number, ErrorInfo][] = [];
  const receiver = createWebhookReceiver({
    keys: () => undefined,
    onError: ({ code, status }, info) => errors.push([code, status, info]),
    ...options,
  });
  return { receiver, errors };
}

/** The status that a delivery would be answered with. */
const outcome = (receiver: WebhookReceiver, ...events: ReturnType<typeof newEvent>[]): Promise<number> =>
  receiver.dispatch(events).then(
    () => 200,
    ({ status }) => status,
  );

/** A handler, and when it has begun: what is hashed before it takes time that no fake timer knows of. */
function starting(handler: (signal: AbortSignal) => unknown) {
  let begin = () => {};
  const begun = new Promise<void>((resolve) => {
    begin = resolve;
  });
  const wrapped = (_: unknown, { signal }: { signal: AbortSignal }) => {
    begin();
    return handler(signal);
  };
  return { begun, handler: wrapped };
}

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe("a claim while the handler runs", () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date", "performance"] });
  });
  afterEach(() => {
    expect(vi.getTimerCount()).toBe(0);
    vi.useRealTimers();
  });
  const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

  test("is kept for three leases, by renewal; who comes meanwhile waits, then is told to come again", async () => {
    const store = memoryDeduplication({ lease });
    let ran = 0;
    const one = create({ deduplicate: store });
    const { begun, handler } = starting(async (signal) => {
      ran++;
      await sleep(3 * lease);
      expect(signal.aborted).toBe(false);
    });
    one.receiver.on("*", handler);
    const other = create({ deduplicate: store });
    other.receiver.on("*", () => ran++);
    const event = newEvent();
    const first = outcome(one.receiver, event);
    await begun;
    for (let count = 0; count < 2; count++) {
      const second = outcome(other.receiver, event);
      await pass(1.4 * lease);
      expect(await second).toBe(503);
    }
    await pass(0.2 * lease);
    expect(await first).toBe(200);
    expect(await outcome(other.receiver, event)).toBe(200);
    expect([ran, one.errors]).toEqual([1, []]);
    expect(new Set(other.errors.map(([code]) => code))).toEqual(new Set(["CLAIM_HELD"]));
  });

  test("survives renewals that fail, but not the one that says that it is gone", async () => {
    const memory = memoryDeduplication({ lease });
    let away = false;
    let renewals = 0;
    const store: Deduplication = {
      ...memory,
      async renew(id, owner) {
        renewals++;
        if (away) throw new Error("away");
        return memory.renew(id, owner);
      },
    };
    const { receiver, errors } = create({ deduplicate: store });
    const aborted: boolean[] = [];
    const { begun, handler } = starting(async (signal) => {
      away = true;
      await sleep(0.5 * lease);
      away = false;
      await sleep(0.45 * lease);
      aborted.push(signal.aborted);
    });
    receiver.on("*", handler);
    const done = outcome(receiver, newEvent());
    await begun;
    await pass(lease);
    expect([await done, renewals, aborted, errors]).toEqual([200, 2, [false], []]);
  });

  /** Another takes the claim over, as it does when this process is paused for longer than the lease. */
  function losing() {
    const memory = memoryDeduplication({ lease });
    const event = newEvent();
    const store: Deduplication = { ...memory, renew: async () => true };
    const take = async () => {
      // This process hangs: nothing is renewed.
      await pass(lease + 1);
      expect(await memory.claim(event.id, "another")).toMatchObject({ state: "claimed" });
      store.renew = memory.renew;
    };
    return { memory, store, event, take };
  }

  test.each([
    ["gives up", true],
    ["goes on to its end", false],
  ])("that is lost: the signal is aborted, and 503, whether the handler %s", async (_, givesUp) => {
    const { memory, store, event, take } = losing();
    const aside = vi.fn();
    const { receiver, errors } = create({ deduplicate: store, deadLetter: { after: 1, handle: aside } });
    const steps: string[] = [];
    const { begun, handler } = starting(async (signal) => {
      signal.addEventListener("abort", () => steps.push("aborted"));
      await sleep(2 * lease);
      if (givesUp) signal.throwIfAborted();
      steps.push("ended");
    });
    receiver.on("*", handler).on("*", () => steps.push("never"));
    const lost = outcome(receiver, event);
    await begun;
    await take();
    await pass(2 * lease);
    expect(await lost).toBe(503);
    expect(steps).toEqual(givesUp ? ["aborted"] : ["aborted", "ended"]);
    expect(errors).toEqual([["CLAIM_LOST", 503, { eventId: event.id, type: event.type, attempt: 1 }]]);
    // It has not failed: nothing is put aside, nothing counted, and the other one's claim stands.
    expect(aside).not.toHaveBeenCalled();
    expect(await memory.confirm(event.id, "another")).toBe(true);
  });

  test("that is lost between the last renewal and the end: 503", async () => {
    const { memory, store, event, take } = losing();
    const { receiver, errors } = create({ deduplicate: store });
    const { begun, handler } = starting(() => sleep(lease + 2));
    receiver.on("*", handler);
    const lost = outcome(receiver, event);
    await begun;
    await take();
    await pass(10);
    expect(await lost).toBe(503);
    expect(errors.map(([code]) => code)).toEqual(["CLAIM_LOST"]);
    expect(await memory.confirm(event.id, "another")).toBe(true);
  });

  test("a renewal that is answered after the end aborts nothing", async () => {
    const memory = memoryDeduplication({ lease });
    const store: Deduplication = {
      ...memory,
      renew: async () => {
        await sleep(lease);
        return false;
      },
    };
    const { receiver } = create({ deduplicate: store });
    let signal: AbortSignal | undefined;
    const { begun, handler } = starting((given) => {
      signal = given;
      return sleep(lease / 2);
    });
    receiver.on("*", handler);
    const done = outcome(receiver, newEvent());
    await begun;
    await pass(lease / 2);
    expect(await done).toBe(200);
    await pass(2 * lease);
    expect(signal?.aborted).toBe(false);
  });

  test("claimWait: as long as it says; what is done meanwhile, is", async () => {
    for (const claimWait of [50, 250, 20_000]) {
      const store = memoryDeduplication({ lease });
      const { receiver, errors } = create({ deduplicate: store, claimWait });
      const event = newEvent();
      await store.claim(event.id, "another");
      const begun = performance.now();
      let took = 0;
      const held = outcome(receiver, event).finally(() => {
        took = performance.now() - begun;
      });
      await pass(claimWait + 200);
      expect(await held).toBe(503);
      expect(took).toBeGreaterThanOrEqual(claimWait);
      expect(took).toBeLessThanOrEqual(claimWait + 100);
      expect(errors.map(([code]) => code)).toEqual(["CLAIM_HELD"]);
      const later = outcome(receiver, event);
      await pass(claimWait / 2);
      await store.confirm(event.id, "another");
      await pass(100);
      expect(await later).toBe(200);
    }
  });

  test("claimWait: what is released or lost meanwhile is done here", async () => {
    for (const end of ["released", "lost"]) {
      const store = memoryDeduplication({ lease });
      const { receiver } = create({ deduplicate: store, claimWait: 2 * lease });
      const seen: number[] = [];
      receiver.on("*", (_, { attempt }) => seen.push(attempt));
      const event = newEvent();
      await store.claim(event.id, "another");
      const done = outcome(receiver, event);
      await pass(1_000);
      expect(seen).toEqual([]);
      if (end === "released") await store.release(event.id, "another");
      await pass(lease);
      expect(await done).toBe(200);
      expect(seen).toEqual([end === "released" ? 2 : 1]);
    }
  });
});

describe("never 200 while an event is unconfirmed", () => {
  test("the store fails at confirm: 503 until it does not; the event comes again", async () => {
    const memory = memoryDeduplication();
    let away = true;
    const { receiver, errors } = create({
      deduplicate: {
        ...memory,
        async confirm(id, owner) {
          if (away) throw new Error("away");
          return memory.confirm(id, owner);
        },
      },
    });
    const seen: string[] = [];
    receiver.on("*", ({ type }) => seen.push(type));
    const events = [newEvent({ type: "A.A" }), newEvent({ type: "B.B" })];
    expect(await outcome(receiver, ...events)).toBe(503);
    expect(errors.map(([code]) => code)).toEqual(["STORE_UNAVAILABLE"]);
    expect(seen).toEqual(["A.A"]);
    away = false;
    expect(await outcome(receiver, ...events)).toBe(200);
    expect(seen).toEqual(["A.A", "A.A", "B.B"]);
    expect(await outcome(receiver, ...events)).toBe(200);
    expect(seen).toHaveLength(3);
  });

  test("whatever one of the four does wrong", async () => {
    const memory = memoryDeduplication();
    const bad: Partial<Deduplication>[] = [
      { claim: () => Promise.reject(new Error("x")) },
      { claim: async () => ({ state: "held" }) },
      { confirm: () => Promise.reject(new Error("x")) },
      { confirm: async () => false },
      {
        claim: (() => {
          throw new Error("x");
        }) as never,
      },
      {
        confirm: (() => {
          throw new Error("x");
        }) as never,
      },
    ];
    for (const over of bad) {
      const { receiver } = create({ deduplicate: { ...memory, ...over }, claimWait: 0 });
      expect(await outcome(receiver, newEvent()), Object.values(over).join()).toBeGreaterThanOrEqual(500);
    }
  });
});

// One store, and a receiver for each process.
describe("a poison event, over processes", () => {
  describeStores((stores, kind) => {
    test("is put aside by whoever sees it fail for the n-th time", async () => {
      const aside: [number, string, unknown][] = [];
      const thrown = new Error("poison");
      let full = true;
      const shared = stores.open();
      const receivers = [0, 1, 2].map((index) => {
        const { receiver, errors } = create({
          deduplicate: kind === "memory" ? shared : stores.open(),
          deadLetter: {
            after: 3,
            handle: async ({ id }, error) => {
              if (full) throw new Error("disk full");
              aside.push([index, id, error]);
            },
          },
        });
        receiver.on("*", ({ type }) => {
          if (type === "BAD.ONE") throw thrown;
        });
        return { receiver, errors };
      });
      const [one, two, three] = receivers as [
        (typeof receivers)[0],
        (typeof receivers)[0],
        (typeof receivers)[0],
      ];
      const events = [newEvent({ type: "A.A" }), newEvent({ type: "BAD.ONE" }), newEvent({ type: "C.C" })];
      expect(await outcome(one.receiver, ...events)).toBe(500);
      expect(await outcome(two.receiver, ...events)).toBe(500);
      // It cannot be put aside: that is a failure, too.
      expect(await outcome(three.receiver, ...events)).toBe(500);
      expect(await outcome(one.receiver, ...events)).toBe(500);
      full = false;
      expect(await outcome(two.receiver, ...events)).toBe(200);
      expect(aside).toEqual([[1, events[1]!.id, thrown]]);
      expect(await outcome(one.receiver, ...events)).toBe(200);
      const attempts = (errors: [string, number, ErrorInfo][]) =>
        errors.map(([code, status, { attempt, eventId, firstFailure }]) => {
          expect([status, eventId]).toEqual([500, events[1]!.id]);
          expect(firstFailure === undefined).toBe(attempt === 1);
          return `${code} ${attempt}`;
        });
      expect(attempts(one.errors)).toEqual(["HANDLER_FAILED 1", "DEAD_LETTER_FAILED 4"]);
      expect(attempts(two.errors)).toEqual(["HANDLER_FAILED 2"]);
      expect(attempts(three.errors)).toEqual(["DEAD_LETTER_FAILED 3"]);
    });
  });
});

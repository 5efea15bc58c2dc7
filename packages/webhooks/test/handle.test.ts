import { createHash } from "node:crypto";
import { afterEach, describe, expect, test, vi } from "vitest";
import {
  type AnyEvent,
  createWebhookReceiver,
  type Deduplication,
  type DeliveryInfo,
  type ErrorInfo,
  memoryDeduplication,
  type ReceiverOptions,
  staticKeys,
  WebhookError,
} from "../src/index.js";
import { delivery, envelope, newEvent, newKey, signed, toRequest } from "./support/sender.js";

const key = newKey();
const keys = staticKeys({ keys: [key.jwk] });

interface Told {
  errors: { error: WebhookError; info: ErrorInfo }[];
  deliveries: DeliveryInfo[];
}

function create(options: Partial<ReceiverOptions> = {}) {
  const told: Told = { errors: [], deliveries: [] };
  const receiver = createWebhookReceiver({
    keys,
    onError: (error, info) => told.errors.push({ error, info }),
    onDelivery: (info) => told.deliveries.push(info),
    ...options,
  });
  const post = async (...events: unknown[]) => {
    const response = await receiver.handle(delivery(key, events));
    return response.status;
  };
  return { receiver, told, post };
}

afterEach(() => {
  vi.useRealTimers();
});

describe("patterns", () => {
  test("a type, a category, all, and what this version does not know", async () => {
    const { receiver, post } = create();
    const seen: string[] = [];
    const note = (name: string) => (event: AnyEvent) => seen.push(`${name}: ${event.type}`);
    receiver
      .on("ORDER.FILLED", note("type"))
      .on("ORDER.*", note("category"))
      .on("*", note("all"))
      .on("NEW.KIND", note("unknown type"))
      .on("NEW.*", note("unknown category"))
      .on("ORDER", note("no type"))
      .on("ORDER_CANCELLATION.*", note("other category"));
    const types = [
      "ORDER.FILLED",
      "ORDER.NEW",
      "ORDER_CANCELLATION.CANCELLED",
      "NEW.KIND",
      "NEWER.KIND",
      "ORDER.NEWER",
    ];
    expect(await post(...types.map((type) => newEvent({ type })))).toBe(200);
    expect(seen).toEqual([
      "type: ORDER.FILLED",
      "category: ORDER.FILLED",
      "all: ORDER.FILLED",
      "category: ORDER.NEW",
      "all: ORDER.NEW",
      "all: ORDER_CANCELLATION.CANCELLED",
      "other category: ORDER_CANCELLATION.CANCELLED",
      "all: NEW.KIND",
      "unknown type: NEW.KIND",
      "unknown category: NEW.KIND",
      "all: NEWER.KIND",
      "category: ORDER.NEWER",
      "all: ORDER.NEWER",
    ]);
  });

  test("an event without a handler is done", async () => {
    const { receiver, told, post } = create();
    const event = newEvent({ type: "NEW.KIND" });
    expect(await post(event)).toBe(200);
    receiver.on("*", () => {
      throw new Error("never");
    });
    expect(await post(event)).toBe(200);
    expect(told.deliveries.map(({ duplicates }) => duplicates)).toEqual([0, 1]);
  });

  test("a handler that is none is told of at once", () => {
    const { receiver } = create();
    expect(() => receiver.on("*", undefined as never)).toThrow(
      expect.objectContaining({ code: "INVALID_OPTION" }),
    );
  });

  test("a handler gets the event as it came", async () => {
    const { receiver, post } = create();
    const event = newEvent({ object: { status: "BRAND_NEW", more: [1, null] } });
    let got: unknown;
    receiver.on("ORDER.FILLED", (given) => {
      got = given;
    });
    expect(await post(event)).toBe(200);
    expect(got).toEqual(event);
  });
});

describe("order", () => {
  test("events in theirs, handlers of one in theirs, one after the other; 200 only after all", async () => {
    const { receiver } = create();
    const steps: string[] = [];
    const gates: (() => void)[] = [];
    for (const name of ["first", "second"]) {
      receiver.on("*", async (event) => {
        steps.push(`${name} begins ${event.type}`);
        await new Promise<void>((resolve) => gates.push(resolve));
        steps.push(`${name} ends ${event.type}`);
      });
    }
    let answered = false;
    const answer = receiver.handle(delivery(key, [newEvent({ type: "A.A" }), newEvent({ type: "B.B" })]));
    answer.then(() => (answered = true));
    const expected: string[] = [];
    for (const type of ["A.A", "B.B"]) {
      for (const name of ["first", "second"]) {
        await vi.waitUntil(() => gates.length === 1, { interval: 1 });
        expect(steps).toEqual([...expected, `${name} begins ${type}`]);
        expect(answered).toBe(false);
        gates.pop()!();
        expected.push(`${name} begins ${type}`, `${name} ends ${type}`);
      }
    }
    expect((await answer).status).toBe(200);
    expect(steps).toEqual(expected);
  });

  test("two deliveries of the same events at a time: the second waits, and all is done once", async () => {
    const store = memoryDeduplication();
    let isHeld = false;
    const claim: Deduplication["claim"] = async (...given) => {
      const found = await store.claim(...given);
      isHeld ||= found.state === "held";
      return found;
    };
    const { receiver, told, post } = create({ claimWait: 60_000, deduplicate: { ...store, claim } });
    const seen: string[] = [];
    const events = [newEvent({ type: "A.A" }), newEvent({ type: "B.B" })];
    let open = () => {};
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    receiver.on("*", async (event) => {
      seen.push(event.type);
      await gate;
    });
    const both = [post(...events), post(...events)];
    await vi.waitUntil(() => seen.length === 1 && isHeld, { interval: 1, timeout: 30_000 });
    open();
    expect(await Promise.all(both)).toEqual([200, 200]);
    expect(seen).toEqual(["A.A", "B.B"]);
    expect(told.deliveries.reduce((sum, { duplicates }) => sum + duplicates, 0)).toBe(2);
    expect(told.deliveries.reduce((sum, { held }) => sum + held, 0)).toBeGreaterThan(0);
  });

  test("an event twice in a delivery is done once", async () => {
    const { receiver, told, post } = create();
    let ran = 0;
    receiver.on("*", () => ran++);
    const event = newEvent();
    expect(await post(event, newEvent(), event)).toBe(200);
    expect(ran).toBe(2);
    expect(told.deliveries[0]).toMatchObject({ events: 3, duplicates: 1, held: 0, status: 200 });
  });
});

describe("a handler that fails", () => {
  test("answers 500; what comes again is what was not done, with the next attempt", async () => {
    const { receiver, told, post } = create();
    const seen: string[] = [];
    let broken = true;
    const thrown = new Error("no database");
    receiver.on("*", (event, { attempt }) => {
      seen.push(`${event.type} ${attempt}`);
      if (broken && event.type === "B.B") throw thrown;
    });
    const events = ["A.A", "B.B", "C.C"].map((type) => newEvent({ type }));
    expect(await post(...events)).toBe(500);
    expect(await post(...events)).toBe(500);
    broken = false;
    expect(await post(...events)).toBe(200);
    expect(seen).toEqual(["A.A 1", "B.B 1", "B.B 2", "B.B 3", "C.C 1"]);
    expect(told.errors).toHaveLength(2);
    const [first, second] = told.errors as [Told["errors"][0], Told["errors"][0]];
    expect(first.error).toBeInstanceOf(WebhookError);
    expect([first.error.code, first.error.status]).toEqual(["HANDLER_FAILED", 500]);
    expect(first.error.cause).toBe(thrown);
    expect(first.info).toEqual({ eventId: events[1]!.id, type: "B.B", attempt: 1 });
    expect(second.info).toEqual({
      eventId: events[1]!.id,
      type: "B.B",
      attempt: 2,
      firstFailure: expect.closeTo(Date.now(), -4),
    });
    expect(told.deliveries.map(({ status, duplicates }) => [status, duplicates])).toEqual([
      [500, 0],
      [500, 1],
      [200, 1],
    ]);
  });

  test.each([
    [
      "throws",
      () => {
        throw new Error("x");
      },
    ],
    [
      "rejects",
      async () => {
        throw new Error("x");
      },
    ],
    [
      "throws what is no error",
      () => {
        throw undefined;
      },
    ],
    ["rejects later", () => new Promise((_, reject) => setImmediate(() => reject(new Error("x"))))],
  ])("whether it %s", async (_, handler) => {
    const { receiver, told, post } = create();
    receiver.on("*", handler);
    expect(await post(newEvent())).toBe(500);
    expect(told.errors.map(({ error }) => error.code)).toEqual(["HANDLER_FAILED"]);
  });

  test("the second of an event is not run when the first failed; both come again", async () => {
    const { receiver, post } = create();
    const seen: string[] = [];
    let broken = true;
    receiver
      .on("*", () => {
        seen.push("first");
        if (broken) throw new Error("x");
      })
      .on("*", () => seen.push("second"));
    const event = newEvent();
    expect(await post(event)).toBe(500);
    broken = false;
    expect(await post(event)).toBe(200);
    expect(seen).toEqual(["first", "first", "second"]);
  });
});

describe("what a handler gets", () => {
  /** RFC 9562, 5.5, once more. */
  const version5 = (id: string, name: string): string => {
    const hash = createHash("sha1")
      .update("upvest-sdk event")
      .update(JSON.stringify([id, name]))
      .digest();
    hash[6] = (hash[6]! & 0x0f) | 0x50;
    hash[8] = (hash[8]! & 0x3f) | 0x80;
    const hex = hash.toString("hex");
    return [
      [0, 8],
      [8, 12],
      [12, 16],
      [16, 20],
      [20, 32],
    ]
      .map(([from, to]) => hex.slice(from, to))
      .join("-");
  };

  test("idempotencyKey: a UUID v5, the same at each attempt, another for each event and handler", async () => {
    const run = async (
      register: (add: (name: string) => (_: unknown, c: { idempotencyKey: string }) => void) => void,
    ) => {
      const got: Record<string, string[]> = {};
      register((name) => (_, { idempotencyKey }) => {
        got[name] ??= [];
        got[name].push(idempotencyKey);
      });
      return got;
    };
    const { receiver, post } = create();
    const [one, two] = [newEvent(), newEvent()];
    let broken = true;
    const got = await run((add) => {
      receiver
        .on("*", add("all"))
        .on("*", add("all again"))
        .on("ORDER.*", add("category"))
        .on("*", add("named"), { name: "book" })
        .on("ORDER.FILLED", add("named again"), { name: "book" })
        .on("*", () => {
          if (broken) throw new Error("x");
        });
    });
    await post(one);
    broken = false;
    await post(one);
    await post(two);
    for (const [name, full] of [
      ["all", "*"],
      ["all again", "*#2"],
      ["category", "ORDER.*"],
      ["named", "book"],
      ["named again", "book#2"],
    ] as const) {
      expect(got[name], name).toEqual([one, one, two].map(({ id }) => version5(id, full)));
      expect(got[name]![0]).toMatch(/^[\da-f]{8}-[\da-f]{4}-5[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
    }
    expect(new Set(Object.values(got).flat()).size).toBe(10);
  });

  test("idempotencyKey of a fixed event and name: stable for ever", async () => {
    const { receiver } = create();
    let got = "";
    receiver.on("*", (_, { idempotencyKey }) => {
      got = idempotencyKey;
    });
    await receiver.dispatch([newEvent({ id: "3c0f6a6e-6f0a-4a43-9a7e-1f0d7c2f8e11" })]);
    expect(got).toBe("ccf2971a-3b66-50ee-8eaf-59df1512dbd3");
  });

  test("signal: aborted when the claim was lost; then no further handler runs, and nothing is confirmed", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const steps: string[] = [];
    const store: Deduplication = {
      lease: 3_000,
      claim: async () => ({ state: "claimed", failures: 0 }),
      renew: async () => {
        steps.push("renew");
        return steps.length < 3;
      },
      confirm: async () => {
        steps.push("confirm");
        return true;
      },
      release: async () => {
        steps.push("release");
      },
    };
    const { receiver, told } = create({ deduplicate: store });
    let begin = () => {};
    const begun = new Promise<void>((resolve) => {
      begin = resolve;
    });
    receiver
      .on("*", async (_, { signal }) => {
        begin();
        expect(signal.aborted).toBe(false);
        await new Promise((resolve) => signal.addEventListener("abort", resolve));
        steps.push("aborted");
      })
      .on("*", () => steps.push("never"));
    const outcome = receiver.dispatch([newEvent()]).catch((error: WebhookError) => error.code);
    // The handler's key is made by the runtime's crypto, in real time.
    await begun;
    while (!steps.includes("aborted")) await vi.advanceTimersByTimeAsync(100);
    expect(await outcome).toBe("CLAIM_LOST");
    expect(steps).toEqual(["renew", "renew", "renew", "aborted", "release"]);
    expect(told.errors.map(({ error }) => error.status)).toEqual([503]);
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe("the store", () => {
  const memory = memoryDeduplication();
  const broken = (name: keyof Deduplication): Deduplication => ({
    ...memory,
    [name]: async () => {
      throw new Error("connection refused canary-4711");
    },
  });

  test("that is down: 503, and no handler runs", async () => {
    const { receiver, told, post } = create({ deduplicate: broken("claim") });
    let ran = 0;
    receiver.on("*", () => ran++);
    expect(await post(newEvent(), newEvent())).toBe(503);
    expect(ran).toBe(0);
    expect(told.errors.map(({ error }) => error.code)).toEqual(["STORE_UNAVAILABLE"]);
    expect((told.errors[0]!.error.cause as Error).message).toContain("connection refused");
  });

  test("that goes down while a handler runs: 503", async () => {
    const { receiver, told, post } = create({ deduplicate: broken("confirm") });
    let ran = 0;
    receiver.on("*", () => ran++);
    expect(await post(newEvent(), newEvent())).toBe(503);
    expect(ran).toBe(1);
    expect(told.errors[0]!.error.code).toBe("STORE_UNAVAILABLE");
  });

  test("that cannot release after a failure: still 500, with the handler's error", async () => {
    const { receiver, told, post } = create({ deduplicate: broken("release") });
    receiver.on("*", () => {
      throw new Error("x");
    });
    expect(await post(newEvent())).toBe(500);
    expect(told.errors[0]!.error.code).toBe("HANDLER_FAILED");
  });

  test("a claim that was lost meanwhile: 503", async () => {
    const { told, post } = create({ deduplicate: { ...memory, confirm: async () => false } });
    expect(await post(newEvent())).toBe(503);
    expect(told.errors[0]!.error.code).toBe("CLAIM_LOST");
  });

  test("a claim that is held elsewhere is waited for, at most claimWait: then 503", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
    const store = memoryDeduplication();
    const { receiver, told } = create({ deduplicate: store });
    const event = newEvent();
    let ran = 0;
    receiver.on("*", () => ran++);
    await store.claim(event.id, "another");
    const begun = performance.now();
    let code: string | undefined;
    receiver.dispatch([event]).then(
      () => (code = "done"),
      (error) => (code = error.code),
    );
    while (code === undefined) await vi.advanceTimersByTimeAsync(50);
    expect(code).toBe("CLAIM_HELD");
    expect(performance.now() - begun).toBeGreaterThanOrEqual(5_000);
    expect(performance.now() - begun).toBeLessThan(5_300);
    expect(told.errors[0]!.error.status).toBe(503);
    expect(told.errors[0]!.info).toEqual({ eventId: event.id, type: event.type });
    expect(ran).toBe(0);

    code = undefined;
    receiver.dispatch([event]).then(() => (code = "done"));
    await vi.advanceTimersByTimeAsync(500);
    await store.confirm(event.id, "another");
    while (code === undefined) await vi.advanceTimersByTimeAsync(50);
    expect([code, ran]).toEqual(["done", 0]);
  });

  test("claimWait 0 waits for nothing", async () => {
    const store = memoryDeduplication();
    const { told, post } = create({ deduplicate: store, claimWait: 0 });
    const event = newEvent();
    await store.claim(event.id, "another");
    expect(await post(event)).toBe(503);
    expect(told.deliveries[0]).toMatchObject({ held: 1, duplicates: 0, status: 503 });
  });

  test("none: every delivery is handled", async () => {
    const { receiver, told, post } = create({ deduplicate: false });
    const attempts: number[] = [];
    receiver.on("*", (_, { attempt, signal }) => {
      attempts.push(attempt);
      expect(signal.aborted).toBe(false);
    });
    const event = newEvent();
    expect([await post(event), await post(event, event)]).toEqual([200, 200]);
    expect(attempts).toEqual([1, 1, 1]);
    expect(told.deliveries.map(({ duplicates }) => duplicates)).toEqual([0, 0]);
  });
});

describe("an event that fails again and again", () => {
  test("is put aside after so many failures, counts as done, and the rest goes on", async () => {
    const aside: unknown[] = [];
    const thrown = new Error("poison");
    const { receiver, told, post } = create({
      deadLetter: { after: 3, handle: (event, error) => aside.push([event.id, error]) },
    });
    const seen: string[] = [];
    receiver.on("*", (event) => {
      seen.push(event.type);
      if (event.type === "BAD.ONE") throw thrown;
    });
    const events = ["A.A", "BAD.ONE", "C.C"].map((type) => newEvent({ type }));
    expect([await post(...events), await post(...events), await post(...events)]).toEqual([500, 500, 200]);
    expect(aside).toEqual([[events[1]!.id, thrown]]);
    expect(seen).toEqual(["A.A", "BAD.ONE", "BAD.ONE", "BAD.ONE", "C.C"]);
    expect(await post(...events)).toBe(200);
    expect(seen).toHaveLength(5);
    expect(told.errors).toHaveLength(2);
  });

  test("and if that fails too: 500, and it comes again", async () => {
    let full = true;
    const { receiver, told, post } = create({
      deadLetter: {
        after: 1,
        handle: async () => {
          if (full) throw new Error("disk full");
        },
      },
    });
    receiver.on("*", () => {
      throw new Error("poison");
    });
    const event = newEvent();
    expect(await post(event)).toBe(500);
    expect(told.errors[0]!.error.code).toBe("DEAD_LETTER_FAILED");
    expect((told.errors[0]!.error.cause as Error).message).toBe("disk full");
    full = false;
    expect(await post(event)).toBe(200);
  });
});

describe("dispatch", () => {
  test("handles what was verified before, by the same table", async () => {
    const { receiver, told } = create();
    const seen: string[] = [];
    receiver.on("ORDER.*", (event) => seen.push(event.id));
    const events = [newEvent(), newEvent({ type: "A.A" }), newEvent()];
    const verified = await receiver.verify(delivery(key, events));
    expect(seen).toEqual([]);
    await receiver.dispatch(verified.events);
    await receiver.dispatch(verified.events);
    expect(seen).toEqual([events[0]!.id, events[2]!.id]);
    expect(told).toEqual({ errors: [], deliveries: [] });
  });

  test("throws what onError was told, and leaves the rest undone", async () => {
    const { receiver, told } = create();
    const seen: string[] = [];
    receiver.on("*", (event) => {
      seen.push(event.type);
      if (event.type === "B.B") throw new Error("x");
    });
    const events = ["A.A", "B.B", "C.C"].map((type) => newEvent({ type }));
    const error = await receiver.dispatch(events).catch((thrown: unknown) => thrown);
    expect(error).toBe(told.errors[0]!.error);
    expect(error).toMatchObject({ code: "HANDLER_FAILED" });
    expect(seen).toEqual(["A.A", "B.B"]);
  });
});

describe("hooks", () => {
  test("onDelivery", async () => {
    vi.useFakeTimers({ toFake: ["Date"] });
    const { told, post } = create();
    const made = (ago: number) => new Date(Date.now() - ago).toISOString();
    await post(newEvent({ created_at: made(1_000) }), newEvent({ created_at: made(90_000) }));
    await post();
    await post(newEvent({ created_at: "no time" }), newEvent({ created_at: made(-5_000) }));
    await post(newEvent({ created_at: "no time" }), newEvent({ created_at: made(2_000) }));
    const duration = expect.toSatisfy((ms: number) => ms > 0 && ms < 10_000);
    expect(told.deliveries).toEqual([
      { events: 2, oldestAge: 90_000, duplicates: 0, held: 0, duration, status: 200 },
      { events: 0, oldestAge: 0, duplicates: 0, held: 0, duration, status: 200 },
      { events: 2, oldestAge: 0, duplicates: 0, held: 0, duration, status: 200 },
      { events: 2, oldestAge: 2_000, duplicates: 0, held: 0, duration, status: 200 },
    ]);
  });

  test("of what was not verified onDelivery is not told", async () => {
    const { receiver, told } = create();
    const wire = signed(envelope(newEvent()), newKey());
    expect((await receiver.handle(toRequest(wire))).status).toBe(401);
    expect(told.deliveries).toEqual([]);
    expect(told.errors.map(({ error, info }) => [error.code, info])).toEqual([["SIGNATURE", {}]]);
  });

  test.each([
    [
      "throw",
      () => {
        throw new Error("hook");
      },
    ],
    [
      "reject",
      async () => {
        throw new Error("hook");
      },
    ],
    ["never end", () => new Promise(() => {})],
  ])("that %s change nothing", async (_, hook) => {
    const { receiver, post } = create({ onError: hook, onDelivery: hook });
    let broken = true;
    receiver.on("*", () => {
      if (broken) throw new Error("x");
    });
    const event = newEvent();
    expect(await post(event)).toBe(500);
    broken = false;
    expect(await post(event)).toBe(200);
    expect((await receiver.handle(toRequest({ ...signed("", key), body: Buffer.from("x") }))).status).toBe(
      401,
    );
  });

  test("many events: none too many", async () => {
    const { receiver, told } = create({ deduplicate: false });
    const payload = Array.from({ length: 200_000 }, () => ({ id: "a", type: "b", created_at: "c" }));
    const request = toRequest(signed(JSON.stringify({ payload }), key));
    expect((await receiver.handle(request)).status).toBe(200);
    expect(told.deliveries[0]!.events).toBe(200_000);
  });
});

describe("answers", () => {
  const canary = "canary-4711";
  const wrong = (over: object): never => {
    throw Object.assign(new Error(canary), over);
  };
  const good = () => signed(envelope(newEvent()), key);
  const withHeaders = (headers: Record<string, string>) => {
    const wire = good();
    return toRequest({ ...wire, headers: { ...wire.headers, ...headers } });
  };
  const cases: [string, number, () => Request, Partial<ReceiverOptions>?][] = [
    ["malformed", 400, () => toRequest(signed(`{"${canary}`, key))],
    ["a bad signature", 401, () => toRequest(signed(envelope(newEvent({ type: canary })), newKey()))],
    ["GET", 405, () => new Request("https://tenant.example/hooks")],
    ["PUT", 405, () => toRequest({ ...good(), method: "PUT" })],
    ["too large", 413, () => toRequest(good()), { maxBodyBytes: 10 }],
    ["text", 415, () => withHeaders({ "content-type": "text/plain" })],
    ["a form", 415, () => withHeaders({ "content-type": "application/x-www-form-urlencoded" })],
    ["JSON of a kind", 415, () => withHeaders({ "content-type": "application/json-seq" })],
    ["gzip", 415, () => withHeaders({ "content-encoding": "gzip" })],
    ["br, then nothing", 415, () => withHeaders({ "content-encoding": "br, identity" })],
    ["a handler that fails", 500, () => toRequest(good()), {}],
    ["keys that are away", 503, () => toRequest(good()), { keys: () => wrong({}) }],
    [
      "a store that is away",
      503,
      () => toRequest(good()),
      { deduplicate: { ...memoryDeduplication(), claim: async () => wrong({}) } },
    ],
    [
      "a store that is held",
      503,
      () => toRequest(good()),
      { deduplicate: { ...memoryDeduplication(), claim: async () => ({ state: "held" }) }, claimWait: 0 },
    ],
    ["a url that cannot be told", 500, () => toRequest(good()), { url: () => wrong({}) }],
  ];
  test.each(cases)("%s: %i", async (_, status, request, options) => {
    const { receiver } = create(options);
    receiver.on("*", () => wrong({ status: 200 }));
    const response = await receiver.handle(request());
    expect(response.status).toBe(status);
    expect(response.headers.get("content-type")).toBe("application/problem+json");
    expect(response.headers.get("allow")).toBe(status === 405 ? "POST" : null);
    const text = await response.text();
    expect(JSON.parse(text)).toEqual({ status, title: status < 500 ? "Refused" : "Not handled" });
    expect(text).not.toContain(canary);
    expect(text.length).toBeLessThan(100);
  });

  test("200 has no body", async () => {
    const { receiver } = create();
    const response = await receiver.handle(toRequest(good()));
    expect([response.status, await response.text(), response.headers.get("content-type")]).toEqual([
      200,
      "",
      null,
    ]);
  });

  test.each([
    "application/json",
    "Application/JSON",
    "application/json; charset=utf-8",
    "application/json ;x",
  ])("content type %j is accepted", async (type) => {
    const { receiver } = create();
    const headers = { "content-type": type };
    expect((await receiver.handle(toRequest(signed(envelope(), key, { headers })))).status).toBe(200);
  });

  test("none, too, and identity", async () => {
    const { receiver } = create();
    const body = new Uint8Array(Buffer.from(envelope()));
    for (const headers of [{}, { "content-encoding": "identity" }])
      expect(
        (
          await receiver.handle(
            new Request("https://tenant.example/hooks", {
              method: "POST",
              headers: signed(body, key, { headers }).headers,
              body,
            }),
          )
        ).status,
      ).toBe(200);
  });

  test("errors that onError is told of hold neither keys nor what was sent", async () => {
    for (const [, , request, options] of cases) {
      const { receiver, told } = create(options);
      receiver.on("*", () => wrong({}));
      await receiver.handle(request());
      const [{ error }] = told.errors as [Told["errors"][0]];
      expect(error.message).not.toContain(canary);
      expect(error.message).not.toContain(key.jwk.x);
      if (error.code === "MALFORMED" || error.code === "SIGNATURE")
        expect(`${error.stack} ${(error.cause as Error | undefined)?.stack}`).not.toContain(canary);
    }
  });
});

describe("nothing is thrown past handle", () => {
  const thrown = (): never => {
    throw new Error("getter");
  };
  const headers = new Headers();
  test.each<[string, unknown]>([
    ["nothing", undefined],
    ["null", null],
    ["text", "request"],
    ["an empty object", {}],
    ["no headers", { method: "POST" }],
    ["headers that throw", { method: "POST", headers: { get: thrown } }],
    [
      "a method that throws",
      {
        get method() {
          return thrown();
        },
      },
    ],
    [
      "a url that throws",
      {
        method: "POST",
        headers,
        get url() {
          return thrown();
        },
      },
    ],
    [
      "a body that throws",
      {
        method: "POST",
        headers,
        url: "/",
        get body() {
          return thrown();
        },
      },
    ],
    ["a body that is none", { method: "POST", headers, url: "/", body: 5, arrayBuffer: thrown }],
    ["no url", { method: "POST", headers, body: null, arrayBuffer: thrown }],
    ["a response", new Response("a")],
  ])("%s", async (_, request) => {
    const { receiver, told } = create();
    const { status } = await receiver.handle(request as Request);
    expect([400, 401, 405, 500, 503]).toContain(status);
    expect(told.errors).toHaveLength(1);
    expect(told.errors[0]!.error).toBeInstanceOf(WebhookError);
    const behindUrl = create({ url: "https://tenant.example/hooks" });
    expect((await behindUrl.receiver.handle(request as Request)).status).toBeGreaterThanOrEqual(400);
  });
});

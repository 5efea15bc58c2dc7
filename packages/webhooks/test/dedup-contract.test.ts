import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Claim, type Deduplication, memoryDeduplication, redisDeduplication } from "../src/index.js";
import { describeStores, type Stores } from "./support/stores.js";

/** In ms. Tests step in whole minutes, so that the time that they really take decides nothing. */
const minute = 60_000;
const lease = 10.5 * minute;
const ttl = 100.5 * minute;
const fresh: Claim = { state: "claimed", failures: 0 };
const [done, held]: Claim[] = [{ state: "done" }, { state: "held" }];

describeStores((stores, kind) => {
  const open = (options = {}) => stores.open({ lease, ttl, ...options });

  test("an event is claimed by one, and held for all others", async () => {
    const store = open();
    expect(store.lease).toBe(lease);
    expect(await store.claim("e", "a")).toEqual(fresh);
    expect(await store.claim("e", "b")).toEqual(held);
    expect(await store.claim("e", "a")).toEqual(held);
    expect(await store.claim("other", "b")).toEqual(fresh);
  });

  test("of a hundred at a time one gets it", async () => {
    const shared = kind === "memory" ? open() : undefined;
    for (let round = 0; round < 5; round++) {
      const claims = await Promise.all(
        Array.from({ length: 100 }, (_, index) => (shared ?? open()).claim(`e${round}`, `owner ${index}`)),
      );
      expect(claims.filter(({ state }) => state === "claimed")).toEqual([fresh]);
      expect(claims.filter(({ state }) => state === "held")).toHaveLength(99);
    }
  });

  test("a claim is lost after its lease, and lasts for another one when it is renewed", async () => {
    const store = open();
    await store.claim("e", "a");
    await stores.pass(10 * minute);
    expect(await store.claim("e", "b")).toEqual(held);
    expect(await store.renew("e", "a")).toBe(true);
    await stores.pass(10 * minute);
    expect(await store.claim("e", "b")).toEqual(held);
    await stores.pass(minute);
    expect(await store.claim("e", "b")).toEqual(fresh);
  });

  test("whoever was paused can neither renew, confirm nor release what another has taken over", async () => {
    const store = open();
    await store.claim("e", "a");
    await stores.pass(11 * minute);
    await store.claim("e", "b");
    expect(await store.renew("e", "a")).toBe(false);
    expect(await store.confirm("e", "a")).toBe(false);
    await store.release("e", "a");
    expect(await store.claim("e", "c")).toEqual(held);
    expect(await store.renew("e", "b")).toBe(true);
    expect(await store.confirm("e", "b")).toBe(true);
    expect(await store.claim("e", "a")).toEqual(done);
    // What is done is nobody's.
    await store.release("e", "a");
    await store.release("e", "b");
    expect([await store.renew("e", "b"), await store.confirm("e", "b")]).toEqual([false, false]);
    expect(await store.claim("e", "a")).toEqual(done);
  });

  test("but it may go on if nobody has", async () => {
    const store = open();
    await store.claim("e", "a");
    await stores.pass(11 * minute);
    expect(await store.renew("e", "a")).toBe(true);
    expect(await store.claim("e", "b")).toEqual(held);
    await stores.pass(11 * minute);
    expect(await store.confirm("e", "a")).toBe(true);
    expect(await store.claim("e", "b")).toEqual(done);
  });

  test("of what was never claimed nothing is", async () => {
    const store = open();
    expect([await store.renew("e", "a"), await store.confirm("e", "a")]).toEqual([false, false]);
    await store.release("e", "a");
    expect(await store.claim("e", "a")).toEqual(fresh);
  });

  test("what is done is known for ttl, and for another one at each sighting", async () => {
    const store = open();
    await store.claim("e", "a");
    await store.confirm("e", "a");
    for (let count = 0; count < 3; count++) {
      await stores.pass(100 * minute);
      expect(await store.claim("e", "b")).toEqual(done);
    }
    await stores.pass(101 * minute);
    expect(await store.claim("e", "b")).toEqual(fresh);
  });

  test("failures are counted, with the time of the first, until it is done", async () => {
    const store = open();
    for (let failures = 0; failures < 4; failures++) {
      const claim = await store.claim("e", `owner ${failures}`);
      expect(claim).toMatchObject({ state: "claimed", failures });
      const { firstFailure } = claim as { firstFailure?: number };
      if (failures === 0) expect(firstFailure).toBe(undefined);
      else {
        const ago = stores.now() - firstFailure!;
        expect(Math.abs(ago - failures * 5 * minute)).toBeLessThan(minute / 2);
      }
      await store.release("e", `owner ${failures}`);
      // Of another, and a second time: counts for nothing.
      await store.release("e", "somebody");
      await store.release("e", `owner ${failures}`);
      await stores.pass(5 * minute);
    }
    // A claim that is lost is no failure, and takes none away.
    expect(await store.claim("e", "dies")).toMatchObject({ failures: 4 });
    await stores.pass(11 * minute);
    expect(await store.claim("e", "next")).toMatchObject({ state: "claimed", failures: 4 });
    await store.confirm("e", "next");
    await stores.pass(101 * minute);
    expect(await store.claim("e", "later")).toEqual(fresh);
  });

  test("failures are forgotten after ttl", async () => {
    const store = open();
    await store.claim("e", "a");
    await store.release("e", "a");
    await stores.pass(101 * minute);
    expect(await store.claim("e", "b")).toEqual(fresh);
  });

  test("a claim is not taken for that of one with a like name", async () => {
    const store = open();
    const names = ["", "a", "A", "a ", "a\0", "ä", "a\u0308", "__proto__", "constructor", "1", "1.0"];
    for (const name of names) expect(await store.claim(name, "o")).toEqual(fresh);
    for (const name of names) expect(await store.confirm(name, "o")).toBe(true);
    expect(await store.claim("owners", "1")).toEqual(fresh);
    expect(await store.confirm("owners", "1.0")).toBe(false);
    expect(await store.confirm("owners", "01")).toBe(false);
  });

  // Two stores in memory have nothing in common.
  if (kind !== "memory") {
    test("a namespace keeps two services on one Redis apart", async () => {
      const [one, two] = [open({ namespace: "one" }), open({ namespace: "two" })];
      expect(await one.claim("e", "a")).toEqual(fresh);
      expect(await two.claim("e", "b")).toEqual(fresh);
      expect([await one.confirm("e", "b"), await one.confirm("e", "a")]).toEqual([false, true]);
      expect(await two.claim("e", "c")).toEqual(held);
      expect(await open({ namespace: "one" }).claim("e", "c")).toEqual(done);
      expect(await open().claim("e", "d")).toEqual(fresh);
      expect(await open({ namespace: "upvest" }).claim("e", "d")).toEqual(held);
    });
  }

  test("any sequence of two owners and time is as the model has it", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.commands([operation("claim"), ...others.map(operation), passing, longPassing], {
          maxCommands: 40,
        }),
        async (commands) => {
          await stores.clear();
          const setup = () => ({
            model: { now: 0, events: new Map() } as Model,
            real: { store: open(), stores },
          });
          await fc.asyncModelRun(setup, commands);
        },
      ),
      { numRuns: kind === "memory" ? 1_000 : 150 },
    );
  });
});

interface Model {
  /** In minutes, as all else. */
  now: number;
  events: Map<string, { owner?: string; until: number; done: boolean; failures: number }>;
}
interface Real {
  store: Deduplication;
  stores: Stores;
}
type Command = fc.AsyncCommand<Model, Real>;

const others = ["renew", "confirm", "release"] as const;

function operation(name: "claim" | (typeof others)[number]): fc.Arbitrary<Command> {
  return fc
    .record({ id: fc.constantFrom("e", "f"), owner: fc.constantFrom("a", "b") })
    .map(({ id, owner }) => ({
      check: () => true,
      toString: () => `${name}(${id}, ${owner})`,
      async run(model, { store }) {
        const got = await store[name](id, owner);
        const plain = typeof got === "object" ? { ...got, firstFailure: undefined } : got;
        expect(plain).toEqual(expected(model, name, id, owner));
        if (typeof got === "object" && got.state === "claimed")
          expect(got.firstFailure !== undefined).toBe(got.failures > 0);
      },
    }));
}

/** What the operation gives; and what it does to the model. */
function expected(model: Model, name: string, id: string, owner: string): unknown {
  const { now, events } = model;
  let event = events.get(id);
  // What is done, or failed, is forgotten after ttl; a claim that nobody holds any longer stands until it is taken over.
  if (event && !event.owner && event.until < now) {
    events.delete(id);
    event = undefined;
  }
  if (name === "claim") {
    if (event?.done) {
      event.until = now + 100.5;
      return done;
    }
    if (event?.owner && event.until > now) return held;
    const { failures } = event ?? { failures: 0 };
    events.set(id, { owner, until: now + 10.5, done: false, failures });
    return { state: "claimed", failures };
  }
  const ours = event?.owner === owner;
  if (event && ours) {
    if (name === "renew") event.until = now + 10.5;
    else {
      const failed = name === "release" ? 1 : -event.failures;
      events.set(id, { until: now + 100.5, done: name === "confirm", failures: event.failures + failed });
    }
  }
  return name === "release" ? undefined : ours;
}

const pass = (minutes: number, check: Command["check"]): Command => ({
  check,
  toString: () => `${minutes} minutes pass`,
  async run(model, { stores }) {
    model.now += minutes;
    await stores.pass(minutes * minute);
  },
});
const passing = fc.integer({ min: 1, max: 12 }).map((minutes) => pass(minutes, untouchedFor(minutes)));
/** Beyond ttl. */
const longPassing = fc.constant(pass(101, untouchedFor(101)));

/** Redis forgets a claim, too, that nobody has touched for ttl; this process, who has made it, need not. */
function untouchedFor(minutes: number): Command["check"] {
  return ({ now, events }) =>
    [...events.values()].every(({ owner, until }) => !owner || now + minutes - (until - 10.5) < 100);
}

describe("how much memoryDeduplication remembers", () => {
  const claimAndConfirm = async (store: Deduplication, ...ids: string[]) => {
    for (const id of ids) {
      await store.claim(id, "a");
      await store.confirm(id, "a");
    }
  };

  test("those not seen for longest go first", async () => {
    const store = memoryDeduplication({ max: 3 });
    await claimAndConfirm(store, "1", "2", "3");
    expect(await store.claim("1", "b")).toEqual(done);
    await claimAndConfirm(store, "4");
    expect(await store.claim("2", "b")).toEqual(fresh);
    expect(
      (await Promise.all(["1", "4"].map((id) => store.claim(id, "b")))).map(({ state }) => state),
    ).toEqual(["done", "done"]);
  });

  test("claims in flight never go, however many there are, nor when they are over", async () => {
    const store = memoryDeduplication({ max: 10 });
    const ids = Array.from({ length: 1_000 }, (_, index) => `claim ${index}`);
    for (const id of ids) await store.claim(id, "a");
    await claimAndConfirm(store, ...ids.map((id) => `other ${id}`));
    for (const id of ids) expect(await store.claim(id, "b")).toEqual(held);
    for (const id of ids) expect(await store.confirm(id, "a")).toBe(true);
  });

  test("memory has a limit: 100,000 events", async () => {
    const store = memoryDeduplication();
    for (let index = 0; index <= 100_000; index++) {
      await store.claim(`${index}`, "a");
      await store.confirm(`${index}`, "a");
    }
    expect(await store.claim("1", "b")).toEqual(done);
    expect(await store.claim("0", "b")).toEqual(fresh);
  });
});

describe("options", () => {
  const redis = { call: async () => ["held"] };
  test.each([
    { lease: 0 },
    { lease: -1 },
    { lease: Number.NaN },
    { lease: Number.POSITIVE_INFINITY },
    { lease: 2 ** 31, ttl: 2 ** 40 },
    { ttl: 0 },
    { ttl: Number.NaN },
    // The event would be forgotten while it is handled.
    { lease: 1_000, ttl: 999 },
  ])("%j is refused", (options) => {
    for (const make of [memoryDeduplication, (given: object) => redisDeduplication(redis, given)])
      expect(() => make(options)).toThrow(expect.objectContaining({ code: "INVALID_OPTION" }));
  });
  test.each([0, -1, Number.NaN])("max: %d is refused", (max) => {
    expect(() => memoryDeduplication({ max })).toThrow(expect.objectContaining({ code: "INVALID_OPTION" }));
  });
});

describe("ttl for ever, and fractions of a ms", () => {
  describeStores((stores) => {
    test.each([{ ttl: Number.POSITIVE_INFINITY }, { ttl: ttl + 0.1, lease: 0.3 * minute + 0.7 }])(
      "%j",
      async (options) => {
        const store = stores.open(options);
        expect(await store.claim("e", "a")).toEqual(fresh);
        expect(await store.renew("e", "a")).toBe(true);
        await store.release("e", "a");
        expect(await store.claim("e", "a")).toMatchObject({ failures: 1 });
        expect(await store.confirm("e", "a")).toBe(true);
        await stores.pass(50 * minute);
        expect(await store.claim("e", "a")).toEqual(done);
      },
    );
  });
});

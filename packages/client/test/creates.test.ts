import { fork } from "node:child_process";
import { createAccountGroup } from "@upvest-sdk/types/operations";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import {
  type ClientOptions,
  createUpvestClient,
  idempotencyKeyFrom,
  type UpvestClient,
  UpvestError,
} from "../src/index.js";

import { type Creates, createsServer, listen, random, type Wanted } from "./support/creates.js";
import { buildProcess } from "./support/process.js";
import { granted, noSigner, restartFakeClock, settle, until, useFakeClock } from "./support/token.js";

const wantedOf = (count: number, keys: readonly string[] = []): Wanted[] =>
  Array.from({ length: count }, (_, n) => ({
    reference: `thing-${n}`,
    key: keys[n],
    unknown: false,
    done: false,
  }));

const ownKeys = (count: number): Promise<string[]> =>
  Promise.all(Array.from({ length: count }, (_, n) => idempotencyKeyFrom(createAccountGroup, `thing-${n}`)));

/** What was said of the first call of each, and how many attempts were made in all. */
interface Tally {
  ok: number;
  not_sent: number;
  rejected: number;
  unknown: number;
  attempts: number;
}

/** What a call said that nothing of it was done, with its key; looked at once all is over. */
type Denied = { readonly key: string; readonly outcome: string };

/**
 * One call for one thing, as the guide has it: an outcome that is unknown keeps its key, and nothing but a success settles
 * it; one that is certain may be tried with any key.
 */
async function want(
  client: UpvestClient,
  one: Wanted,
  server: Creates,
  tally: Tally,
  denied: Denied[],
  { freshKeys = false } = {},
): Promise<void> {
  const input = {
    body: { reference: one.reference } as never,
    idempotencyKey: freshKeys ? undefined : one.key,
  };
  try {
    const { data, attempts, idempotencyKey } = await client.call.withResponse(createAccountGroup, input);
    tally.ok++;
    tally.attempts += attempts.length;
    one.done = true;
    const { id, reference } = data as unknown as { id: number; reference: string };
    // Never a success without its resource, nor with that of another.
    expect(server.resources[id]).toMatchObject({ reference: one.reference, key: idempotencyKey });
    expect(reference).toBe(one.reference);
  } catch (error) {
    if (!(error instanceof UpvestError)) throw error;
    const { outcome, attempts, idempotencyKey } = error;
    tally[outcome]++;
    tally.attempts += attempts.length;
    if (outcome === "unknown") {
      one.unknown = true;
      one.key = idempotencyKey;
    } else if (!one.unknown) denied.push({ key: idempotencyKey!, outcome });
  }
}

const emptyTally = (): Tally => ({ ok: 0, not_sent: 0, rejected: 0, unknown: 0, attempts: 0 });

/** Who said that nothing was done, though something was. */
const lied = (server: Creates, denied: Denied[], wanted: Wanted[]): Denied[] => {
  const keys = new Set(server.resources.map(({ key }) => key));
  // With a key of one's own that was denied first and succeeded later there is a resource, and should be.
  const later = new Set(wanted.filter(({ done }) => done).map(({ key }) => key));
  return denied.filter(({ key }) => keys.has(key) && !later.has(key));
};

describe("10,000 creates, by a fake clock", () => {
  useFakeClock();
  const count = 10_000;
  const timeout = 30_000;

  // What a server with a stub of a connection does to a request.
  const clientOf = (server: Creates, chance: () => number, options: Partial<ClientOptions> = {}) =>
    createUpvestClient({
      baseUrl: "https://api.test",
      clientId: "8e5b3c7f-3a5a-4d0e-9d59-0f6b4a6a1c55",
      clientSecret: "secret",
      scopes: ["accounts:admin"],
      signer: noSigner,
      fetch: async (
        url: string,
        init: { headers: Record<string, string>; body: Uint8Array; signal: AbortSignal },
      ) => {
        if (url.endsWith("/auth/token")) return granted(1, 86_400, "accounts:admin") as never;
        if (chance() < 0.02)
          throw Object.assign(new TypeError("fetch failed"), { cause: { code: "ECONNREFUSED" } });
        const gone = new Promise<never>((_, reject) => {
          init.signal.addEventListener("abort", () => reject(init.signal.reason));
        });
        gone.catch(() => {});
        const { reference } = JSON.parse(new TextDecoder().decode(init.body));
        // It goes on with it also when nobody waits any more.
        const reply = await Promise.race([server.create(init.headers["idempotency-key"]!, reference), gone]);
        if (reply === "never") return gone;
        if (reply === "broken") throw new TypeError("fetch failed", { cause: { code: "ECONNRESET" } });
        const text = JSON.stringify(reply.body);
        return {
          status: reply.status,
          headers: new Headers(),
          body: null,
          text: async () => text,
          blob: async () => undefined,
        };
      },
      ...options,
    } as ClientOptions);

  /** All at a rate of 20 in a second; gives when none runs any more, neither here nor there. */
  const runAll = async (wanted: Wanted[], call: (one: Wanted) => Promise<void>) => {
    let begun = 0;
    let over = 0;
    let failure: unknown;
    while (over < wanted.length) {
      for (let i = 0; i < 2 && begun < wanted.length; i++) {
        call(wanted[begun++]!).then(
          () => over++,
          (error) => {
            failure ??= error;
            over++;
          },
        );
      }
      vi.advanceTimersByTime(100);
      await settle(1);
    }
    if (failure) throw failure;
  };
  /** In ms. */
  const pass = async (ms: number) => {
    vi.advanceTimersByTime(ms);
    await settle(5);
  };

  const run = async ({
    mode,
    seed,
    own = false,
    freshKeys = false,
    pause = 0,
    count: size = count,
    retry,
  }: {
    mode: "conflict" | "wait";
    seed: number;
    own?: boolean;
    freshKeys?: boolean;
    /** Between the first calls and their repeats, in ms. */
    pause?: number;
    count?: number;
    retry?: ClientOptions["retry"];
  }) => {
    const server = createsServer({ mode, seed, timeout });
    const chance = random(seed + 1);
    vi.spyOn(Math, "random").mockImplementation(random(seed + 2));
    const wanted = wantedOf(size, own ? await ownKeys(size) : []);
    const first = emptyTally();
    const repeats = emptyTally();
    const denied: Denied[] = [];
    let rounds = 0;
    for (let left = wanted; left.length > 0 && rounds < 30; left = left.filter(({ done }) => !done)) {
      // A new process: it knows nothing but what was written down.
      const client = clientOf(server, chance, { retry });
      const again = rounds++ > 0;
      await runAll(left, (one) => want(client, one, server, again ? repeats : first, denied, { freshKeys }));
      if (!again) await pass(pause);
    }
    // What is still being done, comes to its end.
    await pass(10 * timeout);
    return { server, wanted, first, repeats, denied, rounds };
  };

  afterEach(() => {
    vi.restoreAllMocks();
  });

  test.each([
    { mode: "conflict", own: false, seed: 1 },
    { mode: "wait", own: false, seed: 2 },
    { mode: "conflict", own: true, seed: 3 },
  ] as const)("$mode, keys of one's own: $own: exactly 10,000", async ({ mode, own, seed }) => {
    const { server, wanted, first, denied, rounds } = await run({ mode, own, seed });
    expect(server.resources).toHaveLength(count);
    expect(new Set(server.resources.map(({ reference }) => reference)).size).toBe(count);
    expect(wanted.every(({ done }) => done)).toBe(true);
    expect(lied(server, denied, wanted)).toEqual([]);
    // All of it happened.
    for (const what of ["refused", "slow", mode, "again", "dropped", "500", "hung"]) {
      expect(server.seen[what], what).toBeGreaterThan(10);
    }
    expect(first.unknown).toBeGreaterThan(100);
    expect(first.ok + first.unknown + first.rejected + first.not_sent).toBe(count);
    expect(rounds).toBeLessThan(15);
    expect(vi.getTimerCount()).toBe(0);
  });

  test("without retries in the client", async () => {
    const size = 2000;
    const retry = { maxRetries: 0 };
    const { server, denied, first, wanted } = await run({ mode: "conflict", seed: 5, count: size, retry });
    expect(first.attempts).toBe(size);
    expect(first.rejected).toBeGreaterThan(10);
    expect(first.not_sent).toBeGreaterThan(10);
    expect(server.resources).toHaveLength(size);
    expect(lied(server, denied, wanted)).toEqual([]);
  });

  test("control: with fresh keys there are more", async () => {
    const size = 3000;
    const { server, first } = await run({ mode: "conflict", seed: 6, freshKeys: true, count: size });
    expect(server.resources.length).toBeGreaterThan(size + first.unknown / 2);
  });

  test("the server keeps keys for 24 h: repeats after 23 h are none too many, those after 25 h are", async () => {
    const hour = 3_600_000;
    const sizes = [];
    for (const pause of [23 * hour, 25 * hour]) {
      const { server } = await run({ mode: "wait", seed: 7, count: 1000, own: true, pause });
      sizes.push(server.resources.length);
    }
    expect(sizes[0]).toBe(1000);
    expect(sizes[1]).toBeGreaterThan(1050);
  });

  test("the same seed gives the same", async () => {
    const runs = [];
    for (let i = 0; i < 2; i++) {
      // From the same time on: the budget of retries goes by windows of it.
      restartFakeClock();
      const { first, repeats, server } = await run({ mode: "conflict", seed: 8, count: 500, own: true });
      runs.push({ first, repeats, seen: server.seen });
    }
    expect(runs[0]).toEqual(runs[1]);
  });

  test("a key of one's own may be that of another process, which is gone, while the server still works on it", async () => {
    const server = createsServer({ mode: "conflict", seed: 10, timeout });
    const [idempotencyKey] = await ownKeys(1);
    const input = { body: { reference: "thing" } as never, idempotencyKey };
    const retry = { maxRetries: 0 };
    const killed = new AbortController();
    const first = clientOf(server, () => 1, { retry }).call(createAccountGroup, {
      ...input,
      signal: killed.signal,
    });
    await settle();
    killed.abort();
    await expect(first).rejects.toMatchObject({ outcome: "unknown" });
    await expect(clientOf(server, () => 1, { retry }).call(createAccountGroup, input)).rejects.toMatchObject({
      status: 409,
      outcome: "unknown",
    });
    await pass(10 * timeout);
    expect(server.resources).toHaveLength(1);
  });

  test.each([
    ["unknown", { code: "EHOSTUNREACH", syscall: "read" }],
    ["unknown", { code: "ECONNREFUSED", syscall: "read" }],
    ["unknown", { code: "ENETUNREACH", syscall: "writev" }],
    ["unknown", { code: "ETIMEDOUT", syscall: "read" }],
    ["not_sent", { code: "EHOSTUNREACH", syscall: "connect" }],
    ["not_sent", { code: "ETIMEDOUT", syscall: "connect" }],
    ["not_sent", { code: "ENOTFOUND", syscall: "getaddrinfo" }],
    // Of several addresses none could be reached: an `AggregateError` of Node.
    ["not_sent", { code: "ENETUNREACH", errors: [] }],
  ])(
    "a connection that breaks while it is used is not one that was not made: %s, %j",
    async (outcome, cause) => {
      const client = clientOf(createsServer({ mode: "conflict", seed: 13, timeout }), () => 1, {
        retry: { maxRetries: 0 },
        fetch: async (url) => {
          if (url.endsWith("/auth/token")) return granted(1) as never;
          throw new TypeError("fetch failed", { cause: Object.assign(new Error("broken"), cause) });
        },
      });
      await expect(client.call(createAccountGroup, { body: {} as never })).rejects.toMatchObject({ outcome });
    },
  );

  test("after an outcome that is unknown, a repeat that was refused or not sent settles nothing", async () => {
    const server = createsServer({ mode: "conflict", seed: 9, timeout });
    const replies = ["broken", 429, "refused", 201];
    const client = clientOf(server, () => 1, {
      retry: { maxRetries: 0 },
      fetch: async (url, init) => {
        if (url.endsWith("/auth/token")) return granted(1) as never;
        const reply = replies.shift();
        const { headers } = init as { headers: Record<string, string> };
        if (reply === "broken") {
          server.resources.push({ id: 0, key: headers["idempotency-key"]!, reference: "thing" });
          throw new TypeError("fetch failed");
        }
        if (reply === "refused") throw new TypeError("fetch failed", { cause: { code: "ECONNREFUSED" } });
        return Response.json(server.resources[0], { status: reply as number }) as never;
      },
    });
    const [idempotencyKey] = await ownKeys(1);
    const outcomes = [];
    for (let i = 0; i < 3; i++) {
      const error = await client
        .call(createAccountGroup, { body: {} as never, idempotencyKey })
        .catch((e: UpvestError) => e);
      outcomes.push((error as UpvestError).outcome);
    }
    // Each call speaks of itself: a program that forgot the first one would take the thing for not done.
    expect(outcomes).toEqual(["unknown", "rejected", "not_sent"]);
    expect(await client.call(createAccountGroup, { body: {} as never, idempotencyKey })).toMatchObject({
      id: 0,
    });
  });
});

describe("1,000 creates over HTTP", () => {
  test.each(["conflict", "wait"] as const)("%s: exactly 1,000", async (mode) => {
    const count = 1000;
    const timeout = 500;
    const server = createsServer({ mode, seed: 11, timeout });
    const { url, close } = await listen(server);
    const wanted = wantedOf(count);
    const first = emptyTally();
    const repeats = emptyTally();
    const denied: Denied[] = [];
    let rounds = 0;
    for (let left = wanted; left.length > 0 && rounds < 30; left = left.filter(({ done }) => !done)) {
      const client = createUpvestClient({
        baseUrl: url,
        clientId: "8e5b3c7f-3a5a-4d0e-9d59-0f6b4a6a1c55",
        clientSecret: "secret",
        scopes: ["accounts:admin"],
        signer: noSigner,
        timeout,
        deadline: 5000,
        retry: { baseDelay: 5, maxDelay: 50 },
      });
      const queue = [...left];
      const again = rounds++ > 0;
      const worker = async () => {
        for (let one = queue.shift(); one; one = queue.shift()) {
          await want(client, one, server, again ? repeats : first, denied);
        }
      };
      await Promise.all(Array.from({ length: 25 }, worker));
    }
    await close();
    expect(first.unknown).toBeGreaterThan(10);
    expect(server.resources).toHaveLength(count);
    expect(new Set(server.resources.map(({ reference }) => reference)).size).toBe(count);
    expect(wanted.every(({ done }) => done)).toBe(true);
    expect(lied(server, denied, wanted)).toEqual([]);
  });
});

describe("a job in a process that is killed half-way, and run again by another", () => {
  let program: Awaited<ReturnType<typeof buildProcess>>;
  beforeAll(async () => {
    program = await buildProcess("creates-process");
  });
  afterAll(() => program.remove());

  const count = 400;
  const timeout = 500;
  const runJob = async (freshKeys: boolean): Promise<Creates> => {
    const server = createsServer({ mode: "conflict", seed: 12, timeout });
    const { url, close } = await listen(server);
    const start = () =>
      fork(program.file, [JSON.stringify({ url, count, timeout, freshKeys })], { execArgv: [] });
    const first = start();
    const killed = new Promise((resolve) => first.on("exit", (_, signal) => resolve(signal)));
    await until(() => server.resources.length > count / 2);
    first.kill("SIGKILL");
    expect(await killed).toBe("SIGKILL");
    const code = await new Promise((resolve) => start().on("exit", resolve));
    expect(code).toBe(0);
    await close();
    return server;
  };

  test("with keys from its own ids: each thing once", async () => {
    const { resources } = await runJob(false);
    expect(resources).toHaveLength(count);
    expect(new Set(resources.map(({ reference }) => reference)).size).toBe(count);
  });

  test("control: with fresh keys the first half is there twice", async () => {
    expect((await runJob(true)).resources.length).toBeGreaterThan(1.5 * count);
  });
});

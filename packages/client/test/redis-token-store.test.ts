import { listUsers } from "@upvest-sdk/types/operations";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { type RedisClient, redisTokenStore, type StoredToken, type TokenStore } from "../src/index.js";
import { buildProcess } from "./support/process.js";
import {
  type ClientProcess,
  isRedisThere,
  type RedisServer,
  startProcess,
  startRedis,
  startTokenServer,
  type TokenServer,
} from "./support/redis.js";
import { type ClientPackage, connectRedis } from "./support/redis-client.js";
import { answer, granted, settle, stubbed, until, useFakeClock } from "./support/token.js";

if (!isRedisThere) {
  console.warn(
    "SKIPPED: all that redisTokenStore does with Redis. There is no redis-server here (apt-get install redis-server).",
  );
}

const tokenOf = (accessToken: string, more: Partial<StoredToken> = {}): StoredToken => ({
  accessToken,
  scopes: ["users:read"],
  expiresIn: 100_000,
  refreshIn: 80_000,
  ...more,
});

const packages: ClientPackage[] = ["redis", "ioredis"];

describe.skipIf(!isRedisThere).each(packages)("with the package %s", (name) => {
  let server: RedisServer;
  let redis: RedisClient;
  let store: TokenStore;
  const opened: { close(): void }[] = [];
  const connect = (port = server.port) => {
    const one = connectRedis(name, port);
    opened.push(one);
    return one.redis;
  };
  /** A command beside the store. */
  const run = (...command: string[]): Promise<unknown> =>
    "call" in redis ? redis.call(command[0]!, ...command.slice(1)) : redis.sendCommand(command);
  const keys = async () => ((await run("KEYS", "*")) as string[]).sort();
  const noLock = async () => !(await keys()).some((key) => key.includes("lock"));

  beforeAll(async () => {
    server = await startRedis();
    redis = connect();
  });
  beforeEach(async () => {
    await run("FLUSHALL");
    store = redisTokenStore(connect());
  });
  afterAll(async () => {
    for (const one of opened) one.close();
    await server.close();
  });

  test("keeps a token until a new one is due, and gives it to others", async () => {
    const request = vi.fn(async () => tokenOf("a"));
    expect(await store.getToken("k", undefined, request)).toEqual(tokenOf("a"));
    expect(await keys()).toContain("upvest:token:k");
    const ttl = Number(await run("PTTL", "upvest:token:k"));
    expect(ttl).toBeGreaterThan(75_000);
    expect(ttl).toBeLessThanOrEqual(80_000);
    const other = await redisTokenStore(connect()).getToken("k", undefined, request);
    expect(other).toMatchObject({ accessToken: "a", scopes: ["users:read"] });
    expect(other.refreshIn).toBeLessThanOrEqual(80_000);
    expect(other.expiresIn - other.refreshIn).toBe(20_000);
    expect(request).toHaveBeenCalledTimes(1);
    await vi.waitUntil(noLock);
  });

  test("a token that is due at once is not kept", async () => {
    await store.getToken("k", undefined, async () => tokenOf("a", { expiresIn: 0, refreshIn: 0 }));
    await vi.waitUntil(noLock);
    expect(await keys()).toEqual([]);
  });

  test("one asks, however many wait", async () => {
    const request = vi.fn(async () => tokenOf("a"));
    const stores = Array.from({ length: 8 }, () => redisTokenStore(connect()));
    const tokens = await Promise.all(stores.map((one) => one.getToken("k", undefined, request)));
    expect(new Set(tokens.map(({ accessToken }) => accessToken))).toEqual(new Set(["a"]));
    expect(request).toHaveBeenCalledTimes(1);
  });

  test("what was refused is deleted, but not what came after it", async () => {
    await store.getToken("k", undefined, async () => tokenOf("a"));
    const request = vi.fn(async () => tokenOf("b"));
    expect((await store.getToken("k", "a", request)).accessToken).toBe("b");
    expect(JSON.parse(String(await run("GET", "upvest:token:k"))).accessToken).toBe("b");
    expect((await store.getToken("k", "a", request)).accessToken).toBe("b");
    expect(request).toHaveBeenCalledTimes(1);
    await expect(
      store.getToken("k", "b", async () => {
        throw new Error("no");
      }),
    ).rejects.toThrow("no");
    await vi.waitUntil(async () => (await keys()).length === 0);
  });

  test("an error of the request is passed on, and the lock is free for the next one", async () => {
    const failure = new Error("503");
    const failing = () => Promise.reject(failure);
    await expect(store.getToken("k", undefined, failing)).rejects.toBe(failure);
    await vi.waitUntil(noLock);
    expect((await store.getToken("k", undefined, async () => tokenOf("a"))).accessToken).toBe("a");
  });

  test("the lock of one who died falls back, and one of those who wait takes it", async () => {
    await run("SET", "upvest:token:lock:k", "somebody else", "PX", "300");
    const request = vi.fn(async () => tokenOf("a"));
    const stores = Array.from({ length: 4 }, () => redisTokenStore(connect()));
    await Promise.all(stores.map((one) => one.getToken("k", undefined, request)));
    expect(request).toHaveBeenCalledTimes(1);
  });

  describe("by a clock of its own", () => {
    useFakeClock();
    // Redis has its own: the lock is there until it is deleted.
    const passWith = async (ms: number) => {
      for (let left = ms; left > 0; left -= 50) {
        vi.advanceTimersByTime(50);
        await run("PING");
        await settle(5);
      }
    };

    test("who waits outlasts a lock of full length, so that one asks when it falls back", async () => {
      await run("SET", "upvest:token:lock:k", "somebody else");
      const request = vi.fn(async () => tokenOf("a"));
      const stores = Array.from({ length: 4 }, () => redisTokenStore(connect()));
      const tokens = Promise.all(stores.map((one) => one.getToken("k", undefined, request)));
      await passWith(5200);
      expect(request).toHaveBeenCalledTimes(0);
      await run("DEL", "upvest:token:lock:k");
      await passWith(300);
      await tokens;
      expect(request).toHaveBeenCalledTimes(1);
    });

    test("who has waited for two locks of full length gets its own token", async () => {
      await run("SET", "upvest:token:lock:k", "somebody else");
      const token = store.getToken("k", undefined, async () => tokenOf("a"));
      await passWith(10_200);
      expect((await token).accessToken).toBe("a");
      expect(await run("GET", "upvest:token:lock:k")).toBe("somebody else");
      expect(vi.getTimerCount()).toBe(0);
    });
  });

  test("the lock has an end, and who held it for too long does not free that of another", async () => {
    await store.getToken("k", undefined, async () => {
      const ttl = Number(await run("PTTL", "upvest:token:lock:k"));
      expect(ttl).toBeGreaterThan(3000);
      expect(ttl).toBeLessThanOrEqual(5000);
      await run("SET", "upvest:token:lock:k", "somebody else", "PX", "5000");
      return tokenOf("a");
    });
    // After all that the store has sent.
    await run("PING");
    await new Promise((resolve) => setImmediate(resolve));
    expect(await run("GET", "upvest:token:lock:k")).toBe("somebody else");
  });

  test.each([
    ["no JSON", "<html>"],
    ["null", "null"],
    ["a number", "5"],
    ["an object without a token", "{}"],
    ["a token that is no text", JSON.stringify({ accessToken: 5, scopes: [], margin: 1 })],
    ["a token that is no header value", JSON.stringify({ accessToken: "a\nb", scopes: [], margin: 1 })],
    ["no scopes", JSON.stringify({ accessToken: "x", margin: 1 })],
    ["no margin", JSON.stringify({ accessToken: "x", scopes: [] })],
  ])("%s in the key is written over, by one of all", async (_, text) => {
    for (const more of [[], ["PX", "50000"]]) {
      for (const refused of [undefined, "old"]) {
        await run("SET", "upvest:token:k", text, ...more);
        const request = vi.fn(async () => tokenOf("a"));
        const stores = [store, redisTokenStore(connect())];
        const tokens = await Promise.all(stores.map((one) => one.getToken("k", refused, request)));
        expect(tokens.map(({ accessToken }) => accessToken)).toEqual(["a", "a"]);
        expect(request).toHaveBeenCalledTimes(1);
        expect(Number(await run("PTTL", "upvest:token:k"))).toBeGreaterThan(0);
      }
    }
  });

  test("a key of another type is written over", async () => {
    await run("RPUSH", "upvest:token:k", "x");
    expect((await store.getToken("k", undefined, async () => tokenOf("a"))).accessToken).toBe("a");
    expect((await store.getToken("k", undefined, async () => tokenOf("b"))).accessToken).toBe("a");
  });

  test("a token of ours that was put there for ever is not believed", async () => {
    await run("SET", "upvest:token:k", JSON.stringify({ accessToken: "x", scopes: [], margin: 1 }));
    expect((await store.getToken("k", undefined, async () => tokenOf("a"))).accessToken).toBe("a");
  });

  test("clients with other scopes, ids or origins have other keys; the same in another order has not", async () => {
    const tokenStore = store;
    const at = async (more: Parameters<typeof stubbed>[1]) => {
      const { client, tokenRequests } = stubbed((n) => granted(n), { tokenStore, ...more });
      await client.call(listUsers);
      return tokenRequests();
    };
    expect(await at({ scopes: ["users:read", "accounts:admin"] })).toBe(1);
    expect(await at({ scopes: ["accounts:admin", "users:read", "users:read"] })).toBe(0);
    expect(await at({ scopes: ["users:read"] })).toBe(1);
    expect(await at({ clientId: "11111111-3a5a-4d0e-9d59-0f6b4a6a1c55" })).toBe(1);
    expect(await at({ baseUrl: "https://other.test" })).toBe(1);
    expect(await at({ tokenStore: redisTokenStore(connect(), { prefix: "mine:" }) })).toBe(1);
    await vi.waitUntil(noLock);
    expect(await keys()).toEqual(
      [
        "mine:https://api.test 8e5b3c7f-3a5a-4d0e-9d59-0f6b4a6a1c55 accounts:admin users:read",
        "upvest:token:https://api.test 11111111-3a5a-4d0e-9d59-0f6b4a6a1c55 accounts:admin users:read",
        "upvest:token:https://api.test 8e5b3c7f-3a5a-4d0e-9d59-0f6b4a6a1c55 accounts:admin users:read",
        "upvest:token:https://api.test 8e5b3c7f-3a5a-4d0e-9d59-0f6b4a6a1c55 users:read",
        "upvest:token:https://other.test 8e5b3c7f-3a5a-4d0e-9d59-0f6b4a6a1c55 accounts:admin users:read",
      ].sort(),
    );
    expect(JSON.stringify(await Promise.all((await keys()).map((key) => run("GET", key))))).not.toContain(
      "secret",
    );
  });

  describe("without Redis", () => {
    /** In ms. */
    const patience = 1500;
    const timed = async (promise: Promise<StoredToken>) => {
      const begun = performance.now();
      const { accessToken } = await promise;
      return { accessToken, quick: performance.now() - begun < patience };
    };
    let own: RedisServer;
    afterEach(async () => {
      own.resume();
      await own.close();
    });

    test("that is down from the start: gets its own token in about a second, and leaves no lock behind", async () => {
      own = await startRedis({ started: false });
      const lonely = redisTokenStore(connect(own.port));
      expect(await timed(lonely.getToken("k", undefined, async () => tokenOf("a")))).toEqual({
        accessToken: "a",
        quick: true,
      });
      expect(await timed(lonely.getToken("k", "a", async () => tokenOf("b")))).toEqual({
        accessToken: "b",
        quick: true,
      });
      // What was held back is done now: the lock is taken, and given back.
      await own.start();
      const request = vi.fn(async () => tokenOf("c"));
      expect(await timed(lonely.getToken("k", undefined, request))).toEqual({
        accessToken: "c",
        quick: true,
      });
      expect(request).toHaveBeenCalledTimes(1);
      expect((await redisTokenStore(connect(own.port)).getToken("k", undefined, request)).accessToken).toBe(
        "c",
      );
      expect(request).toHaveBeenCalledTimes(1);
    });

    test.each<["dies" | "hangs", (server: RedisServer) => unknown]>([
      ["dies", (it) => it.kill()],
      ["hangs", (it) => it.pause()],
    ])("that %s: before, while it waits for another, and while the token is got", async (_, harm) => {
      for (const moment of ["before", "while waiting", "while getting"]) {
        own = await startRedis();
        const side = connect(own.port);
        const command = (...words: string[]): Promise<unknown> =>
          "call" in side ? side.call(words[0]!, ...words.slice(1)) : side.sendCommand(words);
        await command("PING");
        const one = redisTokenStore(side);
        let begun = performance.now();
        if (moment === "before") await harm(own);
        if (moment === "while waiting") await command("SET", "upvest:token:lock:k", "other", "PX", "60000");
        const got = one.getToken("k", undefined, async () => {
          if (moment === "while getting") {
            begun = performance.now();
            await harm(own);
          }
          return tokenOf("a");
        });
        if (moment === "while waiting") {
          await command("PING");
          begun = performance.now();
          await harm(own);
        }
        expect((await got).accessToken).toBe("a");
        expect(performance.now() - begun).toBeLessThan(patience);
        own.resume();
        await own.close();
      }
    });

    test("that throws rather than gives a promise: gets its own token", async () => {
      own = await startRedis({ started: false });
      const broken = {
        sendCommand() {
          throw new Error("closed");
        },
      };
      expect(
        (await redisTokenStore(broken).getToken("k", undefined, async () => tokenOf("a"))).accessToken,
      ).toBe("a");
    });
  });
});

// Twice a call of each package, in processes of the operating system.
describe.skipIf(!isRedisThere)("four processes", () => {
  let redisServer: RedisServer;
  let tokens: TokenServer;
  let program: Awaited<ReturnType<typeof buildProcess>>;
  let side: ReturnType<typeof connectRedis>;
  const running: ClientProcess[] = [];
  const start = (index: number) =>
    startProcess(program.file, {
      name: `process-${index}`,
      package: packages[index % 2]!,
      port: redisServer.port,
      url: tokens.url,
    }).then((one) => {
      running.push(one);
      return one;
    });
  const all = (count: number) => Promise.all(running.map((one) => one.call(count)));
  const ioredis = () => side.redis as unknown as { call(...words: string[]): Promise<unknown> };

  beforeAll(async () => {
    program = await buildProcess("redis-process");
  });
  beforeEach(async () => {
    [redisServer, tokens] = await Promise.all([startRedis(), startTokenServer()]);
    side = connectRedis("ioredis", redisServer.port);
    await Promise.all([0, 1, 2, 3].map(start));
  });
  afterEach(async () => {
    side.close();
    await Promise.all(running.splice(0).map((one) => one.kill()));
    await Promise.all([redisServer.close(), tokens.close()]);
  });
  afterAll(() => program.remove());

  test("ask for one token, and for one more after it was revoked", async () => {
    expect(await all(50)).toEqual([50, 50, 50, 50]);
    expect(tokens.tokenRequests).toBe(1);
    expect([...tokens.used.values()]).toEqual(Array(4).fill(["token-1"]));
    tokens.valid.clear();
    expect(await all(50)).toEqual([50, 50, 50, 50]);
    expect(tokens.tokenRequests).toBe(2);
    expect([...tokens.used.values()]).toEqual(Array(4).fill(["token-1", "token-2"]));
  });

  test("ask for one more when it is due, ahead of need", async () => {
    tokens.expiresIn = 3;
    await all(1);
    const done = () => [...tokens.used.values()].every((used) => used.length >= 2);
    while (!done()) expect(await all(5)).toEqual([5, 5, 5, 5]);
    expect(tokens.tokenRequests).toBe(2);
  });

  test("go on when the one who asks is killed: one of the others asks", async () => {
    let open = () => {};
    tokens.gate = new Promise((resolve) => {
      open = resolve;
    });
    const [first] = running as [ClientProcess];
    const lost = first.call(1).catch(() => "lost");
    await until(() => tokens.tokenRequests === 1);
    await first.kill();
    expect(await lost).toBe("lost");
    running.shift();
    tokens.gate = undefined;
    const others = all(10);
    // Five seconds are long for a test: the lock's time is shortened.
    const [lock] = (await ioredis().call("KEYS", "*lock*")) as string[];
    expect(Number(await ioredis().call("PTTL", lock!))).toBeGreaterThan(0);
    await ioredis().call("PEXPIRE", lock!, "200");
    expect(await others).toEqual([10, 10, 10]);
    expect(tokens.tokenRequests).toBe(2);
    open();
  });

  test("get a token each when Redis is gone, and share one again once it is back", async () => {
    await redisServer.kill();
    expect(await all(10)).toEqual([10, 10, 10, 10]);
    expect(tokens.tokenRequests).toBe(4);
    await redisServer.start();
    tokens.valid.clear();
    expect(await all(10)).toEqual([10, 10, 10, 10]);
    expect(tokens.tokenRequests).toBe(5);
  });
});

test("a store of one's own that fails is an error of the client, not sent", async () => {
  const { client } = stubbed(() => answer({}), {
    tokenStore: { getToken: () => Promise.reject(new TypeError("own")) },
  });
  await expect(client.call(listUsers)).rejects.toMatchObject({ code: "UNEXPECTED", outcome: "not_sent" });
});

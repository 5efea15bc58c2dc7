import { afterAll, beforeAll, beforeEach, describe, vi } from "vitest";
import { isRedisThere, type RedisServer, startRedis } from "../../../client/test/support/redis.js";
import { type ClientPackage, connectRedis } from "../../../client/test/support/redis-client.js";
import {
  type Deduplication,
  memoryDeduplication,
  type RedisClient,
  type RedisDeduplicationOptions,
  redisDeduplication,
} from "../../src/index.js";

export const packages: readonly ClientPackage[] = ["redis", "ioredis"];

if (!isRedisThere) {
  console.warn(
    "SKIPPED: all that redisDeduplication does with Redis. There is no redis-server here (apt-get install redis-server).",
  );
}

export const describeWithRedis = describe.skipIf(!isRedisThere);

/** A kind of store, and the time that it goes by. */
export interface Stores {
  /** On the same memory, if that can be shared. */
  open(options?: RedisDeduplicationOptions): Deduplication;
  /** In ms. */
  now(): number;
  /** Lets so much time pass, in ms. */
  pass(ms: number): Promise<unknown>;
  /** Forgets everything. */
  clear(): Promise<unknown>;
}

const memory: Stores = {
  open: (options) => memoryDeduplication(options),
  now: () => Date.now(),
  pass: async (ms) => vi.setSystemTime(Date.now() + ms),
  clear: async () => {},
};

// Redis has a clock of its own: instead of that going on, all that is kept goes back.
const back = `for _, key in ipairs(redis.call('keys', '*')) do
  for _, field in ipairs({ 'until', 'first' }) do
    if redis.call('hexists', key, field) == 1 then redis.call('hincrby', key, field, -ARGV[1]) end
  end
  redis.call('pexpire', key, redis.call('pttl', key) - ARGV[1])
end`;

export const command = (redis: RedisClient, ...words: string[]): Promise<unknown> =>
  "call" in redis ? redis.call(words[0]!, ...words.slice(1)) : redis.sendCommand(words);

const sharedRedis = (connect: () => RedisClient): Stores => ({
  open: (options) => redisDeduplication(connect(), options),
  now: () => Date.now(),
  pass: (ms) => command(connect(), "EVAL", back, "0", `${ms}`),
  clear: () => command(connect(), "FLUSHALL"),
});

/** The same for each kind of store: the tests are the contract. */
export function describeStores(tests: (stores: Stores, kind: "memory" | ClientPackage) => void): void {
  describe("memoryDeduplication", () => {
    beforeEach(() => {
      vi.useFakeTimers({ toFake: ["Date"] });
      return () => vi.useRealTimers();
    });
    tests(memory, "memory");
  });
  describeWithRedis.each(packages)("redisDeduplication, with the package %s", (name) => {
    let server: RedisServer;
    const opened: ReturnType<typeof connectRedis>[] = [];
    let next = 0;
    beforeAll(async () => {
      server = await startRedis();
      for (let count = 0; count < 3; count++) opened.push(connectRedis(name, server.port));
    });
    afterAll(async () => {
      for (const one of opened) one.close();
      await server.close();
    });
    const stores = sharedRedis(() => opened[next++ % opened.length]!.redis);
    beforeEach(() => stores.clear());
    tests(stores, name);
  });
}

import { type Deduplication, defaultLease, defaultTtl } from "./deduplication.js";
import { fail } from "./errors.js";

// Methods, whose parameters are compared loosely: the clients of both packages fit.
interface Ioredis {
  call(command: string, ...parameters: string[]): Promise<unknown>;
}
interface NodeRedis {
  sendCommand(command: string[]): Promise<unknown>;
}

/** A connected client of the package `redis` or `ioredis`. */
export type RedisClient = Ioredis | NodeRedis;

export interface RedisDeduplicationOptions {
  /** How long an event that is done is remembered, in ms, from when it was last seen. Default 30 days. */
  ttl?: number | undefined;
  /** How long a claim lasts without being renewed, in ms. Default 60,000. */
  lease?: number | undefined;
  /** Keeps two services on one Redis apart: each has to do every event. Default `upvest`. */
  namespace?: string | undefined;
}

// One hash an event: `done`, or `owner` and `until` of a claim; `failures` and `first` of what failed. The time is that of
// Redis, the same for all. ARGV: owner, lease, ttl (ms).
const time = "local t = redis.call('time') local now = t[1] * 1000 + math.floor(t[2] / 1000) ";
const mine = "if redis.call('hget', KEYS[1], 'owner') ~= ARGV[1] then return 0 end ";
const keep = "redis.call('pexpire', KEYS[1], ARGV[3]) ";
const scripts = {
  claim: `${time}local e = redis.call('hmget', KEYS[1], 'done', 'until', 'failures', 'first')
if e[1] then ${keep}return { 'done' } end
if e[2] and tonumber(e[2]) > now then return { 'held' } end
redis.call('hset', KEYS[1], 'owner', ARGV[1], 'until', now + ARGV[2]) ${keep}
return { 'claimed', e[3] or '0', e[4] or '' }`,
  renew: `${mine}${time}redis.call('hset', KEYS[1], 'until', now + ARGV[2]) ${keep}return 1`,
  confirm: `${mine}redis.call('del', KEYS[1]) redis.call('hset', KEYS[1], 'done', '1') ${keep}return 1`,
  release: `${mine}${time}redis.call('hdel', KEYS[1], 'owner', 'until') redis.call('hincrby', KEYS[1], 'failures', 1)
redis.call('hsetnx', KEYS[1], 'first', now) ${keep}return 1`,
};

/** In Redis: for as many processes as there are. A process that dies loses its claims when their lease is over. */
export function redisDeduplication(
  redis: RedisClient,
  { ttl = defaultTtl, lease = defaultLease, namespace = "upvest" }: RedisDeduplicationOptions = {},
): Deduplication {
  if (!(ttl > 0 && lease > 0)) fail("INVALID_OPTION", "ttl and lease (ms) are above 0");
  const run = (name: keyof typeof scripts, id: string, owner: string): Promise<unknown> => {
    const args = [
      scripts[name],
      "1",
      `${namespace}:event:${id}`,
      owner,
      `${Math.ceil(lease)}`,
      `${Math.ceil(ttl)}`,
    ];
    // `ioredis` has a `sendCommand` too, which takes something else.
    return "call" in redis ? redis.call("EVAL", ...args) : redis.sendCommand(["EVAL", ...args]);
  };
  return {
    lease,
    async claim(id, owner) {
      const [state, failures, first] = ((await run("claim", id, owner)) as unknown[]).map(String);
      if (state !== "claimed") return { state: state as "done" | "held" };
      return { state, failures: Number(failures), firstFailure: first ? Number(first) : undefined };
    },
    async renew(id, owner) {
      return Number(await run("renew", id, owner)) === 1;
    },
    async confirm(id, owner) {
      return Number(await run("confirm", id, owner)) === 1;
    },
    async release(id, owner) {
      await run("release", id, owner);
    },
  };
}

import { checkTimes, type Deduplication, defaultLease, defaultTtl } from "./deduplication.js";

// Methods, whose parameters are compared loosely: the clients of both packages fit.
/** What is used of a client of `ioredis`. */
interface Ioredis {
  /** Sends one command. */
  call(command: string, ...parameters: string[]): Promise<unknown>;
}
/** What is used of a client of `redis`. */
interface NodeRedis {
  /** Sends one command, its name first. */
  sendCommand(command: string[]): Promise<unknown>;
}

/** A connected client of the package `redis` or `ioredis`. */
export type RedisClient = Ioredis | NodeRedis;

/** How long is remembered, and under which keys. Times are in ms. */
export interface RedisDeduplicationOptions {
  /** How long an event that is done is remembered, in ms, from when it was last seen. Default 30 days. */
  ttl?: number | undefined;
  /** How long a claim lasts without being renewed, in ms. Default 60,000. */
  lease?: number | undefined;
  /** Keeps two services on one Redis apart: each has to do every event. Default `upvest`. */
  namespace?: string | undefined;
}

/** In ms. Clients hold back commands while they are not connected. */
const commandTime = 1_000;

// One hash an event: `done`, or `owner` and `until` of a claim; `failures` and `first` of what failed. The time is that of
// Redis, the same for all. ARGV: owner, lease, ttl (ms).
const time = "local t = redis.call('time') local now = t[1] * 1000 + math.floor(t[2] / 1000) ";
const mine = "if redis.call('hget', KEYS[1], 'owner') ~= ARGV[1] then return 0 end ";
const keep = "redis.call('pexpire', KEYS[1], ARGV[3]) ";
const free = "redis.call('hdel', KEYS[1], 'owner', 'until') ";
const scripts = {
  claim: `${time}local e = redis.call('hmget', KEYS[1], 'done', 'until', 'failures', 'first')
if e[1] then ${keep}return { 'done' } end
if e[2] and tonumber(e[2]) > now then return { 'held' } end
redis.call('hset', KEYS[1], 'owner', ARGV[1], 'until', now + ARGV[2]) ${keep}
return { 'claimed', e[3] or '0', e[4] or '' }`,
  renew: `${mine}${time}redis.call('hset', KEYS[1], 'until', now + ARGV[2]) ${keep}return 1`,
  confirm: `${mine}redis.call('del', KEYS[1]) redis.call('hset', KEYS[1], 'done', '1') ${keep}return 1`,
  release: `${mine}${time}${free}redis.call('hincrby', KEYS[1], 'failures', 1)
redis.call('hsetnx', KEYS[1], 'first', now) ${keep}return 1`,
  forget: `${mine}${free}return 1`,
};

/**
 * In Redis: for as many processes as there are. A process that dies loses its claims when their lease is over. What Redis
 * does not answer within a second has failed.
 *
 * @throws {WebhookError} `INVALID_OPTION`
 */
export function redisDeduplication(
  redis: RedisClient,
  { ttl = defaultTtl, lease = defaultLease, namespace = "upvest" }: RedisDeduplicationOptions = {},
): Deduplication {
  checkTimes(ttl, lease);
  // Redis takes no `Infinity`; this is as long.
  const times = [lease, Math.min(ttl, 1e15)].map((ms) => `${Math.ceil(ms)}`);
  const send = async (name: keyof typeof scripts, id: string, owner: string): Promise<unknown> => {
    const args = [scripts[name], "1", `${namespace}:event:${id}`, owner, ...times];
    // `ioredis` has a `sendCommand` too, which takes something else.
    return "call" in redis ? redis.call("EVAL", ...args) : redis.sendCommand(["EVAL", ...args]);
  };
  const run = async (name: keyof typeof scripts, id: string, owner: string): Promise<unknown> => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error("Redis has not answered within a second")), commandTime);
    });
    try {
      return await Promise.race([send(name, id, owner), late]);
    } finally {
      clearTimeout(timer);
    }
  };
  const isOurs = async (name: keyof typeof scripts, id: string, owner: string): Promise<boolean> =>
    Number(await run(name, id, owner)) === 1;
  return {
    lease,
    async claim(id, owner) {
      try {
        const [state, failures, first] = ((await run("claim", id, owner)) as unknown[]).map(String);
        if (state !== "claimed") return { state: state as "done" | "held" };
        return { state, failures: Number(failures), firstFailure: first ? Number(first) : undefined };
      } catch (error) {
        // It may still be carried out, and would hold the event up for a lease. Not waited for.
        send("forget", id, owner).catch(() => {});
        throw error;
      }
    },
    renew: (id, owner) => isOurs("renew", id, owner),
    confirm: (id, owner) => isOurs("confirm", id, owner),
    async release(id, owner) {
      await run("release", id, owner);
    },
  };
}

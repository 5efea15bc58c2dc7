import { now, wait, within } from "./clock.js";
import type { StoredToken, TokenStore } from "./token.js";

// Methods, whose parameters are compared loosely: the clients of both packages fit.
interface Ioredis {
  call(command: string, ...parameters: string[]): Promise<unknown>;
}
interface NodeRedis {
  sendCommand(command: string[]): Promise<unknown>;
}

/** A connected client of the package `redis` or `ioredis`. */
export type RedisClient = Ioredis | NodeRedis;

export interface RedisTokenStoreOptions {
  /** Begins every key. Default `upvest:token:`. */
  prefix?: string | undefined;
}

/** In ms. The lock of a process that died falls back by itself; one that is held for longer is no longer waited for. */
const lockLength = 10_000;
const betweenLooks = 100;

/** In ms. Clients hold back commands while they are not connected. */
const commandTime = 1_000;

const getToken = "local v = redis.call('get', KEYS[1]) return v and { v, redis.call('pttl', KEYS[1]) }";
const deleteToken =
  "local v = redis.call('get', KEYS[1]) if v and cjson.decode(v).accessToken == ARGV[1] then redis.call('del', KEYS[1]) end";
const deleteLock = "if redis.call('get', KEYS[1]) == ARGV[1] then redis.call('del', KEYS[1]) end";

/**
 * Shares the token of all processes through Redis, so that a fleet asks for one token: give it as `tokenStore`. A key is
 * made of origin, client id and scopes, and goes away before the token expires; a lock with owner and expiry lets one
 * process ask at a time. While Redis cannot be reached, each process gets a token of its own.
 *
 * The token is in Redis as it is: who reads it there can act as you until it expires.
 */
export function redisTokenStore(
  redis: RedisClient,
  { prefix = "upvest:token:" }: RedisTokenStoreOptions = {},
): TokenStore {
  // `ioredis` has a `sendCommand` too, which takes something else.
  const run = (...command: string[]): Promise<unknown> =>
    within(commandTime, undefined, () =>
      "call" in redis ? redis.call(command[0]!, ...command.slice(1)) : redis.sendCommand(command),
    );
  const script = (text: string, name: string, ...args: string[]) => run("EVAL", text, "1", name, ...args);

  const read = async (name: string, refused: string | undefined): Promise<StoredToken | undefined> => {
    const found = (await script(getToken, name)) as [unknown, unknown] | null;
    if (!found) return undefined;
    const { accessToken, scopes, margin } = JSON.parse(String(found[0]));
    const refreshIn = Number(found[1]);
    return accessToken === refused
      ? undefined
      : { accessToken, scopes, refreshIn, expiresIn: refreshIn + margin };
  };

  const keep = async (name: string, { accessToken, scopes, expiresIn, refreshIn }: StoredToken) => {
    const ms = Math.floor(refreshIn);
    const value = JSON.stringify({ accessToken, scopes, margin: Math.floor(expiresIn - refreshIn) });
    if (ms > 0) await run("SET", name, value, "PX", `${ms}`);
  };

  return {
    async getToken(key, refused, request) {
      const name = prefix + key;
      const lock = `${prefix}lock:${key}`;
      const owner = crypto.randomUUID();
      let locked = false;
      try {
        if (refused !== undefined) await script(deleteToken, name, refused);
        for (const end = now() + lockLength; !locked && now() < end; ) {
          locked = (await run("SET", lock, owner, "PX", `${lockLength}`, "NX")) !== null;
          // Also with the lock: another may have brought the token just before.
          const token = await read(name, refused);
          if (token) {
            if (locked) await script(deleteLock, lock, owner);
            return token;
          }
          if (!locked) await wait(betweenLooks, undefined);
        }
      } catch {}
      try {
        const token = await request();
        await keep(name, token).catch(() => {});
        return token;
      } finally {
        if (locked) await script(deleteLock, lock, owner).catch(() => {});
      }
    },
  };
}

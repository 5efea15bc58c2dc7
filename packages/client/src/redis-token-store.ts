import { now, timedOut, wait, within } from "./clock.js";
import { isToken, type StoredToken, type TokenStore } from "./token.js";

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

/** How the keys in Redis are named. */
export interface RedisTokenStoreOptions {
  /** Begins every key. Default `upvest:token:`. */
  prefix?: string | undefined;
}

/** In ms. The lock of a process that died falls back by itself; the next one who takes it is waited for as long. */
const lockLength = 5_000;
const longestWait = 2 * lockLength;
const betweenLooks = 100;

/** In ms. Clients hold back commands while they are not connected. */
const commandTime = 1_000;

const getWithTtl = "local v = redis.call('get', KEYS[1]) return v and { v, redis.call('pttl', KEYS[1]) }";
const deleteIfSame = "if redis.call('get', KEYS[1]) == ARGV[1] then redis.call('del', KEYS[1]) end";

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
  const send = async (...command: string[]): Promise<unknown> =>
    "call" in redis ? redis.call(command[0]!, ...command.slice(1)) : redis.sendCommand(command);
  const run = (...command: string[]) => within(commandTime, undefined, () => send(...command));

  const read = async (name: string, refused: string | undefined): Promise<StoredToken | undefined> => {
    const found = (await run("EVAL", getWithTtl, "1", name)) as [string, number] | null;
    if (!found) return undefined;
    const [text, refreshIn] = found;
    const { accessToken, scopes, margin } = parse(text);
    // What is no token, or was put there for ever, is not ours: it is written over.
    if (!isToken(accessToken) || !Array.isArray(scopes) || !(margin >= 0) || !(refreshIn > 0))
      return undefined;
    if (accessToken !== refused) return { accessToken, scopes, refreshIn, expiresIn: refreshIn + margin };
    await run("EVAL", deleteIfSame, "1", name, text);
    return undefined;
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
      let answers = true;
      try {
        try {
          for (const end = now() + longestWait; !locked && now() < end; ) {
            locked = (await run("SET", lock, owner, "PX", `${lockLength}`, "NX")) !== null;
            // Also with the lock: another may have brought the token just before.
            const token = await read(name, refused);
            if (token) return token;
            if (!locked) await wait(betweenLooks, undefined);
          }
        } catch (error) {
          answers = error !== timedOut;
        }
        const token = await request();
        if (answers) await keep(name, token).catch(() => {});
        return token;
      } finally {
        // Not waited for. Also where the lock may still be taken: by a command that was held back, and comes before this one.
        if (locked || !answers) send("EVAL", deleteIfSame, "1", lock, owner).catch(() => {});
      }
    },
  };
}

// biome-ignore lint/suspicious/noExplicitAny: whatever may be there
function parse(text: string): any {
  try {
    return Object(JSON.parse(text));
  } catch {
    return {};
  }
}

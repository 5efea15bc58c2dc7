// Run as a process of its own: handles the deliveries that it is sent, with claims in one database of Redis and effects in
// another.
import { setTimeout as wait } from "node:timers/promises";
import type { Jwk } from "@upvest-sdk/signing";
import { type ClientPackage, connectRedis } from "../../../client/test/support/redis-client.js";
import {
  type AnyEvent,
  createWebhookReceiver,
  type Deduplication,
  type RedisClient,
  redisDeduplication,
  staticKeys,
  type WebhookError,
} from "../../src/index.js";
import type { Wire } from "./sender.js";

export interface Settings {
  readonly name: string;
  readonly package: ClientPackage;
  readonly port: number;
  /** In ms. */
  readonly lease: number;
  /** Of a handler, at each attempt. */
  readonly failure: number;
  readonly jwk: Jwk;
}

export interface ToProcess {
  readonly delivery: number;
  /** Verified before, or a delivery as it comes over HTTP. */
  readonly events?: readonly AnyEvent[];
  readonly wire?: Wire;
}

export type FromProcess =
  | { readonly ready: true }
  | { readonly delivery: number; readonly status: number }
  /** The handler that takes three leases has begun. */
  | { readonly slow: string }
  | { readonly failed: string; readonly eventId: string | undefined };

const settings: Settings = JSON.parse(process.argv[2]!);
const tell = (message: FromProcess) => process.send!(message);
const command = (redis: RedisClient, ...words: string[]): Promise<unknown> =>
  "call" in redis ? redis.call(words[0]!, ...words.slice(1)) : redis.sendCommand(words);
const open = async (database: number): Promise<RedisClient> => {
  const { redis } = connectRedis(settings.package, settings.port);
  await command(redis, "CLIENT", "SETNAME", settings.name);
  await command(redis, "SELECT", `${database}`);
  return redis;
};

/** Claims tell whose they are. */
function named({ lease, ...store }: Deduplication): Deduplication {
  const by = (owner: string) => `${settings.name}/${owner}`;
  return {
    lease,
    claim: (id, owner) => store.claim(id, by(owner)),
    renew: (id, owner) => store.renew(id, by(owner)),
    confirm: (id, owner) => store.confirm(id, by(owner)),
    release: (id, owner) => store.release(id, by(owner)),
  };
}

function failAtRandom(): void {
  if (Math.random() < settings.failure) throw new Error("at random");
}

async function run(): Promise<void> {
  const effects = await open(1);
  const receiver = createWebhookReceiver({
    keys: staticKeys({ keys: [settings.jwk] }),
    deduplicate: named(redisDeduplication(await open(0), { lease: settings.lease })),
    onError: ({ code }, { eventId }) => tell({ failed: code, eventId }),
  });
  receiver.on("*", failAtRandom).on("*", async ({ id, object }) => {
    const { slow } = object as { slow?: "before" | "after" };
    failAtRandom();
    if (slow === "after") {
      tell({ slow: id });
      await wait(3 * settings.lease);
    }
    await command(effects, "INCR", id);
    if (slow === "before") {
      tell({ slow: id });
      await wait(3 * settings.lease);
    }
  });
  process.on("message", async ({ delivery, events, wire }: ToProcess) => {
    let status: number;
    if (wire) {
      const { url, method, headers, body } = wire;
      const request = new Request(url, { method, headers, body: String(body) });
      status = (await receiver.handle(request)).status;
    } else {
      status = await receiver.dispatch(events!).then(
        () => 200,
        (error: WebhookError) => error.status,
      );
    }
    tell({ delivery, status });
  });
  tell({ ready: true });
}

run();

import { setTimeout as wait } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { isRedisThere, type RedisServer, startRedis } from "../../client/test/support/redis.js";
import { connectRedis } from "../../client/test/support/redis-client.js";
import type { AnyEvent, RedisClient } from "../src/index.js";
import type { FromProcess, Settings, ToProcess } from "./support/deliveries-process.js";
import { buildProgram, startProgram } from "./support/program.js";
import { envelope, newEvent, newKey, signed } from "./support/sender.js";
import { command, packages } from "./support/stores.js";

// All of it: UPVEST_SDK_DELIVERIES=10000. By default a tenth, which takes some seconds.
const size = Number(process.env["UPVEST_SDK_DELIVERIES"] ?? 1_000);
const perDelivery = 100;
const newPerDelivery = 10;
/** How many deliveries a process has at a time. */
const atOnce = 8;
/** Every so many-th delivery is signed, and comes as a request. */
const signedEvery = 20;
/** In ms. */
const lease = 2_000;
const failure = 0.001;
/** Handlers that take three leases: when their effect is. The process of the first two is killed meanwhile. */
const slowOnes = ["before", "after", "before", "after"];
const kills = 2;

const key = newKey();

/** Of claims: those that a process held when it died. */
const claimsOf = `local found = {}
for _, key in ipairs(redis.call('keys', '*')) do
  local owner = redis.call('hget', key, 'owner')
  if owner and string.sub(owner, 1, #ARGV[1]) == ARGV[1] then
    found[#found + 1] = string.sub(key, #'upvest:event:' + 1)
  end
end
return found`;

interface Working {
  readonly name: string;
  readonly outstanding: Set<number>;
  send(message: ToProcess): void;
  kill(): Promise<unknown>;
}

let server: RedisServer;
let program: Awaited<ReturnType<typeof buildProgram>>;
let side: ReturnType<typeof connectRedis>;
let effects: ReturnType<typeof connectRedis>;
beforeAll(async () => {
  if (!isRedisThere) return;
  [server, program] = await Promise.all([startRedis(), buildProgram("deliveries-process")]);
  side = connectRedis("ioredis", server.port);
  effects = connectRedis("ioredis", server.port);
  await command(effects.redis, "SELECT", "1");
});
afterAll(async () => {
  side?.close();
  effects?.close();
  program?.remove();
  await server?.close();
});

test.skipIf(!isRedisThere)(
  `${size} deliveries of ${perDelivery} events: each event's effect is there, and once but for those in flight at a kill`,
  { timeout: 120_000 + 100 * size },
  async () => {
    const { events, deliveries } = makeDeliveries();
    const redis = side.redis;
    const working: Working[] = [];
    const queue = deliveries.map((_, index) => index);
    const counts = { sent: 0, kills: 0, failed: {} as Record<string, number> };
    const statuses: Record<number, number> = {};
    // How often it was in flight when a process was killed: each time its effect may have come before.
    const inFlight = new Map<string, number>();
    const slowSeen = new Set<string>();
    let done = 0;
    let killing: Promise<void> | undefined;
    let started = 0;
    let finish = () => {};
    const finished = new Promise<void>((resolve) => {
      finish = resolve;
    });

    const feed = () => {
      for (const one of working) {
        while (one.outstanding.size < atOnce && queue.length > 0) {
          const delivery = queue.shift()!;
          one.outstanding.add(delivery);
          counts.sent++;
          const list = deliveries[delivery]!.map((index) => events[index]!);
          one.send(
            delivery % signedEvery === 0
              ? { delivery, wire: { ...signed(envelope(...list), key), body: envelope(...list) as never } }
              : { delivery, events: list },
          );
        }
      }
    };

    /** As the sender: what was not answered with 200 comes again. */
    const again = async (delivery: number) => {
      await wait(200);
      queue.unshift(delivery);
      feed();
    };

    const hear = (one: Working, message: FromProcess) => {
      if ("status" in message) {
        const { delivery, status } = message;
        one.outstanding.delete(delivery);
        statuses[status] = (statuses[status] ?? 0) + 1;
        if (status !== 200) again(delivery);
        else if (++done === deliveries.length) finish();
        feed();
      } else if ("failed" in message) {
        counts.failed[message.failed] = (counts.failed[message.failed] ?? 0) + 1;
      } else if ("slow" in message) {
        if (slowSeen.has(message.slow)) return;
        slowSeen.add(message.slow);
        if (slowSeen.size <= kills) killing = kill(one);
      }
    };

    const start = async () => {
      const index = started++;
      const name = `process-${index}`;
      const settings: Settings = {
        name,
        package: packages[index % 2]!,
        port: server.port,
        lease,
        failure,
        jwk: key.jwk,
      };
      const { child, kill } = startProgram(program.file, settings);
      const one: Working = { name, outstanding: new Set(), send: (message) => child.send(message), kill };
      await new Promise<void>((resolve) => {
        child.on("message", (message: FromProcess) => {
          if ("ready" in message) resolve();
          else if (working.includes(one)) hear(one, message);
        });
      });
      working.push(one);
      feed();
    };

    const kill = async (one: Working) => {
      working.splice(working.indexOf(one), 1);
      await one.kill();
      // What it sent before, Redis still does.
      while (String(await command(redis, "CLIENT", "LIST")).includes(`name=${one.name} `)) await wait(5);
      for (const id of (await command(redis, "EVAL", claimsOf, "0", `${one.name}/`)) as string[])
        inFlight.set(id, (inFlight.get(id) ?? 0) + 1);
      counts.kills++;
      queue.unshift(...one.outstanding);
      await start();
    };

    const begun = performance.now();
    await Promise.all([start(), start()]);
    await finished;
    await killing;
    await Promise.all(working.map((one) => one.kill()));

    const times = await effectsOf(events.map(({ id }) => id));
    const lost = events.filter((_, index) => times[index] === 0);
    const repeated = events.filter((_, index) => times[index]! > 1).map(({ id }) => id);
    const all = deliveries.flat().length;
    console.log(
      [
        `${size} deliveries of ${perDelivery} events, ${events.length} different ones, in ${Math.round((performance.now() - begun) / 1000)} s:`,
        `  sent ${counts.sent} times, answered ${JSON.stringify(statuses)}; ${all - events.length} of ${all} events were duplicates`,
        `  errors ${JSON.stringify(counts.failed)}`,
        `  ${counts.kills} processes killed, with ${inFlight.size} events in flight, ${repeated.length} of which were done twice`,
        `  lost ${lost.length}, done twice without need ${repeated.filter((id) => !inFlight.has(id)).length}`,
      ].join("\n"),
    );
    expect(lost).toEqual([]);
    expect(events.filter(({ id }, index) => times[index]! > 1 + (inFlight.get(id) ?? 0))).toEqual([]);
    // That all of this was there to be survived.
    expect(counts.kills).toBe(kills);
    expect(slowSeen.size).toBe(slowOnes.length);
    expect([...inFlight.values()].reduce((sum, count) => sum + count, 0)).toBeGreaterThanOrEqual(kills);
    // One was killed after the effect of its event.
    expect(repeated.length).toBeGreaterThanOrEqual(1);
    expect(counts.failed["HANDLER_FAILED"]).toBeGreaterThan(size / 200);
    expect(counts.failed["CLAIM_LOST"]).toBe(undefined);
    // Nothing was answered with 200 that is not confirmed.
    expect(await confirmed(redis)).toBe(events.length);
  },
);

/** Each has some events that are new, and others that came before it or come again soon. */
function makeDeliveries() {
  const events = Array.from({ length: size * newPerDelivery }, (_, index) => newEvent({ object: { index } }));
  // In the first part, so that there is something left to do meanwhile.
  slowOnes.forEach((slow, count) => {
    const index = Math.floor((events.length * (count + 1)) / (slowOnes.length + 2));
    events[index]!.object = { index, slow };
  });
  const window = 40 * newPerDelivery;
  const deliveries = Array.from({ length: size }, (_, delivery) => {
    const first = delivery * newPerDelivery;
    return Array.from({ length: perDelivery }, (_, place) =>
      place < newPerDelivery
        ? first + place
        : Math.max(0, Math.min(events.length - 1, first - window + Math.floor(Math.random() * 1.1 * window))),
    ).sort((a, b) => a - b);
  });
  return { events: events as AnyEvent[], deliveries };
}

async function effectsOf(ids: readonly string[]): Promise<number[]> {
  const times: number[] = [];
  for (let from = 0; from < ids.length; from += 1_000) {
    const part = (await command(effects.redis, "MGET", ...ids.slice(from, from + 1_000))) as (
      | string
      | null
    )[];
    times.push(...part.map(Number));
  }
  return times;
}

async function confirmed(redis: RedisClient): Promise<number> {
  const count = `local n = 0 for _, key in ipairs(redis.call('keys', '*')) do n = n + redis.call('hexists', key, 'done') end return n`;
  return Number(await command(redis, "EVAL", count, "0"));
}

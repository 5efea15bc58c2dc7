import { setTimeout as wait } from "node:timers/promises";
import { Redis } from "ioredis";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { isRedisThere, type RedisServer, startRedis } from "../../client/test/support/redis.js";
import { buildProgram, type Program, startProgram } from "./support/program.js";
import { type FromProcess, receiverSteps, type Settings, workerSteps } from "./support/queue-steps.js";
import { envelope, newEvent, newKey, signed } from "./support/sender.js";

const key = newKey();
let server: RedisServer;
let program: Awaited<ReturnType<typeof buildProgram>>;
let queue: Redis;
let effects: Redis;
let url: string;

beforeAll(async () => {
  if (!isRedisThere) return;
  [server, program] = await Promise.all([startRedis(), buildProgram("queue-process")]);
  url = `redis://127.0.0.1:${server.port}`;
  queue = new Redis(url);
  effects = new Redis(`${url}/1`);
});
afterAll(async () => {
  queue?.disconnect();
  effects?.disconnect();
  program?.remove();
  await server?.close();
});

/** A process that is there again, without the step, when it has died. */
function keepUp(role: Settings["role"], step: Settings["step"]) {
  let port = 0;
  let deaths = 0;
  let over = false;
  let running: Program;
  const start = (at: Settings["step"]) => {
    const settings: Settings = { role, redis: url, jwk: key.jwk, step: at };
    running = startProgram(program.file, settings);
    running.child.on("message", (message: FromProcess) => {
      ({ port } = message);
    });
    running.ended.then(() => {
      if (over) return;
      deaths++;
      start(undefined);
    });
  };
  start(step);
  return {
    port: () => port,
    deaths: () => deaths,
    stop() {
      over = true;
      return running.kill();
    },
  };
}

const kills: [who: string, step: Settings["step"]][] = [
  ["neither", undefined],
  ...receiverSteps.map((step): (typeof kills)[0] => ["the receiver", step]),
  ...workerSteps.map((step): (typeof kills)[0] => ["the worker", step]),
];

test.skipIf(!isRedisThere).each(kills)("examples/webhooks-queue, %s killed, at: %s", async (_, step) => {
  await queue.flushall();
  const isOf = (steps: readonly unknown[]) => (step !== undefined && steps.includes(step) ? step : undefined);
  const receiver = keepUp("receiver", isOf(receiverSteps));
  const worker = keepUp("worker", isOf(workerSteps));
  const events = Array.from({ length: 24 }, () => newEvent());
  const batches = [0, 1, 2, 3, 4, 5].map((batch) => events.slice(4 * batch, 4 * batch + 4));

  /** As the API does: until it is answered with 200. */
  const deliver = async (batch: typeof events) => {
    for (let status = 0; status !== 200; await wait(20)) {
      const { headers, body } = signed(envelope(...batch), key, { url: "http://receiver/hooks" });
      status = await fetch(`http://127.0.0.1:${receiver.port()}/hooks`, {
        method: "POST",
        headers,
        body: new Uint8Array(body),
      }).then(
        (response) => response.status,
        () => 0,
      );
      expect([0, 200]).toContain(status);
    }
  };
  try {
    await vi.waitUntil(() => receiver.port() > 0, { timeout: 20_000 });
    for (const batch of batches) await deliver(batch);
    // Again, although they were answered.
    await deliver(batches[1]!);
    await vi.waitUntil(
      async () =>
        (await queue.zcard("bull:upvest-events:completed")) === events.length &&
        (step === undefined || receiver.deaths() + worker.deaths() > 0),
      { timeout: 60_000, interval: 50 },
    );
    // A batch that comes once more is enqueued anew when its jobs are no longer there: the claims know it.
    await queue.del(...(await queue.keys("bull:upvest-events:*")));
    await deliver(batches[0]!);
    await vi.waitUntil(async () => (await queue.zcard("bull:upvest-events:completed")) === 4, {
      timeout: 30_000,
    });
  } finally {
    await Promise.all([receiver.stop(), worker.stop()]);
  }

  expect([receiver.deaths(), worker.deaths()]).toEqual([
    isOf(receiverSteps) ? 1 : 0,
    isOf(workerSteps) ? 1 : 0,
  ]);
  const order = await effects.lrange("order", 0, -1);
  const inFlight = await effects.get("in flight");
  // Nothing is lost, and nothing done twice but what the worker had done and not confirmed.
  expect(new Set(order)).toEqual(new Set(events.map(({ id }) => id)));
  const repeated = order.filter((id, index) => order.indexOf(id) !== index);
  expect(repeated).toEqual(step === "done" ? [inFlight] : []);
  // One worker, one at a time: in their order, but for what it had in hand. With one done, BullMQ takes the next.
  const ids = events.map(({ id }) => id);
  const inHand = [inFlight, step === "completed" ? ids[ids.indexOf(inFlight!) + 1] : undefined];
  const others = (list: string[]) => list.filter((id) => !inHand.includes(id));
  expect(others(order)).toEqual(others(ids));
});

import { afterEach, expect, test } from "vitest";
import { type RedisServer, startRedis } from "../../client/test/support/redis.js";
import { connectRedis } from "../../client/test/support/redis-client.js";
import { createWebhookReceiver, redisDeduplication, staticKeys, type WebhookError } from "../src/index.js";
import { delivery, newEvent, newKey } from "./support/sender.js";
import { command, describeWithRedis, packages } from "./support/stores.js";

const key = newKey();
/** In ms. Two seconds, one for each of confirm and release, and what a busy machine takes. */
const patience = 4_000;

describeWithRedis.each(packages)("without Redis, with the package %s", (name) => {
  let server: RedisServer;
  let close = () => {};
  afterEach(async () => {
    close();
    server.resume();
    await server.close();
  });

  function open() {
    const connection = connectRedis(name, server.port);
    close = connection.close;
    const codes: string[] = [];
    let ran = 0;
    const handling: { meanwhile: () => unknown } = { meanwhile: () => {} };
    const receiver = createWebhookReceiver({
      keys: staticKeys({ keys: [key.jwk] }),
      deduplicate: redisDeduplication(connection.redis),
      onError: ({ code }: WebhookError) => codes.push(code),
    });
    receiver.on("*", async () => {
      ran++;
      await handling.meanwhile();
    });
    const event = newEvent();
    const post = async () => {
      const request = delivery(key, [event]);
      const begun = performance.now();
      const { status } = await receiver.handle(request);
      return { status, quick: performance.now() - begun < patience };
    };
    return { post, codes, handling, ran: () => ran, ping: () => command(connection.redis, "PING") };
  }

  test("that is down from the start: 503, and no handler runs; once it is there, the event is handled at once", async () => {
    server = await startRedis({ started: false });
    const { post, codes, ran, ping } = open();
    expect(await post()).toEqual({ status: 503, quick: true });
    expect(await post()).toEqual({ status: 503, quick: true });
    expect([codes, ran()]).toEqual([["STORE_UNAVAILABLE", "STORE_UNAVAILABLE"], 0]);
    await server.start();
    await ping();
    // The claims that were held back are made now, and given back: nobody waits for their lease.
    expect(await post()).toEqual({ status: 200, quick: true });
    expect(await post()).toEqual({ status: 200, quick: true });
    expect(ran()).toBe(1);
  });

  test.each<[string, (it: RedisServer) => unknown, (it: RedisServer) => unknown]>([
    ["dies", (it) => it.kill(), (it) => it.start()],
    ["hangs", (it) => it.pause(), (it) => it.resume()],
  ])("that %s: 503, and no handler runs; then it is handled at once", async (_, harm, mend) => {
    server = await startRedis();
    const { post, codes, ran, ping } = open();
    await ping();
    await harm(server);
    expect(await post()).toEqual({ status: 503, quick: true });
    expect([codes, ran()]).toEqual([["STORE_UNAVAILABLE"], 0]);
    await mend(server);
    await ping();
    expect(await post()).toEqual({ status: 200, quick: true });
    expect(ran()).toBe(1);
  });

  test.each<[string, (it: RedisServer) => unknown, (it: RedisServer) => unknown]>([
    ["dies", (it) => it.kill(), (it) => it.start()],
    ["hangs", (it) => it.pause(), (it) => it.resume()],
  ])("that %s while a handler runs: 503, as nothing says that it is done", async (_, harm, mend) => {
    server = await startRedis();
    const { post, codes, handling, ran, ping } = open();
    await ping();
    handling.meanwhile = () => harm(server);
    expect(await post()).toEqual({ status: 503, quick: true });
    expect([codes, ran()]).toEqual([["STORE_UNAVAILABLE"], 1]);
    handling.meanwhile = () => {};
    await mend(server);
    await ping();
    expect(await post()).toEqual({ status: 200, quick: true });
    expect(await post()).toEqual({ status: 200, quick: true });
    // Where it only hung, the confirmation came late, but came.
    expect(ran()).toBeLessThanOrEqual(2);
  });

  test("that is gone when a handler fails: 500, with the handler's error", async () => {
    server = await startRedis();
    const { post, codes, handling, ping } = open();
    await ping();
    handling.meanwhile = async () => {
      await server.kill();
      throw new Error("no");
    };
    expect(await post()).toEqual({ status: 500, quick: true });
    expect(codes).toEqual(["HANDLER_FAILED"]);
  });
});

test.each([
  [
    "throws",
    () => {
      throw new Error("closed");
    },
  ],
  ["rejects", () => Promise.reject(new Error("closed"))],
  ["says nonsense", async () => null],
])("a client that %s: 503", async (_, sendCommand) => {
  const codes: string[] = [];
  const receiver = createWebhookReceiver({
    keys: staticKeys({ keys: [key.jwk] }),
    deduplicate: redisDeduplication({ sendCommand }),
    onError: ({ code }) => codes.push(code),
  });
  receiver.on("*", () => {
    throw new Error("never");
  });
  expect((await receiver.handle(delivery(key, [newEvent()]))).status).toBe(503);
  expect(codes).toEqual(["STORE_UNAVAILABLE"]);
});

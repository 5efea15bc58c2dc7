import { createHash } from "node:crypto";
import type { ServerResponse } from "node:http";
import { pipeline, Readable } from "node:stream";
import { importPublicKeys, verifyRequest } from "@upvest-sdk/signing/node";
import type { AccountGroup, EventType, WebhookSubscriptionCreateRequest } from "@upvest-sdk/types";
import { createWebhookReceiver, staticKeys, type WebhookError } from "@upvest-sdk/webhooks";
import { toNodeHandler } from "@upvest-sdk/webhooks/node";
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import type { WorldOptions } from "../src/create-world.js";
import {
  createDeliveries,
  type Deliveries,
  type DeliveriesOptions,
  type DeliveryRecord,
} from "../src/deliveries.js";
import { webhooks } from "../src/resources/webhooks.js";
import { createWebhookKeys } from "../src/webhook-keys.js";
import { listen, type Received, type Receiver, startReceiver } from "./support/receiver.js";
import { type TestWorld, testWorld } from "./support/world.js";

let receiver: Receiver;
beforeEach(async () => {
  receiver = await startReceiver();
});
afterEach(() => receiver.close());

function setup(
  options: Partial<DeliveriesOptions> = {},
  worldOptions: Partial<WorldOptions> = {},
  savedKeys?: Parameters<typeof createWebhookKeys>[1],
) {
  let deliveries: Deliveries | undefined;
  const world = testWorld([webhooks], {
    tasks: { "deliveries.send": (world, id) => deliveries?.tasks["deliveries.send"](world, id) },
    onEvent: (world, id, type) => deliveries?.onEvent(world, id, type),
    ...worldOptions,
  });
  onTestFinished(() => world.clock.stop());
  const keys = createWebhookKeys(world.ids, savedKeys);
  const records: DeliveryRecord[] = [];
  deliveries = createDeliveries({ keys, onDelivery: (record) => records.push(record), ...options });
  const start = world.clock.now();
  return {
    world,
    keys,
    records,
    deliveries,
    /** When the attempts were made, s after the start. */
    times: () => records.map(({ at }) => (at - start) / 1000),
  };
}

function subscribe(world: TestWorld, more: Partial<WebhookSubscriptionCreateRequest> = {}): string {
  const body = {
    title: "Test",
    url: receiver.url,
    config: { delay: "5s", max_package_size: 1_048_576 },
    ...more,
  };
  const { id } = world.call("createWebhook", { body });
  world.call("updateWebhook", { path: { webhook_id: id }, body: { enabled: true } });
  return id;
}

/** Gives the id of the event. */
function emit(
  world: TestWorld,
  type: EventType & `ACCOUNT_GROUP.${string}` = "ACCOUNT_GROUP.CREATED",
): string {
  const group: AccountGroup = {
    id: world.ids.uuid(),
    created_at: world.time(),
    updated_at: world.time(),
    users: [{ id: world.ids.uuid(), type: "OWNER" }],
    status: "ACTIVE",
    type: "PERSONAL",
    securities_account_number: "123456789",
  };
  world.emit(type, group);
  return world.tables.events.list().at(-1)!.id;
}

const answerWith =
  (status: number, headers: Record<string, string> = {}, body = "") =>
  (response: ServerResponse) =>
    response.writeHead(status, headers).end(body);

const batches = () => receiver.received.map(({ ids }) => ids);

describe("a batch", () => {
  it("is closed after the delay, counted from its first event", async () => {
    const { world, times } = setup();
    const id = subscribe(world);
    await world.clock.advance(1000);
    const first = emit(world);
    await world.clock.advance(4000);
    const second = emit(world);
    expect(world.clock.tasks).toHaveLength(1);
    await world.clock.advance(999);
    expect(batches()).toEqual([]);
    await world.clock.advance(1);
    expect(batches()).toEqual([[first, second]]);
    expect(times()).toEqual([6]);
    await world.clock.advance(60_000);
    const third = emit(world);
    await world.clock.advance(5000);
    expect(batches()).toEqual([[first, second], [third]]);
    expect(times()).toEqual([6, 71]);
    expect(world.tables.outboxes.get(id)).toMatchObject({ waiting: [], batch: [] });
  });

  it("has the documented form: events with the subscription's id, in a payload", async () => {
    const { world } = setup();
    const webhook_id = subscribe(world, { url: `${receiver.url}?from=upvest` });
    emit(world);
    await world.clock.advance(5000);
    const { json } = world.tables.events.list()[0]!;
    expect(JSON.parse(receiver.received[0]!.body)).toEqual({
      payload: [{ ...JSON.parse(json), webhook_id }],
    });
    const { method, target, headers, body } = receiver.received[0]!;
    expect({ method, target }).toEqual({ method: "POST", target: "/upvest?from=upvest" });
    expect(headers).toMatchObject({
      "content-type": "application/json",
      "content-length": `${Buffer.byteLength(body)}`,
      digest: `SHA-256=${createHash("sha256").update(body).digest("base64")}`,
    });
  });

  it("is closed by its size, at once; what does not fit is a batch of its own", async () => {
    const { world, times } = setup();
    const ids = [emit(world), emit(world), emit(world)];
    const overhead = `,"webhook_id":"${ids[0]}"`.length;
    const size = Buffer.byteLength(world.tables.events.get(ids[0]!)!.json) + overhead;
    // Room for exactly two.
    const max_package_size = '{"payload":[]}'.length + 2 * size + 1;
    subscribe(world, { config: { delay: "5s", max_package_size } });
    const [a, b] = [emit(world), emit(world)];
    await world.clock.advance(0);
    expect(batches()).toEqual([[a, b]]);
    expect(Buffer.byteLength(receiver.received[0]!.body)).toBe(max_package_size);

    await world.clock.advance(1000);
    const c = emit(world);
    await world.clock.advance(1000);
    const [d, e] = [emit(world), emit(world)];
    await world.clock.advance(0);
    expect(batches()).toEqual([
      [a, b],
      [c, d],
    ]);
    // The remaining one has its own delay.
    await world.clock.advance(4999);
    expect(batches()).toHaveLength(2);
    await world.clock.advance(1);
    expect(batches()).toEqual([[a, b], [c, d], [e]]);
    expect(times()).toEqual([0, 2, 7]);
  });

  it("one byte smaller holds one event less", async () => {
    const { world } = setup();
    const probe = emit(world);
    const size = Buffer.byteLength(world.tables.events.get(probe)!.json) + `,"webhook_id":"${probe}"`.length;
    subscribe(world, { config: { delay: "5s", max_package_size: '{"payload":[]}'.length + 2 * size } });
    const [a, b] = [emit(world), emit(world)];
    await world.clock.advance(0);
    expect(batches()).toEqual([[a]]);
    await world.clock.advance(5000);
    expect(batches()).toEqual([[a], [b]]);
  });

  it("may be over the size with a single event", async () => {
    const { world } = setup();
    subscribe(world, { config: { delay: "30s", max_package_size: 100 } });
    const [a, b] = [emit(world), emit(world)];
    await world.clock.advance(0);
    expect(batches()).toEqual([[a], [b]]);
    expect(receiver.received[0]!.body.length).toBeGreaterThan(100);
  });

  it("is sorted by created_at, those of one time by their order", async () => {
    const { world } = setup();
    const id = subscribe(world);
    const [a, b, c] = [emit(world), emit(world), emit(world)];
    const row = world.tables.events.get(a)!;
    const later = JSON.stringify({ ...JSON.parse(row.json), created_at: "2026-01-05T09:00:00.001Z" });
    world.tables.events.set(a, { ...row, json: later });
    await world.clock.advance(5001);
    expect(batches()).toEqual([[b, c, a]]);
    expect(world.tables.outboxes.get(id)!.batch).toEqual([]);
  });
});

describe("a subscription", () => {
  it("gets the categories that it takes, which are the part before the dot", async () => {
    const { world } = setup();
    const other = await startReceiver();
    onTestFinished(() => other.close());
    subscribe(world, { type: ["ACCOUNT", "USER"] });
    subscribe(world, { type: ["ORDER", "ACCOUNT_GROUP"], url: other.url });
    const group = emit(world, "ACCOUNT_GROUP.ACTIVATED");
    await world.clock.advance(5000);
    expect(receiver.received).toEqual([]);
    expect(other.received.map(({ ids }) => ids)).toEqual([[group]]);
  });

  it("gets everything with ALL, and nothing with no category", async () => {
    const { world } = setup();
    subscribe(world, { type: ["ORDER", "ALL"] });
    subscribe(world, { type: [] });
    const id = emit(world);
    await world.clock.advance(5000);
    expect(batches()).toEqual([[id]]);
  });

  it("each has its own copy, queue and failures", async () => {
    const { world } = setup();
    const other = await startReceiver();
    onTestFinished(() => other.close());
    receiver.answer = answerWith(500);
    const blocked = subscribe(world);
    const free = subscribe(world, { url: other.url });
    const a = emit(world);
    await world.clock.advance(5000);
    const c = emit(world);
    await world.clock.advance(5000);
    expect(other.received.map(({ ids }) => ids)).toEqual([[a], [c]]);
    expect(new Set(batches().flat())).toEqual(new Set([a]));
    expect(JSON.parse(other.received[0]!.body).payload[0].webhook_id).toBe(free);
    expect(JSON.parse(receiver.received[0]!.body).payload[0].webhook_id).toBe(blocked);
  });

  it("that is disabled gets nothing, later neither", async () => {
    const { world } = setup();
    const { id } = world.call("createWebhook", { body: { title: "A", url: receiver.url } });
    const path = { webhook_id: id };
    emit(world);
    await world.clock.advance(60_000);
    world.call("updateWebhook", { path, body: { enabled: true } });
    await world.clock.advance(60_000);
    expect(batches()).toEqual([]);
    const second = emit(world);
    await world.clock.advance(1000);
    world.call("updateWebhook", { path, body: { enabled: false } });
    emit(world);
    await world.clock.advance(60_000);
    world.call("updateWebhook", { path, body: { enabled: true } });
    await world.clock.advance(60_000);
    expect(batches()).toEqual([[second]]);
  });

  it("keeps what waits while it is disabled", async () => {
    const { world, times } = setup();
    const path = { webhook_id: subscribe(world) };
    const waits = emit(world);
    await world.clock.advance(1000);
    world.call("updateWebhook", { path, body: { enabled: false } });
    expect(world.assumed).toHaveLength(1);
    await world.clock.advance(60_000);
    expect(batches()).toEqual([]);
    world.call("updateWebhook", { path, body: { enabled: true } });
    await world.clock.advance(0);
    expect(batches()).toEqual([[waits]]);
    expect(times()).toEqual([61]);

    const early = emit(world);
    world.call("updateWebhook", { path, body: { enabled: false } });
    await world.clock.advance(2000);
    world.call("updateWebhook", { path, body: { enabled: true } });
    await world.clock.advance(2999);
    expect(batches()).toHaveLength(1);
    await world.clock.advance(1);
    expect(batches()).toEqual([[waits], [early]]);
  });

  it("that is disabled is not tried again, and is at once when it is enabled", async () => {
    const { world, times } = setup();
    const path = { webhook_id: subscribe(world) };
    receiver.answer = answerWith(500);
    emit(world);
    await world.clock.advance(5000);
    world.call("updateWebhook", { path, body: { enabled: false } });
    await world.clock.advance(60_000);
    expect(times()).toEqual([5]);
    world.call("updateWebhook", { path, body: { enabled: true } });
    await world.clock.advance(2000);
    expect(times()).toEqual([5, 65, 67]);
  });

  it("that is deleted gets nothing more", async () => {
    const { world } = setup();
    const path = { webhook_id: subscribe(world) };
    emit(world);
    world.call("deleteWebhook", { path });
    expect(world.assumed).toEqual(["What waits for delivery is dropped with the subscription."]);
    expect(world.tables.outboxes.size).toBe(0);
    await world.clock.advance(60_000);
    expect(batches()).toEqual([]);
  });

  it("that is deleted during an attempt gets nothing more", async () => {
    const { world, records } = setup();
    const path = { webhook_id: subscribe(world) };
    emit(world);
    receiver.answer = (response) => {
      world.call("deleteWebhook", { path });
      answerWith(500)(response);
    };
    await world.clock.advance(60_000);
    expect(records).toMatchObject([{ status: 500 }]);
    expect(world.tables.outboxes.size).toBe(0);
    expect(world.clock.tasks).toEqual([]);
  });

  it("is sent to where it leads now, also what failed before", async () => {
    const { world } = setup();
    const other = await startReceiver();
    onTestFinished(() => other.close());
    const path = { webhook_id: subscribe(world) };
    receiver.answer = answerWith(500);
    const id = emit(world);
    await world.clock.advance(5000);
    world.call("updateWebhook", { path, body: { url: other.url } });
    await world.clock.advance(1000);
    expect(batches()).toEqual([[id]]);
    expect(other.received.map(({ ids }) => ids)).toEqual([[id]]);
  });
});

describe("a delivery that fails", () => {
  it("is tried again after 1, 2, 3, 5, 8 ... 600 s, without end", async () => {
    const { world, times, records } = setup();
    subscribe(world);
    receiver.answer = answerWith(503);
    emit(world);
    await world.clock.advance(3_900_000);
    const pauses = [1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 144, 233, 377, 600, 600, 600, 600];
    const expected = [5];
    for (const pause of pauses) expected.push(expected.at(-1)! + pause);
    expect(times()).toEqual(expected);
    expect(records.map(({ attempt }) => attempt)).toEqual(expected.map((_, index) => index + 1));
    expect(new Set(records.map(({ id }) => id)).size).toBe(expected.length);
  });

  it("is sent again as the same bytes, signed anew by the real time", async () => {
    const { world, keys } = setup();
    subscribe(world);
    receiver.answer = answerWith(500);
    emit(world);
    emit(world);
    await world.clock.advance(5000);
    emit(world);
    await world.clock.advance(1000);
    const [first, second] = receiver.received;
    expect(second!.body).toBe(first!.body);
    expect(second!.ids).toHaveLength(2);
    expect(second!.headers["signature"]).not.toBe(first!.headers["signature"]);
    const publicKeys = await importPublicKeys(keys.publicJwks());
    for (const { method, target, headers, body } of [first!, second!]) {
      const plain = new Headers(Object.entries(headers).map(([name, value]) => [name, String(value)]));
      const verified = await verifyRequest(
        { method, url: target, headers: plain, body },
        { keys: publicKeys, version: 6, maxAge: 30_000, enforceExpires: true },
      );
      expect(verified.components).toEqual(
        expect.arrayContaining(["@method", "@path", "digest", "content-length", "content-type"]),
      );
    }
  });

  it("blocks what comes after; the first success releases it", async () => {
    const { world, times } = setup();
    const id = subscribe(world);
    receiver.answer = answerWith(500);
    const first = emit(world);
    await world.clock.advance(5000);
    const behind: string[] = [];
    for (let at = 0; at < 4; at++) {
      behind.push(emit(world));
      await world.clock.advance(5000);
    }
    // 5, 6, 8, 11, 16, 24; the next at 37.
    expect(new Set(batches().flat())).toEqual(new Set([first]));
    expect(world.tables.outboxes.get(id)!.waiting).toEqual(behind);
    receiver.answer = answerWith(200);
    await world.clock.advance(11_999);
    expect(times()).toEqual([5, 6, 8, 11, 16, 24]);
    await world.clock.advance(1);
    expect(times()).toEqual([5, 6, 8, 11, 16, 24, 37, 37]);
    expect(batches().slice(-2)).toEqual([[first], behind]);
    // The pauses begin anew.
    receiver.answer = answerWith(500);
    emit(world);
    await world.clock.advance(8000);
    expect(times().slice(-3)).toEqual([42, 43, 45]);
  });

  it("releases what is younger than the delay only when that has passed", async () => {
    const { world, times } = setup();
    subscribe(world);
    receiver.answer = answerWith(500);
    emit(world);
    await world.clock.advance(5000);
    receiver.answer = answerWith(200);
    await world.clock.advance(900);
    emit(world);
    await world.clock.advance(60_000);
    expect(times()).toEqual([5, 6, 10.9]);
  });

  it.each([
    [200, undefined],
    [201, "answered with 201; only 200 is sure to count as success, so the batch is sent again"],
    [204, "answered with 204; only 200 is sure to count as success, so the batch is sent again"],
    [400, "answered with 400"],
    [500, "answered with 500"],
  ])("is one that is not answered with 200: %i", async (status, error) => {
    const { world, records } = setup();
    subscribe(world);
    receiver.answer = answerWith(status);
    emit(world);
    await world.clock.advance(6000);
    expect(records).toHaveLength(error ? 2 : 1);
    expect(records[0]!.status).toBe(status);
    expect(records[0]!.error).toBe(error);
  });

  it.each([301, 302, 303, 307, 308])(
    "is one that is answered with a redirect, which is not followed: %i",
    async (status) => {
      const { world, records } = setup();
      const other = await startReceiver();
      onTestFinished(() => other.close());
      subscribe(world);
      receiver.answer = answerWith(status, { location: other.url });
      emit(world);
      await world.clock.advance(5000);
      expect(records).toMatchObject([
        { status, error: `answered with ${status}; redirects are not followed` },
      ]);
      expect(other.received).toEqual([]);
      await world.clock.advance(1000);
      expect(batches()).toHaveLength(2);
    },
  );

  it("is one without an answer in time", async () => {
    const { world, records } = setup({ timeout: 100 });
    subscribe(world);
    receiver.answer = () => {};
    const id = emit(world);
    await world.clock.advance(5000);
    expect(records).toMatchObject([{ error: "no answer within 100 ms", attempt: 1, events: [id] }]);
    expect(records[0]).not.toHaveProperty("status");
    expect(records[0]!.ms).toBeGreaterThanOrEqual(95);
    receiver.answer = answerWith(200);
    await world.clock.advance(1000);
    expect(records).toMatchObject([{}, { status: 200, attempt: 2 }]);
    expect(records[1]).not.toHaveProperty("error");
  });

  it("is none once the status is there, whatever becomes of the body", async () => {
    const { world, records } = setup({ timeout: 200 });
    subscribe(world);
    receiver.answer = (response) => response.writeHead(200).write("and then");
    emit(world);
    await world.clock.advance(60_000);
    expect(records).toMatchObject([{ status: 200 }]);
  });

  it("is one that finds nobody there, or a connection that is cut", async () => {
    const { world, records } = setup();
    const gone = await startReceiver();
    await gone.close();
    subscribe(world, { url: gone.url });
    subscribe(world);
    receiver.answer = (response) => response.destroy();
    emit(world);
    await world.clock.advance(5000);
    expect(records.map(({ error }) => error)).toEqual([
      expect.stringContaining("ECONNREFUSED"),
      expect.stringMatching(/UND_ERR_SOCKET|ECONNRESET/),
    ]);
    await world.clock.advance(1000);
    expect(records).toHaveLength(4);
  });
});

describe("with the real clock", () => {
  const small = { delay: "30s", max_package_size: 100 };

  it("one request of a subscription is made at a time", async () => {
    const { world, records } = setup({}, { clock: "real" });
    const held: ServerResponse[] = [];
    receiver.answer = (response) => held.push(response);
    const path = { webhook_id: subscribe(world, { config: small }) };
    const ids = [emit(world), emit(world), emit(world)];
    await vi.waitFor(() => expect(held).toHaveLength(1));
    // Not even now.
    world.call("updateWebhook", { path, body: { enabled: false } });
    world.call("updateWebhook", { path, body: { enabled: true } });
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(held).toHaveLength(1);
    for (const at of [0, 1, 2]) {
      await vi.waitFor(() => expect(held).toHaveLength(at + 1));
      answerWith(200)(held[at]!);
    }
    await vi.waitFor(() => expect(records).toHaveLength(3));
    expect(batches()).toEqual(ids.map((id) => [id]));
  });

  it("a failure holds up no other subscription", async () => {
    const { world, records } = setup({}, { clock: "real" });
    const other = await startReceiver();
    onTestFinished(() => other.close());
    receiver.answer = () => {};
    subscribe(world, { config: small });
    subscribe(world, { config: small, url: other.url });
    emit(world);
    await vi.waitFor(() => expect(other.received).toHaveLength(1));
    await vi.waitFor(() => expect(records).toMatchObject([{ status: 200 }]));
    expect(receiver.received).toHaveLength(1);
  });
});

describe("a restart", () => {
  it("goes on with what is blocked, at its time, with the same bytes", async () => {
    const { world, keys } = setup();
    subscribe(world);
    receiver.answer = answerWith(500);
    emit(world);
    await world.clock.advance(9000);
    emit(world);
    const saved = JSON.parse(JSON.stringify({ world: world.save(), keys }));
    const again = setup({}, { saved: saved.world }, saved.keys);
    again.deliveries.resume(again.world);
    await again.world.clock.advance(1999);
    expect(again.records).toEqual([]);
    await again.world.clock.advance(1);
    expect(again.records).toMatchObject([{ attempt: 4, at: Date.UTC(2026, 0, 5, 9, 0, 11) }]);
    expect(receiver.received.at(-1)!.body).toBe(receiver.received[0]!.body);
    receiver.answer = answerWith(200);
    await again.world.clock.advance(5000);
    expect(again.times()).toEqual([2, 7, 7]);
  });

  it("sends again what was being sent", async () => {
    const { world, keys } = setup();
    subscribe(world);
    const id = emit(world);
    let saved: { world: WorldOptions["saved"]; keys: [] } | undefined;
    receiver.answer = (response) => {
      saved ??= JSON.parse(JSON.stringify({ world: world.save(), keys }));
      response.end();
    };
    await world.clock.advance(5000);
    const again = setup({}, { saved: saved?.world }, saved?.keys);
    await again.world.clock.advance(60_000);
    expect(again.records).toEqual([]);
    again.deliveries.resume(again.world);
    await again.world.clock.advance(0);
    expect(again.records).toMatchObject([{ attempt: 2, status: 200, events: [id] }]);
    again.deliveries.resume(again.world);
    await again.world.clock.advance(60_000);
    expect(again.records).toHaveLength(1);
  });
});

describe("faults", () => {
  it("send what was taken once more", async () => {
    const duplicate = vi.fn().mockReturnValueOnce(false).mockReturnValue(true);
    const { world, times, records } = setup({ faults: { duplicate } });
    subscribe(world);
    const first = emit(world);
    await world.clock.advance(5000);
    const second = emit(world);
    await world.clock.advance(5000);
    await world.clock.advance(60_000);
    expect(batches()).toEqual([[first], [second], [second]]);
    expect(receiver.received[2]!.body).toBe(receiver.received[1]!.body);
    expect(times()).toEqual([5, 10, 11]);
    expect(records.map(({ attempt, status }) => [attempt, status])).toEqual([
      [1, 200],
      [1, 200],
      [2, 200],
    ]);
    expect(duplicate).toHaveBeenCalledTimes(2);
  });

  it("turn the order of a request around, the same in each attempt", async () => {
    const reorder = vi.fn().mockReturnValueOnce(true).mockReturnValue(false);
    const { world } = setup({ faults: { reorder } });
    subscribe(world);
    const alone = emit(world);
    await world.clock.advance(5000);
    expect(reorder).not.toHaveBeenCalled();
    receiver.answer = answerWith(500);
    const three = [emit(world), emit(world), emit(world)];
    await world.clock.advance(6000);
    expect(batches()).toEqual([[alone], three.toReversed(), three.toReversed()]);
    receiver.answer = answerWith(200);
    await world.clock.advance(2000);
    const two = [emit(world), emit(world)];
    await world.clock.advance(5000);
    expect(batches().at(-1)).toEqual(two);
  });

  it("change the key before an attempt, and publish the old one no more", async () => {
    const rotateKey = vi.fn().mockReturnValueOnce(false).mockReturnValueOnce(true).mockReturnValue(false);
    const { world, keys } = setup({ faults: { rotateKey } });
    const old = keys.current.kid;
    subscribe(world);
    receiver.answer = answerWith(500);
    emit(world);
    await world.clock.advance(6000);
    expect(keys.current.kid).not.toBe(old);
    expect(keys.publicJwks().keys.map(({ kid }) => kid)).toEqual([keys.current.kid]);
    const [first, second] = receiver.received;
    expect(first!.headers["signature-input"]).toContain(`keyid="${old}"`);
    expect(second!.headers["signature-input"]).toContain(`keyid="${keys.current.kid}"`);
  });
});

describe("a record", () => {
  it("tells of the attempt, with the text that was signed", async () => {
    const { world, records } = setup();
    const webhook_id = subscribe(world);
    const [a, b] = [emit(world), emit(world)];
    await world.clock.advance(5000);
    const { headers, body } = receiver.received[0]!;
    expect(records).toEqual([
      {
        id: expect.stringMatching(/^[0-9a-f]{32}$/),
        webhook_id,
        url: receiver.url,
        at: Date.UTC(2026, 0, 5, 9, 0, 5),
        attempt: 1,
        status: 200,
        events: [a, b],
        signatureBase: expect.any(String),
        ms: expect.any(Number),
      },
    ]);
    const lines = records[0]!.signatureBase!.split("\n");
    expect(lines).toContain("@method: POST");
    expect(lines).toContain("@path: /upvest");
    expect(lines).toContain(`digest: SHA-256=${createHash("sha256").update(body).digest("base64")}`);
    expect(lines.at(-1)).toBe(
      `@signature-params: ${String(headers["signature-input"]).slice("sig1=".length)}`,
    );
  });

  it("takes nothing from the ids of the seed", async () => {
    const { world } = setup();
    subscribe(world);
    receiver.answer = answerWith(500);
    emit(world);
    const used = world.ids.used();
    await world.clock.advance(60_000);
    expect(receiver.received.length).toBeGreaterThan(5);
    expect(world.ids.used()).toBe(used);
  });
});

describe("a test delivery", () => {
  it("gives what the endpoint answered, beside the queue, enabled or not", async () => {
    const { world, deliveries, records } = setup();
    const webhook = world.call("createWebhook", { body: { title: "A", url: receiver.url } });
    receiver.answer = answerWith(503, { "content-type": "text/plain", "x-a": "b" }, "under maintenance");
    expect(await deliveries.test(world, webhook.id)).toEqual({
      url: receiver.url,
      response: {
        status: 503,
        headers: expect.objectContaining({ "content-type": "text/plain", "x-a": "b" }),
        body: "under maintenance",
      },
    });
    const { payload } = JSON.parse(receiver.received[0]!.body);
    expect(payload).toEqual([
      {
        id: expect.any(String),
        created_at: world.time(),
        type: "WEBHOOK.TEST",
        object: webhook,
        webhook_id: webhook.id,
      },
    ]);
    expect(records).toMatchObject([{ status: 503, events: [payload[0].id], attempt: 1 }]);
    await world.clock.advance(60_000);
    expect(receiver.received).toHaveLength(1);
    expect(world.tables.events.size).toBe(0);
  });

  it("gives redirects as they are, and says why there was no answer", async () => {
    const { world, deliveries } = setup({ timeout: 100 });
    const id = subscribe(world);
    receiver.answer = answerWith(302, { location: "http://localhost/" });
    expect((await deliveries.test(world, id)).response).toMatchObject({ status: 302 });
    receiver.answer = () => {};
    expect((await deliveries.test(world, id)).response).toEqual({
      status: 0,
      headers: {},
      body: "",
      error: "no answer within 100 ms",
    });
  });

  it("cuts off a body without end", async () => {
    const { world, deliveries } = setup();
    const id = subscribe(world);
    const endless = function* () {
      for (;;) yield "a".repeat(50_000);
    };
    receiver.answer = (response) => {
      pipeline(Readable.from(endless()), response, () => {});
    };
    expect((await deliveries.test(world, id)).response.body).toBe("a".repeat(65_536));
  });

  it("needs a subscription", async () => {
    const { world, deliveries } = setup();
    await expect(deliveries.test(world, "7d8a6ab4-4b1f-4a70-9f0c-7c9f5b5f3a11")).rejects.toMatchObject({
      status: 404,
    });
  });
});

describe("with the receiver of @upvest-sdk/webhooks", () => {
  async function mount(jwks: () => Parameters<typeof staticKeys>[0]) {
    const handled: string[] = [];
    const errors: string[] = [];
    let broken = 0;
    const own = createWebhookReceiver({
      // Asked anew each time, as if it had been rotated meanwhile.
      keys: (keyId) => staticKeys(jwks())(keyId),
      maxAge: 30_000,
      enforceExpires: true,
      onError: (error: WebhookError) => errors.push(error.code),
    }).on("ACCOUNT_GROUP.*", ({ id, webhook_id, object }) => {
      if (broken-- > 0) throw new Error("not now");
      if (webhook_id && object.type === "PERSONAL") handled.push(id);
    });
    const { url, close } = await listen(toNodeHandler(own));
    onTestFinished(close);
    return { url: `${url}/hooks?a=b`, handled, errors, fail: (times: number) => (broken = times) };
  }

  it("each event is handled once, in order, failures and duplicates or not", async () => {
    const { world, keys, times } = setup({ faults: { duplicate: () => true } });
    const { url, handled, errors, fail } = await mount(() => keys.publicJwks());
    subscribe(world, { url });
    const ids = [emit(world), emit(world), emit(world, "ACCOUNT_GROUP.ACTIVATED")];
    fail(2);
    await world.clock.advance(10_000);
    ids.push(emit(world));
    await world.clock.advance(10_000);
    expect(handled).toEqual(ids);
    expect(errors).toEqual(["HANDLER_FAILED", "HANDLER_FAILED"]);
    expect(times()).toEqual([5, 6, 8, 15, 16]);
  });

  it("localhost by its name is reached, too", async () => {
    const { world, keys, records } = setup();
    const { url, handled } = await mount(() => keys.publicJwks());
    subscribe(world, { url: url.replace("127.0.0.1", "localhost") });
    const id = emit(world);
    await world.clock.advance(5000);
    expect(handled).toEqual([id]);
    expect(records).toMatchObject([{ status: 200 }]);
  });

  it("a rotation is survived: the old key verifies until it is dropped", async () => {
    const { world, keys, records } = setup();
    const { url, handled, errors } = await mount(() => keys.publicJwks());
    subscribe(world, { url });
    const recorded = await startReceiver();
    onTestFinished(() => recorded.close());
    subscribe(world, { url: `${recorded.url.replace("/upvest", "/hooks")}?a=b` });

    const a = emit(world);
    await world.clock.advance(5000);
    const old = keys.current.kid;
    const repeat = async ({ method, headers, body }: Received) => {
      const names = ["content-type", "accept", "digest", "signature", "signature-input"];
      const kept = Object.fromEntries(names.map((name) => [name, String(headers[name])]));
      return (await fetch(url, { method, body, headers: kept })).status;
    };
    keys.rotate();
    const b = emit(world);
    await world.clock.advance(5000);
    expect(handled).toEqual([a, b]);
    expect(recorded.received[0]!.headers["signature-input"]).toContain(old);
    expect(recorded.received[1]!.headers["signature-input"]).toContain(keys.current.kid);
    // Signed by the old one.
    expect(await repeat(recorded.received[0]!)).toBe(200);
    keys.drop(old);
    expect(await repeat(recorded.received[0]!)).toBe(401);
    expect(await repeat(recorded.received[1]!)).toBe(200);
    expect(errors).toEqual(["SIGNATURE"]);
    expect(records.every(({ status }) => status === 200)).toBe(true);
  });

  it("a test delivery is taken", async () => {
    const { world, keys, deliveries } = setup();
    const { url, errors } = await mount(() => keys.publicJwks());
    expect((await deliveries.test(world, subscribe(world, { url }))).response.status).toBe(200);
    expect(errors).toEqual([]);
  });
});

import { createPrivateKey, createPublicKey } from "node:crypto";
import { importPublicKeys } from "@upvest-sdk/signing/node";
import { beforeEach, describe, expect, it } from "vitest";
import { createIds } from "../src/ids.js";
import { webhooks } from "../src/resources/webhooks.js";
import { createWebhookKeys } from "../src/webhook-keys.js";
import { type TestWorld, testWorld } from "./support/world.js";

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const url = "http://localhost:4000/upvest";
const config = { delay: "2s", max_package_size: 1000 };
const unknown = "7d8a6ab4-4b1f-4a70-9f0c-7c9f5b5f3a11";

let world: TestWorld;
beforeEach(() => {
  world = testWorld([webhooks]);
});

describe("subscriptions", () => {
  it("are made disabled, with what was sent", () => {
    const webhook = world.call("createWebhook", { body: { title: "Orders", url, type: ["ORDER"], config } });
    expect(webhook).toEqual({
      id: expect.stringMatching(uuid),
      created_at: "2026-01-05T09:00:00.000Z",
      updated_at: "2026-01-05T09:00:00.000Z",
      title: "Orders",
      url,
      enabled: false,
      type: ["ORDER"],
      config,
    });
    expect(world.assumed).toEqual([]);
    expect(world.call("retrieveWebhook", { path: { webhook_id: webhook.id } })).toEqual(webhook);
    expect(world.eventTypes()).toEqual([]);
  });

  it("take all categories and some batching when nothing is said, and say that the batching is assumed", () => {
    const webhook = world.call("createWebhook", { body: { title: "All", url } });
    expect(webhook).toMatchObject({ type: ["ALL"], config: { delay: "1s", max_package_size: 51_200 } });
    expect(world.assumed).toHaveLength(1);
    const half = world.call("createWebhook", { body: { title: "All", url, config: { delay: "30s" } } });
    expect(half.config).toEqual({ delay: "30s", max_package_size: 51_200 });
    expect(world.assumed).toHaveLength(1);
    world.call("createWebhook", { body: { title: "None", url, type: [], config } });
    expect(world.assumed).toEqual(["An empty list of categories is taken; nothing is delivered."]);
  });

  it("are changed field by field", async () => {
    const before = world.call("createWebhook", { body: { title: "Orders", url, type: ["ORDER"], config } });
    await world.clock.advance(1000);
    const path = { webhook_id: before.id };
    const enabled = world.call("updateWebhook", { path, body: { enabled: true } });
    expect(enabled).toEqual({ ...before, enabled: true, updated_at: "2026-01-05T09:00:01.000Z" });
    expect(world.assumed).toEqual([]);
    const half = world.call("updateWebhook", { path, body: { config: { delay: "3s" } } });
    expect(half.config).toEqual({ delay: "3s", max_package_size: 1000 });
    expect(world.assumed).toHaveLength(1);
    const all = { title: "All", url: "https://[::1]/x", enabled: false, type: ["ALL" as const], config };
    expect(world.call("updateWebhook", { path, body: all })).toMatchObject(all);
    expect(world.call("retrieveWebhook", { path })).toMatchObject(all);
  });

  it("are listed, oldest first, or sorted as it is asked for", async () => {
    for (const title of ["B", "C", "A"]) {
      world.call("createWebhook", { body: { title, url, config } });
      await world.clock.advance(1000);
    }
    const titles = (query: object) => world.call("listWebhooks", { query }).data.map(({ title }) => title);
    expect(titles({})).toEqual(["B", "C", "A"]);
    expect(titles({ sort: "title", order: "DESC" })).toEqual(["C", "B", "A"]);
    expect(titles({ offset: 1, limit: 1 })).toEqual(["C"]);
    expect(world.call("listWebhooks", { query: { limit: 2 } }).meta).toMatchObject({
      count: 2,
      total_count: 3,
    });
  });

  it("are gone when they are deleted", () => {
    const { id } = world.call("createWebhook", { body: { title: "Orders", url, config } });
    const path = { webhook_id: id };
    expect(world.call("deleteWebhook", { path })).toBeUndefined();
    const gone = expect.objectContaining({ status: 404, type: "not_found" });
    expect(() => world.call("retrieveWebhook", { path })).toThrow(gone);
    expect(() => world.call("updateWebhook", { path, body: { enabled: true } })).toThrow(gone);
    expect(() => world.call("deleteWebhook", { path })).toThrow(gone);
    expect(() => world.call("retrieveWebhook", { path: { webhook_id: unknown } })).toThrow(gone);
    expect(world.call("listWebhooks").data).toEqual([]);
  });

  it.each([
    "http://localhost:3000/upvest",
    "https://localhost/upvest?a=b",
    "http://127.0.0.1:3000",
    "https://127.0.0.1:3000",
    "http://[::1]:3000/x",
    "http://LOCALHOST:3000/x",
  ])("deliver to %s", (own) => {
    expect(world.call("createWebhook", { body: { title: "A", url: own, config } }).url).toBe(own);
  });

  it.each([
    ["https://hooks.example.com/upvest", "loopback only"],
    ["http://hooks.example.com/upvest", "loopback only"],
    ["https://192.168.1.20/upvest", "loopback only"],
    ["https://127.0.0.1.example.com/upvest", "loopback only"],
    ["http://localhost.example.com/upvest", "loopback only"],
    ["http://0.0.0.0:3000/upvest", "loopback only"],
    ["http://localhost@hooks.example.com/upvest", "loopback only"],
    ["http://name:word@localhost/upvest", "user name or password"],
    ["ftp://localhost/upvest", "must begin with https://"],
    ["nothing", "is no URL"],
  ])("do not deliver to %s", (other, why) => {
    const refused = expect.objectContaining({ status: 400, detail: expect.stringContaining(why) });
    expect(() => world.call("createWebhook", { body: { title: "A", url: other, config } })).toThrow(refused);
    expect(world.call("listWebhooks").data).toEqual([]);
    const webhook = world.call("createWebhook", { body: { title: "A", url, config } });
    const path = { webhook_id: webhook.id };
    expect(() => world.call("updateWebhook", { path, body: { title: "B", url: other } })).toThrow(refused);
    expect(world.call("retrieveWebhook", { path })).toEqual(webhook);
  });
});

describe("keys", () => {
  const known = (jwks: { keys: { kid?: string }[] }) => jwks.keys.map(({ kid }) => kid);

  it("are P-521, published without the private part, and readable", async () => {
    const keys = createWebhookKeys(createIds("test"));
    const [published, ...more] = keys.publicJwks().keys;
    expect(more).toEqual([]);
    expect(published).toEqual({
      kid: expect.stringMatching(uuid),
      kty: "EC",
      crv: "P-521",
      x: expect.stringMatching(/^[\w-]{88}$/),
      y: expect.stringMatching(/^[\w-]{88}$/),
    });
    expect((await importPublicKeys(keys.publicJwks())).keyIds).toEqual([keys.current.kid]);
    const { x, y } = createPublicKey(createPrivateKey(keys.current.privateKeyPem)).export({ format: "jwk" });
    expect({ x, y }).toEqual({ x: published?.x, y: published?.y });
  });

  it("are the same for a seed, and others for another one or none", () => {
    const make = (seed: string | undefined) => {
      const keys = createWebhookKeys(createIds(seed));
      keys.rotate();
      return keys.toJSON();
    };
    expect(make("test")).toEqual(make("test"));
    const ids = [make("test"), make("other"), make(undefined), make(undefined)].flat().map(({ kid }) => kid);
    expect(new Set(ids).size).toBe(8);
  });

  it("stay published after a rotation, until they are dropped", () => {
    const keys = createWebhookKeys(createIds("test"));
    const first = keys.current;
    const second = keys.rotate();
    expect(second.kid).not.toBe(first.kid);
    expect(keys.current).toBe(second);
    expect(known(keys.publicJwks())).toEqual([first.kid, second.kid]);
    keys.drop(first.kid);
    expect(known(keys.publicJwks())).toEqual([second.kid]);
    expect(() => keys.drop(first.kid)).toThrow(expect.objectContaining({ status: 404 }));
    expect(() => keys.drop(second.kid)).toThrow(expect.objectContaining({ status: 409 }));
    expect(known(keys.publicJwks())).toEqual([second.kid]);
  });

  it("outlive a restart", () => {
    const ids = createIds("test");
    const keys = createWebhookKeys(ids);
    keys.rotate();
    const used = ids.used();
    const again = createWebhookKeys(ids, JSON.parse(JSON.stringify(keys)));
    expect(again.current).toEqual(keys.current);
    expect(again.publicJwks()).toEqual(keys.publicJwks());
    expect(ids.used()).toBe(used);
  });
});

import { randomUUID } from "node:crypto";
import { createUser, listUsers } from "@upvest-sdk/client/operations";
import { afterEach, describe, expect, test } from "vitest";
import type { Fault } from "../src/faults.js";
import { newUser, type Running, run } from "./support/running.js";

let running: Running;
afterEach(() => running.sandbox.close());

const create = (key: string = randomUUID()) =>
  running.request("POST", "/users", { body: JSON.stringify(newUser), headers: { "idempotency-key": key } });
const count = async () => (await running.request("GET", "/users")).body.meta.total_count;

describe("faults", () => {
  test("a reset before: nothing was done; after: it was, and the same key gives its answer", async () => {
    running = await run();
    await running.request("GET", "/users");
    running.sandbox.faults.add({ kind: "reset", when: "before", operation: "createUser", times: 1 });
    await expect(create()).rejects.toThrow("fetch failed");
    expect(await count()).toBe(0);
    running.sandbox.faults.add({ kind: "reset", when: "after", operation: "create_user", times: 1 });
    const key = randomUUID();
    await expect(create(key)).rejects.toThrow("fetch failed");
    expect(await count()).toBe(1);
    const again = await create(key);
    expect(again.status).toBe(200);
    expect(await count()).toBe(1);
    expect((await running.request("GET", `/users/${again.body.id}`)).body.id).toBe(again.body.id);
  });

  test.each([429, 500, 502, 503, 504] as const)("%i, so many times", async (status) => {
    running = await run();
    await running.request("GET", "/users");
    running.sandbox.faults.add({ kind: "status", status, times: 2, operation: "listUsers" });
    const answers = [];
    for (let turn = 0; turn < 3; turn++) answers.push((await running.request("GET", "/users")).status);
    expect(answers).toEqual([status, status, 200]);
    expect(running.sandbox.faults.list()).toEqual([]);
  });

  test("a status after: it was done all the same", async () => {
    running = await run({
      faults: [{ kind: "status", status: 503, when: "after", operation: "createUser", times: 1 }],
    });
    expect((await create()).status).toBe(503);
    expect(await count()).toBe(1);
  });

  test("latency, before and after", async () => {
    running = await run();
    await running.request("GET", "/users");
    for (const when of ["before", "after"] as const) {
      running.sandbox.faults.add({ kind: "latency", ms: 150, when, times: 1 });
      const began = performance.now();
      expect((await running.request("GET", "/users")).status).toBe(200);
      expect(performance.now() - began).toBeGreaterThan(140);
    }
  });

  test("revoked tokens: 401, and a client gets a new one by itself", async () => {
    running = await run();
    await running.client.call(listUsers, {});
    running.sandbox.faults.add({ kind: "token-revocation", times: 1 });
    await expect(running.client.call(listUsers, {})).resolves.toHaveProperty("data");
    expect(running.sandbox.requests.map(({ status }) => status)).toEqual([200, 200, 401, 200, 200]);
  });

  test.each([
    ["ahead", 120_000, "EXPIRED"],
    ["behind", -120_000, "NOT_YET_VALID"],
  ])("a clock that is %s: signatures are refused", async (_, ms, code) => {
    running = await run();
    await running.request("GET", "/users");
    const remove = running.sandbox.faults.add({ kind: "clock-skew", ms });
    expect((await running.request("GET", "/users")).body).toMatchObject({ status: 401, code });
    remove();
    expect((await running.request("GET", "/users")).status).toBe(200);
  });

  test("a token expires by the clock that tests drive", async () => {
    running = await run({ clock: "manual" });
    expect((await running.request("GET", "/users")).status).toBe(200);
    await running.sandbox.clock.advance(1_799_000);
    expect((await running.request("GET", "/users")).body.detail).toMatch(/expired/);
  });

  test.each<[Fault, RegExp]>([
    [{ kind: "nothing" } as never, /one of latency, reset/],
    [null as never, /one of latency/],
    [{ kind: "constructor" } as never, /one of latency/],
    [{ kind: "latency", ms: -1 }, /0 or more/],
    [{ kind: "status", status: 200 as never }, /one of 429, 500/],
    [{ kind: "reset" } as never, /before/],
    [{ kind: "reset", when: "during" as never }, /before/],
    [{ kind: "latency", ms: 1, times: 0 }, /more than 0/],
    [{ kind: "latency", ms: 1, probability: 2 }, /between 0 and 1/],
  ])("%j makes no sense", async (fault, message) => {
    running = await run();
    expect(() => running.sandbox.faults.add(fault)).toThrow(message);
    expect(running.sandbox.faults.list()).toEqual([]);
  });

  test("are added over HTTP as well, and the clock is moved; but not by a page", async () => {
    running = await run({ clock: "manual" });
    const control = (path: string, body?: unknown, headers: Record<string, string> = {}) =>
      fetch(`${running.sandbox.url}/_sandbox/${path}`, {
        ...(body !== undefined && { method: "POST", body: JSON.stringify(body) }),
        headers: { "content-type": "application/json", ...headers },
      });
    const { now } = (await (await control("clock")).json()) as { now: number };
    expect(await (await control("clock", { advance: 5000 })).json()).toEqual({ now: now + 5000 });
    expect((await control("clock", { advance: "5" })).status).toBe(400);
    expect((await control("clock", 5)).status).toBe(400);
    expect(await (await control("faults", { kind: "status", status: 503, times: 1 })).json()).toEqual([
      { kind: "status", status: 503, times: 1 },
    ]);
    expect((await control("faults", { kind: "x" })).status).toBe(400);
    expect(
      (await control("faults", { kind: "latency", ms: 1 }, { "content-type": "text/plain" })).status,
    ).toBe(415);
    expect(running.sandbox.faults.list()).toHaveLength(1);
    await fetch(`${running.sandbox.url}/_sandbox/faults`, { method: "DELETE" });
    expect(running.sandbox.faults.list()).toEqual([]);
  });
});

describe("an idempotency key", () => {
  test.each(["conflict", "wait", "rerun"] as const)(
    "%s: the same request again gives the stored answer",
    async (idempotency) => {
      running = await run({ idempotency });
      const key = randomUUID();
      const first = await create(key);
      const again = await create(key);
      expect([again.status, again.body]).toEqual([200, first.body]);
      expect(again.headers.get("x-sandbox-assumed")).toBeNull();
      expect(await count()).toBe(1);
    },
  );

  test("is kept for 24 hours", async () => {
    running = await run({ clock: "manual" });
    const key = randomUUID();
    const body = { ...newUser, nationalities: ["DE" as const] };
    const first = await create(key);
    // Its token expires before: the key does not.
    await running.sandbox.clock.advance(24 * 3_600_000 - 1);
    const fresh = await running.client.call.withResponse(createUser, {
      body,
      idempotencyKey: key,
    });
    expect(fresh.data.id).toBe(first.body.id);
    await running.sandbox.clock.advance(1);
    const after = await running.client.call(createUser, { body, idempotencyKey: key });
    expect(after.id).not.toBe(first.body.id);
  });

  test.each([
    ["conflict", 409, 1],
    ["wait", 200, 1],
    ["rerun", 200, 2],
  ] as const)("%s: with another body", async (idempotency, status, users) => {
    running = await run({ idempotency });
    const key = randomUUID();
    const first = await create(key);
    const other = await running.request("POST", "/users", {
      body: JSON.stringify({ ...newUser, first_name: "Grace" }),
      headers: { "idempotency-key": key },
    });
    expect(other.status).toBe(status);
    expect(other.headers.get("x-sandbox-assumed")).toMatch(/^idempotency/);
    if (idempotency === "wait") expect(other.body).toEqual(first.body);
    if (idempotency === "rerun") expect(other.body.first_name).toBe("Grace");
    expect(await count()).toBe(users);
  });

  test.each([
    ["conflict", [200, 409], 1],
    ["wait", [200, 200], 1],
    ["rerun", [200, 200], 1],
  ] as const)("%s: while the first runs", async (idempotency, statuses, users) => {
    running = await run({ idempotency });
    await running.request("GET", "/users");
    running.sandbox.faults.add({
      kind: "latency",
      ms: 200,
      when: "after",
      operation: "createUser",
      times: 1,
    });
    const key = randomUUID();
    const first = create(key);
    await new Promise((done) => setTimeout(done, 80));
    const second = await create(key);
    expect([(await first).status, second.status]).toEqual(statuses);
    expect(await count()).toBe(users);
  });

  test("what was refused is not stored: the key can be used again", async () => {
    running = await run();
    const key = randomUUID();
    const refused = await running.request("POST", "/account_groups", {
      body: JSON.stringify({ user_id: randomUUID(), type: "PERSONAL" }),
      headers: { "idempotency-key": key },
    });
    expect(refused.status).toBe(404);
    expect((await create(key)).status).toBe(200);
  });
});

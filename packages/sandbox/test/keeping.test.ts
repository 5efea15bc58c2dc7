import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { startSandbox } from "../src/sandbox.js";
import { newUser, type Running, run } from "./support/running.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "upvest-sandbox-test-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const key = "6f1d4c3e-9a55-4c8e-8f2e-0a7c55d0b3a1";
const create = ({ request }: Running) =>
  request("POST", "/users", { body: JSON.stringify(newUser), headers: { "idempotency-key": key } });

describe("state in a file", () => {
  test("is there after a restart: credentials, resources, life cycles, keys of webhooks, idempotency keys", async () => {
    const state = path.join(folder, "state.json");
    const first = await run({ state, clock: "manual" });
    const created = await create(first);
    expect(created.body.status).toBe("INACTIVE");
    const keys = (await first.request("GET", "/auth/verify_keys")).body;
    const { credentials } = first.sandbox;
    const events = first.sandbox.events;
    await first.sandbox.close();
    expect(statSync(state).mode & 0o077).toBe(0);

    const second = await run({ state, clock: "manual" });
    expect(second.sandbox.credentials).toEqual(credentials);
    expect((await second.request("GET", "/auth/verify_keys")).body).toEqual(keys);
    expect(second.sandbox.events).toEqual(events);
    // What was to happen still happens.
    await second.sandbox.clock.advance(1000);
    expect((await second.request("GET", `/users/${created.body.id}`)).body.status).toBe("ACTIVE");
    expect((await create(second)).body).toEqual(created.body);
    expect((await second.request("GET", "/users")).body.meta.total_count).toBe(1);
    await second.sandbox.close();
  });

  test("is written soon after a change, not only at the end", async () => {
    const state = path.join(folder, "state.json");
    const running = await run({ state, clock: "manual" });
    await create(running);
    await expect.poll(() => readFileSync(state, "utf8"), { timeout: 3000 }).toContain("Lovelace");
    await running.sandbox.close();
  });

  test("a file that is no state is left as it is", async () => {
    for (const content of ["no JSON", '{"form":"something else"}', "null"]) {
      const state = path.join(folder, "other.json");
      writeFileSync(state, content);
      await expect(startSandbox({ state })).rejects.toThrow(/give another file/);
      expect(readFileSync(state, "utf8")).toBe(content);
    }
  });

  test("of another seed is refused", async () => {
    const state = path.join(folder, "state.json");
    const running = await run({ state, seed: "a" });
    await create(running);
    await running.sandbox.close();
    await expect(startSandbox({ state, seed: "b" })).rejects.toThrow(/another seed/);
  });
});

describe("a seed", () => {
  const story = async (seed: string) => {
    const running = await run({ seed, clock: "manual" });
    const { body } = await create(running);
    await running.sandbox.clock.advance(10_000);
    const events = running.sandbox.events;
    const keys = (await running.request("GET", "/auth/verify_keys")).body;
    const { credentials } = running.sandbox;
    await running.sandbox.close();
    return { body, events, keys, credentials };
  };

  test("gives the same ids, keys, times and events again; another one gives others", async () => {
    const one = await story("a");
    expect(await story("a")).toEqual(one);
    const other = await story("b");
    expect(other.credentials.privateKeyPem).not.toBe(one.credentials.privateKeyPem);
    expect(other.body.id).not.toBe(one.body.id);
  });
});

describe("options", () => {
  test.each([
    [{ idempotency: "never" }, /conflict, wait, rerun/],
    [{ clock: "stopped" }, /real, manual/],
    [{ nonces: "twice" }, /once, any/],
    [{ coverage: "all" }, /documented, minimal/],
    [{ rateLimit: 0 }, /more than 0/],
    [{ faults: [{ kind: "x" }] }, /A fault has a kind/],
    [{ description: "nowhere.json" }, /cannot be read/],
  ])("%j makes no sense", async (options, message) => {
    await expect(startSandbox(options as never)).rejects.toThrow(message);
  });

  test("a description that is not normalised is refused", async () => {
    const file = path.join(folder, "description.json");
    writeFileSync(file, '{"openapi":"3.1.0"}');
    await expect(startSandbox({ description: file })).rejects.toThrow(/upvest-codegen normalize/);
  });

  test("a port that is taken is said", async () => {
    const first = await startSandbox();
    await expect(startSandbox({ port: Number(new URL(first.url).port) })).rejects.toThrow(/EADDRINUSE/);
    await first.close();
  });

  test("a key of one's own may sign, too", async () => {
    const { createSigner, generateKeyPair } = await import("@upvest-sdk/signing/node");
    const { createUpvestClient } = await import("@upvest-sdk/client");
    const { listUsers } = await import("@upvest-sdk/client/operations");
    const pair = await generateKeyPair("ed25519");
    const sandbox = await startSandbox({ publicKeys: pair.publicKeyPem, publicKeyId: "mine" });
    const client = createUpvestClient({
      baseUrl: sandbox.url,
      clientId: sandbox.credentials.clientId,
      clientSecret: sandbox.credentials.clientSecret,
      scopes: ["users:read"],
      signer: await createSigner({ keyId: "mine", privateKey: pair.privateKeyPem }),
    });
    await expect(client.call(listUsers, {})).resolves.toMatchObject({ data: [] });
    await sandbox.close();
  });
});

import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import {
  type ClientOptions,
  createUpvestClient,
  diagnose,
  redisTokenStore,
  type UpvestApiError,
  type UpvestClient,
  UpvestError,
} from "@upvest-sdk/client";
import {
  createAccount,
  createAccountGroup,
  createTopup,
  createUser,
  createWebhook,
  getJwks,
  listAccountOrders,
  listAccounts,
  listUsers,
  placeOrder,
  updateWebhook,
} from "@upvest-sdk/client/operations";
import { createSigner, generateKeyPair } from "@upvest-sdk/signing/node";
import type { Order, WebhookEvent } from "@upvest-sdk/types";
import {
  type AnyEvent,
  createWebhookReceiver,
  memoryDeduplication,
  type ReceiverOptions,
  redisDeduplication,
  remoteKeys,
  staticKeys,
  type WebhookReceiver,
} from "@upvest-sdk/webhooks";
import { toNodeHandler } from "@upvest-sdk/webhooks/node";
import ts from "typescript";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { isRedisThere, startRedis } from "../../client/test/support/redis.js";
import { connectRedis } from "../../client/test/support/redis-client.js";
import { type Sandbox, type SandboxOptions, startSandbox } from "../src/sandbox.js";
import { listen } from "./support/receiver.js";
import { newUser } from "./support/running.js";

// Each entry of docs/runbook.md: its symptom is brought about, and what the page says ends it.

const page = readFileSync(new URL("../../../docs/runbook.md", import.meta.url), "utf8");
const packageFolder = fileURLToPath(new URL("../", import.meta.url));
const longestPause = 600_000;

interface Place {
  sandbox: Sandbox;
  client: UpvestClient;
  /** Another client of the same sandbox. */
  connect(options?: Partial<Omit<ClientOptions, "environment" | "baseUrl">>): Promise<UpvestClient>;
  /** The page's own program. */
  ops(...args: string[]): Promise<string>;
}

async function start(options: SandboxOptions = {}): Promise<Place> {
  const sandbox = await startSandbox({ clock: "manual", ...options });
  onTestFinished(() => sandbox.close());
  const { clientId, clientSecret, keyId, privateKeyPem } = sandbox.credentials;
  const connect: Place["connect"] = async (more = {}) =>
    createUpvestClient({
      baseUrl: sandbox.url,
      clientId,
      clientSecret,
      scopes: sandbox.scopes,
      signer: await createSigner({ keyId, privateKey: privateKeyPem }),
      retry: { maxRetries: 0 },
      ...more,
    });
  const ops: Place["ops"] = async (...args) => {
    const program = ts.transpile(/```ts\n([\s\S]*?)```/.exec(page)?.[1] ?? "", {
      module: ts.ModuleKind.ESNext,
      target: ts.ScriptTarget.ES2022,
    });
    const folder = await mkdtemp(join(tmpdir(), "upvest-sdk-runbook-"));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const keyFile = join(folder, "private.pem");
    writeFileSync(keyFile, privateKeyPem, { mode: 0o600 });
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ["--input-type=module", "-e", program, "--", "ops.mts", ...args],
      {
        cwd: packageFolder,
        env: {
          ...process.env,
          UPVEST_API_BASE_URL: sandbox.url,
          UPVEST_API_CLIENT_ID: clientId,
          UPVEST_API_CLIENT_SECRET: clientSecret,
          UPVEST_API_SCOPES: sandbox.scopes.join(","),
          UPVEST_API_KEY_ID: keyId,
          UPVEST_API_HTTP_SIGN_PRIVATE_KEY_FILENAME: keyFile,
        },
      },
    );
    return stdout;
  };
  return { sandbox, client: await connect(), connect, ops };
}

interface Endpoint {
  url: string;
  /** Codes of what went wrong, with the event's id and the attempt. */
  errors: { code: string; cause: unknown; eventId?: string; attempt?: number }[];
  /** Puts another receiver in the place of the one before, as a deployment does. */
  deploy(options: Omit<ReceiverOptions, "onError">): WebhookReceiver;
}

/** @param strip what a proxy before it takes away from the path */
async function endpoint(strip = ""): Promise<Endpoint> {
  let receiver: WebhookReceiver | undefined;
  const errors: Endpoint["errors"] = [];
  const { url, close } = await listen((request, response) => {
    request.url = request.url?.slice(strip.length);
    void toNodeHandler(receiver!)(request, response);
  });
  onTestFinished(close);
  return {
    url: `${url}${strip}/upvest`,
    errors,
    deploy: (options) => {
      receiver = createWebhookReceiver({
        ...options,
        onError: ({ code, cause }, { eventId, attempt }) =>
          errors.push({ code, cause, ...(eventId && { eventId }), ...(attempt && { attempt }) }),
      });
      return receiver;
    },
  };
}

async function subscribe(client: UpvestClient, url: string, enabled = true): Promise<string> {
  const { id } = await client.call(createWebhook, {
    body: { title: "runbook", url, type: ["USER", "ORDER"], config: { delay: "1s" } },
  });
  if (enabled) await client.call(updateWebhook, { path: { webhook_id: id }, body: { enabled: true } });
  return id;
}

const body = { ...newUser, nationalities: ["DE" as const] };
const addUser = (client: UpvestClient) => client.call(createUser, { body });
const statuses = ({ deliveries }: Sandbox) => deliveries.map(({ status }) => status);
const idsOf = (events: readonly WebhookEvent[]) => events.map(({ id }) => id);
const errorOf = async (call: Promise<unknown>): Promise<UpvestApiError> => {
  const error = await call.then(
    () => undefined,
    (thrown) => thrown,
  );
  expect(error).toBeInstanceOf(UpvestError);
  return error;
};
const tokenRequests = ({ requests }: Sandbox) =>
  requests.filter(({ operation }) => operation === "issue_token").length;

test("blocked subscription: behind a proxy all is a 401; with the public url everything comes, in order", async () => {
  const { sandbox, client, ops } = await start();
  const { url, errors, deploy } = await endpoint("/public");
  const keys = remoteKeys(client);
  const seen: string[] = [];
  deploy({ keys }).on("*", ({ id }) => seen.push(id));
  const webhook_id = await subscribe(client, url);

  await addUser(client);
  await sandbox.clock.advance(20_000);
  await addUser(client);
  await sandbox.clock.advance(20_000);
  expect(seen).toEqual([]);
  expect(new Set(errors.map(({ code }) => code))).toEqual(new Set(["SIGNATURE"]));
  expect(new Set(statuses(sandbox))).toEqual(new Set([401]));
  // The same batch each time; what came later waits.
  expect(new Set(sandbox.deliveries.map(({ events }) => events.join()))).toHaveLength(1);
  expect(await ops("webhooks")).toContain(`${webhook_id} true USER,ORDER ${url}`);
  expect(await ops("test-webhook", webhook_id)).toContain("status: 401");

  deploy({ keys, url }).on("*", ({ id }) => seen.push(id));
  expect(await ops("test-webhook", webhook_id)).toContain("status: 200");
  await sandbox.clock.advance(longestPause);
  expect(seen.slice(1)).toEqual(idsOf(sandbox.events));
});

test("poison event: it blocks the rest, is put aside by a dead letter, and done later with the same keys", async () => {
  const { sandbox, client } = await start();
  const { url, errors, deploy } = await endpoint();
  const keys = remoteKeys(client);
  const deduplicate = memoryDeduplication();
  const done: string[] = [];
  const calls: string[] = [];
  let broken = true;
  const handlers = (receiver: WebhookReceiver) =>
    receiver.on("USER.*", ({ id, object }, { idempotencyKey }) => {
      if (object.id === poison.id) calls.push(idempotencyKey);
      if (broken && object.id === poison.id) throw new Error("no such customer");
      done.push(id);
    });
  handlers(deploy({ keys, deduplicate }));
  await subscribe(client, url);

  const poison = await addUser(client);
  await sandbox.clock.advance(20_000);
  const healthy = await addUser(client);
  await sandbox.clock.advance(20_000);
  const bad = sandbox.events.filter(({ object }) => "id" in object && object.id === poison.id);
  expect(done).toEqual([]);
  expect(new Set(errors.map(({ code, eventId }) => `${code} ${eventId}`))).toEqual(
    new Set([`HANDLER_FAILED ${bad[0]!.id}`]),
  );
  expect(errors.map(({ attempt }) => attempt)).toEqual(errors.map((_, at) => at + 1));

  const kept: AnyEvent[] = [];
  handlers(deploy({ keys, deduplicate, deadLetter: { after: 3, handle: (event) => kept.push(event) } }));
  await sandbox.clock.advance(3 * longestPause);
  expect(kept.map(({ id }) => id)).toEqual(idsOf(bad));
  expect(done).toEqual(
    idsOf(sandbox.events.filter(({ object }) => "id" in object && object.id === healthy.id)),
  );

  broken = false;
  const before = new Set(calls);
  const redo = handlers(createWebhookReceiver({ keys, deduplicate: false }));
  await redo.dispatch(kept);
  expect([...done].sort()).toEqual(idsOf(sandbox.events).sort());
  expect(new Set(calls)).toEqual(before);
});

describe("verify-key rotation", () => {
  test("pinned keys: 401 without an end; with remoteKeys the next repeat is taken", async () => {
    const { sandbox, client, ops } = await start();
    const { url, errors, deploy } = await endpoint();
    const { keys: published } = await client.call(getJwks);
    const pinned = staticKeys({ keys: published.map((key) => ({ ...key })) });
    const seen: string[] = [];
    deploy({ keys: pinned }).on("*", ({ id }) => seen.push(id));
    await subscribe(client, url);
    const [before] = (await ops("verify-keys")).trim().split("\n");

    sandbox.faults.add({ kind: "webhook-key-rotation", times: 1 });
    await addUser(client);
    await sandbox.clock.advance(longestPause);
    expect(new Set(statuses(sandbox))).toEqual(new Set([401]));
    expect(errors[0]).toMatchObject({ code: "SIGNATURE", cause: { code: "KEY_UNKNOWN" } });
    expect(await ops("verify-keys")).not.toContain(before);

    deploy({ keys: remoteKeys(client) }).on("*", ({ id }) => seen.push(id));
    await sandbox.clock.advance(longestPause);
    expect(seen).toEqual(idsOf(sandbox.events));
  });

  test("remoteKeys, just after they were read: 503 for 30 s at most, then it is over by itself", async () => {
    const { sandbox, client } = await start();
    const { url, errors, deploy } = await endpoint();
    const seen: string[] = [];
    deploy({ keys: remoteKeys(client) }).on("*", ({ id }) => seen.push(id));
    await subscribe(client, url);
    await addUser(client);
    await sandbox.clock.advance(2000);
    expect(seen).toEqual(idsOf(sandbox.events));

    sandbox.faults.add({ kind: "webhook-key-rotation", times: 1 });
    await addUser(client);
    await sandbox.clock.advance(2000);
    expect(statuses(sandbox).at(-1)).toBe(503);
    expect(errors[0]?.code).toBe("KEYS_UNAVAILABLE");

    const real = performance.now.bind(performance);
    const later = vi.spyOn(performance, "now").mockImplementation(() => real() + 30_000);
    onTestFinished(() => later.mockRestore());
    await sandbox.clock.advance(longestPause);
    expect(seen).toEqual(idsOf(sandbox.events));
  });
});

test("own key lost or leaked: once it is withdrawn all is a 401; the new one is taken up without a restart", async () => {
  // The sandbox withdraws no key: one that it does not know stands for one that was withdrawn.
  const [withdrawn, next] = await Promise.all([generateKeyPair("p521"), generateKeyPair("p521")]);
  const nextId = "5c2d8a4e-0d5b-4d52-9a3f-6f0a1b2c3d4e";
  const { sandbox, connect } = await start({ publicKeys: next.publicKeyPem, publicKeyId: nextId });
  let current = {
    keyId: "0b8f6a52-3c1d-4f6e-8a7b-9c0d1e2f3a4b",
    privateKey: withdrawn.privateKeyPem,
  };
  const client = await connect({ signer: await createSigner({ privateKey: () => current }) });
  expect(await errorOf(client.call(listUsers))).toMatchObject({ code: "unauthorized", status: 401 });
  expect(sandbox.requests.at(-1)?.signature.verdict).toBe("KEY_UNKNOWN");
  expect(await diagnose(client)).toMatchObject({ ok: false, failed: "token" });

  current = { keyId: nextId, privateKey: next.privateKeyPem };
  expect(await client.call(listUsers)).toHaveProperty("data");
  expect(await diagnose(client)).toMatchObject({ ok: true });

  // Lost: what is left in its place is no key.
  await expect(createSigner({ keyId: nextId, privateKey: "" })).rejects.toMatchObject({ code: "KEY_FORMAT" });
});

/** A sandbox in a process of its own: it keeps the right time, whatever the clock here says. */
async function startElsewhere(): Promise<SandboxLine> {
  const child = spawn(process.execPath, [join(packageFolder, "bin/upvest-sandbox.js"), "--json"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(() => void child.kill("SIGINT"));
  const [line] = (await once(createInterface({ input: child.stdout }), "line")) as [string];
  return JSON.parse(line);
}
interface SandboxLine {
  url: string;
  clientId: string;
  clientSecret: string;
  keyId: string;
  privateKeyFile: string;
}

test.each([-120_000, 120_000])(
  "clock drift of %i ms: 401 with the offset; set right, all goes on",
  async (ms) => {
    const { url, clientId, clientSecret, keyId, privateKeyFile } = await startElsewhere();
    const client = createUpvestClient({
      baseUrl: url,
      clientId,
      clientSecret,
      scopes: ["users:read"],
      signer: await createSigner({
        keyId,
        privateKey: readFileSync(privateKeyFile, "utf8"),
        now: () => Date.now(),
      }),
    });
    await client.call(listUsers);
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + ms });
    onTestFinished(() => void vi.useRealTimers());
    const { code, clockOffset = 0 } = await errorOf(client.call(listUsers));
    expect(code).toBe("unauthorized");
    expect(Math.abs(clockOffset - ms)).toBeLessThan(10_000);
    const { ok, failed, steps } = await diagnose(client);
    expect([ok, failed]).toEqual([false, "clock"]);
    expect(steps[0]?.advice).toMatch(/NTP/);

    vi.useRealTimers();
    expect(await client.call(listUsers)).toHaveProperty("data");
  },
);

describe("401 storm", () => {
  test("a secret that was changed: one token request however many wait, and the new one is taken up", async () => {
    const { sandbox, connect, ops } = await start();
    let secret = "the one of yesterday";
    const client = await connect({ clientSecret: () => secret });
    const errors = await Promise.all(Array.from({ length: 20 }, () => errorOf(client.call(listUsers))));
    expect(new Set(errors.map(({ code, outcome }) => `${code} ${outcome}`))).toEqual(
      new Set(["unauthorized not_sent"]),
    );
    expect(tokenRequests(sandbox)).toBe(1);
    expect(await diagnose(client)).toMatchObject({ ok: false, failed: "token" });

    secret = sandbox.credentials.clientSecret;
    client.refreshCredentials();
    expect(await client.call(listUsers)).toHaveProperty("data");
    expect(await ops("diagnose")).toContain("ok: true");
  });

  test("tokens that die at once: a new one by force at most once in 10 s", async () => {
    const { sandbox, client } = await start();
    const mend = sandbox.faults.add({ kind: "token-revocation" });
    for (let turn = 0; turn < 20; turn++)
      expect(await errorOf(client.call(listUsers))).toMatchObject({ code: "unauthorized" });
    expect(tokenRequests(sandbox)).toBe(2);
    mend();
    client.refreshCredentials();
    expect(await client.call(listUsers)).toHaveProperty("data");
  });
});

test("429 storm: retries do not multiply it; calls that take turns are all let through", async () => {
  const rateLimit = 20;
  const { sandbox, connect } = await start({ rateLimit });
  const delays: number[] = [];
  const client = await connect({
    retry: { baseDelay: 1, maxDelay: 5 },
    hooks: { onRetry: ({ status, delay }) => status === 429 && delays.push(delay) },
  });
  await client.call(listUsers);
  const calls = 100;
  const ended = await Promise.allSettled(Array.from({ length: calls }, () => addUser(client)));
  const refused = ended.flatMap((one) => (one.status === "rejected" ? [one.reason as UpvestApiError] : []));
  expect(new Set(refused.map(({ code, outcome }) => `${code} ${outcome}`))).toEqual(
    new Set(["too_many_requests rejected"]),
  );
  // Ten, and a fifth of the calls, in 10 s; by the number of retries alone there would be three a refused call.
  expect(delays.length).toBeGreaterThan(0);
  expect(delays.length).toBeLessThan(refused.length);

  // As in docs/errors-and-retries.md; half of the limit, as a second may begin at any point.
  let next = 0;
  const turn = () => {
    const now = performance.now();
    next = Math.max(now, next + 2000 / rateLimit);
    return new Promise<void>((done) => setTimeout(done, next - now));
  };
  await new Promise((done) => setTimeout(done, 1000));
  await Promise.all(
    refused.slice(0, 30).map(async ({ idempotencyKey }) => {
      await turn();
      await client.call(createUser, { body, idempotencyKey });
    }),
  );
  await new Promise((done) => setTimeout(done, 1000));
  const { meta } = await client.call(listUsers, { query: { limit: 1 } });
  expect(meta.total_count).toBe(calls - refused.length + Math.min(refused.length, 30));
  expect(sandbox.requests.at(-1)?.status).toBe(200);
});

if (!isRedisThere) {
  console.warn("SKIPPED: what the runbook says of Redis. There is no redis-server here.");
}

test.skipIf(!isRedisThere)("Redis lost: 503, calls go on; once it is back the repeat is taken", async () => {
  const redis = await startRedis();
  onTestFinished(() => redis.close());
  const connection = connectRedis("redis", redis.port);
  onTestFinished(connection.close);
  const { sandbox, connect } = await start();
  const client = await connect({ tokenStore: redisTokenStore(connection.redis) });
  const { url, errors, deploy } = await endpoint();
  const effects = new Map<string, string>();
  const runs: string[] = [];
  let meanwhile = async () => {};
  deploy({ keys: remoteKeys(client), deduplicate: redisDeduplication(connection.redis) }).on(
    "*",
    async ({ id }, { idempotencyKey }) => {
      runs.push(id);
      effects.set(idempotencyKey, id);
      await meanwhile();
    },
  );
  await subscribe(client, url);
  await redis.kill();
  client.refreshCredentials();
  await addUser(client);
  await sandbox.clock.advance(5000);
  expect(new Set(errors.map(({ code }) => code))).toEqual(new Set(["STORE_UNAVAILABLE"]));
  expect(new Set(statuses(sandbox))).toEqual(new Set([503]));
  expect(runs).toEqual([]);

  await redis.start();
  await sandbox.clock.advance(longestPause);
  expect(statuses(sandbox).at(-1)).toBe(200);
  expect(runs).toEqual(idsOf(sandbox.events));

  // Lost with all that it knew while a handler runs: the event is handled again, with the key of the first time.
  meanwhile = async () => {
    meanwhile = async () => {};
    await redis.kill();
  };
  await addUser(client);
  await sandbox.clock.advance(2000);
  expect(statuses(sandbox).at(-1)).toBe(503);
  await redis.start();
  await sandbox.clock.advance(longestPause);
  expect(runs).toHaveLength(sandbox.events.length + 1);
  expect([...effects.values()]).toEqual(idsOf(sandbox.events));
});

test("calls with outcome unknown: the key of the error gives the first one's answer", async () => {
  const { sandbox, client, ops } = await start();
  const { account } = await fundedAccount(client, sandbox);
  const order = (client_reference: string) => ({ ...buy(account.id), client_reference });

  for (const [at, fault] of [
    { kind: "reset", when: "after" } as const,
    { kind: "status", status: 503, when: "after" } as const,
    { kind: "reset", when: "before" } as const,
  ].entries()) {
    sandbox.faults.add({ ...fault, operation: "placeOrder", times: 1 });
    const mine = `order-${at}`;
    const { outcome, idempotencyKey } = await errorOf(client.call(placeOrder, { body: order(mine) }));
    expect(outcome).toBe("unknown");
    // Whether it is there, the list tells.
    expect((await ops("orders", account.id)).includes(mine)).toBe(fault.when === "after");
    const placed = await client.call(placeOrder, { body: order(mine), idempotencyKey });
    expect(placed.client_reference).toBe(mine);
  }
  const { data } = await client.call(listAccountOrders, { path: { account_id: account.id } });
  expect(data.map(({ client_reference }) => client_reference).sort()).toEqual([
    "order-0",
    "order-1",
    "order-2",
  ]);

  // A day later the key is forgotten: a repeat would be a second order, so look first.
  sandbox.faults.add({ kind: "reset", when: "after", operation: "placeOrder", times: 1 });
  await errorOf(client.call(placeOrder, { body: order("order-3") }));
  await sandbox.clock.advance(24 * 3_600_000);
  expect(await ops("orders", account.id)).toContain("order-3");
});

test("missed events: rebuilt from lists, whatever comes by events meanwhile", async () => {
  const { sandbox, client, ops } = await start();
  const { account } = await fundedAccount(client, sandbox);
  const { url, deploy } = await endpoint();
  const orders = new Map<string, Order>();
  const keep = async (order: Order) => {
    const known = orders.get(order.id);
    if (!known || known.updated_at <= order.updated_at) orders.set(order.id, order);
  };
  deploy({ keys: remoteKeys(client) }).on("ORDER.*", ({ object }) => keep(object));
  const webhook_id = await subscribe(client, url, false);
  const missed = await client.call(placeOrder, { body: buy(account.id) });
  await sandbox.clock.advance(10_000);
  expect(sandbox.events.at(-1)?.type).not.toBe("ORDER.NEW");
  expect(orders.size).toBe(0);

  expect(await ops("enable", webhook_id)).toContain("enabled: true");
  const later = await client.call(placeOrder, { body: buy(account.id) });
  await rebuildOrders(client, keep);
  await sandbox.clock.advance(10_000);
  await rebuildOrders(client, keep);
  expect([...orders.keys()].sort()).toEqual([missed.id, later.id].sort());
  const { data } = await client.call(listAccountOrders, { path: { account_id: account.id } });
  for (const order of data) expect(orders.get(order.id)).toEqual(order);
  expect(data.every(({ status }) => status === "FILLED")).toBe(true);
});

/** As on the page. */
async function rebuildOrders(client: UpvestClient, keep: (order: Order) => Promise<void>): Promise<void> {
  const statuses = ["NEW", "PROCESSING", "FILLED", "CANCELLED"] as const;
  for await (const { id: account_id } of client.paginate(listAccounts))
    for (const status of statuses)
      for await (const order of client.paginate(listAccountOrders, {
        path: { account_id },
        query: { status },
      }))
        await keep(order);
}

const buy = (account_id: string) =>
  ({
    account_id,
    side: "BUY",
    instrument_id: "IE00B3XXRP09",
    instrument_id_type: "ISIN",
    order_type: "MARKET",
    cash_amount: "100.00",
    currency: "EUR",
  }) as const;

async function fundedAccount(client: UpvestClient, { clock }: Sandbox) {
  const { id: user_id } = await addUser(client);
  const { id: account_group_id } = await client.call(createAccountGroup, {
    body: { user_id, type: "PERSONAL" },
  });
  const account = await client.call(createAccount, {
    body: { user_id, account_group_id, type: "TRADING", name: "runbook" },
  });
  await clock.advance(1000);
  await client.call(createTopup, { body: { account_group_id, cash_amount: "1000.00", currency: "EUR" } });
  return { account };
}

import { createSigner, generateKeyPair } from "@upvest-sdk/signing/node";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import {
  type ClientOptions,
  createUpvestClient,
  type Diagnosis,
  diagnose,
  type UpvestClient,
} from "../src/index.js";
import { type Api, clientId, clientSecret, keyId, problem, startApi, text } from "./support/api.js";
import { record, watchedHooks } from "./support/canaries.js";
import { failure, pass, until } from "./support/time.js";

let api: Api;
beforeEach(async () => {
  api = await startApi();
});
afterEach(async () => {
  vi.useRealTimers();
  await api.close();
});

const read = async (client: UpvestClient): Promise<Diagnosis> => record("diagnosis", await diagnose(client));

/** `ok` of each step. */
const steps = ({ steps }: Diagnosis) => Object.fromEntries(steps.map(({ name, ok }) => [name, ok]));
const failedStep = ({ steps, failed }: Diagnosis) => steps.find(({ name }) => name === failed)!;

const nothingButToken = {
  clock: true,
  token: false,
  scopes: undefined,
  call: undefined,
  "verify keys": undefined,
};

test("all is well", async () => {
  const found = await read(api.client());
  expect(found).toMatchObject({ ok: true, scopes: expect.arrayContaining(["users:read"]) });
  expect(found.failed).toBeUndefined();
  expect(steps(found)).toEqual({ clock: true, token: true, scopes: true, call: true, "verify keys": true });
  expect(Math.abs(found.clockOffset!)).toBeLessThan(5_000);
  expect(found.steps.every(({ advice }) => advice === undefined)).toBe(true);
  expect(api.requests.map(({ method, target }) => [method, target])).toEqual([
    ["GET", "/users?limit=1"],
    ["GET", "/auth/verify_keys"],
  ]);
});

test("gets a token anew, so that a secret that was changed is noticed", async () => {
  const client = api.client();
  await diagnose(client);
  await diagnose(client);
  expect(api.tokenRequests).toHaveLength(2);
});

test("a wrong secret", async () => {
  const found = await read(api.client({ clientSecret: "canary-client-secret-that-is-wrong" }));
  expect(found).toMatchObject({ ok: false, failed: "token" });
  expect(steps(found)).toEqual(nothingButToken);
  expect(failedStep(found)).toMatchObject({
    code: "unauthorized",
    requestId: expect.any(String),
    advice: expect.stringContaining("secret"),
  });
});

test("a wrong key", async () => {
  const { privateKeyPem } = await generateKeyPair("ed25519");
  const found = await read(api.client({ signer: await createSigner({ keyId, privateKey: privateKeyPem }) }));
  expect(found).toMatchObject({ ok: false, failed: "token" });
  expect(failedStep(found).advice).toContain("key id");
  expect(api.complaints).toHaveLength(1);
});

test("a wrong client id", async () => {
  const found = await read(api.client({ clientId: clientId.replace("8", "9") }));
  expect(found).toMatchObject({ ok: false, failed: "token" });
  expect(failedStep(found).advice).toContain("client id");
});

test.each([
  ["ahead", 3_600_000],
  ["behind", -3_600_000],
])("a clock that is %s", async (_, offset) => {
  const { now } = Date;
  api.now = () => now.call(Date);
  vi.useFakeTimers({ toFake: ["Date"], now: now() + offset });
  const found = await read(api.client({ signer: await api.signerWith(() => Date.now()) }));
  expect(found).toMatchObject({ ok: false, failed: "clock" });
  expect(steps(found)).toMatchObject({ clock: false, token: false });
  expect(failedStep(found).advice).toContain("clock");
  expect(Math.abs(found.clockOffset! - offset)).toBeLessThan(10_000);
});

test("a scope that was not granted", async () => {
  api.grant = "users:read";
  const found = await read(api.client({ scopes: ["users:read", "orders:admin"] }));
  expect(found).toMatchObject({ ok: false, failed: "scopes", scopes: ["users:read"] });
  expect(failedStep(found).found).toContain("orders:admin");
  expect(failedStep(found).advice).toBeDefined();
  expect(steps(found)).toMatchObject({ token: true, call: true, "verify keys": undefined });
});

test("scopes that allow nothing harmless: no call is made", async () => {
  const found = await read(api.client({ scopes: ["orders:admin"] }));
  expect(found.ok).toBe(true);
  expect(steps(found)).toMatchObject({ token: true, call: undefined, "verify keys": undefined });
  expect(api.requests).toHaveLength(0);
});

test("nobody listens", async () => {
  const { url } = api;
  await api.close();
  const found = await read(api.client({ baseUrl: url }));
  expect(found).toMatchObject({ ok: false, failed: "token" });
  expect(failedStep(found)).toMatchObject({
    code: "NOT_CONNECTED",
    advice: expect.stringMatching(/URL|proxy/),
  });
  expect(steps(found)).toEqual({ ...nothingButToken, clock: undefined });
  api = await startApi();
});

test("nobody answers", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
  api.tokenHandler = () => {};
  const diagnosis = read(api.client());
  await until(() => api.tokenRequests.length === 1);
  await pass(30_000);
  const found = await diagnosis;
  expect(found).toMatchObject({ ok: false, failed: "token" });
  expect(failedStep(found)).toMatchObject({ code: "TIMEOUT", advice: expect.stringContaining("in time") });
});

test("the call fails", async () => {
  api.fallback = problem(403, "forbidden");
  const found = await read(api.client());
  expect(found).toMatchObject({ ok: false, failed: "call" });
  expect(failedStep(found)).toMatchObject({ code: "forbidden", requestId: expect.any(String) });
  expect(failedStep(found).advice).toBeDefined();
});

test("the verify keys cannot be had", async () => {
  api.fallback = ({ target }, response) =>
    (target === "/auth/verify_keys" ? problem(404, "not_found") : text(200, "{}"))({} as never, response);
  const found = await read(api.client());
  expect(found).toMatchObject({ ok: false, failed: "verify keys" });
});

describe("credentials", () => {
  test("that cannot be had", async () => {
    const found = await read(
      api.client({
        clientSecret: async () => {
          throw new Error("the vault is locked");
        },
      }),
    );
    expect(found).toMatchObject({ ok: false, failed: "token" });
    expect(failedStep(found)).toMatchObject({ code: "CREDENTIALS_FAILED" });
    expect(failedStep(found).advice).toContain("clientSecret");
  });

  test("a signer that throws", async () => {
    const signer = {
      headers: async () => {
        throw new Error("no key");
      },
    };
    const found = await read(api.client({ signer }));
    expect(failedStep(found)).toMatchObject({ name: "token", code: "SIGNING_FAILED" });
    expect(failedStep(found).advice).toContain("signer");
  });
});

test("takes nothing but a client of ours", async () => {
  for (const client of [undefined, null, {}, { call: () => {} }, "x"]) {
    expect(await failure(diagnose(client as never))).toMatchObject({ code: "INVALID_INPUT" });
  }
});

test("works with a client as it is made, and what it finds may be logged", async () => {
  const { privateKeyPem } = await generateKeyPair("ed25519");
  const client = createUpvestClient({
    baseUrl: api.url,
    clientId,
    clientSecret,
    scopes: ["users:read"],
    signer: await createSigner({ keyId, privateKey: privateKeyPem }),
    hooks: watchedHooks(),
  } as ClientOptions);
  const found = await read(client);
  expect(JSON.parse(JSON.stringify(found)).failed).toBe("token");
});

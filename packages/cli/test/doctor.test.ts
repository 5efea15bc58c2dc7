import { createPrivateKey, createPublicKey, generateKeyPairSync } from "node:crypto";
import { chmodSync } from "node:fs";
import { type Sandbox, startSandbox } from "@upvest-sdk/sandbox";
import { generateKeyPair } from "@upvest-sdk/signing";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { canaries, environmentOf, file, plantKey, upvest } from "./support/cli.js";

let sandbox: Sandbox;
let env: Record<string, string>;
const keyFile = "UPVEST_API_HTTP_SIGN_PRIVATE_KEY_FILENAME";
beforeAll(async () => {
  sandbox = await startSandbox();
  env = environmentOf(sandbox);
});
afterEach(() => sandbox.faults.clear());
afterAll(() => sandbox.close());

interface Step {
  name: string;
  status: string;
  found: string;
  advice?: string;
  code?: string;
  requestId?: string;
}

async function doctor(changed: Record<string, string | undefined> = {}) {
  const { code, stdout, stderr } = await upvest(["doctor", "--json"], {
    env: { ...env, ...changed } as never,
  });
  expect(stderr).toBe("");
  const { ok, steps }: { ok: boolean; steps: Step[] } = JSON.parse(stdout);
  expect(code).toBe(ok ? 0 : 1);
  const statuses = Object.fromEntries(steps.map(({ name, status }) => [name, status]));
  const step = (name: string) => steps.find((one) => one.name === name)!;
  return { ok, statuses, step };
}

const nothingBut = (states: Record<string, string>) => ({
  environment: "ok",
  key: "ok",
  clock: "skipped",
  token: "skipped",
  scopes: "skipped",
  "signed GET": "skipped",
  "verify keys": "skipped",
  ...states,
});

test("all is well, for people", async () => {
  const { code, stdout, stderr } = await upvest(["doctor"], { env });
  expect([code, stderr]).toEqual([0, ""]);
  const lines = stdout.split("\n");
  for (const name of ["environment", "key", "clock", "token", "scopes", "signed GET", "verify keys"]) {
    expect(lines.some((line) => line.startsWith(`ok       ${name}`))).toBe(true);
  }
  expect(stdout).toMatch(/P-521, PKCS#8 PEM, not encrypted[\s\S]*public key SHA-256 [\da-f]{64}/);
  expect(stdout).toContain("All that was tried works.");
});

test("all is well, for scripts; a key in any variable, also encrypted", async () => {
  expect((await doctor()).ok).toBe(true);
  const pem = sandbox.credentials.privateKeyPem;
  const none = { [keyFile]: undefined };
  const key = "UPVEST_API_HTTP_SIGN_PRIVATE_KEY";
  const base64 = Buffer.from(pem).toString("base64");
  canaries.add(base64);
  for (const given of [{ [key]: pem }, { [key]: pem.replaceAll("\n", "\\n") }, { [`${key}_BASE64`]: base64 }])
    expect((await doctor({ ...none, ...given })).ok).toBe(true);
  const passphrase = "canary passphrase";
  canaries.add(passphrase);
  const sealed = createPrivateKey(pem).export({
    type: "pkcs8",
    format: "pem",
    cipher: "aes-256-cbc",
    passphrase,
  });
  const old = createPrivateKey(pem).export({
    type: "sec1",
    format: "pem",
    cipher: "aes-256-cbc",
    passphrase,
  });
  for (const [text, form] of [
    [sealed, "PKCS#8 PEM, encrypted"],
    [old, "SEC 1 PEM, encrypted"],
  ]) {
    const { ok, step } = await doctor({ [keyFile]: file("k.pem", text!), [`${key}_PASSPHRASE`]: passphrase });
    expect(ok).toBe(true);
    expect(step("key").found).toContain(form);
  }
  const missing = await doctor({ [keyFile]: file("k.pem", sealed) });
  expect(missing.step("key")).toMatchObject({
    status: "failed",
    advice: expect.stringContaining("_PASSPHRASE"),
  });
  const wrong = await doctor({ [keyFile]: file("k.pem", sealed), [`${key}_PASSPHRASE`]: "wrong" });
  expect(wrong.step("key")).toMatchObject({ status: "failed", advice: expect.stringContaining("mistyped") });
});

test("a key that others may read is told of", async () => {
  const open = file("private.pem", sandbox.credentials.privateKeyPem);
  chmodSync(open, 0o644);
  expect((await doctor({ [keyFile]: open })).step("key").found).toContain("chmod 600");
  expect((await doctor()).step("key").found).not.toContain("chmod");
});

test("a wrong secret: what the API says of it, and what else a 401 can be", async () => {
  const secret = "canary-of-another-client";
  canaries.add(secret);
  const { statuses, step } = await doctor({ UPVEST_API_CLIENT_SECRET: secret });
  expect(statuses).toEqual(nothingBut({ clock: "ok", token: "failed" }));
  const { found, advice, code, requestId } = step("token");
  expect(found).toContain("client_secret is not the one");
  expect(advice).toMatch(/fingerprint[\s\S]*UPVEST_API_CLIENT_SECRET[\s\S]*clock is right/);
  expect([code, requestId]).toEqual(["unauthorized", expect.any(String)]);
});

test("another key", async () => {
  const { privateKeyPem } = await generateKeyPair("p521");
  plantKey(privateKeyPem);
  const { statuses, step } = await doctor({ [keyFile]: file("private.pem", privateKeyPem) });
  expect(statuses).toEqual(nothingBut({ clock: "ok", token: "failed" }));
  expect(step("token").found).toContain("signature invalid");
  expect(step("token").advice).toContain(sandbox.credentials.keyId);
  expect(step("token").advice).toContain(/SHA-256 (\w+)/.exec(step("key").found)![1]);
});

test("the client id where the key id belongs", async () => {
  const { step } = await doctor({ UPVEST_API_KEY_ID: sandbox.credentials.clientId });
  expect(step("token").advice).toContain("UPVEST_API_KEY_ID is the client id");
});

test("a key id that cannot be signed with", async () => {
  const { statuses, step } = await doctor({ UPVEST_API_KEY_ID: 'b49c"' });
  expect(statuses).toEqual(nothingBut({ key: "failed" }));
  expect(step("key")).toMatchObject({
    found: expect.stringContaining("keyId"),
    advice: expect.stringContaining("UPVEST_API_KEY_ID"),
  });
});

test("a scope that is not granted", async () => {
  const { statuses, step } = await doctor({ UPVEST_API_SCOPES: "users:read,nothing:read" });
  expect([statuses["scopes"], statuses["token"]]).toContain("failed");
  expect(step(statuses["token"] === "failed" ? "token" : "scopes").found).toContain("nothing:read");
});

test("without webhooks:read the verify keys are skipped, which is no failure", async () => {
  const { ok, step } = await doctor({ UPVEST_API_SCOPES: "users:read" });
  expect(ok).toBe(true);
  expect(step("verify keys")).toMatchObject({
    status: "skipped",
    advice: expect.stringContaining("UPVEST_API_SCOPES"),
  });
});

test("the signed GET fails", async () => {
  sandbox.faults.add({ kind: "status", status: 503, operation: "listUsers" });
  const { statuses, step } = await doctor();
  expect(statuses).toMatchObject({ token: "ok", "signed GET": "failed", "verify keys": "ok" });
  expect(step("signed GET").found).toContain("503");
});

test("nobody listens", async () => {
  const gone = await startSandbox();
  await gone.close();
  const { statuses, step } = await doctor({ UPVEST_API_BASE_URL: gone.url });
  expect(statuses).toEqual(nothingBut({ token: "failed" }));
  expect(step("token")).toMatchObject({ code: "NOT_CONNECTED", advice: expect.stringContaining("URL") });
});

test.each<[string, Record<string, string | undefined>, string]>([
  ["UPVEST_API_CLIENT_SECRET", { UPVEST_API_CLIENT_SECRET: undefined }, "UPVEST_API_CLIENT_SECRET"],
  ["UPVEST_API_KEY_ID", { UPVEST_API_KEY_ID: " " }, "UPVEST_API_KEY_ID"],
  ["a client id that is none", { UPVEST_API_CLIENT_ID: "me" }, "UPVEST_API_CLIENT_ID"],
  ["a URL that is none", { UPVEST_API_BASE_URL: "sandbox.upvest.co" }, "UPVEST_API_BASE_URL"],
])("the environment: %s", async (_, changed, variable) => {
  const { statuses, step } = await doctor(changed);
  expect(statuses).toEqual(nothingBut({ environment: "failed" }));
  expect(step("environment").found + step("environment").advice).toContain(variable);
});

test("keys that are none", async () => {
  const { privateKeyPem } = sandbox.credentials;
  const publicPem = createPublicKey(privateKeyPem).export({ type: "spki", format: "pem" }) as string;
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const rsa = privateKey.export({ type: "pkcs8", format: "pem" });
  plantKey(rsa as string);
  for (const [changed, found, advice] of [
    [{ [keyFile]: undefined }, "no private key", "upvest keygen"],
    [{ [keyFile]: "/nowhere/private.pem" }, "no such file", keyFile],
    [{ [keyFile]: privateKeyPem }, "holds a key, not the name of a file", "UPVEST_API_HTTP_SIGN_PRIVATE_KEY"],
    [{ UPVEST_API_HTTP_SIGN_PRIVATE_KEY: privateKeyPem }, "more than one", "only one"],
    [{ [keyFile]: file("k.pem", publicPem) }, "KEY_FORMAT", "the public one"],
    [{ [keyFile]: file("k.pem", privateKeyPem.slice(0, 200)) }, "KEY_FORMAT", "cut"],
    [{ [keyFile]: file("k.pem", rsa) }, "KEY_ALGORITHM", "upvest keygen"],
  ] as const) {
    const { statuses, step } = await doctor(changed);
    expect(statuses).toEqual(nothingBut({ key: "failed" }));
    expect(step("key").found).toContain(found);
    expect(step("key").advice).toContain(advice);
  }
});

import { createPublicKey } from "node:crypto";
import { createUpvestClient, type UpvestClient } from "@upvest-sdk/client";
import { createUser, createWebhook, getJwks, updateWebhook } from "@upvest-sdk/client/operations";
import { type Sandbox, startSandbox } from "@upvest-sdk/sandbox";
import { generateKeyPair } from "@upvest-sdk/signing";
import { createSigner } from "@upvest-sdk/signing/node";
import { afterAll, beforeAll, expect, test } from "vitest";
import { environmentOf, file, upvest } from "./support/cli.js";
import { type Recorder, startRecorder } from "./support/recorder.js";

let sandbox: Sandbox;
let env: Record<string, string>;
let client: UpvestClient;
let recorder: Recorder;
/** A delivery as it came over the wire. */
let delivery: string;
let jwks: string;
let pem: string;

beforeAll(async () => {
  sandbox = await startSandbox();
  env = environmentOf(sandbox);
  recorder = await startRecorder();
  const { clientId, clientSecret, keyId, privateKeyPem } = sandbox.credentials;
  client = createUpvestClient({
    baseUrl: sandbox.url,
    clientId,
    clientSecret,
    scopes: sandbox.scopes,
    signer: await createSigner({ keyId, privateKey: privateKeyPem }),
  });
  const { id } = await client.call(createWebhook, {
    body: {
      title: "All",
      url: recorder.url,
      type: ["ALL"],
      config: { delay: "1s", max_package_size: 51_200 },
    },
  });
  await client.call(updateWebhook, { path: { webhook_id: id }, body: { enabled: true } });
  await client.call(createUser, {
    body: {
      first_name: "Ada",
      last_name: "Lovelace",
      birth_date: "1990-12-10",
      nationalities: ["DE"],
      address: { address_line1: "Unter den Linden 1", postcode: "10117", city: "Berlin", country: "DE" },
    },
  });
  delivery = (await recorder.first).toString("latin1");
  const set = await client.call(getJwks);
  jwks = file("jwks.json", JSON.stringify(set));
  const jwk = set.keys[0]!;
  pem = file(
    "public.pem",
    createPublicKey({ key: jwk as never, format: "jwk" }).export({ type: "spki", format: "pem" }) as string,
  );
});
afterAll(async () => {
  await sandbox.close();
  await recorder.close();
});

const saved = (text: string) => file("delivery.http", Buffer.from(text, "latin1"));
const verify = (text: string, ...more: string[]) => upvest(["webhooks", "verify", saved(text), ...more]);
const lf = (text: string) => {
  const [head, body] = text.split("\r\n\r\n");
  return `${head!.replaceAll("\r\n", "\n")}\n\n${body}`;
};

test("as it came, with a key set: verdict, covered components, events", async () => {
  const { code, stdout, stderr } = await verify(delivery, "--keys", jwks);
  expect([code, stderr]).toEqual([0, ""]);
  expect(stdout).toMatch(/^VERIFIED\n {2}key id {3}[\da-f-]{36} \(ecdsa-p521-sha512\)\n/);
  expect(stdout).toMatch(/covered {2}.*@method.*@path/);
  expect(stdout).toContain("@query");
  expect(stdout).toMatch(/USER\.CREATED +[\da-f-]{36}/);
});

test("with LF, with a line end at its end, with a PEM key", async () => {
  for (const text of [delivery, lf(delivery), `${delivery}\r\n`, `${lf(delivery)}\n`]) {
    const { code, stderr } = await verify(text, "--keys", pem);
    expect([code, stderr]).toEqual([0, ""]);
  }
});

test("--json", async () => {
  const { stdout } = await verify(delivery, "--keys", jwks, "--json");
  expect(JSON.parse(stdout)).toMatchObject({
    verified: true,
    keyId: expect.any(String),
    components: expect.arrayContaining(["@method", "@path"]),
    created: expect.any(Number),
    events: expect.arrayContaining([expect.objectContaining({ type: "USER.CREATED" })]),
  });
  const { code, stdout: bad } = await verify(delivery.replace("Ada", "Eve"), "--keys", jwks, "--json");
  expect([code, JSON.parse(bad)]).toEqual([
    1,
    { verified: false, error: { code: "DIGEST_MISMATCH", message: expect.any(String) } },
  ]);
});

test("without --keys the API is asked", async () => {
  const args = ["webhooks", "verify", saved(delivery)];
  const { code, stdout, stderr } = await upvest(args, { env });
  expect([code, stderr]).toEqual([0, ""]);
  expect(stdout).toContain("VERIFIED");

  const scopes = await upvest(args, { env: { ...env, UPVEST_API_SCOPES: "users:read" } });
  expect([scopes.code, scopes.stderr]).toEqual([1, expect.stringContaining("webhooks:read")]);
  const nothing = await upvest(args);
  expect([nothing.code, nothing.stderr]).toEqual([1, expect.stringContaining("UPVEST_API_BASE_URL")]);
  const secret = await upvest(args, { env: { ...env, UPVEST_API_CLIENT_SECRET: "not the right one" } });
  expect([secret.code, secret.stderr]).toEqual([1, expect.stringContaining("keys could not be had")]);
});

test("behind a proxy that changes the path", async () => {
  const inner = delivery.replace("POST /hooks/upvest?tenant=7 ", "POST /internal?tenant=7 ");
  const wrong = await verify(inner, "--keys", jwks);
  expect([wrong.code, wrong.stdout]).toEqual([1, ""]);
  expect(wrong.stderr).toMatch(/^NOT VERIFIED: .*\[SIGNATURE_INVALID\]\n-> .*--url/);
  const right = await verify(inner, "--keys", jwks, "--url", recorder.url);
  expect([right.code, right.stderr]).toEqual([0, ""]);
});

test("what is not as it was sent", async () => {
  const other = file("other.pem", (await generateKeyPair("p521")).publicKeyPem);
  const unknown = file(
    "other.json",
    JSON.stringify({ keys: [{ ...(await generateKeyPair("p521")).publicKeyJwk, kid: "other" }] }),
  );
  for (const [text, keys, code] of [
    [delivery.replace("Ada", "Eve"), jwks, "DIGEST_MISMATCH"],
    [delivery, other, "SIGNATURE_INVALID"],
    [delivery, unknown, "KEY_UNKNOWN"],
    [delivery.replace(/^signature: .*\r\n/im, ""), jwks, "SIGNATURE_MISSING"],
    [delivery.replace(/^digest: .*\r\n/im, ""), jwks, "COMPONENT_MISSING"],
  ] as const) {
    const { code: exit, stdout, stderr } = await verify(text, "--keys", keys);
    expect([exit, stdout, stderr]).toEqual([1, "", expect.stringContaining(`[${code}]\n-> `)]);
  }
});

test.each([
  ["", "no empty line"],
  ["POST / HTTP/1.1\r\nhost: x\r\n", "no empty line"],
  ["hello\n\n", "no request line"],
  ["HTTP/1.1 200 OK\n\n", "no request line"],
  ["POST / HTTP/1.1\nhost x\n\n", "headers"],
  ["POST / HTTP/1.1\nhost: x\n folded\n\n", "headers"],
  ["POST / HTTP/1.1\ntransfer-encoding: chunked\n\n1f\nabc", "chunks"],
])("no HTTP request: %j", async (text, message) => {
  const { code, stdout, stderr } = await verify(text, "--keys", jwks);
  expect([code, stdout, stderr]).toEqual([1, "", expect.stringContaining(message)]);
});

test("files that are not there, keys that are none", async () => {
  for (const [args, message] of [
    [["/nowhere.http", "--keys", jwks], "/nowhere.http cannot be read"],
    [[saved(delivery), "--keys", "/nowhere.json"], "/nowhere.json cannot be read"],
    [[saved(delivery), "--keys", file("k.json", "{")], "it is not JSON"],
    [[saved(delivery), "--keys", file("k.json", "{}")], "no public keys"],
    [[saved(delivery), "--keys", env["UPVEST_API_HTTP_SIGN_PRIVATE_KEY_FILENAME"]!], "no public keys"],
  ] as const) {
    const { code, stdout, stderr } = await upvest(["webhooks", "verify", ...args]);
    expect([code, stdout, stderr]).toEqual([1, "", expect.stringContaining(message)]);
  }
});

test.each([
  [[], "one file"],
  [["a", "b"], "one file"],
  [["a", "--url", "/upvest"], "absolute URL"],
])("%j: wrong usage", async (args, message) => {
  const { code, stderr } = await upvest(["webhooks", "verify", ...args]);
  expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
});

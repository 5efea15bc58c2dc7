import { spawn, spawnSync } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { existsSync, readdirSync, readFileSync, realpathSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { networkInterfaces, tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { createUpvestClient, redisTokenStore } from "@upvest-sdk/client";
import { createUser, listUsers } from "@upvest-sdk/client/operations";
import { type Sandbox, startSandbox } from "@upvest-sdk/sandbox";
import {
  createSigner,
  generateKeyPair,
  importPublicKeys,
  type Signer,
  signingFetch,
  signWebhook,
  verifyRequest,
} from "@upvest-sdk/signing/node";
import type { UserCreateRequest } from "@upvest-sdk/types";
import { createWebhookReceiver, remoteKeys, staticKeys } from "@upvest-sdk/webhooks";
import { load } from "js-yaml";
import ts from "typescript";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { dynamicCode } from "./support/dynamic-code.js";
import { filesOf, packAll } from "./support/pack.js";

// What SECURITY.md says and no other test shows.

const repository = fileURLToPath(new URL("../../", import.meta.url));
const packages = path.join(repository, "packages");

let scratch = "";
beforeAll(async () => {
  scratch = await mkdtemp(path.join(tmpdir(), "upvest-security-"));
});
afterAll(() => rm(scratch, { recursive: true, force: true }));

describe("SECURITY.md", () => {
  const text = readFileSync(path.join(repository, "SECURITY.md"), "utf8");

  /** The titles in a test file, as they are written. */
  function titlesOf(file: string): Set<string> {
    const source = ts.createSourceFile(file, readFileSync(file, "utf8"), ts.ScriptTarget.Latest, true);
    const titles = new Set<string>();
    const visit = (node: ts.Node): void => {
      if (ts.isCallExpression(node)) {
        const callee = node.expression.getText(source).replace(/<[^(]*>$/s, "");
        const [title] = node.arguments;
        if (/^(test|it|describe)\b/.test(callee) && title && ts.isStringLiteralLike(title))
          titles.add(title.text);
      }
      ts.forEachChild(node, visit);
    };
    visit(source);
    return titles;
  }

  const named = [...text.matchAll(/`((?:packages|scripts)\/[\w./-]+\.test\.ts)`((?:,? ?"[^"\n]+")*)/g)].map(
    ([, file, titles]) => [file!, [...titles!.matchAll(/"([^"]+)"/g)].map(([, title]) => title!)] as const,
  );

  test.each(named)("%s has the tests that are named: %j", (file, titles) => {
    expect(existsSync(path.join(repository, file)), file).toBe(true);
    expect(titles.length, "a file is named with its tests").toBeGreaterThan(0);
    const found = titlesOf(path.join(repository, file));
    expect(titles.filter((title) => !found.has(title))).toEqual([]);
  });

  test("each claim names a test, or says that there is none", () => {
    const rows = text.split("\n").filter((line) => /^\| (?!---|claim \|)/.test(line) && / \|$/.test(line));
    const claims = rows.filter((row) => row.split(" | ").length === 2);
    expect(claims.length).toBeGreaterThan(25);
    expect(claims.filter((row) => !/\.test\.ts`/.test(row))).toEqual([]);
    expect(named.length).toBeGreaterThanOrEqual(claims.length);
  });
});

/** What a request consists of, to be sent again or changed. */
interface Captured {
  method: string;
  url: string;
  headers: Record<string, string>;
  body?: string;
}

describe("what a thief can do", () => {
  let sandbox: Sandbox;
  let signer: Signer;
  let token = "";
  let captured: Captured;

  const send = async ({
    method,
    url,
    headers,
    body,
  }: Captured): Promise<{ status: number; detail: string }> => {
    const { "content-length": _, ...sent } = headers;
    const response = await fetch(url, { method, headers: sent, ...(body !== undefined && { body }) });
    return { status: response.status, detail: await response.text() };
  };
  const capture = async (): Promise<Captured> => {
    const requests: Captured[] = [];
    const { clientId, clientSecret } = sandbox.credentials;
    const client = createUpvestClient({
      baseUrl: sandbox.url,
      clientId,
      clientSecret,
      scopes: sandbox.scopes,
      signer,
      async fetch(url, init) {
        const { method, headers, body } = init as Captured & { body?: Uint8Array };
        if (!url.endsWith("/auth/token"))
          requests.push({ method, url, headers, ...(body && { body: Buffer.from(body).toString() }) });
        return fetch(url, init as RequestInit);
      },
    });
    await client.call(createUser, { body: person });
    token = requests[0]!.headers["authorization"]!;
    return requests[0]!;
  };
  const person = {
    first_name: "Ada",
    last_name: "Lovelace",
    birth_date: "1990-12-10",
    nationalities: ["DE"],
    address: { address_line1: "Unter den Linden 1", postcode: "10117", city: "Berlin", country: "DE" },
  } satisfies UserCreateRequest;
  const users = async (): Promise<number> => {
    const { clientId, clientSecret } = sandbox.credentials;
    const { url: baseUrl, scopes } = sandbox;
    const client = createUpvestClient({ baseUrl, clientId, clientSecret, scopes, signer });
    return (await client.call(listUsers)).meta.total_count;
  };

  beforeAll(async () => {
    sandbox = await startSandbox({ clock: "manual" });
    const { keyId, privateKeyPem } = sandbox.credentials;
    signer = await createSigner({ keyId, privateKey: privateKeyPem });
    captured = await capture();
  });
  afterAll(() => sandbox.close());

  const get = (headers: Record<string, string> = {}): Captured => ({
    method: "GET",
    url: `${sandbox.url}/users`,
    headers: { accept: "application/json", "upvest-client-id": sandbox.credentials.clientId, ...headers },
  });
  const form = (secret: string): Captured => ({
    method: "POST",
    url: `${sandbox.url}/auth/token`,
    headers: { ...get().headers, "content-type": "application/x-www-form-urlencoded" },
    body: `${new URLSearchParams({
      client_id: sandbox.credentials.clientId,
      client_secret: secret,
      grant_type: "client_credentials",
      scope: "users:read",
    })}`,
  });
  const sign = async (request: Captured, by: Signer = signer): Promise<Captured> => ({
    ...request,
    headers: await by.headers(request),
  });

  test("with a token alone: nothing", async () => {
    expect(await send(get({ authorization: token }))).toMatchObject({ status: 401 });
    const { keyId } = sandbox.credentials;
    const { privateKeyPem } = await generateKeyPair("p521");
    const own = await createSigner({ keyId, privateKey: privateKeyPem });
    const forged = await send(await sign(get({ authorization: token }), own));
    expect(forged).toMatchObject({ status: 401, detail: expect.stringContaining("SIGNATURE_INVALID") });
    const other = await createSigner({ keyId: crypto.randomUUID(), privateKey: privateKeyPem });
    const unknown = await send(await sign(get({ authorization: token }), other));
    expect(unknown).toMatchObject({ status: 401, detail: expect.stringContaining("KEY_UNKNOWN") });
  });

  test("with the private key alone: nothing", async () => {
    expect(await send(await sign(get()))).toMatchObject({ status: 401 });
    expect(await send(await sign(form("guessed")))).toMatchObject({ status: 401 });
  });

  test("with the client secret alone: nothing", async () => {
    const { clientSecret } = sandbox.credentials;
    expect(await send(form(clientSecret))).toMatchObject({ status: 401 });
    const { privateKeyPem } = await generateKeyPair("p521");
    const own = await createSigner({ keyId: sandbox.credentials.keyId, privateKey: privateKeyPem });
    expect(await send(await sign(form(clientSecret), own))).toMatchObject({ status: 401 });
    // With both there is a token: that is what the two are kept apart for.
    expect(await send(await sign(form(clientSecret)))).toMatchObject({ status: 200 });
  });

  test("with a captured request: not change it", async () => {
    const { body = "", headers, url } = captured;
    for (const changed of [
      { ...captured, url: `${url}?limit=1` },
      { ...captured, url: url.replace("/users", "/account_groups") },
      { ...captured, method: "PUT" },
      { ...captured, body: body.replace("Ada", "Eve") },
      { ...captured, headers: { ...headers, "idempotency-key": crypto.randomUUID() } },
      { ...captured, headers: { ...headers, "upvest-client-id": crypto.randomUUID() } },
      { ...captured, headers: { ...headers, accept: "application/pdf, application/json" } },
    ]) {
      const { status } = await send(changed);
      expect([401, 404, 405], JSON.stringify(changed)).toContain(status);
    }
    expect(await users()).toBe(1);
  });

  test("with a captured request: repeat it only where a nonce is let through, and then it is done once", async () => {
    const again = await send(captured);
    expect(again).toMatchObject({ status: 401, detail: expect.stringContaining("NONCE_USED") });
    const lenient = await startSandbox({ clock: "manual", nonces: "any" });
    const strict = sandbox;
    try {
      sandbox = lenient;
      const { keyId, privateKeyPem } = lenient.credentials;
      signer = await createSigner({ keyId, privateKey: privateKeyPem });
      const own = await capture();
      const first = JSON.parse((await send(own)).detail);
      const second = JSON.parse((await send(own)).detail);
      expect(second.id).toBe(first.id);
      expect(await users()).toBe(1);
      // After a minute it has expired, by whichever clock.
      lenient.faults.add({ kind: "clock-skew", ms: 120_000, times: 1 });
      const late = await send(own);
      expect(late).toMatchObject({ status: 401, detail: expect.stringContaining("EXPIRED") });
    } finally {
      await lenient.close();
      sandbox = strict;
      signer = await createSigner({
        keyId: strict.credentials.keyId,
        privateKey: strict.credentials.privateKeyPem,
      });
    }
  });

  test("with a captured delivery: repeat it, which is handled once, as long as that is remembered", async () => {
    const { privateKeyPem, publicKeyJwk } = await generateKeyPair("p521");
    const keyId = crypto.randomUUID();
    const keys = staticKeys({ keys: [{ ...publicKeyJwk, kid: keyId }] });
    const url = "https://tenant.test/hooks";
    const event = {
      id: crypto.randomUUID(),
      type: "USER.CREATED",
      created_at: "2026-01-01T00:00:00Z",
      object: {},
    };
    const body = JSON.stringify({ payload: [event] });
    const given = { "content-type": "application/json" };
    const headers = await signWebhook({ url, body, headers: given }, { keyId, privateKey: privateKeyPem });
    let handled = 0;
    const make = () => createWebhookReceiver({ keys }).on("*", () => void handled++);
    const deliver = async (receiver: ReturnType<typeof make>, to: string, text = body): Promise<number> =>
      ((await receiver.handle(new Request(to, { method: "POST", headers, body: text }))) as Response).status;
    const receiver = make();
    for (let turn = 0; turn < 3; turn++) expect(await deliver(receiver, url)).toBe(200);
    expect(handled).toBe(1);
    expect(await deliver(receiver, `${url}/other`)).toBe(401);
    expect(await deliver(receiver, `${url}?a=b`)).toBe(401);
    expect(await deliver(receiver, url, body.replace("CREATED", "DELETED"))).toBe(401);
    expect(handled).toBe(1);
    // What is not covered is not shown: another host, and a receiver that remembers nothing of it.
    expect(await deliver(receiver, "https://other.test/hooks")).toBe(200);
    expect(handled).toBe(1);
    expect(await deliver(make(), url)).toBe(200);
    expect(handled).toBe(2);
  });
});

/** A server that notes who asked it what. */
async function listening(
  answer: (url: string) => Response,
): Promise<{ url: string; asked: string[]; close(): void }> {
  const asked: string[] = [];
  const server: Server = createServer(async (request, response) => {
    asked.push(`${request.method} ${request.url}`);
    const { status, headers, body } = answer(request.url ?? "");
    response.writeHead(status, Object.fromEntries(headers));
    response.end(body && Buffer.from(await new Response(body).arrayBuffer()));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

describe("where requests go", () => {
  const clientId = "349c5502-4451-4184-952a-8d350d2cc2d8";
  const giveToken = () =>
    Response.json({ access_token: "t", expires_in: 3600, token_type: "bearer", scope: "webhooks:read" });

  test("keys of webhooks come from the API's origin, whatever a delivery names", async () => {
    const { privateKeyPem, publicKeyJwk } = await generateKeyPair("p521");
    const thief = await listening(() => Response.json({ keys: [{ ...publicKeyJwk, kid: "thief" }] }));
    const api = await listening((url) =>
      url === "/auth/token" ? giveToken() : Response.json({ keys: [publicKeyJwk] }),
    );
    const { privateKeyPem: own } = await generateKeyPair("ed25519");
    const client = createUpvestClient({
      baseUrl: api.url,
      clientId,
      clientSecret: "secret",
      scopes: ["webhooks:read"],
      signer: await createSigner({ keyId: "own", privateKey: own }),
    });
    const receiver = createWebhookReceiver({ keys: remoteKeys(client) });
    const jwks = `${thief.url}/keys.json`;
    for (const keyId of ["thief", jwks, `../keys?jku=${jwks}`, "//evil.test/keys"]) {
      const url = "https://tenant.test/hooks";
      const body = JSON.stringify({ payload: [], jku: jwks, keys: jwks, verify_keys: jwks });
      const given = {
        "content-type": "application/json",
        jku: jwks,
        x5u: jwks,
        link: `<${jwks}>; rel="jwks"`,
      };
      const headers = await signWebhook({ url, body, headers: given }, { keyId, privateKey: privateKeyPem });
      const response = (await receiver.handle(
        new Request(url, { method: "POST", headers, body }),
      )) as Response;
      expect([401, 503]).toContain(response.status);
    }
    expect(thief.asked).toEqual([]);
    expect(new Set(api.asked)).toEqual(new Set(["POST /auth/token", "GET /auth/verify_keys"]));
    thief.close();
    api.close();
  });

  test("a redirect of the key set is not followed: the delivery is to come again", async () => {
    const { privateKeyPem, publicKeyJwk } = await generateKeyPair("p521");
    const thief = await listening(() => Response.json({ keys: [{ ...publicKeyJwk, kid: "k" }] }));
    const api = await listening((url) =>
      url === "/auth/token"
        ? giveToken()
        : new Response(null, { status: 302, headers: { location: `${thief.url}/` } }),
    );
    const client = createUpvestClient({
      baseUrl: api.url,
      clientId,
      clientSecret: "secret",
      scopes: ["webhooks:read"],
      signer: await createSigner({ keyId: "own", privateKey: privateKeyPem }),
    });
    const receiver = createWebhookReceiver({ keys: remoteKeys(client) });
    const url = "https://tenant.test/hooks";
    const body = '{"payload":[]}';
    const given = { "content-type": "application/json" };
    const headers = await signWebhook(
      { url, body, headers: given },
      { keyId: "k", privateKey: privateKeyPem },
    );
    const response = (await receiver.handle(new Request(url, { method: "POST", headers, body }))) as Response;
    expect(response.status).toBe(503);
    expect(thief.asked).toEqual([]);
    thief.close();
    api.close();
  });

  test("signingFetch follows redirects only as far as it is told to", async () => {
    const { privateKeyPem } = await generateKeyPair("ed25519");
    const signer = await createSigner({ keyId: "own", privateKey: privateKeyPem });
    const thief = await listening(() => new Response("x"));
    const api = await listening(
      () => new Response(null, { status: 307, headers: { location: `${thief.url}/` } }),
    );
    const signed = signingFetch(signer);
    const init = { method: "POST", body: "client_secret=secret" };
    await expect(signed(`${api.url}/auth/token`, { ...init, redirect: "error" })).rejects.toThrow();
    expect((await signed(`${api.url}/auth/token`, { ...init, redirect: "manual" })).status).toBe(307);
    expect(api.asked).toHaveLength(2);
    expect(thief.asked).toEqual([]);
    thief.close();
    api.close();
  });

  const outside = Object.values(networkInterfaces())
    .flatMap((all) => all ?? [])
    .find(({ internal, family }) => !internal && family === "IPv4")?.address;

  test.skipIf(outside === undefined)("the sandbox cannot be reached from another machine", async () => {
    const sandbox = await startSandbox();
    const { port } = new URL(sandbox.url);
    try {
      expect((await fetch(`${sandbox.url}/_sandbox/clock`)).status).toBe(200);
      const there = fetch(`http://${outside}:${port}/_sandbox/clock`, { signal: AbortSignal.timeout(5000) });
      await expect(there).rejects.toMatchObject({ cause: { code: "ECONNREFUSED" } });
    } finally {
      await sandbox.close();
    }
  });
});

describe("algorithms and keys", () => {
  const pem = (key: ReturnType<typeof generateKeyPairSync>["publicKey"]) =>
    (key as never as { export(options: object): string }).export({ type: "spki", format: "pem" });
  const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const p256 = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const k1 = generateKeyPairSync("ec", { namedCurve: "secp256k1" });
  const x25519 = generateKeyPairSync("x25519");

  test.each<[string, string | object]>([
    ["RSA", pem(rsa.publicKey as never)],
    ["P-256", pem(p256.publicKey as never)],
    ["secp256k1", k1.publicKey.export({ format: "jwk" })],
    ["X25519", x25519.publicKey.export({ format: "jwk" })],
    ["a shared secret", { kty: "oct", k: "c2VjcmV0", alg: "HS256" }],
    ["none", { kty: "none", alg: "none" }],
  ])("%s is no key of either side", async (_, key) => {
    const options = { keyId: "k" };
    await expect(importPublicKeys(key as never, options)).rejects.toMatchObject({ code: "KEY_ALGORITHM" });
  });

  test("alg in a signature chooses nothing: the key does", async () => {
    const url = "https://api.test/users";
    for (const type of ["p521", "ed25519"] as const) {
      const { privateKeyPem, publicKeyPem } = await generateKeyPair(type);
      const keys = await importPublicKeys(publicKeyPem, { keyId: "k" });
      const signer = await createSigner({ keyId: "k", privateKey: privateKeyPem });
      const request = { method: "GET", url, headers: {} };
      const headers = await signer.headers(request);
      await verifyRequest({ ...request, headers }, { keys, version: 15 });
      for (const alg of [
        "none",
        "hmac-sha256",
        "rsa-pss-sha512",
        type === "p521" ? "ed25519" : "ecdsa-p521-sha512",
      ]) {
        const input = `${headers["signature-input"]};alg="${alg}"`;
        const changed = { ...request, headers: { ...headers, "signature-input": input } };
        await expect(verifyRequest(changed, { keys, version: 15 })).rejects.toMatchObject({
          code: "ALGORITHM_MISMATCH",
        });
      }
      // A signature of nothing, of zeros, or of the other algorithm's length.
      for (const bytes of [0, 1, 64, 132, 137]) {
        const signature = `sig1=:${Buffer.alloc(bytes).toString("base64")}:`;
        const changed = { ...request, headers: { ...headers, signature } };
        await expect(verifyRequest(changed, { keys, version: 15 })).rejects.toMatchObject({
          name: "SignatureError",
        });
      }
    }
  });

  test("a key of one version's side does not speak for the other: requests are not deliveries", async () => {
    const { privateKeyPem, publicKeyPem } = await generateKeyPair("p521");
    const keys = await importPublicKeys(publicKeyPem, { keyId: "k" });
    const signer = await createSigner({ keyId: "k", privateKey: privateKeyPem });
    const request = { method: "POST", url: "https://tenant.test/hooks", headers: {}, body: '{"payload":[]}' };
    const headers = await signer.headers(request);
    await verifyRequest({ ...request, headers }, { keys, version: 15 });
    await expect(verifyRequest({ ...request, headers }, { keys, version: 6 })).rejects.toMatchObject({
      name: "SignatureError",
    });
  });
});

test("a shared token is in Redis as a value that ends; names of keys and locks hold no secret", async () => {
  const api = await listening(() =>
    Response.json({ access_token: "the-token", expires_in: 3600, token_type: "bearer", scope: "users:read" }),
  );
  const { privateKeyPem } = await generateKeyPair("ed25519");
  const commands: string[][] = [];
  const redis = {
    async call(...command: string[]) {
      commands.push(command);
      return command[0] === "SET" ? "OK" : null;
    },
  };
  const client = createUpvestClient({
    baseUrl: api.url,
    clientId: "349c5502-4451-4184-952a-8d350d2cc2d8",
    clientSecret: "the-secret",
    scopes: ["users:read"],
    signer: await createSigner({ keyId: "own", privateKey: privateKeyPem }),
    tokenStore: redisTokenStore(redis),
  });
  await client.call(listUsers);
  api.close();
  const holding = commands.filter((command) => command.join(" ").includes("the-token"));
  expect(holding).toHaveLength(1);
  const [set, name, value, px, ms] = holding[0]!;
  expect([set, px]).toEqual(["SET", "PX"]);
  expect(name).not.toContain("the-token");
  expect(JSON.parse(value!)).toMatchObject({ accessToken: "the-token" });
  expect(Number(ms)).toBeLessThan(3_600_000);
  expect(JSON.stringify(commands)).not.toContain("the-secret");
});

describe("no code is made of data", () => {
  test.each([
    ["eval(x)", "eval"],
    ["globalThis.eval(x)", "eval"],
    ["const run = eval", "eval"],
    ["new Function(x)", "Function"],
    ["globalThis['Function'](x)", "Function"],
    ["(() => {}).constructor('return 1')()", "constructor()"],
    ["setTimeout('x()', 1)", "a timer with a text"],
    ["import(x)", "a module whose name is not a literal"],
    ["require(x)", "a module whose name is not a literal"],
    ["createRequire(import.meta.url)(x)", "a module whose name is not a literal"],
    ["import vm from 'node:vm'", "node:vm"],
    ["require('vm')", "vm"],
  ])("the search finds %s", (text, what) => {
    expect(dynamicCode("a.js", text)).toContain(what);
  });

  test.each([
    "// eval(x)",
    "'new Function'",
    "import('a')",
    "setTimeout(run, 1)",
    "new error.constructor(x)",
  ])("and not %s", (text) => {
    expect(dynamicCode("a.js", text)).toEqual([]);
  });

  const scripts = (folder: string): string[] =>
    filesOf(folder).filter((file) => /\.[cm]?js$/.test(file) && !file.includes("node_modules/"));
  const foundIn = (folder: string): string[] =>
    scripts(folder).flatMap((file) =>
      dynamicCode(file, readFileSync(path.join(folder, file), "utf8")).map((what) => `${file}: ${what}`),
    );

  test("in all packages as they are packed", () => {
    const folders = packAll(scratch);
    expect(folders.size).toBe(7);
    for (const [name, folder] of folders) {
      expect(scripts(folder).length, name).toBeGreaterThan(2);
      expect(foundIn(folder), name).toEqual([]);
    }
  });

  /** The folders of what a package needs of others, and of what those need. */
  function thirdParties(folder: string, found = new Map<string, string>()): Map<string, string> {
    const { dependencies = {} } = JSON.parse(readFileSync(path.join(folder, "package.json"), "utf8"));
    for (const name of Object.keys(dependencies)) {
      let at = folder;
      while (!existsSync(path.join(at, "node_modules", name))) at = path.dirname(at);
      const installed = realpathSync(path.join(at, "node_modules", name));
      if (found.get(name) === installed) continue;
      if (!name.startsWith("@upvest-sdk/")) found.set(name, installed);
      thirdParties(installed, found);
    }
    return found;
  }

  test("nor in what they depend on, but for the sandbox's validator", () => {
    const offending = new Set<string>();
    for (const name of ["client", "signing", "webhooks", "types", "cli", "sandbox"])
      for (const [dependency, folder] of thirdParties(path.join(packages, name)))
        if (foundIn(folder).length > 0) offending.add(`${name}: ${dependency}`);
    expect([...offending].sort()).toEqual([
      // Compiles the schemas of a description to functions: packages/sandbox/src/validation.ts.
      "sandbox: ajv",
      // Loads `cloudflare:workers` where it runs there, by a name that bundlers do not follow.
      "sandbox: hono",
    ]);
  });

  const without = async (program: string): Promise<{ status: number | null; said: string }> => {
    const file = path.join(scratch, `${crypto.randomUUID()}.mjs`);
    const at = (name: string) => JSON.stringify(pathToFileURL(path.join(packages, name)).href);
    await writeFile(
      file,
      program.replace(/"@([\w-]+\/dist\/[\w-]+\.js)"/g, (_, name) => at(name)),
    );
    const args = ["--disallow-code-generation-from-strings", file];
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
    return { status, said: stdout + stderr };
  };

  test("signing, client and webhooks run where the runtime forbids it", async () => {
    const { status, said } = await without(`
      import { createServer } from "node:http";
      import { createUpvestClient } from "@client/dist/index.js";
      import { listUsers } from "@client/dist/operations.js";
      import { createSigner, generateKeyPair, signWebhook, verifyRequest, importPublicKeys } from "@signing/dist/index.js";
      import { createWebhookReceiver, staticKeys } from "@webhooks/dist/index.js";
      try { new Function("return 1")(); console.log("not forbidden"); } catch {}
      const { privateKeyPem, publicKeyJwk } = await generateKeyPair("p521");
      const jwks = { keys: [{ ...publicKeyJwk, kid: "k" }] };
      const keys = await importPublicKeys(jwks);
      const server = createServer(async (request, response) => {
        const parts = [];
        for await (const part of request) parts.push(part);
        const body = Buffer.concat(parts);
        await verifyRequest({ method: request.method, url: "http://" + request.headers.host + request.url, headers: request.headers, body }, { keys, version: 15 });
        response.end(JSON.stringify(request.url === "/auth/token" ? { access_token: "t", expires_in: 60 } : { data: [] }));
      });
      await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
      const signer = await createSigner({ keyId: "k", privateKey: privateKeyPem });
      const client = createUpvestClient({ baseUrl: "http://127.0.0.1:" + server.address().port, clientId: crypto.randomUUID(), clientSecret: "s", scopes: ["users:read"], signer });
      console.log(JSON.stringify(await client.call(listUsers)));
      server.close();
      const url = "https://h.test/", body = '{"payload":[]}';
      const headers = await signWebhook({ url, body }, { keyId: "k", privateKey: privateKeyPem });
      console.log((await createWebhookReceiver({ keys: staticKeys(jwks) }).verify(new Request(url, { method: "POST", headers, body }))).events.length);
    `);
    expect(said).toBe('{"data":[]}\n0\n');
    expect(status).toBe(0);
  });

  test("and so do the programs, but for the sandbox, which says what it needs", async () => {
    const run = (file: string, ...args: string[]) =>
      spawnSync(
        process.execPath,
        ["--disallow-code-generation-from-strings", path.join(packages, file), ...args],
        {
          encoding: "utf8",
        },
      );
    expect(run("cli/bin/upvest.js", "operations", "listUsers").status).toBe(0);
    const description = path.join(repository, "openapi/upvest-investment-api.yaml");
    expect(
      run("codegen/bin/upvest-codegen.js", "generate", description, "--out", path.join(scratch, "g")).status,
    ).toBe(0);
    const { said } = await without(`
      import { startSandbox } from "@sandbox/dist/index.js";
      const { url, credentials, close } = await startSandbox();
      const headers = { "content-type": "application/x-www-form-urlencoded", "upvest-client-id": credentials.clientId };
      await fetch(url + "/auth/token", { method: "POST", headers, body: "a=b" });
      await close();
    `);
    expect(said).toContain("EvalError");
  });
});

describe("dependencies", () => {
  interface Lock {
    lockfileVersion: string;
    packages: Record<string, { resolution: Record<string, unknown> }>;
  }
  interface Workspace {
    catalog: Record<string, string>;
    onlyBuiltDependencies: string[];
    ignoredBuiltDependencies: string[];
  }
  const read = <T>(file: string): T => load(readFileSync(path.join(repository, file), "utf8")) as T;
  const lock = read<Lock>("pnpm-lock.yaml");
  const workspace = read<Workspace>("pnpm-workspace.yaml");

  /** What is not of the registry, or not to be checked. */
  const suspect = ({ packages: locked }: Pick<Lock, "packages">): string[] =>
    Object.entries(locked).flatMap(([name, { resolution }]) => {
      const { integrity, ...more } = resolution ?? {};
      const checked = typeof integrity === "string" && /^sha512-[\w+/]{86}==$/.test(integrity);
      const version = /^(@[\w.-]+\/)?[\w.-]+@\d+\.\d+\.\d+[\w.+-]*$/.test(name);
      return checked && version && Object.keys(more).length === 0 ? [] : [name];
    });

  test("are of the registry, by version and digest, every one", () => {
    expect(lock.lockfileVersion).toBe("9.0");
    expect(Object.keys(lock.packages).length).toBeGreaterThan(200);
    expect(suspect(lock)).toEqual([]);
  });

  test.each([
    ["a digest that is missing", "a@1.0.0", {}],
    ["a weak digest", "a@1.0.0", { integrity: "sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk=" }],
    ["a tarball", "a@1.0.0", { integrity: `sha512-${"A".repeat(86)}==`, tarball: "https://evil.test/a.tgz" }],
    ["git", "a@https://codeload.github.com/x/y/tar.gz/abc", { integrity: `sha512-${"A".repeat(86)}==` }],
    ["a folder", "a@file:../a", { directory: "../a", type: "directory" }],
  ])("the check finds %s", (_, name, resolution) => {
    expect(suspect({ packages: { [name]: { resolution } } })).toEqual([name]);
  });

  test("have exact versions in the catalog", () => {
    const loose = Object.values(workspace.catalog).filter(
      (range) => !/^(npm:(@[\w-]+\/)?[\w-]+@)?\d+\.\d+\.\d+$/.test(range),
    );
    expect(loose).toEqual([]);
  });

  test("have no install script that is not known, and none runs", () => {
    expect(workspace.onlyBuiltDependencies).toEqual([]);
    const store = path.join(repository, "node_modules/.pnpm");
    const found = new Set<string>();
    let seen = 0;
    for (const name of Object.keys(lock.packages)) {
      const bare = name.slice(0, name.lastIndexOf("@"));
      const folders = readdirSync(store).filter(
        (folder) => folder === name.replace("/", "+") || folder.startsWith(`${name.replace("/", "+")}_`),
      );
      for (const folder of folders) {
        const at = path.join(store, folder, "node_modules", bare);
        const file = path.join(at, "package.json");
        // Of other systems: not installed here.
        if (!existsSync(file)) continue;
        seen++;
        const { scripts = {} } = JSON.parse(readFileSync(file, "utf8"));
        const hooks = ["preinstall", "install", "postinstall"].filter((hook) => scripts[hook] !== undefined);
        if (hooks.length > 0 || existsSync(path.join(at, "binding.gyp"))) found.add(bare);
      }
    }
    expect(seen).toBeGreaterThan(200);
    expect([...found].sort()).toEqual([...workspace.ignoredBuiltDependencies].sort());
  });
});

describe("the audit of dependencies", () => {
  const advisory = (id: number, severity: string) => ({
    id,
    severity,
    module_name: "left-pad",
    vulnerable_versions: "<2.0.0",
    title: "It pads too much",
    url: `https://advisories.test/${id}`,
    findings: [{ version: "1.0.0", paths: ["packages__client>left-pad"] }],
  });
  const answer = (advisories: object[], totalDependencies = 300) => {
    const count = (severity: string) =>
      advisories.filter((one) => Object.values(one).includes(severity)).length;
    const severities = ["info", "low", "moderate", "high", "critical"];
    const vulnerabilities = Object.fromEntries(severities.map((one) => [one, count(one)]));
    return Response.json({
      actions: [],
      advisories: Object.fromEntries(advisories.map((one) => [Object.values(one)[0], one])),
      muted: [],
      metadata: { vulnerabilities, dependencies: totalDependencies, devDependencies: 0, totalDependencies },
    });
  };
  const low = advisory(1, "low");
  const high = advisory(2, "high");

  test.concurrent.each<[string, (turn: number) => Response, string | undefined, number, RegExp]>([
    ["nothing is known", () => answer([]), undefined, 0, /0 known vulnerabilities, 0 of them/],
    ["what runs has a small one", () => answer([low]), undefined, 1, /runs: low {2}left-pad/],
    ["the work on it has a small one", (turn) => answer(turn ? [low] : []), undefined, 0, /development: low/],
    ["the work on it has a bad one", (turn) => answer(turn ? [high] : []), undefined, 1, /development: high/],
    ["there is no endpoint", () => new Response(null, { status: 405 }), undefined, 3, /could not be made/],
    [
      "there is none, where releases are made",
      () => new Response(null, { status: 405 }),
      "true",
      1,
      /could not/,
    ],
    ["the answer is no audit", () => Response.json({}), undefined, 3, /could not be made/],
    ["the answer is a page", () => new Response("<html>"), undefined, 3, /could not be made/],
  ])("%s", async (_, respond, inActions, status, says) => {
    let turn = 0;
    const registry = await listening(() => respond(turn++));
    const { GITHUB_ACTIONS: _ours, ...inherited } = process.env;
    const env = { ...inherited, ...(inActions !== undefined && { GITHUB_ACTIONS: inActions }) };
    const args = [path.join(repository, "scripts/audit.mjs"), "--registry", registry.url];
    const child = spawn(process.execPath, args, { env });
    let said = "";
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (part: string) => {
        said += part;
      });
    const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
    registry.close();
    expect(said).toMatch(says);
    expect(code, said).toBe(status);
    expect(turn).toBeGreaterThan(0);
  });
});

describe("the release", () => {
  interface Step {
    uses?: string;
    run?: string;
    with?: Record<string, unknown>;
    env?: Record<string, string>;
  }
  interface Job {
    permissions?: Record<string, string>;
    needs?: string | string[];
    steps: Step[];
  }
  interface Workflow {
    permissions: Record<string, string>;
    jobs: Record<string, Job>;
  }
  const text = readFileSync(path.join(repository, ".github/workflows/release.yml"), "utf8");
  const workflow = load(text) as Workflow;
  const jobs = Object.entries(workflow.jobs);

  test("uses actions by their commit, each with its version beside it", () => {
    const used = [...text.matchAll(/uses: (\S+)(.*)/g)];
    expect(used.length).toBeGreaterThan(3);
    for (const [, action, comment] of used) {
      expect(action).toMatch(/^[\w-]+\/[\w-]+@[\da-f]{40}$/);
      expect(comment).toMatch(/^ # v\d+\.\d+\.\d+$/);
    }
  });

  test("gives each job what it needs and no more; only the one that publishes has an identity", () => {
    expect(workflow.permissions).toEqual({});
    expect(Object.fromEntries(jobs.map(([name, { permissions }]) => [name, permissions]))).toEqual({
      check: { contents: "read" },
      version: { contents: "write", "pull-requests": "write" },
      publish: { contents: "write", "id-token": "write" },
    });
  });

  test("publishes what was checked, with provenance, and without a token that could be stolen", () => {
    expect(workflow.jobs["check"]!.steps.some(({ run }) => run === ".ci/run")).toBe(true);
    expect(workflow.jobs["version"]!.needs).toBe("check");
    expect(workflow.jobs["publish"]!.needs).toContain("check");
    const publishing = workflow.jobs["publish"]!.steps.find(({ run }) => run?.includes("changeset publish"));
    expect(publishing?.env).toMatchObject({ NPM_CONFIG_PROVENANCE: "true" });
    expect(text).not.toMatch(/NPM_TOKEN|NODE_AUTH_TOKEN/);
    expect(text).not.toMatch(/\$\{\{ *github\.event/);
    for (const { uses, with: given } of jobs.flatMap(([, { steps }]) => steps))
      if (uses?.startsWith("actions/checkout@")) expect(given).toHaveProperty("persist-credentials");
  });
});

import { execFileSync, spawn } from "node:child_process";
import { createPrivateKey, generateKeyPairSync } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import {
  type ClientOptions,
  clientOptionsFromEnv,
  createUpvestClient,
  diagnose,
  type Hooks,
  idempotencyKeyFrom,
  redisTokenStore,
  type UpvestClient,
} from "@upvest-sdk/client";
import { createUser, issueToken, listAccounts, listUsers, retrieveUser } from "@upvest-sdk/client/operations";
import { readDescription } from "@upvest-sdk/codegen";
import { startSandbox } from "@upvest-sdk/sandbox";
import * as portable from "@upvest-sdk/signing";
import { nobleKey } from "@upvest-sdk/signing/noble";
import * as node from "@upvest-sdk/signing/node";
import {
  createWebhookReceiver,
  type Deduplication,
  type DeliveryRequest,
  parseEvent,
  type ReceiverOptions,
  redisDeduplication,
  remoteKeys,
  staticKeys,
} from "@upvest-sdk/webhooks";
import { toNodeHandler } from "@upvest-sdk/webhooks/node";
import ts from "typescript";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { Canaries } from "./support/canaries.js";
import { filesOf, packAll } from "./support/pack.js";

// Secrets are used through every package, every code of an error is brought about, and all that came out is searched.

const repository = fileURLToPath(new URL("../../", import.meta.url));
const packages = path.join(repository, "packages/");
const canaries = new Canaries();

const clientSecret = 'canary client secret+ü/"=1';
const token = "ory_at_canary-token-5d0a7f3c9b";
const passphrase = "canary passphrase ü 0c7d";
const wrongPassphrase = "canary passphrase mistyped";
canaries.plant("the client secret", clientSecret);
canaries.plant("a token", token);
canaries.plant("a passphrase", passphrase);
canaries.plant("a mistyped passphrase", wrongPassphrase);

/** A private key as PEM and JWK; what is secret of it is planted. */
function newKey(type: "p521" | "ed25519") {
  const { privateKey, publicKey } =
    type === "p521" ? generateKeyPairSync("ec", { namedCurve: "P-521" }) : generateKeyPairSync("ed25519");
  const pem = privateKey.export({ type: "pkcs8", format: "pem" }) as string;
  const jwk = privateKey.export({ format: "jwk" }) as Record<string, string>;
  const cipher = { type: "pkcs8", format: "pem", cipher: "aes-256-cbc", passphrase } as const;
  const sealed = privateKey.export(cipher) as string;
  for (const text of [pem, sealed])
    for (const line of text.split("\n"))
      if (/^[\w+/=]{16,}$/.test(line)) canaries.plant(`a private key (${type})`, line);
  canaries.plant(`a private key (${type})`, jwk["d"]!);
  canaries.plant(`a private key (${type})`, new Uint8Array(Buffer.from(jwk["d"]!, "base64url")));
  const publicJwk = publicKey.export({ format: "jwk" }) as Record<string, string>;
  return { pem, sealed, jwk, publicJwk, seed: new Uint8Array(Buffer.from(jwk["d"]!, "base64url")) };
}
const p521 = newKey("p521");
const ed25519 = newKey("ed25519");
const keyId = "b49c6590-8b11-48f3-952f-6be6185af01e";

/** The codes of a union in a source, so that a new one is not forgotten here. */
function codesOf(file: string, type: string): string[] {
  const source = ts.createSourceFile(file, readFileSync(packages + file, "utf8"), ts.ScriptTarget.Latest);
  const union = source.statements.find((one) => ts.isTypeAliasDeclaration(one) && one.name.text === type);
  const codes: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isStringLiteral(node)) codes.push(node.text);
    ts.forEachChild(node, visit);
  };
  if (union) visit(union);
  return codes;
}

/** Does it, and keeps what comes of it, good or bad. */
async function attempt(codes: Set<string>, what: string, work: () => unknown): Promise<void> {
  try {
    canaries.record(what, await work());
  } catch (error) {
    canaries.record(what, error);
    const { code } = Object(error);
    if (typeof code === "string") codes.add(code);
  }
}

/** What holds a secret by its nature where it succeeds: of that, only errors are kept. */
const unlessDone = async (work: () => unknown): Promise<void> => {
  await work();
};

const missing = (all: readonly string[], provoked: ReadonlySet<string>): string[] =>
  all.filter((code) => !provoked.has(code));

let scratch = "";
const written: string[] = [];
beforeAll(async () => {
  scratch = await mkdtemp(path.join(tmpdir(), "upvest-canaries-"));
  for (const name of ["log", "info", "warn", "error", "debug", "trace"] as const)
    vi.spyOn(console, name).mockImplementation((...args: unknown[]) => {
      written.push(name);
      canaries.record(`console.${name}`, args);
    });
});
afterAll(async () => {
  vi.restoreAllMocks();
  await rm(scratch, { recursive: true, force: true });
});

describe("the search", () => {
  const hex = Buffer.from(clientSecret).toString("hex");
  test.each<[string, unknown]>([
    ["a text", `x${clientSecret}y`],
    ["half of it", clientSecret.slice(0, 14)],
    ["a URL", `https://h/?a=${encodeURIComponent(clientSecret)}`],
    ["a form", `${new URLSearchParams({ a: clientSecret })}`],
    ["JSON", JSON.stringify({ a: clientSecret })],
    ["hex", `0x${hex}`],
    ["hex in capitals", hex.toUpperCase()],
    ["Base64", Buffer.from(clientSecret).toString("base64")],
    ["Base64 of more, by one", btoa(`i${unescape(encodeURIComponent(clientSecret))}`)],
    ["Base64 of more, by two", Buffer.from(`id${clientSecret}:`).toString("base64url")],
    ["bytes", Buffer.from(clientSecret)],
    ["an array of bytes", new Uint8Array(Buffer.from(clientSecret))],
    ["bytes as JSON", JSON.stringify(new Uint8Array(Buffer.from(clientSecret)))],
    ["a key's number", { d: ed25519.seed }],
    ["a line of a PEM", new Error(p521.pem.split("\n")[2])],
    ["a cause", new Error("x", { cause: new Error("y", { cause: { headers: [token] } }) })],
    ["one of several errors", new AggregateError([new Error(passphrase)])],
    ["a getter", Object.defineProperty({}, "a", { enumerable: true, get: () => token })],
    ["what is not enumerable", Object.defineProperty(new Error("x"), "a", { value: { b: token } })],
    ["a map", new Map([["a", new Set([token])]])],
    ["headers", new Headers({ authorization: `Bearer ${token}` })],
  ])("finds it in %s", (_, value) => {
    const own = new Canaries();
    own.plant("s", clientSecret);
    own.plant("s", token);
    own.plant("s", passphrase);
    own.plant("s", ed25519.seed);
    own.plant("s", p521.pem.split("\n")[2]!);
    own.record("it", value);
    expect(own.found()).toEqual(["it shows s"]);
  });

  test("finds nothing in what holds none", () => {
    const own = new Canaries();
    own.plant("s", clientSecret);
    for (const value of [new Error("client secret"), { a: [1, 2, 3] }, hex.slice(0, 16), undefined, null])
      own.record("it", value);
    expect(own.found()).toEqual([]);
  });
});

const entries = [
  ["@upvest-sdk/signing", portable],
  ["@upvest-sdk/signing/node", node],
] as const;

test.each(entries)("%s: keys, signatures, every code", async (entry, signing) => {
  const codes = new Set<string>();
  const tried = (what: string, work: () => unknown) => attempt(codes, `${entry}, ${what}`, work);
  const { createSigner, verifyRequest, importPublicKeys, generateKeyPair, signWebhook } = signing;
  const make = (privateKey: unknown, more: object = {}) =>
    createSigner({ keyId, privateKey: privateKey as string, ...more });

  // Keys, right and wrong.
  const other = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;
  const scrypt = createPrivateKey(p521.pem).export({ type: "sec1", format: "pem" }) as string;
  const sealedSec1 = createPrivateKey(p521.pem).export({
    type: "sec1",
    format: "pem",
    cipher: "aes-256-cbc",
    passphrase,
  }) as string;
  const web = await crypto.subtle.generateKey("Ed25519", true, ["sign", "verify"]);
  for (const key of [p521.pem, p521.jwk, ed25519.pem, ed25519.seed, ed25519.jwk, scrypt])
    await tried("a key", () => make(key));
  await tried("a sealed key", () => make(p521.sealed, { passphrase }));
  await tried("a CryptoKey", async () => make((web as { publicKey: unknown }).publicKey));
  await tried("no passphrase", () => make(p521.sealed));
  await tried("a wrong passphrase", () => make(p521.sealed, { passphrase: wrongPassphrase }));
  await tried("a sealed key for Node", () => make(sealedSec1, { passphrase }));
  await tried("another algorithm", () => make(other.export({ format: "jwk" })));
  for (const key of [
    p521.pem.slice(0, -80),
    p521.pem.replace("A", "?"),
    p521.pem.replaceAll("\n", " x "),
    p521.sealed.slice(0, 300),
    JSON.stringify(p521.jwk),
    Buffer.from(p521.pem).toString("base64"),
    { ...p521.jwk, d: `${p521.jwk["d"]}AAAA` },
    { ...ed25519.jwk, kty: "oct", k: ed25519.jwk["d"] },
    ed25519.seed.slice(1),
    [p521.pem],
  ])
    await tried("a broken key", () => make(key));
  for (const options of [
    { keyId: p521.pem },
    { keyId: clientSecret },
    { lifetime: passphrase },
    { now: token },
  ])
    await tried("a wrong option", () => make(p521.pem, options));
  await tried("no key function's answer", async () =>
    (await createSigner({ privateKey: () => ({ privateKey: p521.pem }) as never })).headers({
      method: "GET",
      url: "https://h/",
      headers: {},
    }),
  );
  await tried("a key elsewhere", async () =>
    (await make({ algorithm: "ed25519", sign: async () => Buffer.from(token) })).headers({
      method: "GET",
      url: "https://h/",
      headers: {},
    }),
  );
  await tried("another type of key", () => generateKeyPair(p521.pem as "p521"));
  await tried("a noble key", () => nobleKey(ed25519.pem));
  await tried("a noble key of P-521", () => nobleKey(p521.pem));
  await tried("public keys of private ones", () =>
    importPublicKeys({
      keys: [
        { ...p521.jwk, kid: "a" },
        { ...ed25519.jwk, kid: "b" },
      ] as never,
    }),
  );
  for (const key of [p521.pem, { keys: [{ ...ed25519.jwk, x: "AA" }] }, { ...p521.jwk, kty: "RSA" }, token])
    await tried("a broken public key", () => importPublicKeys(key as never));

  // What is signed.
  const signer = canaries.record(`${entry}, signer`, await make(p521.pem));
  const url = "https://api.test/users?limit=1";
  const headers = { authorization: `Bearer ${token}`, accept: "application/json", "x-secret": clientSecret };
  const body = JSON.stringify({ note: passphrase });
  const request = { method: "POST", url, headers, body };
  await tried("explain", () => signer.explain(request));
  await tried("explain a Request", () => signer.explain(new Request(url, { headers })));
  for (const wrong of [
    { ...request, method: token },
    { ...request, url: clientSecret },
    { ...request, url: `https://me:${clientSecret}@exa mple/` },
    { ...request, headers: { authorization: `Bearer ${token}\n` } },
    { ...request, headers: { [`x ${token}`]: "1" } },
    { ...request, headers: [[token]] },
    { ...request, body: { token } },
  ])
    await tried("a wrong request", () => unlessDone(() => signer.headers(wrong as never)));
  const read = new Request(url, { method: "POST", body: clientSecret, headers });
  await read.text();
  await tried("a request that was read", () => signer.sign(read));
  const small = await make(p521.pem, { maxBodyBytes: 5 });
  const large = () =>
    new Request(url, { method: "POST", body: new Blob([body]).stream(), duplex: "half" } as object);
  await tried("a large body", () => small.sign(large()));

  // What is verified.
  const keys = await importPublicKeys({ keys: [{ ...p521.publicJwk, kid: keyId } as never] });
  const sent = await signer.headers(request);
  const verify = (changes: Record<string, string | undefined>, options: object = {}, text = body) =>
    tried(`verify ${JSON.stringify(changes).slice(0, 40)}`, () => {
      const all = Object.entries({ ...sent, ...changes }).filter(([, value]) => value !== undefined);
      const message = { ...request, headers: Object.fromEntries(all) as Record<string, string>, body: text };
      return verifyRequest(message, { keys, version: 15, ...options });
    });
  const input = sent["signature-input"]!;
  const edit = (from: RegExp, to: string, options?: object) =>
    verify({ "signature-input": input.replace(from, to) }, options);
  await verify({}, { keys: undefined });
  await verify({ signature: undefined });
  await verify({ signature: token });
  await verify({ "signature-input": `sig1=${token.length}` });
  await verify({ signature: `sig1=:${Buffer.from(token).toString("base64")}:` });
  await verify({}, { label: "other" });
  await verify({ signature: `${sent["signature"]}, ${sent["signature"]}` });
  await verify({ "upvest-signature-version": "7" }, { version: "either" });
  await verify({ "x-pad": token.repeat(1000) });
  await edit(/"@method"/, '"@nope"');
  await edit(/"@method"/, '"@path" "@method"');
  await edit(/"@method"/, '"@method";x=1');
  await edit(/"@method"/, '"@method" "x-none"');
  await verify({}, { required: ["x-secret"] });
  await edit(/ "content-digest"/, "");
  await verify({ "content-digest": token });
  await verify({}, {}, body.replace("c", "d"));
  await verify({}, {}, `${body} `);
  await edit(/created=/, "created=0");
  await edit(/created=\d+/, "created=9999999999");
  await verify({}, { now: () => 0 });
  await verify({}, { now: () => Date.now() + 3_600_000 });
  await verify({}, { now: () => Date.now() + 3_600_000, enforceExpires: false, maxAge: 1 });
  await edit(/keyid="[^"]+"/, `keyid="${token}"`);
  await edit(/;nonce/, ';alg="ed25519";nonce');
  await verify({ authorization: `Bearer ${token}x` });
  await verify({ accept: clientSecret.replace("ü", "") });
  await tried("verify what is no request", () => verifyRequest({ token } as never, { keys, version: 15 }));
  await tried("a webhook", () => signWebhook({ url: clientSecret, body }, { keyId, privateKey: p521.pem }));

  const all = codesOf("signing/src/errors.ts", "SignatureErrorCode");
  expect(all.length).toBeGreaterThan(25);
  // What a runtime lacks is not to be had here; packages/signing/test/keys.test.ts takes it away.
  const notHere = [...(signing === node ? ["KEY_NEEDS_NODE"] : []), "RUNTIME_LACKS_ALGORITHM"];
  expect(missing(all, codes)).toEqual(notHere);
  expect(canaries.found()).toEqual([]);
});

type Handler = (quoted: string, response: ServerResponse, request: IncomingMessage) => void;

/** A server that quotes all that it was sent, headers and body. */
async function quotingServer(): Promise<{ url: string; answers: Record<string, Handler>; close(): void }> {
  const answers: Record<string, Handler> = {};
  const server: Server = createServer(async (request, response) => {
    let body = "";
    for await (const part of request) body += part;
    const quoted = `${request.url} ${request.rawHeaders.join("\n")} ${body} ${body.startsWith("{") ? "" : [...new URLSearchParams(body)]}`;
    const name = request.url!.startsWith("/auth/token") ? "token" : "call";
    answers[name]!(quoted, response, request);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    answers,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

const json =
  (status: number, make: (quoted: string) => object): Handler =>
  (quoted, response) =>
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(make(quoted)));
const problem = (status: number): Handler =>
  json(status, (quoted) => ({ type: quoted, title: quoted, status, detail: quoted, instance: quoted }));
const text =
  (status: number, headers: Record<string, string> = {}): Handler =>
  (quoted, response) =>
    response.writeHead(status, headers).end(`<pre>${quoted}`);
const goodToken = json(200, () => ({ access_token: token, expires_in: 3600, token_type: "bearer" }));

const failing: Record<string, Handler> = {
  "a problem, 400": problem(400),
  "a problem, 401": problem(401),
  "a problem, 409": problem(409),
  "a problem, 429": problem(429),
  "a problem, 503": problem(503),
  "HTML, 403": text(403),
  "HTML, 502": text(502),
  "HTML, 200": text(200),
  "a redirect": text(302, { location: "http://127.0.0.1:9/" }),
  "a body that is cut": (quoted, response) => {
    response.writeHead(200, { "content-length": "100000" }).write(quoted);
    setTimeout(() => response.destroy(), 20);
  },
  "a connection that is cut": (_, response) => response.destroy(),
  "no answer": () => {},
};

test("@upvest-sdk/client: every failure of calls and tokens, hooks, every code", async () => {
  const codes = new Set<string>();
  const tried = (what: string, work: () => unknown) => attempt(codes, `client, ${what}`, work);
  const server = await quotingServer();
  const gone = await quotingServer();
  const closed = gone.url;
  gone.close();
  const signer = await node.createSigner({ keyId, privateKey: p521.pem });
  const hook = (name: string) => (info: unknown) => void canaries.record(`client, ${name}`, info);
  const hooks: Hooks = {
    onRequest: hook("onRequest"),
    onResponse: hook("onResponse"),
    onRetry: hook("onRetry"),
    onToken: hook("onToken"),
  };
  const options = {
    baseUrl: server.url,
    clientId: "349c5502-4451-4184-952a-8d350d2cc2d8",
    clientSecret,
    scopes: ["users:read", "users:admin", "webhooks:read"] as const,
    signer,
    hooks,
    timeout: 250,
    retry: { maxRetries: 1, baseDelay: 0 },
  } satisfies ClientOptions;
  const make = (more: object = {}): UpvestClient =>
    canaries.record("client", createUpvestClient({ ...options, ...more } as ClientOptions));
  const person = { first_name: "Ada", last_name: "L" } as never;
  const all = async (items: AsyncIterable<unknown>): Promise<void> => {
    for await (const _ of items);
  };
  const useAll = async (client: UpvestClient, what: string): Promise<void> => {
    const form = {
      client_id: options.clientId,
      client_secret: clientSecret,
      grant_type: "client_credentials",
    };
    await tried(what, () => client.call(listUsers));
    await tried(what, () => client.call(createUser, { body: person }));
    await tried(what, () =>
      unlessDone(() => client.call(issueToken, { body: { ...form, scope: "users:read" } } as never)),
    );
    await tried(what, () => client.POST("/users", { body: person }));
    await tried(what, async () => {
      await all(client.paginate(listUsers));
    });
    await tried(what, () => diagnose(client));
  };

  try {
    for (const [name, handler] of Object.entries(failing)) {
      Object.assign(server.answers, { token: goodToken, call: handler });
      await useAll(make(), `a call that is answered with ${name}`);
      Object.assign(server.answers, { token: handler, call: json(200, () => ({ data: [] })) });
      await useAll(make(), `a token that is answered with ${name}`);
    }
    server.answers["token"] = json(200, (quoted) => ({ access_token: `${token}\n${quoted}`, expires_in: 1 }));
    await useAll(make(), "a token that is none");

    // The tokens that were given, and what goes wrong on this side.
    Object.assign(server.answers, { token: goodToken, call: json(200, () => ({ data: [] })) });
    const ok = make();
    await tried("a signal", () => ok.call(listUsers, { signal: AbortSignal.abort() }));
    server.answers["call"] = () => {};
    await tried("a deadline", () => ok.call(listUsers, { deadline: 50 }));
    await tried("a scope", () => ok.call(listAccounts));
    await tried("nobody there", () => make({ baseUrl: closed }).call(listUsers));
    const throwing = () => {
      throw new Error("of the test");
    };
    await tried("a signer", () => make({ signer: { headers: throwing } }).call(listUsers));
    await tried("a secret", () => make({ clientSecret: throwing }).call(listUsers));
    await tried("a token store", () => make({ tokenStore: { getToken: throwing } }).call(listUsers));
    await tried("explicit keys", () => make({ idempotency: "explicit" }).call(createUser, { body: person }));
    await tried("a wrong key", () => ok.call(createUser, { body: person, idempotencyKey: clientSecret }));
    await tried("a wrong path", () => ok.call(retrieveUser, { path: { user_id: `${token}/..` } }));
    await tried("no operation", () => ok.call(clientSecret as never));
    await tried("a wrong header", () =>
      ok.GET("/users", { params: { header: { accept: `${token}ü` } } } as never),
    );
    await tried("a wrong query", () => ok.GET("/users", { params: { query: { a: { token } } } } as never));
    await tried("ids", () => idempotencyKeyFrom(createUser, token, {} as never));
    let total = 5;
    server.answers["call"] = json(200, () => ({
      meta: { total_count: total-- },
      data: [{ id: `${total}` }],
    }));
    await tried("pages", async () => {
      await all(make().paginate(listUsers, { query: { limit: 1 } }));
    });

    // Secrets where something else belongs.
    for (const wrong of [
      { clientId: clientSecret },
      { baseUrl: `https://me:${clientSecret}@example.com` },
      { baseUrl: `https://example.com/?key=${encodeURIComponent(clientSecret)}` },
      { baseUrl: clientSecret },
      { environment: token, baseUrl: undefined },
      { scopes: [clientSecret] },
      { scopes: token },
      { signer: p521.pem },
      { signer: { privateKey: p521.pem } },
      { clientSecret: { clientSecret } },
      { timeout: passphrase },
      { retry: { maxRetries: passphrase } },
      { hooks: { onRequest: token } },
      { idempotency: token },
    ])
      await tried("an option", () => make(wrong));
    await tried("the environment", () =>
      clientOptionsFromEnv({ UPVEST_API_CLIENT_SECRET: clientSecret, UPVEST_API_CLIENT_ID: " " }),
    );
    vi.stubGlobal("navigator", { userAgent: "Mozilla/5.0" });
    vi.stubGlobal("process", {});
    const inPage = attempt(codes, "client, a page", () => createUpvestClient(options));
    vi.unstubAllGlobals();
    await inPage;

    // The store gets the token; what is said of it holds none.
    const redis = { call: async (command: string) => (command === "SET" ? "OK" : null) };
    const tokenStore = canaries.record("client, token store", redisTokenStore(redis));
    await tried("a shared token", () => make({ tokenStore }).call(listUsers));
  } finally {
    server.close();
  }
  const known = codesOf("client/src/errors.ts", "UpvestErrorCode");
  expect(known.length).toBeGreaterThan(15);
  expect(missing(known, codes)).toEqual([]);
  expect(canaries.found()).toEqual([]);
});

test("@upvest-sdk/webhooks: what was sent, and keys, in no error, answer or hook", async () => {
  const codes = new Set<string>();
  const person = "Canaria Vogelsang, DE89370400440532013000";
  const own = new Canaries();
  own.plant("what was sent", person);
  const url = "https://tenant.test/hooks";
  const event = (id: string) => ({
    id,
    type: "USER.CREATED",
    created_at: "2026-01-01T00:00:00Z",
    object: { person },
  });
  const jwks = { keys: [{ ...p521.jwk, kid: keyId } as never] };
  const signed = async (body: string, more: Record<string, string> = {}, method = "POST") => {
    const given = { "content-type": "application/json", authorization: `Bearer ${token}`, ...more };
    const headers = await node.signWebhook({ url, body, headers: given }, { keyId, privateKey: p521.pem });
    return new Request(url, { method, headers: { ...headers, ...more }, ...(method === "POST" && { body }) });
  };
  const envelope = (...ids: string[]) => JSON.stringify({ payload: ids.map(event) });
  const record = (what: string, value: unknown): void => {
    canaries.record(`webhooks, ${what}`, value);
    own.record(`webhooks, ${what}`, value);
  };
  const deliver = async (
    what: string,
    request: DeliveryRequest,
    more: Partial<ReceiverOptions> = {},
    handler: () => unknown = () => {},
  ): Promise<void> => {
    const receiver = createWebhookReceiver({
      keys: staticKeys(jwks),
      claimWait: 0,
      onError(error, info) {
        codes.add(error.code);
        record(`onError, ${what}`, [error, info]);
      },
      onDelivery: (info) => record(`onDelivery, ${what}`, info),
      ...more,
    }).on("*", handler);
    record("receiver", receiver);
    const response = (await receiver.handle(request)) as Response;
    record(`answer, ${what}`, [response.status, [...response.headers], await response.text()]);
  };
  const store = (more: Partial<Deduplication>): Deduplication => ({
    lease: 1000,
    claim: async () => ({ state: "claimed", failures: 0 }),
    renew: async () => true,
    confirm: async () => true,
    release: async () => {},
    ...more,
  });
  const throwing = () => {
    throw new Error("of the test");
  };
  const good = () => signed(envelope("1"));

  await deliver("all is well", await good());
  await deliver("GET", await signed("", {}, "GET"));
  await deliver("no JSON by its type", await signed(envelope("1"), { "content-type": "text/plain" }));
  await deliver("too large", await good(), { maxBodyBytes: 10 });
  await deliver(
    "a forged body",
    new Request(url, { method: "POST", headers: (await good()).headers, body: person }),
  );
  await deliver("no signature", new Request(url, { method: "POST", body: envelope("1") }));
  for (const body of [person, `{"payload":"${person}"}`, `{"payload":[{"id":"${person}"}]}`, `[${person}`])
    await deliver("no envelope", await signed(body));
  await deliver("keys that cannot be had", await good(), { keys: throwing });
  await deliver("keys that are none", await good(), {
    keys: staticKeys({ keys: [{ ...p521.jwk, kty: "oct" } as never] }),
  });
  await deliver("no claim", await good(), { deduplicate: store({ claim: async () => throwing() }) });
  await deliver("held", await good(), { deduplicate: store({ claim: async () => ({ state: "held" }) }) });
  await deliver("lost", await good(), { deduplicate: store({ confirm: async () => false }) });
  await deliver("a handler that fails", await good(), {}, throwing);
  await deliver(
    "a dead letter that fails",
    await good(),
    { deadLetter: { after: 1, handle: throwing } },
    throwing,
  );
  await deliver("a url that fails", await good(), { url: throwing });
  for (const options of [
    { keys: p521.pem },
    { keys: throwing, url: clientSecret },
    { keys: throwing, version: token },
  ])
    await attempt(codes, "webhooks, an option", () => createWebhookReceiver(options as never));
  await attempt(codes, "webhooks, an event", () => parseEvent(`{"id": "${person}"}`));
  await attempt(codes, "webhooks, remote keys", () =>
    remoteKeys({ scopes: [token], call: throwing as never }),
  );
  await attempt(codes, "webhooks, static keys", () => staticKeys(jwks)(keyId));

  // The API's keys, from a server that quotes token and secret.
  const server = await quotingServer();
  const signer = await node.createSigner({ keyId, privateKey: p521.pem });
  for (const handler of [problem(401), text(502), json(200, (quoted) => ({ keys: [{ kid: quoted }] }))]) {
    Object.assign(server.answers, { token: goodToken, call: handler });
    const client = createUpvestClient({
      baseUrl: server.url,
      clientId: "349c5502-4451-4184-952a-8d350d2cc2d8",
      clientSecret,
      scopes: ["webhooks:read"],
      signer,
      retry: { maxRetries: 0 },
    });
    await deliver("the API's keys", await good(), { keys: remoteKeys(client) });
  }
  server.close();

  // Behind a body parser.
  const parsed = createWebhookReceiver({
    keys: staticKeys(jwks),
    onError(error, info) {
      codes.add(error.code);
      record("onError, behind a body parser", [error, info]);
    },
  });
  const behind = createServer(async (request, response) => {
    let body = "";
    for await (const part of request) body += part;
    await toNodeHandler(parsed)(Object.assign(request, { body: JSON.parse(body) }), response);
  });
  await new Promise<void>((resolve) => behind.listen(0, "127.0.0.1", resolve));
  const { headers } = await good();
  const answer = await fetch(`http://127.0.0.1:${(behind.address() as AddressInfo).port}/hooks`, {
    method: "POST",
    headers,
    body: envelope("1"),
  });
  record("answer behind a body parser", await answer.text());
  behind.close();

  // Redis is told ids of events, and nothing else of them.
  const redis = {
    async call(...command: string[]) {
      record("Redis", command);
      return ["claimed", "0", ""];
    },
  };
  await deliver("Redis", await good(), { deduplicate: redisDeduplication(redis) });

  const all = codesOf("webhooks/src/errors.ts", "WebhookErrorCode");
  expect(all.length).toBeGreaterThan(10);
  expect(missing(all, codes)).toEqual([]);
  expect(canaries.found()).toEqual([]);
  expect(own.found()).toEqual([]);
});

test("@upvest-sdk/sandbox: refusals, records and console tell no token, secret or key", async () => {
  const sandbox = await startSandbox({ clock: "manual" });
  const own = new Canaries();
  const { clientId, clientSecret: secret, keyId: id, privateKeyPem } = sandbox.credentials;
  own.plant("the sandbox's secret", secret);
  for (const line of privateKeyPem.split("\n")) if (/^[\w+/=]{40,}$/.test(line)) own.plant("its key", line);
  let given = "";
  const options: ClientOptions = {
    baseUrl: sandbox.url,
    clientId,
    clientSecret: secret,
    scopes: sandbox.scopes,
    signer: await node.createSigner({ keyId: id, privateKey: privateKeyPem }),
    // Quick, so that a 429 or a wrong base is seen once.
    retry: { maxRetries: 0 },
    fetch: async (url, init) => {
      const response = await fetch(url, init as RequestInit);
      if (url.endsWith("/auth/token")) {
        const { access_token } = (await response.clone().json()) as { access_token?: string };
        given = access_token ?? given;
      }
      return response;
    },
  };
  const client = createUpvestClient(options);
  try {
    await client.call(listUsers);
    expect(given).toMatch(/^ory_at_/);
    own.plant("its token", given);
    const authorization = `Bearer ${given}`;
    const form = {
      client_id: clientId,
      client_secret: secret,
      grant_type: "client_credentials",
      scope: "x:y",
    };
    const signer = options.signer as portable.Signer;
    const send = async (
      target: string,
      init: RequestInit,
      sign: boolean,
      change: object = {},
    ): Promise<void> => {
      const request = {
        method: init.method ?? "GET",
        url: sandbox.url + target,
        headers: init.headers as Record<string, string>,
        body: init.body as string,
      };
      const headers = sign ? await signer.headers(request) : request.headers;
      const response = await fetch(request.url, { ...init, headers: { ...headers, ...change } });
      own.record(`answer to ${target.slice(0, 20)}`, [
        response.status,
        [...response.headers],
        await response.text(),
      ]);
    };
    const headers = { authorization, accept: "application/json", "upvest-client-id": clientId };
    for (const sign of [true, false]) {
      await send("/users", { headers }, sign, { accept: "*/*" });
      await send(`/users?access_token=${given}&client_secret=${secret}`, { headers }, sign);
      await send(
        "/users",
        {
          headers: { ...headers, "idempotency-key": secret, "content-type": "application/json" },
          method: "POST",
          body: JSON.stringify(form),
        },
        sign,
      );
      await send(
        "/auth/token",
        {
          headers: {
            "content-type": "application/x-www-form-urlencoded",
            accept: "application/json",
            "upvest-client-id": clientId,
          },
          method: "POST",
          body: `${new URLSearchParams(form)}`,
        },
        sign,
      );
      await send("/users", { headers: { ...headers, "upvest-client-id": secret } }, sign);
      await send(
        "/users",
        {
          headers: {
            ...headers,
            "x-sandbox-signature-base": Buffer.from(`"authorization": ${authorization}`).toString("base64"),
          },
        },
        sign,
        { accept: "*/*" },
      );
    }
    // Target and signature base are there as they were sent.
    own.record(
      "what was said of requests",
      sandbox.requests.map(({ problem, assumed }) => [problem, assumed]),
    );
    own.record("the records of deliveries", sandbox.deliveries);
    own.record("the events", sandbox.events);
    for (const page of ["requests", "events", "deliveries", "resources"]) {
      const answer = await fetch(`${sandbox.url}/_console/${page}`);
      expect(answer.status).toBe(200);
      own.record(`the console's ${page}`, await answer.text());
    }
    for (const request of sandbox.requests) {
      const answer = await fetch(`${sandbox.url}/_console/requests/${request.id}`);
      expect(answer.status).toBe(200);
      own.record("the console's page of a request", await answer.text());
    }
    expect(sandbox.requests.filter(({ status }) => status >= 400).length).toBeGreaterThan(8);
  } finally {
    await sandbox.close();
  }
  expect(own.found()).toEqual([]);
});

/** Runs a program, with what it writes kept to be searched. */
async function program(
  file: string,
  args: readonly string[],
  env: Record<string, string>,
): Promise<number | null> {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith("UPVEST_"));
  const child = spawn(process.execPath, [packages + file, ...args], {
    env: { ...Object.fromEntries(inherited), ...env },
  });
  let said = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (part: string) => {
      said += part;
    });
  child.stdin.end();
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  canaries.record(`${file} ${args[0]}`, said);
  expect(said.length, `${file} ${args.join(" ")} says something`).toBeGreaterThan(0);
  return code;
}

test("@upvest-sdk/cli: what it prints, with a server that quotes", async () => {
  const server = await quotingServer();
  const name = "UPVEST_API_HTTP_SIGN_PRIVATE_KEY";
  const env: Record<string, string> = {
    UPVEST_API_BASE_URL: server.url,
    UPVEST_API_CLIENT_ID: "349c5502-4451-4184-952a-8d350d2cc2d8",
    UPVEST_API_CLIENT_SECRET: clientSecret,
    UPVEST_API_SCOPES: "users:read,users:admin,webhooks:read",
    UPVEST_API_KEY_ID: keyId,
    [name]: p521.sealed,
    [`${name}_PASSPHRASE`]: passphrase,
  };
  const bin = "cli/bin/upvest.js";
  try {
    for (const handler of [
      problem(401),
      problem(422),
      text(502),
      json(200, (quoted) => ({ data: [quoted] })),
    ]) {
      Object.assign(server.answers, { token: goodToken, call: handler });
      for (const args of [["doctor"], ["call", "listUsers", "--explain", "--json"]])
        await program(bin, args, env);
      Object.assign(server.answers, { token: handler });
      await program(bin, ["doctor", "--json"], env);
    }
    await program(bin, ["call", "listUsers", "--dry-run"], env);
    for (const [variable, value] of [
      [name, p521.sealed.slice(0, 300)],
      [name, p521.pem.replace("A", "?")],
      [`${name}_PASSPHRASE`, wrongPassphrase],
      ["UPVEST_API_CLIENT_ID", clientSecret],
      ["UPVEST_API_KEY_ID", clientSecret],
      ["UPVEST_API_BASE_URL", `https://me:${encodeURIComponent(clientSecret)}@example.com`],
    ] as const)
      expect(await program(bin, ["doctor"], { ...env, [variable]: value })).toBe(1);
  } finally {
    server.close();
  }
  expect(canaries.found()).toEqual([]);
});

test("@upvest-sdk/codegen and the sandbox's program: a URL's secrets, a file that holds some", async () => {
  const codes = new Set<string>();
  const server = await quotingServer();
  const inUrl = "canary-url-secret-77aa01";
  canaries.plant("a URL's secret", inUrl);
  const { host } = new URL(server.url);
  const url = `http://me:${inUrl}@${host}/?key=${inUrl}`;
  for (const handler of [
    text(500),
    text(200),
    text(302, { location: `http://me:${inUrl}@example.test/` }),
    failing["no answer"]!,
  ]) {
    server.answers["call"] = handler;
    await attempt(codes, "codegen, a URL", () => readDescription(url, { timeoutMs: 300 } as never));
  }
  await attempt(codes, "codegen, http", () => readDescription(`http://me:${inUrl}@example.test/`));
  server.answers["call"] = text(500);
  await program("codegen/bin/upvest-codegen.js", ["generate", url, "--out", scratch], {});
  server.close();
  expect(missing(["URL_REFUSED", "URL_NOT_READABLE"], codes)).toEqual([]);

  const state = path.join(scratch, "state.json");
  await writeFile(
    state,
    JSON.stringify({ form: "of another release", state: { clientSecret, pem: p521.pem } }),
  );
  for (const args of [
    ["--state", state],
    ["--fault", JSON.stringify({ kind: "x" })],
    ["--public-key", state],
    ["--description", state],
  ])
    expect([1, 2]).toContain(await program("sandbox/bin/upvest-sandbox.js", args, {}));
  expect(canaries.found()).toEqual([]);
});

/** What begins like a secret, and goes on like one. */
const kinds: Record<string, RegExp> = {
  "a private key (PEM)": /-----BEGIN [A-Z ]*PRIVATE KEY-----\s+(?:[\w-]+: [^\n]+\s+)*[\w+/=]{40}/,
  "a private key (JWK)": /["']?\bd["']?\s*:\s*["'][\w-]{40,}["']/,
  // PKCS#8 of Ed25519, P-521, P-256 and RSA, SEC 1 of P-521.
  "a private key (one line)":
    /\bM(?:C4CAQAwBQYDK2Vw|IHuAgEAMBAGByqGSM49|IGHAgEAMBMGByqGSM49|II\w{3}IBADANBgkqh|IHcAgEBBEI)[\w+/=]{40}/,
  "a token":
    /\b(?:ory_at_[\w-]{30,}|npm_\w{36}|gh[pousr]_\w{36}|github_pat_\w{36,}|eyJ[\w-]{20,}\.eyJ[\w-]{20,})/,
};

function secretsIn(bytes: Buffer): string[] {
  if (bytes.includes(0)) return [];
  // In a string of a program or of JSON, the lines of a PEM are not lines yet.
  const found = bytes.toString("utf8").replaceAll("\\n", "\n");
  return Object.keys(kinds).filter((kind) => kinds[kind]!.test(found));
}

describe("files", () => {
  test.each(["p521", "ed25519"] as const)("the search finds a key of %s in every form", (type) => {
    const { pem, sealed, jwk } = type === "p521" ? p521 : ed25519;
    const sec1 =
      type === "p521" ? (createPrivateKey(pem).export({ type: "sec1", format: "pem" }) as string) : pem;
    for (const form of [pem, sealed, sec1, JSON.stringify({ pem }), pem.replaceAll("\n", "\r\n")])
      expect(secretsIn(Buffer.from(form)), form.slice(0, 40)).toContain("a private key (PEM)");
    expect(secretsIn(Buffer.from(JSON.stringify(jwk)))).toContain("a private key (JWK)");
    expect(secretsIn(Buffer.from(`d: '${jwk["d"]}'`))).toContain("a private key (JWK)");
    for (const key of [pem, sec1])
      expect(secretsIn(Buffer.from(key.replace(/-----.*-----|\n/g, "")))).toEqual([
        "a private key (one line)",
      ]);
    expect(secretsIn(Buffer.from("-----BEGIN PRIVATE KEY-----...\nd: 'x'"))).toEqual([]);
  });

  test("of the repository hold no secret but the keys of tests, which sign nothing else", () => {
    const listed = execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], {
      cwd: repository,
      encoding: "utf8",
    });
    const found = listed
      .split("\0")
      .filter((file) => file !== "" && existsSync(path.join(repository, file)))
      .filter((file) => secretsIn(readFileSync(path.join(repository, file))).length > 0);
    expect(found.sort()).toEqual([
      // Of a server on loopback that nobody trusts.
      "packages/client/test/support/certificate.ts",
      // Made for the tests, in every form that openssl writes.
      "packages/signing/test/fixtures/keys.json",
      // Of the test vectors, and of RFC 9421, appendix B.1.4.
      "packages/signing/test/fixtures/vectors-signing.json",
      "packages/signing/test/fixtures/vectors-webhook.json",
      "packages/signing/test/interop.test.ts",
    ]);
  });

  test("of the packed packages hold none", () => {
    const folders = packAll(scratch);
    expect([...folders.keys()].sort()).toEqual(
      ["cli", "client", "codegen", "sandbox", "signing", "types", "webhooks"].sort(),
    );
    for (const [name, folder] of folders) {
      const files = filesOf(folder);
      expect(files).toContain("package.json");
      const found = files.flatMap((file) =>
        secretsIn(readFileSync(path.join(folder, file))).map((kind) => `${name}/${file}: ${kind}`),
      );
      expect(found).toEqual([]);
      // Not even in the forms that the search above knows, nor as a vector of the tests.
      for (const file of files)
        expect(canaries.nameIn(readFileSync(path.join(folder, file), "utf8")), file).toBeUndefined();
    }
  });
});

test("nothing was written to the console but what the programs wrote themselves", () => {
  expect(written).toEqual([]);
  expect(canaries.recorded).toBeGreaterThan(400);
});

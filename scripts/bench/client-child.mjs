// One process of the client measurement: prints the rates of each comparison, in calls a second, as JSON.
import { spawn } from "node:child_process";
import { createHash, generateKeyPairSync, randomUUID, sign } from "node:crypto";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { createUpvestClient } from "@upvest-sdk/client";
import { createAccountGroup, retrieveAccountGroup } from "@upvest-sdk/client/operations";
import { createSigner } from "@upvest-sdk/signing/node";
import axios from "axios";
import ky from "ky";
import createClient from "openapi-fetch";
import { alternate } from "./run.mjs";

const rounds = Number(process.argv[2]);
const id = randomUUID();
const clientId = randomUUID();
const accessToken = "t".repeat(80);
const group = {
  id,
  created_at: "2025-01-01T00:00:00Z",
  updated_at: "2025-01-01T00:00:00Z",
  status: "ACTIVE",
  type: "PERSONAL",
  users: [{ id, type: "OWNER" }],
  securities_account_number: "1234567890",
};
const answer = JSON.stringify(group);

const server = spawn(
  process.execPath,
  [fileURLToPath(new URL("client-server.mjs", import.meta.url)), answer],
  {
    stdio: ["pipe", "pipe", "inherit"],
  },
);
const [line] = await once(server.stdout, "data");
const local = String(line).trim();

/** What every one of them sends; the key, where it is one, is made for each call. */
const headers = {
  accept: "application/json",
  authorization: `Bearer ${accessToken}`,
  "upvest-api-version": "1",
  "upvest-client-id": clientId,
};
const posted = () => ({
  ...headers,
  "content-type": "application/json",
  "idempotency-key": randomUUID(),
});
const body = () => ({ user_id: id, type: /** @type {const} */ ("PERSONAL") });
const path = { account_group_id: id };
const template = "/account_groups/{account_group_id}";

const answerHeaders = { "content-type": "application/json", "upvest-request-id": randomUUID() };
const token = JSON.stringify({ access_token: accessToken, expires_in: 86_400, token_type: "bearer" });
/** Answers at once. @param {unknown} input @param {unknown} [_init] */
const stub = async (input, _init) =>
  new Response(typeof input === "string" && input.endsWith("/auth/token") ? token : answer, {
    headers: answerHeaders,
  });

const options = { clientId, clientSecret: "s", scopes: /** @type {const} */ (["accounts:admin"]) };
/** Signs nothing. @type {import("@upvest-sdk/client").Signer} */
const noSigner = { headers: async (request) => request.headers };

const keyId = randomUUID();
const ed25519 = generateKeyPairSync("ed25519");
const signer = await createSigner({
  keyId,
  privateKey: ed25519.privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
});
const signed = await signedPost();

/** @type {Record<string, { times: number, works: Record<string, () => Promise<unknown>> }>} */
const comparisons = {
  ...stubbed(),
  local: fromServer(),
  signed: { times: 20, works: { bare: barePostSigned, ours: poster(client(local, signer)) } },
};
/** @type {Record<string, Record<string, number[]>>} */
const rates = {};
for (const [name, { times, works }] of Object.entries(comparisons)) rates[name] = await compare(times, works);
process.stdout.write(JSON.stringify(rates));
server.stdin.end();

/** GETs of one path over the network, each with what it takes for one. */
function fromServer() {
  const openapiFetch = createClient({ baseUrl: local, headers });
  const kyClient = ky.create({ prefixUrl: local, headers, retry: 3, timeout: 30_000 });
  const axiosClient = axios.create({ baseURL: local, headers, timeout: 30_000 });
  return {
    times: 20,
    works: {
      bare: () => bareGet(fetch, local),
      ours: getter(client(local, noSigner)),
      "openapi-fetch": () => openapiFetch.GET(template, { params: { path } }),
      ky: () => kyClient.get(`account_groups/${id}`).json(),
      axios: () => axiosClient.get(`account_groups/${id}`),
    },
  };
}

/** Work with as much of the same in each: GET and POST, with a `fetch` that answers at once. */
function stubbed() {
  const base = "https://sandbox.upvest.co";
  const ours = client(base, noSigner, stub);
  const openapiFetch = createClient({ baseUrl: base, headers, fetch: stub });
  const kyClient = ky.create({ prefixUrl: base, headers, fetch: stub, retry: 3, timeout: 30_000 });
  const axiosClient = axios.create({
    baseURL: base,
    headers,
    timeout: 30_000,
    adapter: "fetch",
    env: { fetch: stub },
  });
  return {
    get: {
      times: 100,
      works: {
        bare: () => bareGet(stub, base),
        ours: getter(ours),
        "by path": () => ours.GET(template, { params: { path } }),
        "openapi-fetch": () => openapiFetch.GET(template, { params: { path } }),
        ky: () => kyClient.get(`account_groups/${id}`).json(),
        axios: () => axiosClient.get(`account_groups/${id}`),
      },
    },
    post: {
      times: 100,
      works: {
        bare: () => barePost(stub, base),
        ours: poster(ours),
        "by path": () => ours.POST("/account_groups", { body: body() }),
        "openapi-fetch": () =>
          openapiFetch.POST("/account_groups", {
            body: body(),
            headers: { "idempotency-key": randomUUID() },
          }),
        ky: () =>
          kyClient
            .post("account_groups", { json: body(), headers: { "idempotency-key": randomUUID() } })
            .json(),
        axios: () =>
          axiosClient.post("account_groups", body(), { headers: { "idempotency-key": randomUUID() } }),
      },
    },
  };
}

/** @param {string} baseUrl @param {import("@upvest-sdk/client").Signer} signer @param {import("@upvest-sdk/client").Fetch} [fetch] */
function client(baseUrl, signer, fetch) {
  return createUpvestClient({ ...options, baseUrl, signer, fetch });
}

/** @param {import("@upvest-sdk/client").UpvestClient} client */
function getter(client) {
  return () => client.call(retrieveAccountGroup, { path });
}

/** @param {import("@upvest-sdk/client").UpvestClient} client */
function poster(client) {
  return () => client.call(createAccountGroup, { body: body() });
}

/** @param {typeof globalThis.fetch} fetch @param {string} base */
async function bareGet(fetch, base) {
  return (await fetch(`${base}/account_groups/${id}`, { method: "GET", headers: { ...headers } })).json();
}

/** @param {typeof globalThis.fetch} fetch @param {string} base */
async function barePost(fetch, base) {
  const init = { method: "POST", headers: posted(), body: JSON.stringify(body()) };
  return (await fetch(`${base}/account_groups`, init)).json();
}

/** The bytes that are signed of a POST, and the headers that it is sent with. */
async function signedPost() {
  /** @type {Uint8Array} */
  let base = new Uint8Array();
  const algorithm = /** @type {const} */ ("ed25519");
  const signBytes = async (/** @type {Uint8Array} */ bytes) => {
    base = bytes;
    return new Uint8Array(64);
  };
  const withoutKey = await createSigner({ keyId, privateKey: { algorithm, sign: signBytes } });
  const headers = await withoutKey.headers({
    method: "POST",
    url: `${local}/account_groups`,
    headers: posted(),
    body: JSON.stringify(body()),
  });
  return { base, headers };
}

/** Digest, signature and request, without what leads to the bytes that are signed. */
async function barePostSigned() {
  const bytes = Buffer.from(JSON.stringify(body()));
  const digest = createHash("sha512").update(bytes).digest("base64");
  const signature = sign(null, signed.base, ed25519.privateKey).toString("base64");
  const headers = {
    ...signed.headers,
    "idempotency-key": randomUUID(),
    "content-digest": `sha-512=:${digest}:`,
    signature: `sig1=:${signature}:`,
  };
  return (await fetch(`${local}/account_groups`, { method: "POST", headers, body: bytes })).json();
}

/**
 * Rates of works that are done by turns, in short runs, so that what else the machine does meets only some of them.
 *
 * @param {number} times how often in a run
 * @param {Record<string, () => Promise<unknown>>} works
 */
async function compare(times, works) {
  const entries = Object.entries(works);
  const run = async (/** @type {() => Promise<unknown>} */ work, /** @type {number} */ count) => {
    const start = performance.now();
    for (let index = 0; index < count; index++) await work();
    return (1000 * count) / (performance.now() - start);
  };
  // Not counted: the first runs also compile the code.
  for (const [, work] of entries) await run(work, 50 * times);
  return alternate(rounds, Object.fromEntries(entries.map(([name, work]) => [name, () => run(work, times)])));
}

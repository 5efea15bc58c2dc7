import { generateKeyPairSync } from "node:crypto";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import createClient from "openapi-fetch";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type PublicKeys, type Signer, signing, signingFetch, type VerifiedRequest } from "../src/index.js";
import { codeOf, entries } from "./support/vectors.js";

const keyId = "key-1";
const pair = generateKeyPairSync("ed25519");
const privateKey = pair.privateKey.export({ format: "pem", type: "pkcs8" }).toString();

/** A server that answers 200 to what it could verify, else 401 with the code of the error. */
interface Received {
  verified: VerifiedRequest | undefined;
  headers: IncomingMessage["headers"];
}
let received: Received[] = [];
let server: Server;
let origin: string;

describe.each(entries)("%s", (_, entry) => {
  let signer: Signer;
  let keys: PublicKeys;

  beforeAll(async () => {
    signer = await entry.createSigner({ keyId, privateKey });
    keys = await entry.importPublicKeys(pair.publicKey.export({ format: "pem", type: "spki" }).toString(), {
      keyId,
    });
    server = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const { method = "", url = "", headers } = request;
      let verified: VerifiedRequest | undefined;
      const code = await codeOf(
        entry
          .verifyRequest({ method, url, headers, body: Buffer.concat(chunks) }, { keys, version: 15 })
          .then((result) => {
            verified = result;
          }),
      );
      received.push({ verified, headers });
      response.writeHead(verified ? 200 : 401, { "content-type": "application/json" });
      response.end(JSON.stringify({ code }));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  beforeEach(() => {
    received = [];
  });
  afterAll(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  test("the server refuses what is not signed", async () => {
    expect((await fetch(`${origin}/users`)).status).toBe(401);
  });

  test.each<[string, string, RequestInit | undefined]>([
    ["GET", "/users", undefined],
    ["GET with a query", "/users?limit=1&name=%C3%84+b", undefined],
    ["a URL that is not in WHATWG form", "/a b/../ü?x='ü'#part", undefined],
    ["DELETE", "/users/1", { method: "DELETE", headers: { "idempotency-key": "k" } }],
    [
      "POST, JSON",
      "/users",
      { method: "POST", body: '{"name":"Zoë"}', headers: { "Content-Type": "application/json" } },
    ],
    ["POST, a form", "/auth/token", { method: "POST", body: new URLSearchParams({ a: "b c" }) }],
    ["POST, bytes", "/users", { method: "POST", body: new Uint8Array([0, 255, 10]) }],
    ["POST, empty", "/users", { method: "POST", body: "" }],
    ["POST, none", "/users", { method: "POST" }],
    ["PATCH in lower case", "/users", { method: "patch", body: "{}" }],
    [
      "headers that are not covered",
      "/users",
      { headers: { "user-agent": "me", "x-request-id": "1", cookie: "a=b" } },
    ],
    ["a cache mode", "/users", { cache: "no-store" } as RequestInit],
  ])("signingFetch: %s", async (_name, path, init) => {
    const response = await signingFetch(signer)(`${origin}${path}`, init);
    expect(await response.json()).toEqual({ code: "accepted" });
    const { verified, headers } = received[0]!;
    const sent = Object.keys(headers).filter((name) => !verified?.components.includes(name));
    // Nothing of what fetch adds is left uncovered, but for what is on the list.
    const { uncovered } = await signer.explain({ method: "GET", url: origin, headers });
    expect(uncovered.map(({ name }) => name)).toEqual(
      expect.arrayContaining(sent.filter((name) => name !== "content-length")),
    );
  });

  test("signingFetch: streams go out with their length", async () => {
    const body = () => new Blob(["a".repeat(100_000), "b"]).stream();
    const init = { method: "POST", body: body(), duplex: "half" } as RequestInit;
    expect((await signingFetch(signer)(`${origin}/files`, init)).status).toBe(200);
    expect(received[0]?.headers["content-length"]).toBe("100001");
    expect(received[0]?.headers["transfer-encoding"]).toBeUndefined();
    // Without `duplex` too: what is sent is bytes.
    expect((await signingFetch(signer)(`${origin}/files`, { method: "POST", body: body() })).status).toBe(
      200,
    );
  });

  test("signingFetch: a Request, a URL, a Request with init", async () => {
    const signed = signingFetch(signer);
    const request = new Request(`${origin}/users`, { method: "POST", body: "{}", headers: { a: "b" } });
    expect((await signed(request)).status).toBe(200);
    expect((await signed(request)).status).toBe(200);
    expect((await signed(new URL(`${origin}/users?x`))).status).toBe(200);
    expect((await signed(request, { headers: { c: "d" } })).status).toBe(200);
    expect(received.map(({ headers }) => [headers["a"], headers["c"]])).toEqual([
      ["b", undefined],
      ["b", undefined],
      [undefined, undefined],
      [undefined, "d"],
    ]);
  });

  test("signingFetch: each call has a signature of its own", async () => {
    const signed = signingFetch(signer);
    for (let count = 0; count < 3; count++) await signed(`${origin}/users`);
    expect(new Set(received.map(({ verified }) => verified?.nonce)).size).toBe(3);
  });

  test("signingFetch: another fetch, with what only it knows", async () => {
    const calls: unknown[] = [];
    const own = async (input: Request, init?: object) => {
      calls.push(init);
      return fetch(input);
    };
    const signed = signingFetch(signer, own as unknown as typeof fetch);
    const init = {
      method: "POST",
      body: "{}",
      headers: { a: "b" },
      dispatcherLike: 5,
      redirect: "manual",
    } as RequestInit;
    expect((await signed(`${origin}/users`, init)).status).toBe(200);
    expect(calls).toEqual([{ dispatcherLike: 5, redirect: "manual" }]);
  });

  test("signingFetch: the global fetch is looked up when it is called", async () => {
    const signed = signingFetch(signer);
    const real = globalThis.fetch;
    try {
      globalThis.fetch = async () => new Response("mock");
      expect(await (await signed(`${origin}/users`)).text()).toBe("mock");
    } finally {
      globalThis.fetch = real;
    }
  });

  test("signingFetch: abort", async () => {
    await expect(signingFetch(signer)(`${origin}/users`, { signal: AbortSignal.abort() })).rejects.toThrow(
      /abort/i,
    );
  });

  interface Paths {
    "/users": {
      get: {
        parameters: { query?: { limit?: number; name?: string } };
        responses: { 200: { content: { "application/json": { code: string } } } };
      };
      post: {
        requestBody: { content: { "application/json": { name: string } } };
        responses: { 200: { content: { "application/json": { code: string } } } };
      };
    };
    "/users/{id}": {
      delete: {
        parameters: { path: { id: string } };
        responses: { 200: { content: { "application/json": { code: string } } } };
      };
    };
  }

  test("the middleware for openapi-fetch", async () => {
    const client = createClient<Paths>({ baseUrl: origin, headers: { "upvest-client-id": "c" } });
    client.use({
      onRequest({ request }) {
        request.headers.set("authorization", "Bearer t");
        return request;
      },
    });
    client.use(signing(signer));
    const all = [
      await client.GET("/users", { params: { query: { limit: 1, name: "Zoë & co" } } }),
      await client.POST("/users", { body: { name: "Zoë" } }),
      await client.DELETE("/users/{id}", { params: { path: { id: "a/b ü" } } }),
    ];
    for (const { data } of all) expect(data).toEqual({ code: "accepted" });
    for (const { verified } of received) {
      expect(verified?.components).toEqual(
        expect.arrayContaining(["authorization", "upvest-client-id", "accept"]),
      );
    }
    expect(received[1]?.verified?.components).toEqual(
      expect.arrayContaining(["content-type", "content-digest", "content-length"]),
    );
  });

  test("headers, with node:http", async () => {
    const { request } = await import("node:http");
    const body = '{"name":"Zoë"}';
    const url = `${origin}/users?limit=1`;
    const headers = await signer.headers({
      method: "POST",
      url,
      headers: { "content-type": "application/json" },
      body,
    });
    const status = await new Promise((resolve, reject) => {
      request(url, { method: "POST", headers }, (response) => {
        response.resume();
        resolve(response.statusCode);
      })
        .on("error", reject)
        .end(body);
    });
    expect(status).toBe(200);
  });
});

import { generateKeyPairSync } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import createClient from "openapi-fetch";
// Newer than the one in Node 20: as soon as it is loaded, the global `fetch` sends through it.
import "undici";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  createSigner,
  importPublicKeys,
  type Signer,
  signing,
  signingFetch,
  verifyRequest,
} from "../src/node.js";

const keyId = "key-1";
const pair = generateKeyPairSync("ed25519");
const server = createServer(async (request, response) => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const { method = "", url = "", headers } = request;
  const keys = await importPublicKeys(pair.publicKey.export({ format: "pem", type: "spki" }).toString(), {
    keyId,
  });
  const message = { method, url, headers, body: Buffer.concat(chunks) };
  const { components } = await verifyRequest(message, { keys, version: 15 });
  response.end(JSON.stringify({ length: headers["content-length"], components }));
});
let origin: string;
let signer: Signer;

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const privateKey = pair.privateKey.export({ format: "pem", type: "pkcs8" }).toString();
  signer = await createSigner({ keyId, privateKey });
});
afterAll(() => void server.close());

const came = { length: "7", components: expect.arrayContaining(["content-length", "content-digest"]) };

test("signingFetch sends the length once, and it is covered", async () => {
  const response = await signingFetch(signer)(`${origin}/users`, { method: "POST", body: '{"a":1}' });
  expect(await response.json()).toEqual(came);
});

test("so does the middleware for openapi-fetch", async () => {
  const client = createClient<{ "/users": { post: object } }>({ baseUrl: origin });
  client.use(signing(signer));
  const { data } = await client.POST("/users", { body: { a: 1 } } as never);
  expect(data).toEqual(came);
});

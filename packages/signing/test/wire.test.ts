import { request as httpRequest } from "node:http";
import axios from "axios";
import { request as undiciRequest } from "undici";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { plainKeys } from "../conformance/fixtures.js";
import { headerOf, judge, sortHeaders, startWireServer, type WireServer } from "../conformance/wire.js";
import { sendWireRequests, wireCases } from "../conformance/wire-requests.js";
import type { Signer } from "../src/index.js";
import * as portable from "../src/index.js";
import * as node from "../src/node.js";

// What HTTP stacks really send, as a raw TCP server gets it: each header is covered or on the list of those that never
// are, and the signature matches what came. Other runtimes than Node: conformance/run.mjs.

let server: WireServer;
beforeAll(async () => {
  server = await startWireServer();
});
beforeEach(() => {
  server.received.length = 0;
});
afterAll(() => server.close());

/** The one request that came, after a look at it. */
async function received() {
  expect(server.received).toHaveLength(1);
  const [request] = server.received;
  expect(await judge(request!)).toBeUndefined();
  return { ...sortHeaders(request!), request: request! };
}

describe.each([
  ["portable", portable],
  ["node", node],
])("%s", (_, signing) => {
  test("Node's fetch", async () => {
    expect(await sendWireRequests(signing, server.origin)).toEqual([]);
    expect(server.received).toHaveLength(wireCases().length);
    for (const request of server.received)
      expect([request.url, await judge(request)]).toEqual([request.url, undefined]);
  });

  const signed = ["signature", "signature-input", "upvest-signature-version"];
  // Node's fetch sets these, whoever asks for it or not.
  const added = ["accept-encoding", "connection", "host", "sec-fetch-mode", "user-agent"];
  const ours = ["accept", "accept-language"];
  const ofBody = ["content-digest", "content-length", "content-type"];
  const bytes = new TextEncoder().encode('{"name":"Jürgen"}');
  const json = { "content-type": "application/json" };
  const stream = () => new Blob([bytes.slice(0, 3), bytes.slice(3)]).stream();
  const cases: [string, RequestInit & { duplex?: "half" }, string[]][] = [
    ["GET", {}, ours],
    ["POST, bytes", { method: "POST", body: bytes, headers: json }, [...ours, ...ofBody]],
    ["POST, stream", { method: "POST", body: stream(), duplex: "half", headers: json }, [...ours, ...ofBody]],
  ];
  test.each(cases)("what Node's fetch sends: %s", async (_name, init, covered) => {
    const signer = await signing.createSigner({
      keyId: plainKeys[0]!.algorithm,
      privateKey: plainKeys[0]!.privateKeyPem,
    });
    await signing.signingFetch(signer)(`${server.origin}/wire/a?b`, init);
    const sorted = await received();
    expect(sorted.covered.sort()).toEqual([...covered].sort());
    expect(sorted.listed.sort()).toEqual([...signed, ...added].sort());
    // A stream goes out as bytes: with its length, not in chunks.
    const length = init.body === undefined ? undefined : String(bytes.length);
    expect(headerOf(sorted.request, "content-length")).toBe(length);
  });
});

describe("other stacks, through `headers`", () => {
  const body = '{"name":"Jürgen"}';
  const signedHeaders = async (method: string, url: string, body?: string) => {
    const { algorithm, privateKeyPem } = plainKeys[0]!;
    const signer: Signer = await node.createSigner({ keyId: algorithm, privateKey: privateKeyPem });
    const headers = {
      accept: "application/json",
      authorization: "Bearer token",
      ...(body !== undefined && { "content-type": "application/json" }),
    };
    return signer.headers({ method, url, headers, body });
  };

  const stacks: Record<
    string,
    (method: "GET" | "POST", url: string, headers: Record<string, string>, body?: string) => Promise<unknown>
  > = {
    "node:http": (method, url, headers, body) =>
      new Promise((resolve, reject) => {
        httpRequest(url, { method, headers }, (response) => response.resume().on("end", resolve))
          .on("error", reject)
          .end(body);
      }),
    undici: async (method, url, headers, body) =>
      (await undiciRequest(url, { method, headers, body: body ?? null })).body.text(),
    axios: (method, url, headers, body) =>
      axios.request({ method, url, headers, data: body, transformRequest: [(data) => data] }),
    "axios on fetch": (method, url, headers, body) =>
      axios.request({
        method,
        url,
        headers,
        data: body,
        transformRequest: [(data) => data],
        adapter: "fetch",
      }),
  };

  test.each(Object.keys(stacks))("%s", async (name) => {
    const url = `${server.origin}/wire/users?limit=2`;
    await stacks[name]!("GET", url, await signedHeaders("GET", url));
    const get = await received();
    expect(get.covered).toContain("authorization");
    server.received.length = 0;
    await stacks[name]!("POST", url, await signedHeaders("POST", url, body), body);
    const post = await received();
    expect(post.covered).toContain("content-digest");
    expect(new TextDecoder().decode(post.request.body)).toBe(body);
  });
});

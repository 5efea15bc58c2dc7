import type { Signer } from "../../src/index.js";
import { equal, ok } from "../check.js";
import type { Suite } from "../create-suite.js";
import { keyId, origin, plainKeys } from "../fixtures.js";

const url = `${origin}/orders?limit=2`;
const text = '{"name":"Jürgen 🔑"}';
const bytes = new TextEncoder().encode(text);

const streamOf = (...chunks: Uint8Array[]) =>
  new ReadableStream({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk);
      controller.close();
    },
  });

const post = (body: unknown): Request =>
  new Request(url, {
    method: "POST",
    headers: { "content-type": "application/json", "idempotency-key": "0e2a1d5e", "x-trace": "1" },
    body,
    duplex: "half",
  } as RequestInit);

// What each makes of a request; the bodies as text, `undefined` where there is none.
const requests: [name: string, make: () => Request, body: string | RegExp | undefined][] = [
  ["GET", () => new Request(url, { headers: { accept: "application/json" } }), undefined],
  ["GET without any header", () => new Request(origin), undefined],
  ["DELETE without body", () => new Request(url, { method: "DELETE" }), undefined],
  ["POST without body", () => new Request(url, { method: "POST" }), undefined],
  ["POST, empty text", () => post(""), undefined],
  ["POST, text", () => post(text), text],
  ["POST, bytes", () => post(bytes), text],
  ["POST, stream of one chunk", () => post(streamOf(bytes)), text],
  [
    "POST, stream of several chunks",
    () => post(streamOf(bytes.slice(0, 3), bytes.slice(3, 4), bytes.slice(4))),
    text,
  ],
  ["POST, empty stream", () => post(streamOf()), undefined],
  ["POST, Blob", () => post(new Blob([text])), text],
  [
    "POST, URLSearchParams",
    () => new Request(url, { method: "POST", body: new URLSearchParams({ a: "b c", d: "ä" }) }),
    "a=b+c&d=%C3%A4",
  ],
  [
    "POST, FormData",
    () => {
      const form = new FormData();
      form.append("a", "b");
      return new Request(url, { method: "POST", body: form });
    },
    /name="a"\r\n\r\nb\r\n/,
  ],
  ["PATCH", () => new Request(url, { method: "PATCH", body: text }), text],
  [
    "PUT of 200 kB",
    () => new Request(url, { method: "PUT", body: text.repeat(10_000) }),
    text.repeat(10_000),
  ],
];

/** `sign(request)`, `signingFetch` and the middleware: what they give verifies, and leaves what was given usable. */
export async function fetchRequestChecks({ signing, check }: Suite): Promise<void> {
  for (const { algorithm, privateKeyPem, publicKeyPem } of plainKeys) {
    const signer = await signing.createSigner({ keyId, privateKey: privateKeyPem });
    const keys = await signing.importPublicKeys(publicKeyPem, { keyId });
    const verify = (request: Request) => signing.verifyRequest(request, { keys, version: 15 });

    for (const [name, make, body] of requests) {
      const isBody = (given: string) =>
        body instanceof RegExp
          ? ok(body.test(given), `body: ${given}`)
          : ok(given === (body ?? ""), `body of ${given.length} characters`);
      await check(`sign(${name}), ${algorithm}`, async () => {
        const request = make();
        const signed = await signer.sign(request);
        ok(signed instanceof Request && signed !== request, "it gave no new request");
        ok(!request.bodyUsed, "the given request is used up");
        equal([signed.method, signed.url], [request.method, request.url]);
        request.headers.forEach((value, header) => {
          equal([header, signed.headers.get(header)], [header, value]);
        });
        ok(request.headers.get("signature") === null, "the given request has a signature");
        const copy = signed.clone();
        const verified = await verify(signed);
        isBody(new TextDecoder().decode(verified.body));
        equal(verified.components.includes("content-digest"), body !== undefined);
        ok(!verified.components.includes("x-trace"), "x-trace is covered");
        isBody(await copy.text());
        isBody(await request.text());
      });
      await check(`signed twice, as for a retry: ${name}, ${algorithm}`, async () => {
        const request = make();
        const [first, second] = [await signer.sign(request), await signer.sign(request)];
        const [one, two] = [await verify(first), await verify(second)];
        ok(one.nonce !== two.nonce, "the nonce is the same");
        isBody(new TextDecoder().decode(two.body));
      });
    }
  }

  const { privateKeyPem, publicKeyPem } = plainKeys[0]!;
  const signer = await signing.createSigner({ keyId, privateKey: privateKeyPem });
  const keys = await signing.importPublicKeys(publicKeyPem, { keyId });
  const verify = (request: Request) => signing.verifyRequest(request, { keys, version: 15 });

  await check("a signed request can be signed again, by another key too", async () => {
    const again = await signer.sign(await signer.sign(post(text)));
    equal(await again.clone().text(), text);
    await verify(again);
  });

  await check("explain(request) tells of what sign(request) does, and leaves it usable", async () => {
    const request = post(streamOf(bytes));
    const { covered, uncovered, base } = await signer.explain(request);
    equal((await verify(await signer.sign(request))).components, covered);
    ok(base.includes('"content-length": 23'), base);
    equal(
      uncovered.map(({ name }) => name),
      ["x-trace"],
    );
    equal(await request.text(), text);
  });

  await check("signal and redirect stay", async () => {
    const controller = new AbortController();
    const request = new Request(url, { signal: controller.signal, redirect: "manual" });
    const signed = await signer.sign(request);
    equal(signed.redirect, "manual");
    controller.abort();
    ok(signed.signal.aborted, "the signal does not reach the signed request");
  });

  const sending = (signer: Signer) => {
    const sent: { request: Request; init: unknown }[] = [];
    const send = async (input: string | URL | Request, init?: RequestInit) => {
      sent.push({ request: input as Request, init });
      return new Response("{}");
    };
    return { sent, fetch: signing.signingFetch(signer, send) };
  };

  await check("signingFetch signs each call afresh, whatever it is given", async () => {
    const { sent, fetch } = sending(signer);
    const init = { method: "POST", headers: { "content-type": "application/json" }, body: text };
    await fetch(url);
    await fetch(new URL(url), init);
    await fetch(url, init);
    await fetch(new Request(url, init));
    await fetch(new Request(url, { method: "POST", body: "other" }), init);
    await fetch(url, { ...init, body: streamOf(bytes), duplex: "half" } as RequestInit);
    const nonces = new Set<string>();
    for (const [index, { request }] of sent.entries()) {
      const { body, nonce } = await verify(request);
      equal(new TextDecoder().decode(body), index === 0 ? "" : text);
      nonces.add(nonce!);
    }
    equal(nonces.size, 6);
  });

  await check("signingFetch gives back what fetch gave", async () => {
    const { fetch } = sending(signer);
    equal(await (await fetch(url)).json(), {});
  });

  await check("signingFetch keeps its signal", async () => {
    const controller = new AbortController();
    const { sent, fetch } = sending(signer);
    await fetch(url, { signal: controller.signal });
    controller.abort();
    ok(sent[0]!.request.signal.aborted, "the signal does not reach the request");
  });

  await check("the middleware for openapi-fetch", async () => {
    const signed = await signing.signing(signer).onRequest({ request: post(text) });
    equal(await signed.clone().text(), text);
    await verify(signed);
  });
}

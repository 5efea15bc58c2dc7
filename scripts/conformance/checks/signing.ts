import {
  createSigner,
  generateKeyPair,
  importPublicKeys,
  SignatureError,
  signingFetch,
  uncoveredHeaders,
  verifyRequest,
} from "@upvest-sdk/signing";
import { nobleKey } from "@upvest-sdk/signing/noble";
import { describe, equal, ok, thrownBy } from "../../../packages/signing/conformance/check.js";
import type { Scene } from "../scene.js";

const keyId = "0d3c2a51-9d0f-4c59-8f0e-4f6f1f4f2a7b";
const url = "https://api.example.test/users";
const text = '{"name":"Jürgen"}';
const bytes = new TextEncoder().encode(text);
const json = { accept: "application/json", "content-type": "application/json" };

export async function signingChecks({ check }: Scene): Promise<void> {
  for (const algorithm of ["ed25519", "p521"] as const) {
    const { privateKeyPem, publicKeyPem, publicKeyJwk } = await generateKeyPair(algorithm);
    const signer = await createSigner({ keyId, privateKey: privateKeyPem });
    const keys = await importPublicKeys(publicKeyPem, { keyId });
    const name = algorithm === "ed25519" ? "ed25519" : "ecdsa-p521-sha512";

    await check(`${algorithm}: a GET with a query covers method, path, query and headers`, async () => {
      const request = {
        method: "GET",
        url: `${url}?limit=2&name=%C3%A4+b`,
        headers: { ...json, "x-trace": "1" },
      };
      const headers = await signer.headers(request);
      const verified = await verifyRequest({ ...request, headers }, { keys, version: 15 });
      const { components, keyId: by, algorithm: used, version } = verified;
      equal([by, used, version, headers["upvest-signature-version"]], [keyId, name, 15, "15"]);
      for (const component of ["@method", "@path", "@query", "accept", "content-type"])
        ok(components.includes(component), `${component} is not covered`);
      ok(!components.includes("x-trace"), "x-trace is covered");
      ok(headers["content-digest"] === undefined, "there is a digest of nothing");
    });

    await check(`${algorithm}: a POST covers the digest and the length of its bytes`, async () => {
      const request = { method: "POST", url, headers: json, body: text };
      const headers = await signer.headers(request);
      const hash = new Uint8Array(await crypto.subtle.digest("SHA-512", bytes));
      equal(headers["content-digest"], `sha-512=:${btoa(String.fromCharCode(...hash))}:`);
      equal(headers["content-length"], `${bytes.length}`);
      const { components, body } = await verifyRequest({ ...request, headers }, { keys, version: 15 });
      ok(components.includes("content-digest"), "the digest is not covered");
      ok(components.includes("content-length"), "the length is not covered");
      equal(new TextDecoder().decode(body), text);
    });

    const bodies: Record<string, () => RequestInit["body"]> = {
      text: () => text,
      bytes: () => bytes,
      "a form": () => new URLSearchParams({ name: "Jürgen" }),
      "a form with a file": () => {
        const form = new FormData();
        form.set("file", new Blob([bytes], { type: "application/json" }), "name.json");
        return form;
      },
      "a stream": () =>
        new ReadableStream({
          start(controller) {
            controller.enqueue(bytes.slice(0, 5));
            controller.enqueue(bytes.slice(5));
            controller.close();
          },
        }),
    };
    for (const [what, make] of Object.entries(bodies))
      await check(`${algorithm}: signs a Request whose body is ${what}, and leaves it usable`, async () => {
        const request = new Request(url, { method: "POST", body: make(), duplex: "half" } as RequestInit);
        const signed = await signer.sign(request);
        equal(signed.headers.get("content-type"), request.headers.get("content-type"));
        const { body } = await verifyRequest(signed, { keys, version: 15 });
        ok(body.length > 0, "the body is gone");
        equal([...new Uint8Array(await request.arrayBuffer())], [...body]);
      });

    await check(`${algorithm}: signingFetch sends what it signed`, async () => {
      let sent: Request | undefined;
      const send = signingFetch(signer, (async (request: Request) => {
        sent = request;
        return new Response("{}");
      }) as typeof fetch);
      equal(await (await send(`${url}?limit=2`, { method: "POST", headers: json, body: text })).json(), {});
      const { body } = await verifyRequest(sent!, { keys, version: 15 });
      equal(new TextDecoder().decode(body), text);
    });

    await check(`${algorithm}: explain says what is signed, and blanks the token`, async () => {
      const headers = { ...json, authorization: "Bearer secret-token", "user-agent": "ours" };
      const told = await signer.explain({ method: "POST", url: `${url}?a=b`, headers, body: text });
      equal([told.keyId, told.algorithm], [keyId, name]);
      ok(told.base.includes('"@query": ?a=b\n'), told.base);
      ok(told.base.includes('"authorization": Bearer ***\n'), "the token is not blanked");
      ok(!JSON.stringify(told).includes("secret-token"), "the token is in it");
      equal(
        told.uncovered.map((header) => header.name),
        ["user-agent"],
      );
    });

    await check(`${algorithm}: each signature has a nonce of its own, also those made at once`, async () => {
      const request = { method: "GET", url, headers: json };
      const signed = await Promise.all(Array.from({ length: 40 }, () => signer.headers(request)));
      const nonces = signed.map((headers) => /;nonce="([^"]{16,})"/.exec(headers["signature-input"]!)?.[1]);
      ok(!nonces.includes(undefined), "a nonce is missing");
      equal(new Set(nonces).size, 40);
    });

    await check(`${algorithm}: a signature lives a minute, or as long as it is told`, async () => {
      const request = { method: "GET", url, headers: json };
      for (const lifetime of [undefined, 10_000]) {
        const own = await createSigner({ keyId, privateKey: privateKeyPem, lifetime });
        const headers = await own.headers(request);
        const { created, expires } = await verifyRequest({ ...request, headers }, { keys, version: 15 });
        equal(expires! - created, (lifetime ?? 60_000) / 1000);
        ok(Math.abs(created * 1000 - Date.now()) < 60_000, "it was not made now");
      }
    });

    await check(`${algorithm}: a key that never leaves WebCrypto signs`, async () => {
      const kind = algorithm === "ed25519" ? { name: "Ed25519" } : { name: "ECDSA", namedCurve: "P-521" };
      // As an EcKeyGenParams, so that its types know that a pair comes.
      const pair = await crypto.subtle.generateKey(kind as { name: string; namedCurve: string }, false, [
        "sign",
        "verify",
      ]);
      const own = await createSigner({ keyId, privateKey: pair.privateKey });
      const jwk = await crypto.subtle.exportKey("jwk", pair.publicKey);
      const request = { method: "GET", url, headers: json };
      const headers = await own.headers(request);
      const { kty, crv, x, y } = jwk as Record<string, string>;
      await verifyRequest(
        { ...request, headers },
        { keys: await importPublicKeys({ kty: kty!, crv, x, y }, { keyId }), version: 15 },
      );
    });

    await check(`${algorithm}: a key set with the key's id verifies what its PEM does`, async () => {
      const set = await importPublicKeys({ keys: [{ ...publicKeyJwk, kid: keyId }] });
      equal([...set.keyIds], [keyId]);
      const request = { method: "GET", url, headers: json };
      await verifyRequest({ ...request, headers: await signer.headers(request) }, { keys: set, version: 15 });
    });

    await check(`${algorithm}: a damaged key is refused, and not shown`, async () => {
      const damaged = privateKeyPem.replace(/\n(.{8})/, "\nAAAAAAAA");
      const error = await thrownBy(() => createSigner({ keyId, privateKey: damaged }));
      ok(error instanceof SignatureError, describe(error));
      equal(error.code, "KEY_FORMAT");
      const inside = privateKeyPem.split("\n")[1]!.slice(-20);
      ok(!`${error.message}${error.stack}`.includes(inside), "the key is in the error");
    });
  }

  await check("a signer changes its key without a restart", async () => {
    const pairs = await Promise.all([generateKeyPair("ed25519"), generateKeyPair("p521")]);
    let current = { keyId: "first", privateKey: pairs[0].privateKeyPem };
    const signer = await createSigner({ privateKey: () => current });
    const request = { method: "GET", url, headers: json };
    for (const [index, id] of ["first", "second"].entries()) {
      current = { keyId: id, privateKey: pairs[index]!.privateKeyPem };
      const headers = await signer.headers(request);
      const keys = await importPublicKeys(pairs[index]!.publicKeyPem, { keyId: id });
      equal((await verifyRequest({ ...request, headers }, { keys, version: 15 })).keyId, id);
    }
  });

  await check("a key elsewhere is given the bytes of the base that explain shows", async () => {
    let asked = "";
    const signer = await createSigner({
      keyId,
      privateKey: {
        algorithm: "ed25519",
        async sign(given) {
          asked = new TextDecoder().decode(given);
          return new Uint8Array(64).fill(1);
        },
      },
      now: () => 1_750_000_000_000,
      nonce: () => "n-1",
    });
    const request = { method: "POST", url, headers: json, body: text };
    const headers = await signer.headers(request);
    equal(asked, (await signer.explain(request)).base);
    equal(headers["signature"], `sig1=:${btoa(String.fromCharCode(...new Uint8Array(64).fill(1)))}:`);
    ok(headers["signature-input"]!.includes(';created=1750000000;expires=1750000060;nonce="n-1"'), "times");
  });

  await check("nobleKey signs the same bytes as WebCrypto", async () => {
    const { privateKeyPem } = await generateKeyPair("ed25519");
    const fixed = { keyId, now: () => 1_750_000_000_000, nonce: () => "n-1" };
    const request = { method: "POST", url, headers: json, body: text };
    const [native, noble] = await Promise.all(
      [privateKeyPem, nobleKey(privateKeyPem)].map(async (privateKey) =>
        (await createSigner({ ...fixed, privateKey })).headers(request),
      ),
    );
    equal(noble, native);
  });

  await check("an option that makes no sense is refused", async () => {
    const { privateKeyPem: privateKey } = await generateKeyPair("ed25519");
    for (const options of [{ lifetime: 61_000 }, { lifetime: 1_500 }, { lifetime: 0 }]) {
      const error = await thrownBy(() => createSigner({ keyId, privateKey, ...options }));
      ok(error instanceof SignatureError, describe(error));
      equal(error.code, "INVALID_OPTION");
    }
  });

  await check("each header that is never covered has its reason", () => {
    ok(uncoveredHeaders.length > 20, "the list is short");
    equal(
      uncoveredHeaders.filter(({ name, reason }) => name === "" || reason.length < 6),
      [],
    );
  });
}

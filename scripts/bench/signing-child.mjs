// One process of the signing measurement: prints the rates of each comparison, in operations a second, as JSON.
import { createHash, generateKeyPairSync, randomUUID, sign, verify } from "node:crypto";
import * as portable from "@upvest-sdk/signing";
import * as native from "@upvest-sdk/signing/node";
import { createSignatureSync } from "http-message-sig";
import { httpbis } from "http-message-signatures";
import { alternate } from "./run.mjs";

/**
 * @typedef {object} Comparison Works that are done by turns.
 * @property {number} times how often in a round: short ones, so that what else the machine does meets only some of them
 * @property {Record<string, () => unknown>} works
 */

const rounds = Number(process.argv[2]);
const { subtle } = crypto;
const keyId = randomUUID();
const ed25519 = generateKeyPairSync("ed25519");
const p521 = generateKeyPairSync("ec", { namedCurve: "P-521" });
const ecdsa = { name: "ECDSA", namedCurve: "P-521", hash: "SHA-512" };
const der = /** @type {const} */ ({ type: "pkcs8", format: "der" });
const web = {
  ed25519: await subtle.importKey("pkcs8", ed25519.privateKey.export(der), "Ed25519", false, ["sign"]),
  p521: await subtle.importKey("pkcs8", p521.privateKey.export(der), ecdsa, false, ["sign"]),
};

const request = {
  method: "POST",
  url: "https://sandbox.upvest.co/orders?expand=account",
  headers: {
    accept: "application/json",
    "accept-language": "*",
    authorization: `Bearer ${"x".repeat(87)}`,
    "content-type": "application/json",
    "idempotency-key": randomUUID(),
    "upvest-api-version": "1",
    "upvest-client-id": randomUUID(),
  },
  body: JSON.stringify({ account_id: randomUUID(), note: "x".repeat(237) }),
};
const body = Buffer.from(request.body);
const components = ["@method", "@path", "@query", ...Object.keys(request.headers)];
components.push("content-length", "content-digest");

const webhook = {
  method: "POST",
  url: "https://example.com/upvest",
  body: `{"payload":"${"x".repeat(1010)}"}`,
};
const webhookBody = Buffer.from(webhook.body);

const comparisons = {
  ed25519: await nativeEd25519(),
  peers: await peers(),
  p521: await nativeP521(),
  portableEd25519: await portableEd25519(),
  portableP521: await portableP521(),
  ...(await webhooks()),
};
/** @type {Record<string, Record<string, number[]>>} */
const rates = {};
for (const [name, comparison] of Object.entries(comparisons)) rates[name] = await compare(comparison);
process.stdout.write(JSON.stringify(rates));

/** @param {Comparison} comparison */
async function compare({ times, works }) {
  const entries = Object.entries(works);
  const run = async (/** @type {() => unknown} */ work, /** @type {number} */ count) => {
    const start = performance.now();
    for (let index = 0; index < count; index++) {
      const result = work();
      // What is done at once does not pay for waiting.
      if (result instanceof Promise) await result;
    }
    return (1000 * count) / (performance.now() - start);
  };
  // Not counted: the first runs also compile the code.
  for (const [, work] of entries) await run(work, Math.max(400, 100 * times));
  return alternate(rounds, Object.fromEntries(entries.map(([name, work]) => [name, () => run(work, times)])));
}

/** @returns {Promise<Comparison>} */
async function nativeEd25519() {
  const { privateKey } = ed25519;
  const base = await baseOf("ed25519");
  const signer = await native.createSigner({ keyId, privateKey: web.ed25519 });
  const signBytes = (/** @type {Uint8Array} */ bytes) => sign(null, bytes, privateKey);
  return {
    times: 50,
    works: {
      bare: () => [createHash("sha512").update(body).digest("base64"), signBytes(base)],
      signature: () => signBytes(base),
      ours: () => signer.headers(request),
    },
  };
}

/** @returns {Promise<Comparison>} */
async function peers() {
  const { privateKey } = ed25519;
  const base = await baseOf("ed25519");
  const signBytes = (/** @type {Uint8Array} */ bytes) => sign(null, bytes, privateKey);
  return {
    times: 50,
    works: {
      bare: () => [createHash("sha512").update(body).digest("base64"), signBytes(base)],
      signature: () => signBytes(base),
      "http-message-sig": () => httpMessageSig(signBytes),
      "http-message-signatures": () => httpMessageSignatures(signBytes),
    },
  };
}

/** @returns {Promise<Comparison>} */
async function nativeP521() {
  const base = await baseOf("ecdsa-p521-sha512");
  const signer = await native.createSigner({ keyId, privateKey: web.p521 });
  return {
    times: 1,
    works: {
      bare: () => [createHash("sha512").update(body).digest("base64"), sign("sha512", base, p521.privateKey)],
      ours: () => signer.headers(request),
      // Eight signatures: its rate is counted eight times.
      eight: () => Promise.all(Array.from({ length: 8 }, () => signer.headers(request))),
    },
  };
}

/** @returns {Promise<Comparison>} */
async function portableEd25519() {
  const base = await baseOf("ed25519");
  const signer = await portable.createSigner({ keyId, privateKey: web.ed25519 });
  return {
    times: 5,
    works: {
      bare: async () => [
        await subtle.digest("SHA-512", body),
        await subtle.sign("Ed25519", web.ed25519, base),
      ],
      ours: () => signer.headers(request),
    },
  };
}

/** @returns {Promise<Comparison>} */
async function portableP521() {
  const base = await baseOf("ecdsa-p521-sha512");
  const signer = await portable.createSigner({ keyId, privateKey: web.p521 });
  return {
    times: 1,
    works: {
      bare: async () => [await subtle.digest("SHA-512", body), await subtle.sign(ecdsa, web.p521, base)],
      ours: () => signer.headers(request),
    },
  };
}

/** A webhook of 1 KB: P-521, checked with either entry. */
async function webhooks() {
  const headers = await native.signWebhook(
    { ...webhook, headers: { "content-type": "application/json" } },
    { keyId, privateKey: web.p521 },
  );
  const message = { ...webhook, headers };
  const jwk = { ...p521.publicKey.export({ format: "jwk" }), kid: keyId };
  const version = /** @type {const} */ (6);
  const ours = {
    native: { keys: await native.importPublicKeys(jwk), version },
    portable: { keys: await portable.importPublicKeys(jwk), version },
  };
  /** @type {Uint8Array} */
  let base = new Uint8Array();
  await native.verifyRequest(message, {
    version,
    keys: () => ({
      algorithm: "ecdsa-p521-sha512",
      verify: async (_, bytes) => {
        base = bytes;
        return true;
      },
    }),
  });
  const signature = sign("sha512", base, p521.privateKey);
  const raw = sign("sha512", base, { key: p521.privateKey, dsaEncoding: "ieee-p1363" });
  const key = await subtle.importKey("jwk", jwk, ecdsa, false, ["verify"]);
  return {
    webhook: {
      times: 1,
      works: {
        // By callback as ours, and as WebCrypto: no event loop should wait two milliseconds for a webhook.
        bare: () => {
          createHash("sha256").update(webhookBody).digest("base64");
          return new Promise((done) =>
            verify("sha512", base, p521.publicKey, signature, (_, valid) => done(valid)),
          );
        },
        // For scale: nothing else happens meanwhile.
        blocking: () => [
          createHash("sha256").update(webhookBody).digest("base64"),
          verify("sha512", base, p521.publicKey, signature),
        ],
        ours: () => native.verifyRequest(message, ours.native),
      },
    },
    portableWebhook: {
      times: 1,
      works: {
        bare: async () => [
          await subtle.digest("SHA-256", webhookBody),
          await subtle.verify(ecdsa, key, raw, base),
        ],
        ours: () => portable.verifyRequest(message, ours.portable),
      },
    },
  };
}

/**
 * The bytes that are signed for the request.
 *
 * @param {import("@upvest-sdk/signing").Algorithm} algorithm
 */
async function baseOf(algorithm) {
  /** @type {Uint8Array} */
  let base = new Uint8Array();
  const sign = async (/** @type {Uint8Array} */ bytes) => {
    base = bytes;
    return new Uint8Array(algorithm === "ed25519" ? 64 : 132);
  };
  await (await native.createSigner({ keyId, privateKey: { algorithm, sign } })).headers(request);
  return base;
}

/** What the caller of either peer has to do first. */
function withDigest() {
  const digest = createHash("sha512").update(body).digest("base64");
  return {
    ...request.headers,
    "content-length": String(body.length),
    "content-digest": `sha-512=:${digest}:`,
  };
}

function httpMessageSig(/** @type {(bytes: Uint8Array) => Uint8Array} */ signBytes) {
  const headers = withDigest();
  const fields = Object.entries(headers).map(([name, value]) => ({ name, value }));
  const created = Math.floor(Date.now() / 1000);
  const { signature, signatureInput } = createSignatureSync(
    { kind: "request", method: request.method, targetUri: request.url, fields },
    {
      label: "sig1",
      components,
      parameters: { keyid: keyId, created, expires: created + 60, nonce: randomUUID() },
      signer: { algorithm: "ed25519", sign: signBytes },
    },
  );
  return { ...headers, signature, "signature-input": signatureInput };
}

function httpMessageSignatures(/** @type {(bytes: Uint8Array) => Buffer} */ signBytes) {
  const now = Date.now();
  return httpbis.signMessage(
    {
      key: { id: keyId, sign: async (bytes) => signBytes(bytes) },
      name: "sig1",
      fields: components,
      params: ["keyid", "created", "expires", "nonce"],
      paramValues: { created: new Date(now), expires: new Date(now + 60_000), nonce: randomUUID() },
    },
    { method: request.method, url: request.url, headers: withDigest() },
  );
}

// One process of the webhooks measurement: prints the rates of each comparison, in operations a second, as JSON.
import { createHash, generateKeyPairSync, randomBytes, randomUUID, sign, verify } from "node:crypto";
import { signWebhook, verifyRequest } from "@upvest-sdk/signing/node";
import { createWebhookReceiver, staticKeys } from "@upvest-sdk/webhooks";
import { Webhook } from "standardwebhooks";
import { alternate } from "./run.mjs";

const rounds = Number(process.argv[2]);
const { subtle } = crypto;
const keyId = randomUUID();
const pair = generateKeyPairSync("ec", { namedCurve: "P-521" });
const jwk = /** @type {import("@upvest-sdk/signing").Jwk} */ ({
  ...pair.publicKey.export({ format: "jwk" }),
  kid: keyId,
});
const algorithm = { name: "ECDSA", namedCurve: "P-521", hash: "SHA-512" };
const url = "https://example.com/upvest";

/** @type {Record<string, Record<string, number[]>>} */
const rates = {};
for (const [name, bytes] of Object.entries({ "1 KB": 1024, "16 KB": 16_384, "256 KB": 262_144 }))
  rates[name] = await compare(envelope(bytes));
process.stdout.write(JSON.stringify(rates));

/** A batch of orders that were filled, of at least so many bytes. */
function envelope(/** @type {number} */ bytes) {
  const payload = [];
  for (let size = 0; size < bytes; size += JSON.stringify(payload.at(-1)).length + 1) {
    payload.push({
      id: randomUUID(),
      created_at: "2025-03-04T09:00:05Z",
      type: "ORDER.FILLED",
      webhook_id: randomUUID(),
      object: {
        id: randomUUID(),
        created_at: "2025-03-04T09:00:00Z",
        updated_at: "2025-03-04T09:00:05Z",
        account_id: randomUUID(),
        side: "BUY",
        instrument_id: "IE00B3XXRP09",
        instrument_id_type: "ISIN",
        order_type: "MARKET",
        cash_amount: "100.00",
        currency: "EUR",
        status: "FILLED",
        executions: [{ id: randomUUID(), share_quantity: "1.25", price: "80.00", side: "BUY" }],
      },
    });
  }
  return Buffer.from(JSON.stringify({ payload }));
}

async function compare(/** @type {Buffer} */ body) {
  const headers = await signWebhook(
    { url, body, headers: { "content-type": "application/json" } },
    { keyId, privateKey: pair.privateKey.export({ type: "pkcs8", format: "pem" }).toString() },
  );
  const message = { method: "POST", url, headers, body };
  const receiver = createWebhookReceiver({ keys: staticKeys({ keys: [jwk] }) });
  /** @type {Uint8Array} */
  let base = new Uint8Array();
  await verifyRequest(message, {
    version: 6,
    keys: () => ({
      algorithm: "ecdsa-p521-sha512",
      verify: async (_, bytes) => {
        base = bytes;
        return true;
      },
    }),
  });
  const der = sign("sha512", base, pair.privateKey);
  const raw = sign("sha512", base, { key: pair.privateKey, dsaEncoding: "ieee-p1363" });
  const key = await subtle.importKey("jwk", jwk, algorithm, false, ["verify"]);
  const standard = new Webhook(randomBytes(32).toString("base64"));
  const standardId = `msg_${randomUUID()}`;
  const now = new Date();
  const standardHeaders = {
    "webhook-id": standardId,
    "webhook-timestamp": String(Math.floor(now.getTime() / 1000)),
    "webhook-signature": standard.sign(standardId, now, body),
  };
  const works = {
    // By callback, as a receiver has to: no event loop should wait two milliseconds for a webhook.
    native: async () => {
      createHash("sha256").update(body).digest("base64");
      await new Promise((done) => verify("sha512", base, pair.publicKey, der, (_, valid) => done(valid)));
      return JSON.parse(body.toString());
    },
    webCrypto: async () => {
      await subtle.digest("SHA-256", body);
      await subtle.verify(algorithm, key, raw, base);
      return JSON.parse(new TextDecoder().decode(body));
    },
    ours: () => receiver.verify(message),
    standardWebhooks: async () => standard.verify(body, standardHeaders),
  };
  const timed = async (/** @type {() => Promise<unknown>} */ work, times = 1) => {
    const start = performance.now();
    for (let index = 0; index < times; index++) await work();
    return (1000 * times) / (performance.now() - start);
  };
  // Not counted: the first runs also compile the code, and a receiver runs for days. All but the slow primitive.
  const quick = createWebhookReceiver({
    keys: () => ({ algorithm: "ecdsa-p521-sha512", verify: async () => true }),
  });
  await timed(() => quick.verify(message), 3_000);
  for (const work of Object.values(works)) await timed(work, 100);
  return alternate(rounds, {
    native: () => timed(works.native),
    webCrypto: () => timed(works.webCrypto),
    ours: () => timed(works.ours),
    standardWebhooks: () => timed(works.standardWebhooks),
  });
}

import type { PlainRequest, VerifyOptions } from "../../src/index.js";
import { describe, equal, ok, thrownBy } from "../check.js";
import type { Suite } from "../create-suite.js";
import {
  keyId,
  moment,
  origin,
  plainKeys,
  requestVectors,
  type Vector,
  webhookVectors,
} from "../fixtures.js";

const createdOf = (headers: Record<string, string>): number =>
  Number(/;created=(\d+)/.exec(headers["signature-input"]!)![1]);

/** As it was sent. `headersAdded` takes the place of what was there, whatever its case. */
function sentBy({ request, headersAdded }: Vector): PlainRequest & { headers: Record<string, string> } {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries({ ...request.headers, ...headersAdded })) {
    headers[name.toLowerCase()] = String(value);
  }
  return { ...request, method: request.method.toUpperCase(), headers };
}

/** The text with one bit changed in the character at `index`, so that it is still text of its kind. */
const flip = (text: string, index: number): string =>
  text.slice(0, index) + (text[index] === "A" ? "B" : "A") + text.slice(index + 1);

export async function vectorChecks({ signing, check, refuses }: Suite): Promise<void> {
  for (const [version, vectors] of [
    [15, requestVectors],
    [6, webhookVectors],
  ] as const) {
    for (const vector of vectors) {
      const name = `v${version}, ${vector.source}: ${vector.name}`;
      const sent = sentBy(vector);
      const options = async (): Promise<VerifyOptions> => ({
        keys: await signing.importPublicKeys(vector.publicKeyJwk, { keyId: vector.keyId }),
        version,
        now: () => createdOf(sent.headers) * 1000,
      });
      await check(`verifies: ${name}`, async () => {
        const verified = await signing.verifyRequest(sent, await options());
        equal([verified.label, verified.keyId, verified.version], ["sig1", vector.keyId, version]);
        equal(new TextDecoder().decode(verified.body), vector.request.body ?? "");
      });
      const signature = sent.headers["signature"]!;
      await refuses("SIGNATURE_INVALID", name, async () =>
        signing.verifyRequest(
          { ...sent, headers: { ...sent.headers, signature: flip(signature, signature.length - 12) } },
          await options(),
        ),
      );
    }
  }
}

export async function verifyChecks({ signing, check, refuses, report }: Suite): Promise<void> {
  for (const { algorithm, privateKeyPem, publicKeyPem } of plainKeys) {
    const keys = await signing.importPublicKeys(publicKeyPem, { keyId });
    const now = () => moment;
    const request = {
      method: "POST",
      url: `${origin}/orders?limit=2`,
      headers: { "content-type": "application/json", "x-trace": "1" } as Record<string, string>,
      body: '{"amount":"10.00"}',
    };
    const signer = await signing.createSigner({ keyId, privateKey: privateKeyPem, now });
    const webhook = { url: "https://tenant.example/webhooks?a=b", body: '{"payload":[]}' };

    for (const version of [15, 6] as const) {
      const what = `v${version}, ${algorithm}`;
      const sent =
        version === 15
          ? { ...request, headers: await signer.headers(request) }
          : {
              method: "POST",
              ...webhook,
              headers: await signing.signWebhook(
                { ...webhook, headers: { "content-type": "application/json", "x-trace": "1" } },
                { keyId, privateKey: privateKeyPem, now },
              ),
            };
      const options: VerifyOptions = { keys, version, now };
      const verify = (change: Partial<PlainRequest>) =>
        signing.verifyRequest({ ...sent, ...change }, options);

      await check(`verifies what it signed, ${what}`, async () => {
        const verified = await verify({});
        equal(
          [verified.label, verified.keyId, verified.algorithm, verified.version, verified.created],
          ["sig1", keyId, algorithm, version, moment / 1000],
        );
        equal(verified.expires, moment / 1000 + 60);
        equal(new TextDecoder().decode(verified.body), sent.body);
        const names = ["@method", "@path", "@query", "content-type", "content-length"];
        for (const name of [...names, version === 15 ? "content-digest" : "digest"]) {
          ok(verified.components.includes(name), `${name} is not covered`);
        }
      });
      await check(`"either" finds out, ${what}`, async () => {
        const verified = await signing.verifyRequest(sent, { ...options, version: "either" });
        equal(verified.version, version);
      });
      await check(`as a fetch Request, ${what}`, async () => {
        const { url, ...init } = sent;
        const verified = await signing.verifyRequest(new Request(url, init), options);
        equal(new TextDecoder().decode(verified.body), sent.body);
      });
      await check(`with the URL as received, and an async function for the keys, ${what}`, async () => {
        const { pathname, search } = new URL(sent.url);
        await signing.verifyRequest(
          { ...sent, url: pathname + search },
          { ...options, keys: async (id) => keys.get(id) },
        );
      });
      await check(`what is not covered may change, ${what}`, async () => {
        await verify({ headers: { ...sent.headers, "x-trace": "2", "user-agent": "a proxy" } });
      });
      await check(`without content-length, as when sent in chunks, ${what}`, async () => {
        const { "content-length": _, ...headers } = sent.headers;
        await verify({ headers });
      });

      const headers = (change: Record<string, string>) => ({ headers: { ...sent.headers, ...change } });
      const input = sent.headers["signature-input"]!;
      await refuses("SIGNATURE_INVALID", `method, ${what}`, () => verify({ method: "PUT" }));
      await refuses("SIGNATURE_INVALID", `path, ${what}`, () =>
        verify({ url: sent.url.replace("s?", "t?") }),
      );
      await refuses("SIGNATURE_INVALID", `query, ${what}`, () => verify({ url: `${sent.url}3` }));
      await refuses("SIGNATURE_INVALID", `header, ${what}`, () =>
        verify(headers({ "content-type": "application/jsoo" })),
      );
      await refuses("SIGNATURE_INVALID", `parameter, ${what}`, () =>
        verify(headers({ "signature-input": input.replace(/nonce="./, 'nonce="_') })),
      );
      await refuses("SIGNATURE_INVALID", `the other version, ${what}`, () =>
        signing.verifyRequest(sent, { ...options, version: version === 15 ? 6 : 15, required: [] }),
      );
      await refuses("DIGEST_MISMATCH", `body, ${what}`, () => verify({ body: sent.body.replace("a", "b") }));
      if (algorithm !== "ed25519")
        await check(`a key that is no point on the curve verifies nothing, ${what}`, async () => {
          const error = await thrownBy(async () => {
            const keys = await signing.importPublicKeys(
              { kty: "EC", crv: "P-521", x: "AQ", y: "AQ" },
              { keyId },
            );
            await signing.verifyRequest(sent, { ...options, keys });
          });
          ok(error instanceof signing.SignatureError, describe(error));
          // Deno takes such a key, and says no to every signature.
          ok(["KEY_FORMAT", "SIGNATURE_INVALID"].includes(error.code), error.code);
          if (error.code === "SIGNATURE_INVALID")
            report.notes.push("it imports P-521 keys that are no points");
        });
      await refuses("SIGNATURE_INVALID", `another key, ${what}`, async () => {
        const other = await signing.generateKeyPair(algorithm === "ed25519" ? "ed25519" : "p521");
        const keys = await signing.importPublicKeys(other.publicKeyJwk, { keyId });
        await signing.verifyRequest(sent, { ...options, keys });
      });
    }
  }
}

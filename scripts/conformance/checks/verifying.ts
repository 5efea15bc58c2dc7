import {
  createSigner,
  generateKeyPair,
  importPublicKeys,
  type PlainRequest,
  SignatureError,
  type SignatureErrorCode,
  signWebhook,
  type VerifyOptions,
  verifyRequest,
} from "@upvest-sdk/signing";
import { describe, equal, ok, thrownBy } from "../../../packages/signing/conformance/check.js";
import type { Scene } from "../scene.js";
import { otherBytes } from "../tampering.js";

const keyId = "0d3c2a51-9d0f-4c59-8f0e-4f6f1f4f2a7b";
const url = "https://tenant.example.test/orders?limit=2";
const body = '{"amount":"10.00"}';
const given = { "content-type": "application/json", "x-trace": "1" };
/** In ms. */
const moment = 1_750_000_000_000;
const minute = 60_000;

export async function verifyingChecks({ check }: Scene): Promise<void> {
  for (const algorithm of ["ed25519", "p521"] as const) {
    const { privateKeyPem: privateKey, publicKeyJwk } = await generateKeyPair(algorithm);
    const keys = await importPublicKeys(publicKeyJwk, { keyId });
    const now = () => moment;
    const signer = await createSigner({ keyId, privateKey, now });

    for (const version of [15, 6] as const) {
      const what = `v${version}, ${algorithm}`;
      const plain = { method: "POST", url, headers: given, body };
      const headers =
        version === 15
          ? await signer.headers(plain)
          : await signWebhook({ url, body, headers: given }, { keyId, privateKey, now });
      const sent = { ...plain, headers };
      const verify = (change: Partial<PlainRequest> = {}, options: Partial<VerifyOptions> = {}) =>
        verifyRequest({ ...sent, ...change }, { keys, version, now, ...options });

      await check(`${what}: what was signed verifies, and its body is given back`, async () => {
        const verified = await verify();
        equal([verified.keyId, verified.version, verified.created], [keyId, version, moment / 1000]);
        equal(new TextDecoder().decode(verified.body), body);
      });
      await check(`${what}: so it does as a Request, and as one whose body is a stream`, async () => {
        for (const one of [body, new Blob([body]).stream()]) {
          const init = { method: "POST", headers, body: one, duplex: "half" };
          const verified = await verifyRequest(new Request(url, init as RequestInit), { keys, version, now });
          equal(new TextDecoder().decode(verified.body), body);
        }
      });
      await check(`${what}: so it does where a proxy changed a header that is not covered`, async () => {
        await verify({ headers: { ...headers, "user-agent": "a proxy", "x-trace": "2" } });
      });
      await check(`${what}: either version is found out`, async () => {
        equal((await verify({}, { version: "either" })).version, version);
      });

      const refuses = (
        code: SignatureErrorCode,
        name: string,
        change: Partial<PlainRequest>,
        options?: Partial<VerifyOptions>,
      ) =>
        check(`${what}: ${code}, ${name}`, async () => {
          const error = await thrownBy(() => verify(change, options));
          ok(error instanceof SignatureError, describe(error));
          equal(error.code, code);
          ok(!error.message.includes(headers["signature"]!), "the signature is in the error");
        });
      const header = (name: string, value: string | undefined) => ({
        headers: { ...headers, [name]: value },
      });
      const signature = headers["signature"]!;
      const input = headers["signature-input"]!;
      const other = await generateKeyPair(algorithm);

      await refuses("SIGNATURE_INVALID", "another method", { method: "PUT" });
      await refuses("SIGNATURE_INVALID", "another path", { url: url.replace("orders", "order") });
      await refuses("SIGNATURE_INVALID", "another query", { url: `${url}0` });
      await refuses("SIGNATURE_INVALID", "another header", header("content-type", "application/jsoo"));
      await refuses("SIGNATURE_INVALID", "another signature", header("signature", otherBytes(signature)));
      await refuses(
        "SIGNATURE_INVALID",
        "another nonce",
        header("signature-input", input.replace(/nonce="./, 'nonce="_')),
      );
      await refuses(
        "SIGNATURE_INVALID",
        "another key of that id",
        {},
        { keys: await importPublicKeys(other.publicKeyJwk, { keyId }) },
      );
      await refuses("DIGEST_MISMATCH", "another body", { body: body.replace("10.00", "90.00") });
      await refuses("COMPONENT_MISSING", "a header is gone", header("content-type", undefined));
      await refuses("SIGNATURE_MISSING", "no signature", header("signature", undefined));
      await refuses("SIGNATURE_MALFORMED", "half a signature", header("signature", "sig1=:AA"));
      await refuses("KEY_UNKNOWN", "no key of that id", {}, { keys: () => undefined });
      await refuses("COMPONENT_REQUIRED", "too little is covered", {}, { required: ["@authority"] });
      await refuses("EXPIRED", "too late", {}, { now: () => moment + 7 * minute });
      await refuses("TOO_OLD", "older than wanted", {}, { now: () => moment + 7 * minute, maxAge: minute });
      await refuses("NOT_YET_VALID", "too early", {}, { now: () => moment - 6 * minute });
    }
  }
}

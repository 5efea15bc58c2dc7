import { nobleKey } from "../../src/noble.js";
import { equal, ok, thrownBy } from "../check.js";
import type { Suite } from "../create-suite.js";
import { edges, fromHex, keyId, rfc8032Vectors, toBase64Url } from "../fixtures.js";

/** What a verification ends in: "accepted", or the code of the refusal. */
const outcomes: Record<string, readonly string[]> = {
  valid: ["accepted"],
  invalid: ["SIGNATURE_INVALID"],
  malformed: ["SIGNATURE_ENCODING"],
  "no key": ["KEY_FORMAT", "SIGNATURE_INVALID"],
  acceptable: ["accepted", "SIGNATURE_INVALID", "KEY_FORMAT"],
};

/** RFC 8032, 7.1, and signatures at the edges: whose cryptography a runtime has is its own choice. */
export async function edgeChecks({ signing, check, report }: Suite): Promise<void> {
  for (const { name, secretKey, publicKey, message, signature } of rfc8032Vectors) {
    await check(`RFC 8032, 7.1, ${name}`, async () => {
      const jwk = { kty: "OKP", crv: "Ed25519", x: toBase64Url(fromHex(publicKey)) };
      const key = (await signing.importPublicKeys(jwk, { keyId })).get(keyId)!;
      const signed = await nobleKey(fromHex(secretKey)).sign(fromHex(message));
      equal([...signed], [...fromHex(signature)]);
      ok(await key.verify(fromHex(signature), fromHex(message)), "is refused");
      ok(!(await key.verify(fromHex(signature), fromHex(`${message}00`))), "another message is accepted");
    });
  }

  const { method, url, signatureInput } = edges.request;
  let accepted = 0;
  let open = 0;
  for (const { name: keyName, publicKey, tests } of edges.groups) {
    for (const { name, signature, result } of tests) {
      await check(`${keyName}, ${name}`, async () => {
        const error = await thrownBy(async () => {
          const keys = await signing.importPublicKeys(publicKey, { keyId: "edge" });
          const headers = { "signature-input": signatureInput, signature: `sig1=:${signature}:` };
          await signing.verifyRequest(
            { method, url, headers },
            { keys, version: 15, now: () => 1_750_000_000_000 },
          );
        });
        const code = error === undefined ? "accepted" : (error as { code?: string }).code;
        ok(error === undefined || error instanceof signing.SignatureError, String(error));
        ok(outcomes[result]!.includes(code!), `${code}, should be ${outcomes[result]}`);
        if (result !== "acceptable") return;
        open++;
        if (code === "accepted") accepted++;
      });
    }
  }
  report.notes.push(`of ${open} signatures that RFC 8032 leaves open it accepts ${accepted}`);
}

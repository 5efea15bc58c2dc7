import { nobleKey } from "../../src/noble.js";
import { equal } from "../check.js";
import type { Suite } from "../create-suite.js";
import { fromHex, keyId, keyNamed, moment, origin, rfc8032, toBase64Url } from "../fixtures.js";

export async function nobleChecks({ signing, check }: Suite): Promise<void> {
  const seed = fromHex(rfc8032.seed);
  const x = toBase64Url(fromHex(rfc8032.publicKey));
  const { privateKeyPem } = keyNamed("ed25519", "PKCS#8");

  await check("nobleKey gives the same bytes as WebCrypto, for 50 messages", async () => {
    let count = 0;
    const options = { keyId, now: () => moment, nonce: () => `n-${count}` };
    const noble = await signing.createSigner({ ...options, privateKey: nobleKey(seed) });
    const web = await signing.createSigner({ ...options, privateKey: seed });
    for (; count < 50; count++) {
      const body = crypto.getRandomValues(new Uint8Array(1 + count * 7));
      const request = { method: "POST", url: `${origin}/${count}`, headers: {}, body };
      equal(await noble.headers(request), await web.headers(request));
    }
  });

  await check("nobleKey takes PEM and JWK", async () => {
    const message = new Uint8Array(5);
    const jwk = { kty: "OKP", crv: "Ed25519", x, d: toBase64Url(seed) };
    equal([...(await nobleKey(jwk).sign(message))], [...(await nobleKey(seed).sign(message))]);
    equal((await nobleKey(privateKeyPem).sign(message)).length, 64);
  });
}

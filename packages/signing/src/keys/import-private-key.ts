import type { Algorithm, SigningKey } from "../keys.js";
import { cryptoKeyAlgorithm, isCryptoKey } from "./crypto-key.js";
import { decrypt } from "./decrypt.js";
import { readPrivateKey, toPkcs8 } from "./private-key.js";
import type { PrivateKeyInput } from "./private-key-input.js";
import { isRemoteKey, remoteKey } from "./remote-key.js";
import { importWebKey, type WebKey, webAlgorithm } from "./web-crypto.js";

/**
 * A key to sign with, by WebCrypto. It is not extractable, and nothing of it shows under `console.log` or in JSON.
 *
 * @param privateKey PEM text (PKCS#8, also encrypted with PBES2, PBKDF2 and AES-CBC; SEC 1), a JWK, a `CryptoKey` with
 *   usage `sign`, an Ed25519 seed of 32 bytes, or a key that signs elsewhere.
 * @param passphrase Of encrypted PEM; not looked at for others. Empty counts as none.
 * @throws SignatureError `KEY_FORMAT`, `KEY_ALGORITHM`, `KEY_USAGE`, `KEY_NEEDS_NODE`, `PASSPHRASE_MISSING`,
 *   `PASSPHRASE_WRONG`, `RUNTIME_LACKS_ALGORITHM`; `sign` of a key elsewhere: `KEY_SIGNATURE_FORMAT`
 */
export async function importPrivateKey(
  privateKey: PrivateKeyInput,
  passphrase?: string | undefined,
): Promise<SigningKey> {
  if (isRemoteKey(privateKey)) return remoteKey(privateKey);
  if (isCryptoKey(privateKey)) return signingKey(cryptoKeyAlgorithm(privateKey), privateKey as WebKey);
  const plain = await readPrivateKey(privateKey, passphrase, decrypt);
  return signingKey(plain.algorithm, await importWebKey("pkcs8", toPkcs8(plain), plain.algorithm, "sign"));
}

/** As of a key elsewhere, since WebCrypto gives the raw form. */
function signingKey(algorithm: Algorithm, key: WebKey): SigningKey {
  return remoteKey({
    algorithm,
    async sign(bytes) {
      return new Uint8Array(await crypto.subtle.sign(webAlgorithm[algorithm], key, bytes));
    },
  });
}

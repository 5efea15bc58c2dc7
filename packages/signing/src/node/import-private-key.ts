import { createPrivateKey, KeyObject, sign, type webcrypto } from "node:crypto";
import { cryptoKeyAlgorithm, isCryptoKey } from "../keys/crypto-key.js";
import { readPrivateKey, toPkcs8 } from "../keys/private-key.js";
import type { PrivateKeyInput } from "../keys/private-key-input.js";
import { isRemoteKey, remoteKey } from "../keys/remote-key.js";
import type { Algorithm, OwnKey } from "../keys.js";
import { decrypt } from "./decrypt.js";

/**
 * A key to sign with, by `node:crypto`. Ed25519 is signed at once, in this thread; P-521, which takes milliseconds, on the
 * thread pool. Nothing of the key shows under `console.log` or in JSON.
 *
 * @param privateKey As of the portable entry; of PEM also the legacy encryption (`Proc-Type`) and PBES2 with scrypt.
 * @param passphrase Of encrypted PEM; not looked at for others. Empty counts as none.
 * @throws SignatureError `KEY_FORMAT`, `KEY_ALGORITHM`, `KEY_USAGE`, `PASSPHRASE_MISSING`, `PASSPHRASE_WRONG`; `sign` of a
 *   key elsewhere: `KEY_SIGNATURE_FORMAT`
 */
export async function importPrivateKey(
  privateKey: PrivateKeyInput,
  passphrase?: string | undefined,
): Promise<OwnKey> {
  if (isRemoteKey(privateKey)) return remoteKey(privateKey);
  if (isCryptoKey(privateKey)) {
    return signingKey(cryptoKeyAlgorithm(privateKey), KeyObject.from(privateKey as webcrypto.CryptoKey));
  }
  const plain = await readPrivateKey(privateKey, passphrase, decrypt);
  const key = createPrivateKey({ key: Buffer.from(toPkcs8(plain)), format: "der", type: "pkcs8" });
  return signingKey(plain.algorithm, key);
}

function signingKey(algorithm: Algorithm, key: KeyObject): OwnKey {
  if (algorithm === "ed25519") return { algorithm, sign: (bytes) => sign(null, bytes, key) };
  return {
    algorithm,
    sign: (bytes) =>
      new Promise((resolve, reject) => {
        sign("sha512", bytes, key, (error, signature) => (error ? reject(error) : resolve(signature)));
      }),
  };
}

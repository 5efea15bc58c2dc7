/**
 * Ed25519 for runtimes whose WebCrypto lacks it.
 *
 * @packageDocumentation
 */
import { signAsync } from "@noble/ed25519";
import { fromHex } from "./keys/hex.js";
import { type PrivateKey, readPrivateKey } from "./keys/private-key.js";
import type { Jwk, RemoteKey } from "./keys.js";
import { refuse } from "./refuse.js";

/**
 * An Ed25519 key for runtimes whose WebCrypto lacks Ed25519: signs with `@noble/ed25519`, and SHA-512 by WebCrypto.
 * Give it to `createSigner` as `privateKey`.
 *
 * @param privateKey The 32-byte seed, a JWK, or PEM text (PKCS#8, not encrypted).
 * @throws SignatureError `KEY_FORMAT`, `KEY_ALGORITHM`
 */
export function nobleKey(privateKey: string | Uint8Array | Jwk): RemoteKey {
  // Gives no promise, as nothing encrypted is opened.
  const { algorithm, secret } = readPrivateKey(privateKey, undefined, () =>
    refuse("KEY_FORMAT", "it is encrypted; nobleKey takes it plain only"),
  ) as PrivateKey;
  if (algorithm !== "ed25519") refuse("KEY_ALGORITHM", "nobleKey takes Ed25519 keys only");
  const seed = fromHex(secret);
  return { algorithm, sign: (bytes) => signAsync(bytes, seed) };
}

import { toBase64 } from "./keys/base64.js";
import { toPem } from "./keys/pem.js";
import { lacks, type WebKey, webAlgorithm } from "./keys/web-crypto.js";
import type { Algorithm, Jwk } from "./keys.js";
import { refuse } from "./refuse.js";

/** A new key pair: the private half stays with you, the public half goes to Upvest, who give you its key id. */
export interface GeneratedKeyPair {
  /** To keep: PKCS#8, not encrypted. */
  privateKeyPem: string;
  /** To hand over: SPKI. */
  publicKeyPem: string;
  /** The same as `publicKeyPem`: kty, crv, x and, for P-521, y. */
  publicKeyJwk: Jwk;
}

/**
 * A new key pair, by WebCrypto. Its private key is in the result as text: write it away, do not log it.
 *
 * @throws SignatureError `INVALID_OPTION`, `RUNTIME_LACKS_ALGORITHM`
 */
export async function generateKeyPair(type: "ed25519" | "p521"): Promise<GeneratedKeyPair> {
  if (type !== "ed25519" && type !== "p521")
    refuse("INVALID_OPTION", 'a key pair is of type "ed25519" or "p521"');
  const algorithm: Algorithm = type === "ed25519" ? type : "ecdsa-p521-sha512";
  let pair: { privateKey: WebKey; publicKey: WebKey };
  try {
    pair = (await crypto.subtle.generateKey(webAlgorithm[algorithm], true, [
      "sign",
      "verify",
    ])) as typeof pair;
  } catch {
    lacks(algorithm);
  }
  const base64 = async (format: "pkcs8" | "spki", key: WebKey) =>
    toBase64(new Uint8Array(await crypto.subtle.exportKey(format, key)));
  const { kty, crv, x, y } = (await crypto.subtle.exportKey("jwk", pair.publicKey)) as Jwk;
  return {
    privateKeyPem: toPem("PRIVATE KEY", await base64("pkcs8", pair.privateKey)),
    publicKeyPem: toPem("PUBLIC KEY", await base64("spki", pair.publicKey)),
    publicKeyJwk: { kty, crv, x, ...(y && { y }) },
  };
}

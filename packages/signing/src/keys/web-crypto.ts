import type { Algorithm } from "../keys.js";
import { refuse } from "../refuse.js";

/** `CryptoKey`, without naming a global that not every runtime's types have. */
export type WebKey = Awaited<ReturnType<typeof crypto.subtle.importKey>>;

/** To import a key, to sign and to verify. */
export const webAlgorithm = {
  ed25519: { name: "Ed25519" },
  "ecdsa-p521-sha512": { name: "ECDSA", hash: "SHA-512", namedCurve: "P-521" },
} as const;

export function lacks(algorithm: Algorithm): never {
  refuse("RUNTIME_LACKS_ALGORITHM", `${algorithm}; see nobleKey of @upvest-sdk/signing/noble`);
}

/** Not extractable. */
export async function importWebKey(
  format: "pkcs8" | "raw",
  bytes: Uint8Array,
  algorithm: Algorithm,
  usage: "sign" | "verify",
): Promise<WebKey> {
  try {
    return await crypto.subtle.importKey(format, bytes, webAlgorithm[algorithm], false, [usage]);
  } catch (error) {
    // The form was checked before: all but a point off the curve is the runtime's fault. Pages without TLS have no
    // crypto.subtle at all.
    return (error as Error).name === "DataError"
      ? refuse("KEY_FORMAT", "not on the curve")
      : lacks(algorithm);
  }
}

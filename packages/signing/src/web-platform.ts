export { encode } from "./bytes.js";

import type { DigestAlgorithm } from "./digest.js";
import { toBase64 } from "./keys/base64.js";
import { toHex } from "./keys/hex.js";

/** A digest in base64, by WebCrypto. */
export async function hash(algorithm: DigestAlgorithm, bytes: Uint8Array): Promise<string> {
  return toBase64(new Uint8Array(await crypto.subtle.digest(algorithm, bytes)));
}

/** 128 random bits in hex. */
export function nonce(): string {
  return toHex(crypto.getRandomValues(new Uint8Array(16)));
}

import type { DigestAlgorithm } from "./digest.js";
import { toBase64 } from "./keys/base64.js";

export { encode } from "./message.js";

/** A digest in base64, by WebCrypto. */
export async function hash(algorithm: DigestAlgorithm, bytes: Uint8Array): Promise<string> {
  return toBase64(new Uint8Array(await crypto.subtle.digest(algorithm, bytes as Uint8Array<ArrayBuffer>)));
}

/** 128 random bits in hex: of a UUID (version 4) the first 8 digits are, and the last 12. Drawing bytes is far slower. */
export function nonce(): string {
  const uuid = crypto.randomUUID();
  return uuid.slice(0, 8) + uuid.slice(24) + crypto.randomUUID().slice(24);
}

import crypto from "node:crypto";
import type { DigestAlgorithm } from "../digest.js";

// Faster here than `TextEncoder`.
export const encode = (text: string): Uint8Array => Buffer.from(text);

/** A digest in base64, by node:crypto. */
export function hash(algorithm: DigestAlgorithm, bytes: Uint8Array): string {
  const name = algorithm === "sha-512" ? "sha512" : "sha256";
  // One call where there is one: runtimes that only follow Node may not have it.
  return crypto.hash?.(name, bytes, "base64") ?? crypto.createHash(name).update(bytes).digest("base64");
}

const pool = { bytes: Buffer.alloc(0), used: 0 };

/** 128 random bits in hex, drawn from the system for 256 nonces at a time; each part is used once. */
export function nonce(): string {
  if (pool.used === pool.bytes.length) {
    pool.bytes = crypto.randomBytes(4096);
    pool.used = 0;
  }
  pool.used += 16;
  return pool.bytes.toString("hex", pool.used - 16, pool.used);
}

import { createHash, randomBytes } from "node:crypto";

/** Where ids and simulated values come from: the same seed gives the same ones. */
export interface Ids {
  bytes(length: number): Buffer;
  /** A UUID of version 4. */
  uuid(): string;
  /** So many decimal digits, the first of them not 0. */
  digits(length: number): string;
  /** At least 0, less than 1. */
  random(): number;
}

/** @param used how much of it was used before, for a seed that goes on after a restart */
export function createIds(seed: string | undefined, used = 0): Ids & { readonly used: () => number } {
  let count = used;
  let pool = Buffer.alloc(0);
  const bytes = (length: number): Buffer => {
    if (seed === undefined) return randomBytes(length);
    while (pool.length < length)
      pool = Buffer.concat([pool, createHash("sha512").update(`${seed}\n${count++}`).digest()]);
    const taken = pool.subarray(0, length);
    pool = pool.subarray(length);
    return Buffer.from(taken);
  };
  const random = () => bytes(6).readUIntBE(0, 6) / 2 ** 48;
  return {
    bytes,
    random,
    used: () => count,
    uuid() {
      const id = bytes(16);
      id[6] = (id[6]! & 0x0f) | 0x40;
      id[8] = (id[8]! & 0x3f) | 0x80;
      return id.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
    },
    digits: (length) =>
      Array.from({ length }, (_, at) => (at ? Math.floor(random() * 10) : 1 + Math.floor(random() * 9))).join(
        "",
      ),
  };
}

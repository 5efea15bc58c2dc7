import { badKey, fail } from "./fail.js";
import { fromHex } from "./hex.js";

/** An encrypted PKCS#8 key (RFC 8018, PBES2): how a key comes from the passphrase, and what it encrypts, with AES-CBC. */
export interface Pbes2 {
  /** The hash of PBKDF2's HMAC: 1, 256, 384 or 512. Without it the key comes by scrypt. */
  sha: number | undefined;
  salt: Uint8Array;
  /** The iterations of PBKDF2; cost, block size and parallelization of scrypt (RFC 7914, 7). */
  numbers: number[];
  /** In bytes. */
  keyLength: number;
  iv: Uint8Array;
  data: Uint8Array;
}

/** `der` in hex. What stands in it, in the order of its kind, says all: the sequences around are not needed. */
export function readPbes2(der: string): Pbes2 {
  const found: Record<string, string[]> = { "02": [], "04": [], "06": [] };
  let at = 0;
  const take = (digits: number) => {
    at += digits;
    return der.slice(at - digits, at);
  };
  while (at < der.length) {
    const tag = take(2);
    let length = Number(`0x${take(2)}`);
    if (length > 127) length = Number(`0x${take((length - 128) * 2)}`);
    if (tag === "30") continue;
    const content = take(length * 2);
    found[tag]?.push(content);
  }
  const { "02": integers = [], "04": [salt = "", iv = "", data = ""] = [], "06": oids } = found;
  const numbers = integers.map((hex) => Number(`0x${hex}`));
  // PBES2, then PBKDF2 and its HMAC (if it is not SHA-1) or scrypt, then AES of 128, 192 or 256 bits in CBC mode.
  const [, pbkdf2, prf, aes] =
    /^2a864886f70d01050d,(?:2a864886f70d01050(c)(?:,2a864886f70d020([79ab]))?|2b06010401da47040b),6086480165030401(02|16|2a)$/.exec(
      String(oids),
    ) ?? unknownEncryption();
  // More than ten million rounds would take minutes.
  if (iv.length !== 32 || !data || data.length % 32 || !(numbers[0]! > 0 && numbers[0]! <= 1e7))
    unknownEncryption();
  return {
    sha: pbkdf2 && ({ 9: 256, a: 384, b: 512 }[prf as "9"] ?? 1),
    salt: fromHex(salt),
    numbers,
    keyLength: { "02": 16, 16: 24, "2a": 32 }[aes as "02"],
    iv: fromHex(iv),
    data: fromHex(data),
  } as Pbes2;
}

export function unknownEncryption(): never {
  badKey(`unknown encryption${remedy}`);
}

export const remedy = "; convert it by `openssl pkcs8 -topk8 -v2 aes-256-cbc`";

/** An empty passphrase, as an unset environment variable gives it, counts as none. */
export function needPassphrase(passphrase: string | undefined): string {
  return passphrase || fail("PASSPHRASE_MISSING", "The private key is encrypted: give its passphrase");
}

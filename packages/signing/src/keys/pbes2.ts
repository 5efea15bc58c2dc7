import { refuse } from "../refuse.js";
import { fromHex } from "./hex.js";
import { readDer } from "./read-der.js";

/** How a key comes from the passphrase by PBKDF2, and what it encrypts, with AES-CBC. */
export interface Pbes2 {
  /** The hash of PBKDF2's HMAC: 1, 256, 384 or 512. */
  sha: number;
  salt: Uint8Array;
  iterations: number;
  /** In bits. */
  keyLength: number;
  iv: Uint8Array;
  data: Uint8Array;
}

/** An encrypted PKCS#8 key (RFC 8018, PBES2), in hex. */
export function readPbes2(der: string): Pbes2 {
  // PBES2, PBKDF2, its salt, rounds, length of the key and HMAC (if it is not SHA-1), AES in CBC mode.
  // More rounds than three bytes can say would take minutes.
  const [, salt, rounds, prf, aes, iv, data] =
    /^06:2a864886f70d01050d 06:2a864886f70d01050c 04:(\w*) 02:(?!0+ )(\w{2,6})(?: 02:\w+)?(?: 06:2a864886f70d020([79ab])(?: 05:)?)? 06:6086480165030401(02|16|2a) 04:(\w{32}) 04:((?:\w{32})+)$/.exec(
      readDer(der),
    ) ?? unknownEncryption();
  return {
    sha: { 9: 256, a: 384, b: 512 }[prf as "a"] ?? 1,
    salt: fromHex(salt!),
    iterations: Number.parseInt(rounds!, 16),
    keyLength: { "02": 128, 16: 192, "2a": 256 }[aes as "2a"],
    iv: fromHex(iv!),
    data: fromHex(data!),
  };
}

export const scryptOid = "2b06010401da47040b";

export function unknownEncryption(): never {
  refuse("KEY_FORMAT", `unknown encryption${remedy}`);
}

export const remedy = "; `openssl pkcs8 -topk8` converts it";

/** An empty passphrase, as an unset environment variable gives it, counts as none. */
export function needPassphrase(passphrase: string | undefined): string {
  return passphrase || refuse("PASSPHRASE_MISSING", "the private key is encrypted");
}

export const cannotDecrypt = "the private key cannot be decrypted";

export function wrongPassphrase(): never {
  refuse("PASSPHRASE_WRONG", cannotDecrypt);
}

import { createDecipheriv, createHash, pbkdf2, scrypt } from "node:crypto";
import { promisify } from "node:util";
import { fromHex } from "../keys/hex.js";
import { needPassphrase, readPbes2, scryptOid, unknownEncryption, wrongPassphrase } from "../keys/pbes2.js";
import type { PemBlock } from "../keys/pem.js";
import { readDer } from "../keys/read-der.js";
import { refuse } from "../refuse.js";

/** PBES2 with PBKDF2 or scrypt, and the encryption that Proc-Type and DEK-Info say; AES-CBC in all of them. */
export async function decrypt(block: PemBlock, passphrase: string | undefined): Promise<Uint8Array> {
  const { hex, dekInfo } = block;
  const opened =
    dekInfo !== undefined
      ? legacy(hex, dekInfo)
      : hex.includes(scryptOid)
        ? scryptEncrypted(hex)
        : pbkdf2Encrypted(hex);
  const key = await opened.key(needPassphrase(passphrase));
  try {
    const decipher = createDecipheriv(`aes-${key.length * 8}-cbc`, key, opened.iv);
    return Buffer.concat([decipher.update(opened.data), decipher.final()]);
  } catch (error) {
    // Deno has no AES-192.
    if ((error as NodeJS.ErrnoException).code === "ERR_CRYPTO_UNKNOWN_CIPHER")
      refuse("RUNTIME_LACKS_ALGORITHM", `AES-${key.length * 8}`);
    wrongPassphrase();
  }
}

interface Encrypted {
  key: (passphrase: string) => Promise<Uint8Array> | Uint8Array;
  iv: Uint8Array;
  data: Uint8Array;
}

function pbkdf2Encrypted(hex: string): Encrypted {
  const { sha, salt, iterations, keyLength, iv, data } = readPbes2(hex);
  const derive = promisify(pbkdf2);
  return { key: (passphrase) => derive(passphrase, salt, iterations, keyLength / 8, `sha${sha}`), iv, data };
}

/** PBES2 as `openssl pkcs8 -scrypt` writes it (RFC 7914, 7): salt, cost, block size, parallelization. */
function scryptEncrypted(hex: string): Encrypted {
  const [, salt, n, r, p, aes, iv, data] =
    new RegExp(
      `^06:2a864886f70d01050d 06:${scryptOid} 04:(\\w*) 02:(\\w+) 02:(\\w+) 02:(\\w+)(?: 02:\\w+)? 06:6086480165030401(02|16|2a) 04:(\\w{32}) 04:((?:\\w{32})+)$`,
    ).exec(readDer(hex)) ?? unknownEncryption();
  const [cost, blockSize, parallelization] = [n, r, p].map((number) => Number.parseInt(number!, 16));
  const options = { cost, blockSize, parallelization, maxmem: 256 * 1024 * 1024 };
  const keyLength = { "02": 16, 16: 24, "2a": 32 }[aes as "2a"];
  const derive = promisify<string, Uint8Array, number, object, Uint8Array>(scrypt);
  return {
    // What it throws is about these numbers.
    key: async (passphrase) =>
      derive(passphrase, fromHex(salt!), keyLength, options).catch(unknownEncryption),
    iv: fromHex(iv!),
    data: fromHex(data!),
  };
}

/** What `openssl ec -aes256` writes. The key: MD5 over passphrase and half of the IV, once a block (EVP_BytesToKey). */
function legacy(hex: string, dekInfo: string): Encrypted {
  const [, bits, ivHex] = /^AES-(128|192|256)-CBC,([0-9A-F]{32})$/i.exec(dekInfo) ?? unknownEncryption();
  const iv = Buffer.from(ivHex!, "hex");
  const keyLength = Number(bits) / 8;
  const key = (passphrase: string) => {
    const block = (before: Buffer) =>
      createHash("md5").update(before).update(passphrase).update(iv.subarray(0, 8)).digest();
    const first = block(Buffer.alloc(0));
    return Buffer.concat([first, block(first)]).subarray(0, keyLength);
  };
  return { key, iv, data: Buffer.from(hex, "hex") };
}

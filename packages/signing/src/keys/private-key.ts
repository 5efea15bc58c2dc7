import type { Algorithm } from "../keys.js";
import { algorithmOf } from "./algorithm.js";
import { badKey, wrongAlgorithm, wrongPassphrase } from "./fail.js";
import { base64ToHex, fromHex, toHex } from "./hex.js";
import { type PemBlock, pemBlock } from "./pem.js";

/** What every form comes down to. Stays inside of the package. */
export interface PrivateKey {
  algorithm: Algorithm;
  /** In hex. Ed25519: the seed (32 bytes). P-521: the private number (66 bytes). */
  secret: string;
}

/** Gives what an encrypted block holds. */
export type Decrypt = (block: PemBlock, passphrase: string | undefined) => Promise<Uint8Array>;

/** PKCS#8 in the one form that all runtimes read: fixed bytes, then the secret. They compute the public key themselves. */
export function toPkcs8({ algorithm, secret }: PrivateKey): Uint8Array {
  const head =
    algorithm === "ed25519"
      ? "302e020100300506032b657004220420"
      : "3060020100301006072a8648ce3d020106052b81040023044930470201010442";
  return fromHex(head + secret);
}

/**
 * Keys of the two kinds begin with the same bytes always, but for lengths, so no ASN.1 reader is needed to find the secret.
 * Ed25519 is in PKCS#8 (RFC 8410, 7): version, algorithm, seed. P-521 is in SEC 1 (RFC 5915): version, private number,
 * whose length tells P-521 from all other curves; and that may be within PKCS#8.
 */
function fromDer(der: string, bad: () => never): PrivateKey {
  const [, seed, number] =
    /^30(?:81|82..)?..(?:02010[01]300506032b657004220420(.{64})|(?:02010[01]301006072a8648ce3d020106052b8104002304(?:81|82..)?..30(?:81|82..)?..)?0201010442(.{132}))/.exec(
      der,
    ) ?? (/^30(81|82..)?..0201/.test(der) ? wrongAlgorithm() : bad());
  return seed ? privateKey("ed25519", seed) : privateKey("ecdsa-p521-sha512", number!);
}

function privateKey(algorithm: Algorithm, secret: string): PrivateKey {
  if (algorithm === "ed25519") {
    if (secret.length !== 64) badKey("an Ed25519 seed has 32 bytes");
    return { algorithm, secret };
  }
  // Some write the number without its leading zeros. The range is checked here as not every runtime does; that it is
  // between n and 2^521 does not happen, and would do no harm.
  const padded = secret.replace(/^(00)+/, "").padStart(132, "0");
  if (!/^0[01].*[^0]/.test(padded) || padded.length > 132)
    badKey("the private number is missing or out of range");
  return { algorithm, secret: padded };
}

/**
 * Any form but a `CryptoKey` and a key elsewhere. At once, unless it is encrypted. Of a JWK only `d` is used: every runtime
 * computes the public key.
 *
 * @param decrypt Opens encrypted PEM.
 */
export function readPrivateKey(
  key: unknown,
  passphrase: string | undefined,
  decrypt: Decrypt,
): PrivateKey | Promise<PrivateKey> {
  if (ArrayBuffer.isView(key)) return privateKey("ed25519", toHex(key as Uint8Array));
  if (typeof key !== "string") {
    const { kty, crv, d } = Object(key);
    return privateKey(kty ? algorithmOf(crv) : badKey("it has none of the known forms"), base64ToHex(d));
  }
  const block = pemBlock(key, "PRIVATE KEY");
  return block.dekInfo || block.label.startsWith("ENC")
    ? decrypt(block, passphrase).then((der) => fromDer(toHex(der), wrongPassphrase))
    : fromDer(block.hex, () => badKey("the PEM block holds none"));
}

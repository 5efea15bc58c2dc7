import type { Algorithm } from "../keys.js";
import { refuse } from "../refuse.js";
import { jwkAlgorithm, wrongAlgorithm } from "./algorithm.js";
import { base64ToHex, fromHex, toHex } from "./hex.js";
import { wrongPassphrase } from "./pbes2.js";
import { type PemBlock, pemBlock } from "./pem.js";
import { readDer } from "./read-der.js";

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
 * Ed25519 is in PKCS#8 (RFC 8410, 7): version, algorithm, seed. P-521 is in SEC 1 (RFC 5915): version, private number,
 * whose length tells P-521 from all other curves; and that may be within PKCS#8.
 */
function fromDer(der: string, bad: () => never): PrivateKey {
  const parts = readDer(der);
  const [, seed, within, number = within] =
    /^02:0[01] (?:06:2b6570 04:0420(\w{64})\b|06:2a8648ce3d0201 06:2b81040023 04:30(?:81)?..0201010442(\w{132})|04:(\w{132})\b)/.exec(
      parts,
    ) ?? (parts.startsWith("02:0") ? wrongAlgorithm() : bad());
  return seed ? privateKey("ed25519", seed) : privateKey("ecdsa-p521-sha512", number!);
}

function privateKey(algorithm: Algorithm, secret: string): PrivateKey {
  const isSeed = algorithm === "ed25519";
  // Some write the number without its leading zeros.
  const whole = isSeed ? secret : secret.replace(/^(00)+/, "").padStart(132, "0");
  // The range is checked here as not every runtime does; that the number is between n and 2^521 does not happen, and would
  // do no harm.
  if (!(isSeed ? /^.{64}$/ : /^0[01](?!0*$).{130}$/).test(whole)) {
    refuse("KEY_FORMAT", "the secret is missing or out of range");
  }
  return { algorithm, secret: whole };
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
    const jwk = Object(key);
    return privateKey(jwkAlgorithm(jwk), base64ToHex(jwk.d));
  }
  const block = pemBlock(key, "PRIVATE KEY");
  return block.dekInfo || block.label.startsWith("ENC")
    ? decrypt(block, passphrase).then((der) => fromDer(toHex(der), wrongPassphrase))
    : fromDer(block.hex, () => refuse("KEY_FORMAT", "not a whole private key in the PEM block"));
}

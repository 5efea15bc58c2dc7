import type { SignatureError } from "../errors.js";
import type { Algorithm, Jwk, PublicKeys, VerificationKey } from "../keys.js";
import { algorithmOf } from "./algorithm.js";
import { derToRaw } from "./der.js";
import { badKey, fail, wrongAlgorithm } from "./fail.js";
import { base64ToHex } from "./hex.js";
import { pemBlock } from "./pem.js";
import type { ImportPublicKeysOptions, PublicKeysInput } from "./public-key-input.js";

/** What every form comes down to. */
export interface PublicKey {
  algorithm: Algorithm;
  /** In hex. Ed25519: 32 bytes. P-521: the uncompressed point, 133 bytes. */
  raw: string;
}

/** SPKI (RFC 5280, 4.1.2.7): these bytes, then the key. */
export const spkiHead = {
  ed25519: "302a300506032b6570032100",
  "ecdsa-p521-sha512": "30819b301006072a8648ce3d020106052b8104002303818600",
};

function fromPem(text: string): PublicKey {
  const { hex } = pemBlock(text, "PUBLIC KEY");
  for (const algorithm of ["ed25519", "ecdsa-p521-sha512"] as const) {
    const head = spkiHead[algorithm];
    if (hex.startsWith(head)) return publicKey(algorithm, hex.slice(head.length));
  }
  return /^30(81|82..)?..(30|02)/.test(hex)
    ? wrongAlgorithm()
    : badKey("what is in the PEM block is no public key");
}

/** Some write the coordinates without their leading zeros. */
function fromJwk({ kty, crv, x, y }: Jwk): PublicKey {
  const algorithm = kty ? algorithmOf(crv) : badKey("it has none of the known forms");
  const number = (text: unknown) => (base64ToHex(text) || badKey("x or y is missing")).padStart(132, "0");
  return publicKey(algorithm, algorithm === "ed25519" ? base64ToHex(x) : `04${number(x)}${number(y)}`);
}

function publicKey(algorithm: Algorithm, raw: string): PublicKey {
  if (algorithm === "ed25519" ? raw.length !== 64 : raw.length !== 266 || !raw.startsWith("04")) {
    badKey("the public key has another length than it should, or is a compressed point");
  }
  return { algorithm, raw };
}

/**
 * Of a set, keys that are not usable are left out, as RFC 7517 (5) says, so that a new kind of key in it does not stop the
 * others; where none is left, what was wrong with the first one is thrown.
 */
export async function readPublicKeys(
  input: PublicKeysInput,
  { keyId }: ImportPublicKeysOptions,
  importKey: (key: PublicKey) => VerificationKey | Promise<VerificationKey>,
): Promise<PublicKeys> {
  const set = Object(input).keys as unknown;
  const isSet = Array.isArray(set);
  if (isSet && keyId !== undefined)
    fail("INVALID_OPTION", "keyId is for a single key; those of a set carry their kid");
  const byId = new Map<string, VerificationKey>();
  let first: SignatureError | undefined;
  for (const key of isSet ? set : [input]) {
    try {
      const id: unknown = keyId ?? Object(key).kid;
      const plain = typeof key === "string" ? fromPem(key) : fromJwk(Object(key));
      if (typeof id !== "string" || !id) {
        fail("INVALID_OPTION", "The public key carries no id: give keyId (in a key set: kid)");
      }
      if (!byId.has(id)) byId.set(id, await importKey(plain));
    } catch (error) {
      first ??= error as SignatureError;
    }
  }
  if (!byId.size) throw first ?? badKey("the key set is empty");
  return { get: (id) => byId.get(id), keyIds: [...byId.keys()] };
}

/**
 * The signature as the crypto library takes it, after a look at its form.
 *
 * @throws SignatureError `SIGNATURE_ENCODING`
 */
export function rawSignature(algorithm: Algorithm, signature: Uint8Array): Uint8Array {
  if (algorithm !== "ed25519") return derToRaw(signature);
  return signature.length === 64
    ? signature
    : fail("SIGNATURE_ENCODING", "An Ed25519 signature has 64 bytes");
}

import type { SignatureError } from "../errors.js";
import type { Algorithm, Jwk, PublicKeys, VerificationKey } from "../keys.js";
import { refuse } from "../refuse.js";
import { jwkAlgorithm, wrongAlgorithm } from "./algorithm.js";
import { base64ToHex } from "./hex.js";
import { pemBlock } from "./pem.js";
import type { ImportPublicKeysOptions, PublicKeysInput } from "./public-key-input.js";
import { readDer } from "./read-der.js";

/** What every form comes down to. */
export interface PublicKey {
  algorithm: Algorithm;
  /** In hex. Ed25519: 32 bytes. P-521: the uncompressed point, 133 bytes. */
  raw: string;
}

/** SPKI (RFC 5280, 4.1.2.7): algorithm, key. PKCS#1, of RSA, is another. */
function fromPem(text: string): PublicKey {
  const parts = readDer(pemBlock(text, "PUBLIC KEY").hex);
  const [, ed25519, p521] =
    /^06:(?:2b6570 03:00(.{64})|2a8648ce3d0201 06:2b81040023 03:00(04.{264}))$/.exec(parts) ??
    (/^0[26]/.test(parts)
      ? wrongAlgorithm()
      : refuse("KEY_FORMAT", "not a whole public key in the PEM block"));
  return ed25519 ? publicKey("ed25519", ed25519) : publicKey("ecdsa-p521-sha512", p521!);
}

/** Some write the coordinates without their leading zeros. */
function fromJwk(jwk: Jwk): PublicKey {
  const algorithm = jwkAlgorithm(jwk);
  const [x = "", y = ""] = [jwk.x, jwk.y].map(base64ToHex);
  return publicKey(
    algorithm,
    algorithm === "ed25519" ? x : x && y && `04${x.padStart(132, "0")}${y.padStart(132, "0")}`,
  );
}

function publicKey(algorithm: Algorithm, raw: string): PublicKey {
  if (!(algorithm === "ed25519" ? /^.{64}$/ : /^04.{264}$/).test(raw)) {
    refuse("KEY_FORMAT", "x or y is missing, of another length, or compressed");
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
  if (isSet && keyId !== undefined) refuse("INVALID_OPTION", "keyId for a set, whose keys carry their kid");
  const byId = new Map<string, VerificationKey>();
  let first: SignatureError | undefined;
  for (const key of isSet ? set : [input]) {
    try {
      const id: unknown = keyId ?? Object(key).kid;
      const plain = typeof key === "string" ? fromPem(key) : fromJwk(Object(key));
      if (typeof id !== "string" || !id) {
        refuse("INVALID_OPTION", "a key without kid: give keyId");
      }
      if (!byId.has(id)) byId.set(id, await importKey(plain));
    } catch (error) {
      first ??= error as SignatureError;
    }
  }
  if (!byId.size) throw first ?? refuse("KEY_FORMAT", "the key set is empty");
  return { get: (id) => byId.get(id), keyIds: [...byId.keys()] };
}

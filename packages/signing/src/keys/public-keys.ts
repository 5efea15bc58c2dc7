import type { SignatureError } from "../errors.js";
import type { Algorithm, Jwk, PublicKeys, VerificationKey } from "../keys.js";
import { refuse } from "../refuse.js";
import { jwkAlgorithm, wrongAlgorithm } from "./algorithm.js";
import { derToRaw } from "./der.js";
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
    : refuse("KEY_FORMAT", "the PEM block holds no public key");
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

/**
 * The signature as the crypto library takes it, after a look at its form.
 *
 * @throws SignatureError `SIGNATURE_ENCODING`
 */
export function rawSignature(algorithm: Algorithm, signature: Uint8Array): Uint8Array {
  if (algorithm !== "ed25519") return derToRaw(signature);
  return signature.length === 64 ? signature : refuse("SIGNATURE_ENCODING", "Ed25519 has 64 bytes");
}

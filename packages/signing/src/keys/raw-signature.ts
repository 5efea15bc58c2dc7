import type { Algorithm } from "../keys.js";
import { refuse } from "../refuse.js";
import { derToRaw } from "./der.js";

/**
 * A signature as it is on the wire, in the form that WebCrypto takes, after a look at its form.
 *
 * @throws SignatureError `SIGNATURE_ENCODING`
 */
export function rawSignature(algorithm: Algorithm, signature: Uint8Array): Uint8Array {
  if (algorithm !== "ed25519") return derToRaw(signature);
  return signature.length === 64 ? signature : refuse("SIGNATURE_ENCODING", "Ed25519 has 64 bytes");
}

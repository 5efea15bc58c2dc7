import type { Algorithm, Jwk } from "../keys.js";
import { refuse } from "../refuse.js";

/** By the name that JWK and WebCrypto have for the curve, or by our own. */
export function algorithmOf(name: unknown): Algorithm {
  if (name === "Ed25519" || name === "ed25519") return "ed25519";
  if (name === "P-521" || name === "ecdsa-p521-sha512") return "ecdsa-p521-sha512";
  wrongAlgorithm();
}

export function wrongAlgorithm(): never {
  refuse("KEY_ALGORITHM", "neither Ed25519 nor ECDSA P-521");
}

export function jwkAlgorithm({ kty, crv }: Jwk): Algorithm {
  return kty ? algorithmOf(crv) : refuse("KEY_FORMAT", "none of the known forms");
}

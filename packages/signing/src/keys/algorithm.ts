import type { Algorithm, Jwk } from "../keys.js";
import { refuse } from "../refuse.js";

/** By the curve's name in JWK and WebCrypto. */
export function algorithmOf(curve: unknown): Algorithm {
  return curve === "Ed25519" ? "ed25519" : curve === "P-521" ? "ecdsa-p521-sha512" : wrongAlgorithm();
}

export function jwkAlgorithm({ kty, crv }: Jwk): Algorithm {
  return kty ? algorithmOf(crv) : refuse("KEY_FORMAT", "it is in none of the known forms");
}

export function wrongAlgorithm(): never {
  refuse("KEY_ALGORITHM", "it is neither Ed25519 nor ECDSA P-521");
}

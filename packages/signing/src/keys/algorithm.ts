import type { Algorithm } from "../keys.js";
import { wrongAlgorithm } from "./fail.js";

/** By the curve's name in JWK and WebCrypto. */
export function algorithmOf(curve: unknown): Algorithm {
  return curve === "Ed25519" ? "ed25519" : curve === "P-521" ? "ecdsa-p521-sha512" : wrongAlgorithm();
}

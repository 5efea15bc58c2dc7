import type { Jwk } from "../keys.js";

/** A key set (RFC 7517), one public key as JWK, or one as SPKI PEM text. */
export type PublicKeysInput = string | Jwk | { readonly keys: readonly Jwk[] };

export interface ImportPublicKeysOptions {
  /** The id of a key that carries none: needed for PEM, and for a JWK without `kid`. */
  keyId?: string | undefined;
}

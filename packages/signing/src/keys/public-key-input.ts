import type { Jwk } from "../keys.js";

/** A public key as JSON, also one whose type is an interface with just these members, such as `VerificationKey` of the API. */
export type PublicJwk =
  | Jwk
  | {
      kty?: string | undefined;
      crv?: string | undefined;
      x?: string | undefined;
      y?: string | undefined;
      kid?: string | undefined;
    };

/** A key set (RFC 7517), one public key as JWK, or one as SPKI PEM text. */
export type PublicKeysInput = string | PublicJwk | { readonly keys: readonly PublicJwk[] };

export interface ImportPublicKeysOptions {
  /** The id of a key that carries none: needed for PEM, and for a JWK without `kid`. */
  keyId?: string | undefined;
}

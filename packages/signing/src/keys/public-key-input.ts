import type { Jwk } from "../keys.js";

/** A public key as JSON, also one whose type is an interface with just these members, such as `VerificationKey` of the API. */
export type PublicJwk =
  | Jwk
  | {
      /** The kind of key: `EC` for P-521, `OKP` for Ed25519. */
      kty?: string | undefined;
      /** The curve: `P-521` or `Ed25519`. */
      crv?: string | undefined;
      /** The public key, or its first coordinate, as Base64url. */
      x?: string | undefined;
      /** The second coordinate, of P-521 only, as Base64url. */
      y?: string | undefined;
      /** The id of the key. */
      kid?: string | undefined;
    };

/** A key set (RFC 7517), one public key as JWK, or one as SPKI PEM text. */
export type PublicKeysInput =
  | string
  | PublicJwk
  | {
      /** The keys of the set. Those of another kind are left out, as long as there is one that can be used. */
      readonly keys: readonly PublicJwk[];
    };

/** What a key may not say itself. */
export interface ImportPublicKeysOptions {
  /** The id of a key that carries none: needed for PEM, and for a JWK without `kid`. */
  keyId?: string | undefined;
}

/** `ed25519` (RFC 8032) or ECDSA on P-521 with SHA-512. The API takes no other. */
export type Algorithm = "ed25519" | "ecdsa-p521-sha512";

/** A key that signs. `sign` gives what goes on the wire: 64 bytes for Ed25519, ASN.1 DER for P-521. */
export interface SigningKey {
  /** What it signs with. */
  readonly algorithm: Algorithm;
  /** Signs the bytes of a signature base. */
  sign(bytes: Uint8Array): Promise<Uint8Array>;
}

/** A key that verifies. `signature` is as it was on the wire. */
export interface VerificationKey {
  /** What it verifies with. */
  readonly algorithm: Algorithm;
  /** Whether the signature is one of these bytes by this key. */
  verify(signature: Uint8Array, bytes: Uint8Array): Promise<boolean>;
}

/** Public keys by their id. */
export interface PublicKeys {
  /** The key of an id, or nothing if there is none. */
  get(keyId: string): VerificationKey | undefined;
  /** The ids of all keys. */
  readonly keyIds: readonly string[];
}

/** A key that may answer at once. */
export interface OwnKey extends Omit<SigningKey, "sign"> {
  sign(bytes: Uint8Array): Uint8Array | Promise<Uint8Array>;
}

/** A public or private key as JSON (RFC 7517). Only kty, crv, x, y, d and kid are looked at. */
export interface Jwk {
  /** The kind of key: `EC` for P-521, `OKP` for Ed25519. */
  kty?: string | undefined;
  /** The curve: `P-521` or `Ed25519`. */
  crv?: string | undefined;
  /** The public key, or its first coordinate, as Base64url. */
  x?: string | undefined;
  /** The second coordinate, of P-521 only, as Base64url. */
  y?: string | undefined;
  /** The private key, as Base64url: a secret. */
  d?: string | undefined;
  /** The id of the key. */
  kid?: string | undefined;
  [member: string]: unknown;
}

/** Signs outside of this process: a KMS, an HSM, Vault. For P-521 the result may be raw (132 bytes) or DER. */
export interface RemoteKey {
  /** What it signs with. */
  readonly algorithm: Algorithm;
  /** Signs the bytes, not their hash. What it throws is passed on. */
  sign(bytes: Uint8Array): Promise<Uint8Array>;
}

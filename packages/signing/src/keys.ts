/** `ed25519` (RFC 8032) or ECDSA on P-521 with SHA-512. The API takes no other. */
export type Algorithm = "ed25519" | "ecdsa-p521-sha512";

/** A key that signs. `sign` gives what goes on the wire: 64 bytes for Ed25519, ASN.1 DER for P-521. */
export interface SigningKey {
  readonly algorithm: Algorithm;
  sign(bytes: Uint8Array): Promise<Uint8Array>;
}

/** A key that verifies. `signature` is as it was on the wire. */
export interface VerificationKey {
  readonly algorithm: Algorithm;
  verify(signature: Uint8Array, bytes: Uint8Array): Promise<boolean>;
}

/** Public keys by their id. */
export interface PublicKeys {
  get(keyId: string): VerificationKey | undefined;
  readonly keyIds: readonly string[];
}

/** A key that may answer at once. */
export interface OwnKey extends Omit<SigningKey, "sign"> {
  sign(bytes: Uint8Array): Uint8Array | Promise<Uint8Array>;
}

/** A public or private key as JSON (RFC 7517). Only kty, crv, x, y, d and kid are looked at. */
export interface Jwk {
  kty?: string | undefined;
  crv?: string | undefined;
  x?: string | undefined;
  y?: string | undefined;
  d?: string | undefined;
  kid?: string | undefined;
  [member: string]: unknown;
}

/** Signs outside of this process: a KMS, an HSM, Vault. For P-521 the result may be raw (132 bytes) or DER. */
export interface RemoteKey {
  readonly algorithm: Algorithm;
  sign(bytes: Uint8Array): Promise<Uint8Array>;
}

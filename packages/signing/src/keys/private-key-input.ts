import type { Jwk, RemoteKey } from "../keys.js";

/** What is looked at of a WebCrypto `CryptoKey`; named here so that no DOM library is needed. */
export interface CryptoKeyLike {
  /** Has to be `private`. */
  readonly type: string;
  /** Either will do. */
  readonly extractable: boolean;
  /** The algorithm that it was imported or made for. */
  readonly algorithm: {
    /** `Ed25519` or `ECDSA`. */
    readonly name: string;
  };
  /** Have to include `sign`. */
  readonly usages: readonly string[];
}

/** PEM text, a JWK, a `CryptoKey` with usage `sign`, a 32-byte Ed25519 seed, or a key that signs elsewhere. */
export type PrivateKeyInput = string | Uint8Array | Jwk | CryptoKeyLike | RemoteKey;

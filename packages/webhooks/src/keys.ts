import { importPublicKeys, type PublicJwk, type PublicKeys, type VerificationKey } from "@upvest-sdk/signing";

/** Gives the public key of an id, or nothing if there is none. What it throws ends the delivery. */
export type KeySource = (keyId: string) => VerificationKey | undefined | Promise<VerificationKey | undefined>;

/** A key set that does not change: for tests, and where the API cannot be asked. Keys rotate: see `remoteKeys`. */
export function staticKeys(jwks: {
  /** The public keys, as `GET /auth/verify_keys` lists them. */
  readonly keys: readonly PublicJwk[];
}): KeySource {
  let keys: PublicKeys | undefined;
  return async (keyId) => {
    // The keys are kept, not the promise: on Workers that dies with the request that began it.
    keys ??= await importPublicKeys(jwks);
    return keys.get(keyId);
  };
}

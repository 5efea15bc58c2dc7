/**
 * The same names as the portable entry, on `node:crypto`: faster, and for keys that WebCrypto cannot read.
 *
 * @packageDocumentation
 */
import type { PlainRequest, RequestLike } from "./message.js";
import { importPrivateKey } from "./node/import-private-key.js";
import { encode, hash, nonce } from "./node/node-platform.js";
import { type SignWebhookOptions, signWebhookWith, type WebhookRequest } from "./sign-webhook.js";
import { makeSigner, type Signer, type SignerOptions } from "./signer.js";
import { type VerifiedRequest, type VerifyOptions, verifyWith } from "./verify.js";

export type { SignatureVersion } from "./base.js";
export { SignatureError, type SignatureErrorCode } from "./errors.js";
export type { Explanation } from "./explain.js";
export { type GeneratedKeyPair, generateKeyPair } from "./generate-key-pair.js";
export type { CryptoKeyLike, PrivateKeyInput } from "./keys/private-key-input.js";
export type { ImportPublicKeysOptions, PublicJwk, PublicKeysInput } from "./keys/public-key-input.js";
export type { Algorithm, Jwk, PublicKeys, RemoteKey, SigningKey, VerificationKey } from "./keys.js";
export type { HeaderFields, HeadersLike, PlainRequest, RequestLike } from "./message.js";
export { importPublicKeys } from "./node/import-public-keys.js";
export { type SigningMiddleware, signing } from "./openapi-fetch.js";
export type { SignWebhookOptions, WebhookRequest } from "./sign-webhook.js";
export type {
  CurrentKey,
  RotatingKeyOptions,
  SignatureOptions,
  Signer,
  SignerOptions,
  StaticKeyOptions,
} from "./signer.js";
export { type Fetch, signingFetch } from "./signing-fetch.js";
export { type UncoveredHeader, uncoveredHeaders } from "./uncovered-headers.js";
export type { VerifiedRequest, VerifyOptions } from "./verify.js";

/**
 * As `createSigner` of the portable entry, on node:crypto: faster, and it reads keys that WebCrypto cannot (legacy
 * encrypted PEM, PBES2 with scrypt).
 * @throws {SignatureError} INVALID_OPTION, and what reading the key throws: KEY_FORMAT, KEY_ALGORITHM, PASSPHRASE_MISSING,
 * PASSPHRASE_WRONG
 */
export function createSigner(options: SignerOptions): Promise<Signer> {
  return makeSigner({ importPrivateKey, encode, hash, nonce }, options);
}

/**
 * As `verifyRequest` of the portable entry, on node:crypto.
 * @throws {SignatureError} whose code says which check failed
 */
export function verifyRequest(
  request: RequestLike | PlainRequest,
  options: VerifyOptions,
): Promise<VerifiedRequest> {
  return verifyWith(hash, request, options);
}

/**
 * As `signWebhook` of the portable entry, on node:crypto.
 * @throws {SignatureError} as `createSigner` and `Signer.headers` do
 */
export function signWebhook(
  request: WebhookRequest,
  options: SignWebhookOptions,
): Promise<Record<string, string>> {
  return signWebhookWith({ importPrivateKey, encode, hash, nonce }, request, options);
}

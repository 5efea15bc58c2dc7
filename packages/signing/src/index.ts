/**
 * HTTP message signatures as the Upvest Investment API has them: signs requests, verifies requests and webhooks. Runs on
 * WebCrypto, in every runtime.
 *
 * @packageDocumentation
 */
import { importPrivateKey } from "./keys/import-private-key.js";
import type { PlainRequest, RequestLike } from "./message.js";
import { type SignWebhookOptions, signWebhookWith, type WebhookRequest } from "./sign-webhook.js";
import { makeSigner, type Signer, type SignerOptions } from "./signer.js";
import { type VerifiedRequest, type VerifyOptions, verifyWith } from "./verify.js";
import { encode, hash, nonce } from "./web-platform.js";

export type { SignatureVersion } from "./base.js";
export { SignatureError, type SignatureErrorCode } from "./errors.js";
export type { Explanation } from "./explain.js";
export { type GeneratedKeyPair, generateKeyPair } from "./generate-key-pair.js";
export { importPublicKeys } from "./keys/import-public-keys.js";
export type { CryptoKeyLike, PrivateKeyInput } from "./keys/private-key-input.js";
export type { ImportPublicKeysOptions, PublicJwk, PublicKeysInput } from "./keys/public-key-input.js";
export type { Algorithm, Jwk, PublicKeys, RemoteKey, SigningKey, VerificationKey } from "./keys.js";
export type { HeaderFields, HeadersLike, PlainRequest, RequestLike } from "./message.js";
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
 * A signer of requests to the API: HTTP message signatures, draft 15 (RFC 9421). Covered are `@method`, `@path`, `@query`
 * if there is one, all headers but {@link uncoveredHeaders}, and with a body its length and SHA-512 digest. Does nothing
 * but read the key; clock and randomness are used when something is signed. Runs on WebCrypto.
 *
 * The path is signed as it is sent. With percent-escapes in it that is the one open question: the vendor's examples in
 * JavaScript and Python sign it as sent, those in Go and Java, and the vendor's proxy, decoded. Ids have no escapes.
 * @throws {SignatureError} INVALID_OPTION, and what reading the key throws: KEY_FORMAT, KEY_ALGORITHM, KEY_NEEDS_NODE,
 * PASSPHRASE_MISSING, PASSPHRASE_WRONG
 */
export function createSigner(options: SignerOptions): Promise<Signer> {
  return makeSigner({ importPrivateKey, encode, hash, nonce }, options);
}

/**
 * Verifies the signature of a request (v15, RFC 9421) or a webhook (v6), and the digest of its body. The body of a fetch
 * request is read to its end; it is in what is given back. A message is as it came over the wire: behind a proxy that
 * changes the path, pass the URL as seen from outside.
 * @throws {SignatureError} whose code says which check failed; nothing else, whatever the request holds
 */
export function verifyRequest(
  request: RequestLike | PlainRequest,
  options: VerifyOptions,
): Promise<VerifiedRequest> {
  return verifyWith(hash, request, options);
}

/**
 * Signs a request the way webhooks are signed (v6, with a `digest` of RFC 3230), for test senders. Gives all headers to send.
 * @throws {SignatureError} as `createSigner` and `Signer.headers` do
 */
export function signWebhook(
  request: WebhookRequest,
  options: SignWebhookOptions,
): Promise<Record<string, string>> {
  return signWebhookWith({ importPrivateKey, encode, hash, nonce }, request, options);
}

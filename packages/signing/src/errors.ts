/** What is wrong with a key, a request or a signature; stable, for programs to branch on. */
export type SignatureErrorCode =
  // keys
  /** It is no key in any of the known forms, or not a whole one. */
  | "KEY_FORMAT"
  /** It is a key of another kind than Ed25519 or ECDSA on P-521. */
  | "KEY_ALGORITHM"
  /** Its encryption is one that only `@upvest-sdk/signing/node` opens. */
  | "KEY_NEEDS_NODE"
  /** The `CryptoKey` is not private, or not for `sign`. */
  | "KEY_USAGE"
  /** The key is encrypted, and there is no passphrase. */
  | "PASSPHRASE_MISSING"
  /** The passphrase does not open the key. */
  | "PASSPHRASE_WRONG"
  /** A `RemoteKey` gave something else than a signature. */
  | "KEY_SIGNATURE_FORMAT"
  /** The runtime's WebCrypto lacks the algorithm: for Ed25519 see `nobleKey`. */
  | "RUNTIME_LACKS_ALGORITHM"
  // what is to be signed
  /** An option is missing or makes no sense. */
  | "INVALID_OPTION"
  /** Method, URL, a header or the body cannot be signed, or sent, as it is. */
  | "INVALID_REQUEST"
  /** The body has more bytes than `maxBodyBytes`. */
  | "BODY_TOO_LARGE"
  /** The body of the fetch request was read before. */
  | "BODY_USED"
  // what is to be verified
  /** The header `signature` or `signature-input` is not there. */
  | "SIGNATURE_MISSING"
  /** They are there, and not of their form (RFC 9421, 4). */
  | "SIGNATURE_MALFORMED"
  /** The bytes of the signature are none of the key's algorithm. */
  | "SIGNATURE_ENCODING"
  /** The two headers have no signature with the label. */
  | "SIGNATURE_LABEL"
  /** A label is there twice. */
  | "SIGNATURE_REPEATED"
  /** The header `upvest-signature-version` names another version than 15 or 6. */
  | "SIGNATURE_VERSION"
  /** The headers have more than 16 KiB. */
  | "HEADERS_TOO_LARGE"
  /** A component is covered that a request does not have (RFC 9421, 2). */
  | "COMPONENT_UNKNOWN"
  /** A component is covered twice. */
  | "COMPONENT_REPEATED"
  /** A component has a parameter that it does not take, or lacks the one that it needs. */
  | "COMPONENT_PARAMETER"
  /** A covered header or query parameter is not in the request. */
  | "COMPONENT_MISSING"
  /** Something is not covered that has to be: see `required`. */
  | "COMPONENT_REQUIRED"
  /** There is a body, and its digest is not covered. */
  | "DIGEST_UNCOVERED"
  /** The digest is not of its form, or of no known algorithm (RFC 9530). */
  | "DIGEST_MALFORMED"
  /** The body is not the one that was signed. */
  | "DIGEST_MISMATCH"
  /** The covered `content-length` is not that of the body. */
  | "CONTENT_LENGTH_MISMATCH"
  /** `created` is missing, or a time is no whole number of seconds. */
  | "TIME_MALFORMED"
  /** It expires before it was made. */
  | "TIME_ORDER"
  /** It was made in the future, by more than `clockSkew`. */
  | "NOT_YET_VALID"
  /** It has expired. */
  | "EXPIRED"
  /** It was made longer ago than `maxAge`. */
  | "TOO_OLD"
  /** There is no public key for its key id. */
  | "KEY_UNKNOWN"
  /** It names another algorithm than that of its key. */
  | "ALGORITHM_MISMATCH"
  /** It was made by another key, or something that it covers was changed. */
  | "SIGNATURE_INVALID";

/** The message is one sentence for people: what was wrong, and what to do. It never holds a key, a token or a header's value. */
export class SignatureError extends Error {
  /** Tells it apart where `instanceof` does not, in another realm or a second copy of the package. */
  override readonly name = "SignatureError";
  /** What went wrong; stable, for programs to branch on. */
  readonly code: SignatureErrorCode;

  constructor(code: SignatureErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

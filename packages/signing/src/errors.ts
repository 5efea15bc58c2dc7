/** What is wrong with a key, a request or a signature; stable, for programs to branch on. */
export type SignatureErrorCode =
  // keys
  | "KEY_FORMAT"
  | "KEY_ALGORITHM"
  | "KEY_NEEDS_NODE"
  | "KEY_USAGE"
  | "PASSPHRASE_MISSING"
  | "PASSPHRASE_WRONG"
  | "KEY_SIGNATURE_FORMAT"
  | "RUNTIME_LACKS_ALGORITHM"
  // what is to be signed
  | "INVALID_OPTION"
  | "INVALID_REQUEST"
  | "BODY_TOO_LARGE"
  | "BODY_USED"
  // what is to be verified
  | "SIGNATURE_MISSING"
  | "SIGNATURE_MALFORMED"
  | "SIGNATURE_ENCODING"
  | "SIGNATURE_LABEL"
  | "SIGNATURE_REPEATED"
  | "SIGNATURE_VERSION"
  | "HEADERS_TOO_LARGE"
  | "COMPONENT_UNKNOWN"
  | "COMPONENT_REPEATED"
  | "COMPONENT_PARAMETER"
  | "COMPONENT_MISSING"
  | "COMPONENT_REQUIRED"
  | "DIGEST_UNCOVERED"
  | "DIGEST_MALFORMED"
  | "DIGEST_MISMATCH"
  | "CONTENT_LENGTH_MISMATCH"
  | "TIME_MALFORMED"
  | "TIME_ORDER"
  | "NOT_YET_VALID"
  | "EXPIRED"
  | "TOO_OLD"
  | "KEY_UNKNOWN"
  | "ALGORITHM_MISMATCH"
  | "SIGNATURE_INVALID";

/** The message is one sentence for people: what was wrong, and what to do. It never holds a key, a token or a header's value. */
export class SignatureError extends Error {
  override readonly name = "SignatureError";
  readonly code: SignatureErrorCode;

  constructor(code: SignatureErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

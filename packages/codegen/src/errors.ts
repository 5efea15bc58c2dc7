/** What went wrong; stable, for programs to branch on. The message is for people and may change. */
export type CodegenErrorCode =
  | "FILE_NOT_FOUND"
  | "FILE_NOT_READABLE"
  | "URL_REFUSED"
  | "URL_NOT_READABLE"
  | "URL_TIMEOUT"
  | "TOO_LARGE"
  | "TOO_COMPLEX"
  | "NOT_YAML"
  | "NOT_OPENAPI"
  | "UNSUPPORTED_VERSION"
  | "UNRESOLVED_REF"
  | "DUPLICATE_OPERATION_ID"
  | "INVALID_DESCRIPTION"
  | "INVALID_NAMES"
  | "OUTPUT_NOT_WRITABLE"
  | "STALE";

/** The input or the result is at fault. The message is one sentence: what was wrong, where, and what to do. */
export class CodegenError extends Error {
  override readonly name = "CodegenError";
  readonly code: CodegenErrorCode;

  constructor(code: CodegenErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

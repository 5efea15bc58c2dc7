/** What went wrong; stable, for programs to branch on. The message is for people and may change. */
export type CodegenErrorCode =
  /** There is no file of this name. */
  | "FILE_NOT_FOUND"
  /** It is there, and cannot be read. */
  | "FILE_NOT_READABLE"
  /** The URL is not https (http only to this machine), or leads to one that is not. */
  | "URL_REFUSED"
  /** The server did not answer with a 2xx, or broke off. */
  | "URL_NOT_READABLE"
  /** The server did not answer in time. */
  | "URL_TIMEOUT"
  /** It has more bytes than are read. */
  | "TOO_LARGE"
  /** It is nested too deep, has too many values, or has no end. */
  | "TOO_COMPLEX"
  /** It is neither YAML nor JSON. */
  | "NOT_YAML"
  /** It is no OpenAPI description. */
  | "NOT_OPENAPI"
  /** It is neither OpenAPI 3.0 nor 3.1. */
  | "UNSUPPORTED_VERSION"
  /** A `$ref` leads nowhere. */
  | "UNRESOLVED_REF"
  /** Two operations have one id, or ids that give one constant. */
  | "DUPLICATE_OPERATION_ID"
  /** It is OpenAPI by its head, and not by what stands in it. */
  | "INVALID_DESCRIPTION"
  /** The names file is not of its form, or renames what is not there. */
  | "INVALID_NAMES"
  /** The folder for the result cannot be written; nothing in it was changed. */
  | "OUTPUT_NOT_WRITABLE"
  /** With `--check`: what is in the folder is not what would be written. */
  | "STALE";

/** The input or the result is at fault. The message is one sentence: what was wrong, where, and what to do. */
export class CodegenError extends Error {
  /** Tells it apart where `instanceof` does not, in another realm or a second copy of the package. */
  override readonly name = "CodegenError";
  /** What went wrong; stable, for programs to branch on. */
  readonly code: CodegenErrorCode;

  constructor(code: CodegenErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

import { SignatureError, type SignatureErrorCode } from "./errors.js";

/** Throws. The message is the code in words, then what it is about: names of options, headers and components, no values. */
export function refuse(code: SignatureErrorCode, what: string): never {
  throw new SignatureError(code, `${code.toLowerCase().replaceAll("_", " ")}: ${what}`);
}

import { SignatureError, type SignatureErrorCode } from "./errors.js";

/**
 * Throws. The message is the code in words, then what it is about: names of options, headers and components, no values.
 * About a key never with a cause: what a runtime says might quote the key.
 */
export function refuse(code: SignatureErrorCode, what: string, options?: ErrorOptions): never {
  throw new SignatureError(code, `${code.toLowerCase().replaceAll("_", " ")}: ${what}`, options);
}

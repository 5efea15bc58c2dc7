import { SignatureError, type SignatureErrorCode } from "../errors.js";

/** Throws. Never with a `cause`: what a runtime says about a key might quote the key. */
export function fail(code: SignatureErrorCode, message: string): never {
  throw new SignatureError(code, message);
}

export function badKey(what: string): never {
  fail("KEY_FORMAT", `Cannot read the key: ${what}`);
}

export function wrongAlgorithm(): never {
  fail("KEY_ALGORITHM", "The key is neither of the two kinds that are taken, Ed25519 and ECDSA P-521");
}

export function wrongPassphrase(): never {
  fail("PASSPHRASE_WRONG", "The passphrase does not open the private key");
}

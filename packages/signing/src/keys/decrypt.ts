import type { SignatureErrorCode } from "../errors.js";
import { refuse } from "../refuse.js";
import { cannotDecrypt, needPassphrase, readPbes2, remedy, scryptOid } from "./pbes2.js";
import type { PemBlock } from "./pem.js";

/** PBES2 with PBKDF2 and AES-CBC, by WebCrypto. */
export async function decrypt(
  { hex, dekInfo }: PemBlock,
  passphrase: string | undefined,
): Promise<Uint8Array> {
  if (dekInfo || hex.includes(scryptOid)) {
    refuse("KEY_NEEDS_NODE", `Proc-Type and scrypt, by @upvest-sdk/signing/node${remedy}`);
  }
  const { sha, salt, iterations, keyLength, iv, data } = readPbes2(hex);
  const secret = new TextEncoder().encode(needPassphrase(passphrase));
  // Chromium has no AES-192.
  let fault: SignatureErrorCode = "RUNTIME_LACKS_ALGORITHM";
  try {
    const key = await crypto.subtle.deriveKey(
      { name: "PBKDF2", hash: `SHA-${sha}`, salt, iterations },
      await crypto.subtle.importKey("raw", secret, "PBKDF2", false, ["deriveKey"]),
      { name: "AES-CBC", length: keyLength },
      false,
      ["decrypt"],
    );
    fault = "PASSPHRASE_WRONG";
    return new Uint8Array(await crypto.subtle.decrypt({ name: "AES-CBC", iv }, key, data));
  } catch {
    refuse(fault, cannotDecrypt);
  }
}

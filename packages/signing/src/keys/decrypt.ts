import { refuse } from "../refuse.js";
import { needPassphrase, readPbes2, remedy, scryptOid, wrongPassphrase } from "./pbes2.js";
import type { PemBlock } from "./pem.js";
import type { WebKey } from "./web-crypto.js";

/** PBES2 with PBKDF2 and AES-CBC, by WebCrypto. */
export async function decrypt(
  { hex, dekInfo }: PemBlock,
  passphrase: string | undefined,
): Promise<Uint8Array> {
  if (dekInfo || hex.includes(scryptOid)) {
    refuse("KEY_NEEDS_NODE", `import @upvest-sdk/signing/node for Proc-Type and scrypt${remedy}`);
  }
  const { sha, salt, iterations, keyLength, iv, data } = readPbes2(hex);
  const secret = new TextEncoder().encode(needPassphrase(passphrase));
  let key: WebKey;
  try {
    key = await crypto.subtle.deriveKey(
      { name: "PBKDF2", hash: `SHA-${sha}`, salt, iterations },
      await crypto.subtle.importKey("raw", secret, "PBKDF2", false, ["deriveKey"]),
      { name: "AES-CBC", length: keyLength },
      false,
      ["decrypt"],
    );
  } catch {
    // Chromium has no AES-192.
    refuse("RUNTIME_LACKS_ALGORITHM", `WebCrypto lacks the private key's encryption${remedy}`);
  }
  try {
    return new Uint8Array(await crypto.subtle.decrypt({ name: "AES-CBC", iv }, key, data));
  } catch {
    wrongPassphrase();
  }
}

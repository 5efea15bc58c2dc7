import { fail, wrongPassphrase } from "./fail.js";
import { needPassphrase, readPbes2, remedy } from "./pbes2.js";
import type { PemBlock } from "./pem.js";
import type { WebKey } from "./web-crypto.js";

/** PBES2 with PBKDF2 and AES-CBC, by WebCrypto. */
export async function decrypt(
  { hex, dekInfo }: PemBlock,
  passphrase: string | undefined,
): Promise<Uint8Array> {
  const { sha, salt, numbers, keyLength, iv, data } = dekInfo ? ({} as never) : readPbes2(hex);
  if (!sha) {
    fail("KEY_NEEDS_NODE", `Proc-Type and scrypt need @upvest-sdk/signing/node${remedy}`);
  }
  const secret = new TextEncoder().encode(needPassphrase(passphrase));
  const hash = `SHA-${sha}`;
  let key: WebKey;
  try {
    key = await crypto.subtle.deriveKey(
      { name: "PBKDF2", hash, salt, iterations: numbers[0]! },
      await crypto.subtle.importKey("raw", secret, "PBKDF2", false, ["deriveKey"]),
      { name: "AES-CBC", length: keyLength * 8 },
      false,
      ["decrypt"],
    );
  } catch {
    // Chromium has no AES-192.
    fail("RUNTIME_LACKS_ALGORITHM", `WebCrypto here lacks the private key's encryption${remedy}`);
  }
  try {
    return new Uint8Array(await crypto.subtle.decrypt({ name: "AES-CBC", iv }, key, data));
  } catch {
    wrongPassphrase();
  }
}

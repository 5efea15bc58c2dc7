import { createHash, createPrivateKey, createPublicKey, type KeyObject } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import { Failure, fileFault } from "./errors.js";
import { concealKey } from "./output.js";

/** The variables that a private key may be in, as the vendor's clients name them. */
export const keyVariables = {
  text: "UPVEST_API_HTTP_SIGN_PRIVATE_KEY",
  file: "UPVEST_API_HTTP_SIGN_PRIVATE_KEY_FILENAME",
  base64: "UPVEST_API_HTTP_SIGN_PRIVATE_KEY_BASE64",
  passphrase: "UPVEST_API_HTTP_SIGN_PRIVATE_KEY_PASSPHRASE",
} as const;

/** A private key as the environment gives it. Not to be shown. */
export interface GivenKey {
  readonly pem: string;
  readonly passphrase: string | undefined;
  /** Where it is from. */
  readonly source: string;
  /** It is in a file that others on this machine may read. */
  readonly open: boolean;
}

/**
 * Reads the private key from the one variable that is set.
 *
 * @throws {Failure} none is set, or more than one; the file cannot be read
 */
export async function readKey(env: NodeJS.ProcessEnv): Promise<GivenKey> {
  const { text, file, base64 } = keyVariables;
  const set = [text, file, base64].filter((name) => env[name]?.trim());
  const [source] = set;
  if (source === undefined)
    throw new Failure(
      `no private key: none of ${text}, _FILENAME and _BASE64 is set`,
      `Set ${file} to its file; \`upvest keygen\` makes one.`,
    );
  if (set.length > 1)
    throw new Failure(`more than one private key: ${set.join(", ")}`, "Leave only one of them set.");
  const value = env[source]!.trim();
  const passphrase = env[keyVariables.passphrase] || undefined;
  if (source === text) return { pem: value, passphrase, source, open: false };
  if (source === base64) {
    const pem = Buffer.from(value, "base64").toString();
    concealKey(pem);
    return { pem, passphrase, source, open: false };
  }
  if (value.includes("-----BEGIN"))
    throw new Failure(`${file} holds a key, not the name of a file`, `Set ${text} instead.`);
  try {
    const pem = await readFile(value, "utf8");
    concealKey(pem);
    const { mode } = await stat(value);
    const open = process.platform !== "win32" && (mode & 0o077) !== 0;
    return { pem, passphrase, source: `${source} (${value})`, open };
  } catch (error) {
    throw new Failure(
      `the private key cannot be read from ${value}: ${fileFault(error)}`,
      `Set ${file} to the file of the private key.`,
    );
  }
}

/** What a PEM is, by its label. */
export function formOf(pem: string): string {
  const [, label = ""] = /-----BEGIN ([^-]*PRIVATE KEY)-----/.exec(pem) ?? [];
  const encrypted = label.startsWith("ENCRYPTED") || pem.includes("Proc-Type: 4,ENCRYPTED");
  const form = label === "EC PRIVATE KEY" ? "SEC 1" : "PKCS#8";
  return `${form} PEM, ${encrypted ? "encrypted" : "not encrypted"}`;
}

/** SHA-256 of the public key's SPKI in DER, in hex. */
export function fingerprint(publicKey: KeyObject): string {
  return createHash("sha256")
    .update(publicKey.export({ type: "spki", format: "der" }))
    .digest("hex");
}

/** The public half of a private key, or nothing where `node:crypto` reads it in another way than the signer. */
export function publicKeyOf({ pem, passphrase }: GivenKey): KeyObject | undefined {
  try {
    const key = pem.replaceAll("\\n", "\n");
    return createPublicKey(createPrivateKey({ key, ...(passphrase && { passphrase }) }));
  } catch {
    return undefined;
  }
}

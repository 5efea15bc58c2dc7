import { refuse } from "./refuse.js";
import { readDictionary } from "./structured-fields.js";

export type DigestAlgorithm = "sha-256" | "sha-512";

/** A digest in base64. */
export type Hash = (algorithm: DigestAlgorithm, bytes: Uint8Array) => string | Promise<string>;

/** Checks a `content-digest` (RFC 9530) or the older `digest` (RFC 3230): what in it is SHA-256 or SHA-512. */
export async function checkDigest(
  header: "content-digest" | "digest",
  value: string,
  body: Uint8Array,
  hash: Hash,
): Promise<void> {
  const given = new Map<string, string>();
  if (header === "digest") {
    for (const part of value.split(",")) {
      const end = part.indexOf("=");
      const name = part.slice(0, end).trim().toLowerCase();
      if (given.has(name)) refuse("DIGEST_MALFORMED", name);
      given.set(name, `:${part.slice(end + 1).trim()}:`);
    }
  } else
    for (const [name, { text }] of readDictionary(value, header, "DIGEST_MALFORMED")) given.set(name, text);
  let known = false;
  for (const algorithm of ["sha-512", "sha-256"] as const) {
    const text = given.get(algorithm);
    if (text === undefined) continue;
    known = true;
    if (!equal(text, `:${await hash(algorithm, body)}:`)) refuse("DIGEST_MISMATCH", header);
  }
  if (!known) refuse("DIGEST_MALFORMED", `${header} without sha-256 and sha-512`);
}

// In constant time for texts of the same length; the length of a digest is no secret.
function equal(given: string, expected: string): boolean {
  let difference = given.length ^ expected.length;
  for (let index = 0; index < expected.length; index++) {
    difference |= given.charCodeAt(index) ^ expected.charCodeAt(index);
  }
  return difference === 0;
}

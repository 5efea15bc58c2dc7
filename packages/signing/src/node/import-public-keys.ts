import { createPublicKey, type KeyObject, verify } from "node:crypto";
import type { ImportPublicKeysOptions, PublicKeysInput } from "../keys/public-key-input.js";
import { rawSignature, readPublicKeys, spkiHead } from "../keys/public-keys.js";
import type { PublicKeys } from "../keys.js";
import { refuse } from "../refuse.js";

/**
 * Keys to verify with, by `node:crypto`; otherwise as of the portable entry. Ed25519 is verified at once, in this thread;
 * P-521, which takes milliseconds, on the thread pool.
 *
 * @throws SignatureError `KEY_FORMAT`, `KEY_ALGORITHM`, `INVALID_OPTION` (no key id); of a set only where no key in it is
 *   usable, others are left out (see `keyIds`)
 */
export function importPublicKeys(
  keys: PublicKeysInput,
  options: ImportPublicKeysOptions = {},
): Promise<PublicKeys> {
  return readPublicKeys(keys, options, ({ algorithm, raw }) => {
    let key: KeyObject;
    try {
      const spki = Buffer.from(spkiHead[algorithm] + raw, "hex");
      key = createPublicKey({ key: spki, format: "der", type: "spki" });
    } catch {
      refuse("KEY_FORMAT", "it is not on the curve");
    }
    return {
      algorithm,
      async verify(signature, bytes) {
        const encoded = rawSignature(algorithm, signature);
        if (algorithm === "ed25519") return verify(null, bytes, key, encoded);
        const p521 = { key, dsaEncoding: "ieee-p1363" } as const;
        return new Promise((resolve) => {
          verify("sha512", bytes, p521, encoded, (error, valid) => resolve(!error && valid));
        });
      },
    };
  });
}

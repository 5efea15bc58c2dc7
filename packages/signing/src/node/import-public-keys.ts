import { createPublicKey, type KeyObject, verify } from "node:crypto";
import type { ImportPublicKeysOptions, PublicKeysInput } from "../keys/public-key-input.js";
import { readPublicKeys } from "../keys/public-keys.js";
import { rawSignature } from "../keys/raw-signature.js";
import type { PublicKeys } from "../keys.js";
import { refuse } from "../refuse.js";

/** SPKI (RFC 5280, 4.1.2.7): these bytes, then the key. */
const spkiHead = {
  ed25519: "302a300506032b6570032100",
  "ecdsa-p521-sha512": "30819b301006072a8648ce3d020106052b8104002303818600",
};

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
        // Only its form is of use here: node:crypto takes DER.
        rawSignature(algorithm, signature);
        if (algorithm === "ed25519") return verify(null, bytes, key, signature);
        return new Promise((resolve) => {
          verify("sha512", bytes, key, signature, (error, valid) => resolve(!error && valid));
        });
      },
    };
  });
}

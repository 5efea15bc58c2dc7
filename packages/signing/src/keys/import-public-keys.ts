import type { PublicKeys } from "../keys.js";
import { fromHex } from "./hex.js";
import type { ImportPublicKeysOptions, PublicKeysInput } from "./public-key-input.js";
import { readPublicKeys } from "./public-keys.js";
import { rawSignature } from "./raw-signature.js";
import { importWebKey, webAlgorithm } from "./web-crypto.js";

/**
 * Keys to verify with, by WebCrypto: a key set as the API gives it, one JWK, or PEM text (SPKI).
 * Their `verify` throws SignatureError `SIGNATURE_ENCODING` for a signature that is not in canonical form.
 *
 * @param options.keyId The id of a single key; wins over its `kid`.
 * @throws SignatureError `KEY_FORMAT`, `KEY_ALGORITHM`, `INVALID_OPTION` (no key id), `RUNTIME_LACKS_ALGORITHM`; of a set
 *   only where no key in it is usable, others are left out (see `keyIds`)
 */
export function importPublicKeys(
  keys: PublicKeysInput,
  options: ImportPublicKeysOptions = {},
): Promise<PublicKeys> {
  return readPublicKeys(keys, options, async ({ algorithm, raw }) => {
    const key = await importWebKey("raw", fromHex(raw), algorithm, "verify");
    return {
      algorithm,
      async verify(signature, bytes) {
        const encoded = rawSignature(algorithm, signature);
        try {
          return await crypto.subtle.verify(webAlgorithm[algorithm], key, encoded, bytes);
        } catch {
          // Some runtimes throw where others say false: a point that is not on the curve, a number out of range.
          return false;
        }
      },
    };
  });
}

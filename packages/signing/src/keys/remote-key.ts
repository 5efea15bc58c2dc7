import { toBytes } from "../bytes.js";
import type { RemoteKey, SigningKey } from "../keys.js";
import { refuse } from "../refuse.js";
import { algorithmOf } from "./algorithm.js";
import { rawToDer } from "./der.js";
import { rawSignature } from "./raw-signature.js";

export function isRemoteKey(key: unknown): key is RemoteKey {
  return typeof (key as RemoteKey | null)?.sign === "function";
}

/**
 * Checks what a key elsewhere answers, and brings P-521 to DER: raw begins with 0 or 1 (r has 521 bits), DER with 0x30.
 * What its `sign` throws is passed on.
 */
export function remoteKey(key: RemoteKey): SigningKey {
  const algorithm = algorithmOf(key.algorithm);
  return {
    algorithm,
    async sign(bytes) {
      // A copy: in Node, `buffer` of the bytes may hold more than them.
      const answer: unknown = await key.sign(new Uint8Array(bytes));
      try {
        // What is no bytes throws here.
        const signature = toBytes(ArrayBuffer.isView(answer) && answer)!;
        if (algorithm !== "ed25519" && signature[0] !== 0x30) return rawToDer(signature);
        rawSignature(algorithm, signature);
        return signature;
      } catch {}
      refuse("KEY_SIGNATURE_FORMAT", "sign() has to give bytes: Ed25519 64, P-521 132 or DER");
    },
  };
}

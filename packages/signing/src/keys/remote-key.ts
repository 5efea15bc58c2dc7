import type { RemoteKey, SigningKey } from "../keys.js";
import { derToRaw, rawToDer } from "./der.js";
import { fail, wrongAlgorithm } from "./fail.js";

/**
 * Checks what a key elsewhere answers, and brings P-521 to DER: raw begins with 0 or 1 (r has 521 bits), DER with 0x30.
 * What its `sign` throws is passed on.
 */
export function remoteKey(key: RemoteKey): SigningKey {
  const { algorithm } = key;
  if (algorithm !== "ed25519" && algorithm !== "ecdsa-p521-sha512") wrongAlgorithm();
  return {
    algorithm,
    async sign(bytes) {
      // A copy: in Node, `buffer` of the bytes may hold more than them.
      const answer: unknown = await key.sign(new Uint8Array(bytes));
      try {
        // Not `instanceof`: it may come from another realm. What is no bytes throws here.
        const { buffer, byteOffset, byteLength } = answer as Uint8Array;
        const signature = new Uint8Array(buffer, byteOffset, byteLength);
        if (algorithm !== "ed25519") return rawToDer(signature[0] === 0x30 ? derToRaw(signature) : signature);
        if (signature.length === 64) return signature;
      } catch {}
      fail("KEY_SIGNATURE_FORMAT", "The key's sign() must give bytes: Ed25519 64, P-521 132 or DER");
    },
  };
}

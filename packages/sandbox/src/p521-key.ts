import { createECDH, createPrivateKey } from "node:crypto";
import type { Ids } from "./ids.js";

export interface P521Key {
  /** PKCS#8. */
  privateKeyPem: string;
  publicKeyJwk: { kty: "EC"; crv: "P-521"; x: string; y: string };
}

/** A P-521 key from the source of ids, so that the same seed gives the same key. */
export function p521Key(ids: Ids): P521Key {
  const ecdh = createECDH("secp521r1");
  const scalar = ids.bytes(66);
  // The order of the curve has 521 bits; 520 are enough for a sandbox.
  scalar[0] = 0;
  ecdh.setPrivateKey(scalar);
  const point = ecdh.getPublicKey();
  const publicKeyJwk = {
    kty: "EC",
    crv: "P-521",
    x: point.subarray(1, 67).toString("base64url"),
    y: point.subarray(67).toString("base64url"),
  } as const;
  const key = createPrivateKey({
    key: { ...publicKeyJwk, d: scalar.toString("base64url") },
    format: "jwk",
  });
  return { privateKeyPem: key.export({ type: "pkcs8", format: "pem" }).toString(), publicKeyJwk };
}

import { refuse } from "../refuse.js";

// Our own: the libraries for ASN.1 (asn1js, @peculiar/asn1-schema) are many times the size of this package and read BER.

/**
 * A P-521 signature from `r || s` (132 bytes) to ASN.1 DER `SEQUENCE { r, s }` (RFC 3279, 2.2.3).
 *
 * @throws SignatureError `SIGNATURE_ENCODING` when there are not 132 bytes, or r or s has more than 521 bits.
 */
export function rawToDer(raw: Uint8Array): Uint8Array {
  if (raw.length !== 132 || raw[0]! > 1 || raw[66]! > 1) notCanonical();
  const content = [0, 66].flatMap((start) => {
    const integer = [...raw.subarray(start, start + 66)];
    // The shortest form that is not negative: a zero stays where the next byte has its high bit set.
    while (integer[0] === 0 && integer[1]! < 128) integer.shift();
    return [2, integer.length, ...integer];
  });
  const { length } = content;
  return Uint8Array.from(length > 127 ? [0x30, 0x81, length, ...content] : [0x30, length, ...content]);
}

/**
 * A P-521 signature from ASN.1 DER to `r || s` (132 bytes). Strict: r and s are cut out where they should be, and what
 * they are in DER must be what was given. Whether they are in the range of ECDSA is left to the verification.
 *
 * @throws SignatureError `SIGNATURE_ENCODING`
 */
export function derToRaw(der: Uint8Array): Uint8Array<ArrayBuffer> {
  const raw = new Uint8Array(132);
  let at = der[1] === 0x81 ? 3 : 2;
  for (const end of [66, 132]) {
    const start = at + 2;
    at = start + Math.min(der[at + 1] ?? 0, 66);
    raw.set(der.subarray(start, at), end - at + start);
  }
  if (der.join() !== rawToDer(raw).join()) notCanonical();
  return raw;
}

function notCanonical(): never {
  refuse("SIGNATURE_ENCODING", "r and s of P-521 have 521 bits, and one form in DER");
}

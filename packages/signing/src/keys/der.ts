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
 * A P-521 signature from ASN.1 DER to `r || s` (132 bytes). Strict: takes only what {@link rawToDer} would write. Whether
 * r and s are in the range of ECDSA is left to the verification.
 *
 * @throws SignatureError `SIGNATURE_ENCODING`
 */
export function derToRaw(der: Uint8Array): Uint8Array {
  const raw = new Uint8Array(132);
  let at = der[1] === 0x81 ? 3 : 2;
  // A length of more than 127 takes two bytes, and only such a one.
  const length = der.length - at;
  if (der[0] !== 0x30 || der[at - 1] !== length || length > 127 !== at > 2) notCanonical();
  for (const end of [66, 132]) {
    const size = der[at + 1]!;
    const integer = der.subarray(at + 2, at + 2 + size);
    const [first, second] = integer;
    const tooLong = size > 66 || (size === 66 && first! > 1) || (first === 0 && second! < 128);
    if (der[at] !== 2 || integer.length !== size || !(first! < 128) || tooLong) notCanonical();
    raw.set(integer, end - size);
    at += 2 + size;
  }
  if (at !== der.length) notCanonical();
  return raw;
}

function notCanonical(): never {
  refuse("SIGNATURE_ENCODING", "r and s of P-521 have 521 bits, and one form in DER");
}

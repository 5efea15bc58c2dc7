import { createPublicKey, generateKeyPairSync, sign, verify } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SignatureError } from "../src/errors.js";
import { derToRaw, rawToDer } from "../src/keys/der.js";

const hex = (text: string) => Uint8Array.from(Buffer.from(text.replaceAll(" ", ""), "hex"));
const bytesOf = (number: bigint) => hex(number.toString(16).padStart(132, "0"));
const rawOf = (r: bigint, s: bigint) => Uint8Array.of(...bytesOf(r), ...bytesOf(s));

/** As the textbook says it, by numbers instead of bytes. */
function derOf(...numbers: bigint[]): Uint8Array {
  const content = numbers.flatMap((number) => {
    const digits = number.toString(16);
    let bytes = [...hex(digits.padStart(digits.length + (digits.length % 2), "0"))];
    if (bytes[0]! > 127) bytes = [0, ...bytes];
    return [2, bytes.length, ...bytes];
  });
  return Uint8Array.of(
    0x30,
    ...(content.length > 127 ? [0x81, content.length] : [content.length]),
    ...content,
  );
}

const top = (1n << 521n) - 1n;
/** Numbers with leading zeros, of few bytes, with the high bit at a byte's end. */
const edges = [0n, 1n, 127n, 128n, 255n, 256n, 32767n, 32768n, top, top - 1n];
for (const bits of [8n, 64n, 447n, 448n, 504n, 505n, 511n, 512n, 513n, 519n, 520n]) {
  edges.push(1n << bits, (1n << bits) - 1n, (1n << bits) + 1n);
}
const integer = fc.oneof(
  fc.constantFrom(...edges),
  fc.bigInt({ min: 0n, max: top }),
  fc.integer({ min: 1, max: 521 }).chain((bits) => fc.bigInt({ min: 0n, max: (1n << BigInt(bits)) - 1n })),
);

const refused = (run: () => unknown) => {
  try {
    run();
  } catch (error) {
    expect(error).toBeInstanceOf(SignatureError);
    expect((error as SignatureError).code).toBe("SIGNATURE_ENCODING");
    return;
  }
  expect.unreachable("was taken");
};

describe("P-521 signatures between DER and raw", () => {
  it("are exact at every pair of edges", () => {
    for (const r of edges) {
      for (const s of edges) {
        expect(Buffer.from(rawToDer(rawOf(r, s))).equals(derOf(r, s))).toBe(true);
        expect(Buffer.from(derToRaw(derOf(r, s))).equals(rawOf(r, s))).toBe(true);
      }
    }
  });

  it("are exact for any numbers", () => {
    fc.assert(
      fc.property(integer, integer, (r, s) => {
        expect(rawToDer(rawOf(r, s))).toEqual(derOf(r, s));
        expect(derToRaw(derOf(r, s))).toEqual(rawOf(r, s));
      }),
      { numRuns: 1000 },
    );
  });

  it("agree with OpenSSL, both ways", () => {
    const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-521" });
    for (let i = 0; i < 50; i++) {
      const message = Buffer.from(String(i));
      const der = sign("sha512", message, privateKey);
      const raw = sign("sha512", message, { key: privateKey, dsaEncoding: "ieee-p1363" });
      expect(verify("sha512", message, { key: publicKey, dsaEncoding: "ieee-p1363" }, derToRaw(der))).toBe(
        true,
      );
      expect(verify("sha512", message, publicKey, rawToDer(raw))).toBe(true);
    }
    expect(createPublicKey(privateKey).equals(publicKey)).toBe(true);
  });

  it.each([
    ["nothing", ""],
    ["a sequence without content", "30 00"],
    ["one integer", "30 03 02 01 01"],
    ["three integers", "30 09 02 01 01 02 01 01 02 01 01"],
    ["something behind it", "30 06 02 01 01 02 01 01 00"],
    ["something behind it, counted", "30 07 02 01 01 02 01 01 00"],
    ["less than it says", "30 06 02 01 01 02 01"],
    ["an integer longer than the sequence", "30 06 02 01 01 02 02 01"],
    ["another tag outside", "31 06 02 01 01 02 01 01"],
    ["another tag inside", "30 06 02 01 01 03 01 01"],
    ["an empty integer", "30 05 02 00 02 01 01"],
    ["a negative integer", "30 06 02 01 80 02 01 01"],
    ["a zero too many", "30 07 02 02 00 01 02 01 01"],
    ["a zero too many before zero", "30 07 02 02 00 00 02 01 01"],
    ["a length of two bytes where one does", "30 81 06 02 01 01 02 01 01"],
    ["a length of three bytes where one does", "30 82 00 06 02 01 01 02 01 01"],
    ["a long length inside", "30 07 02 81 01 01 02 01 01"],
    ["an indefinite length", "30 80 02 01 01 02 01 01 00 00"],
    ["a reserved length", "30 ff 02 01 01 02 01 01"],
    ["a length of four bytes", "30 84 00 00 00 06 02 01 01 02 01 01"],
    ["an integer of 522 bits", `30 47 02 42 02 ${"00".repeat(65)} 02 01 01`],
    ["an integer of 67 bytes", `30 48 02 43 01 ${"00".repeat(66)} 02 01 01`],
  ])("refuse %s", (_, text) => refused(() => derToRaw(hex(text))));

  it("refuse raw of another length or with too many bits", () => {
    for (const length of [0, 1, 64, 131, 133, 264]) refused(() => rawToDer(new Uint8Array(length)));
    for (const at of [0, 66]) {
      const raw = new Uint8Array(132);
      raw[at] = 2;
      refused(() => rawToDer(raw));
    }
  });

  it("have one form only: whatever is taken is what we would write", () => {
    let taken = 0;
    const changed = fc
      .tuple(
        integer,
        integer,
        fc.nat(),
        fc.nat({ max: 255 }),
        fc.constantFrom("set", "cut", "insert", "drop"),
      )
      .map(([r, s, where, byte, how]) => {
        const der = [...derOf(r, s)];
        const at = where % der.length;
        if (how === "set") der[at] = byte;
        if (how === "cut") der.length = at;
        if (how === "insert") der.splice(at, 0, byte);
        if (how === "drop") der.splice(at, 1);
        return Uint8Array.from(der);
      });
    fc.assert(
      fc.property(fc.oneof(changed, fc.uint8Array({ maxLength: 200 })), (der) => {
        let raw: Uint8Array;
        try {
          raw = derToRaw(der);
        } catch (error) {
          expect((error as SignatureError).code).toBe("SIGNATURE_ENCODING");
          return;
        }
        taken++;
        expect(rawToDer(raw)).toEqual(der);
      }),
      { numRuns: 5000 },
    );
    expect(taken).toBeGreaterThan(100);
  });
});

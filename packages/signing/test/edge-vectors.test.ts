import { createHash, createPublicKey, type KeyObject, verify } from "node:crypto";
import { describe, expect, it } from "vitest";
import { SignatureError, type VerificationKey } from "../src/index.js";
import rfc8032 from "./fixtures/rfc8032.json" with { type: "json" };
import {
  bytesOf,
  G,
  integer,
  inverse,
  keyFor,
  lift,
  n,
  type Point,
  p,
  sequence,
  times,
  toKey,
} from "./p521.js";
import { type Entry, entries } from "./support/vectors.js";

// Exhaustively what `vectors-edges.json` has a sample of, for every runtime: the same kinds as Wycheproof's files
// ed25519_test.json and ecdsa_secp521r1_sha512_test.json. No npm package carries those (there is no `wycheproof`, and
// `@noble/curves` publishes no vectors), so they are made here, without randomness: numbers are chosen, the key is computed
// that they fit to (`keyFor`), and the encoding is then changed at every place in every way. What each has to end in comes
// from a reading of the form that is not the package's (`isCanonical`); whether it is valid, from `node:crypto`.

type Outcome = "valid" | "not valid" | "SIGNATURE_ENCODING";

/** Anything else that is thrown, is thrown. */
async function outcomeOf(key: VerificationKey, signature: Uint8Array, bytes: Uint8Array): Promise<Outcome> {
  try {
    return (await key.verify(signature, bytes)) ? "valid" : "not valid";
  } catch (error) {
    if (error instanceof SignatureError && error.code === "SIGNATURE_ENCODING") return error.code;
    throw error;
  }
}

function nodeSays(key: KeyObject, signature: Uint8Array, bytes: Uint8Array): boolean {
  return verify(key.asymmetricKeyType === "ec" ? "sha512" : null, bytes, key, signature);
}

const importKey = async (entry: Entry, key: KeyObject): Promise<VerificationKey> => {
  const pem = key.export({ format: "pem", type: "spki" }).toString();
  return (await entry.importPublicKeys(pem, { keyId: "k" })).get("k")!;
};

const sha512 = (bytes: Uint8Array): bigint => BigInt(`0x${createHash("sha512").update(bytes).digest("hex")}`);

// ECDSA on P-521 with SHA-512

const message = Buffer.from("signatures at the edges");
const hash = sha512(message);

interface Signed {
  name: string;
  r: bigint;
  s: bigint;
  key: KeyObject;
}

/** The first point with an x from there on. */
function from(start: bigint, step = 1n): Point {
  for (let x = start; ; x += step) {
    const point = lift(x);
    if (point !== undefined) return point;
  }
}

const signedBy = (name: string, R: Point, s: bigint, e = hash): Signed => ({
  name,
  r: R[0] % n,
  s,
  key: toKey(keyFor(R, s, e)!),
});

const derOf = ({ r, s }: Pick<Signed, "r" | "s">): Buffer => sequence(integer(r), integer(s));

/** By writing anew what is read without any check: there is one form of r and s, and they have up to 521 bits. */
function isCanonical(der: Uint8Array): boolean {
  const at = der[1] === 0x81 ? 3 : 2;
  const middle = at + 2 + (der[at + 1] ?? 0);
  const [r, s] = [der.subarray(at + 2, middle), der.subarray(middle + 2)].map((bytes) =>
    BigInt(`0x0${Buffer.from(bytes).toString("hex")}`),
  ) as [bigint, bigint];
  return r <= p && s <= p && derOf({ r, s }).equals(der);
}

/** r and s with as many bytes as can be; such whose length is the last in one byte, and the first in two; short; shortest. */
const signatures: Signed[] = [
  signedBy("139 bytes", from(2n ** 520n), 2n ** 520n + 1n),
  signedBy("131 bytes, the shortest of the long form", from(2n ** 488n), 2n ** 488n + 1n),
  signedBy("129 bytes, the longest of the short form", from(2n ** 488n), 2n ** 480n + 1n),
  signedBy("zeros before both high bits", from(2n ** 255n), 2n ** 127n),
  signedBy("one byte each", from(1n), 1n),
];

type Variants = [name: string, bytes: number[] | Uint8Array][];

/** The length as DER writes it, or in this many bytes after the first. */
function lengthOf(length: bigint, size?: number): number[] {
  if (size === undefined && length < 128n) return [Number(length)];
  const digits = length.toString(16);
  const bytes = [...Buffer.from(digits.padStart(digits.length + (digits.length % 2), "0"), "hex")];
  const zeros = Math.max(0, (size ?? 0) - bytes.length);
  return [0x80 + zeros + bytes.length, ...Array<number>(zeros).fill(0), ...bytes];
}
const tlv = (tag: number, content: number[], length = BigInt(content.length), size?: number): number[] => [
  tag,
  ...lengthOf(length, size),
  ...content,
];

/** One element of ASN.1, in all the ways that are not DER's, or not what it was. */
function variants(tag: number, content: number[]): Variants {
  const length = BigInt(content.length);
  const made: Variants = [];
  for (let size = 1; size <= 9; size++) {
    made.push([`length in ${size} bytes more`, tlv(tag, content, length, size)]);
  }
  for (const [name, other] of Object.entries({
    "0": 0n,
    "one less": length - 1n,
    "one more": length + 1n,
    "half as much": length / 2n,
    "twice as much": length * 2n,
    "2^8 more": length + 2n ** 8n,
    "2^16 more": length + 2n ** 16n,
    "2^31 - 1": 2n ** 31n - 1n,
    "2^31": 2n ** 31n,
    "2^32 - 1": 2n ** 32n - 1n,
    "2^32 more, that a number of 32 bits forgets": length + 2n ** 32n,
    "2^53 more": length + 2n ** 53n,
    "2^63": 2n ** 63n,
    "2^64 - 1": 2n ** 64n - 1n,
    "2^64 more, that a number of 64 bits forgets": length + 2n ** 64n,
  })) {
    made.push([`length ${name}`, tlv(tag, content, other)]);
  }
  const constructed = tag | 0x20;
  made.push(
    ["indefinite length", [tag, 0x80, ...content, 0, 0]],
    ["indefinite length without its end", [tag, 0x80, ...content]],
    ["indefinite length, constructed", [constructed, 0x80, ...tlv(tag, content), 0, 0]],
    ["indefinite length, constructed, wrong tag inside", [constructed, 0x80, ...tlv(4, content), 0, 0]],
    ["constructed", tlv(constructed, tlv(tag, content))],
    [
      "constructed of two",
      tlv(constructed, [...tlv(tag, content.slice(0, 1)), ...tlv(tag, content.slice(1))]),
    ],
    ["reserved length", [tag, 0xff, ...content]],
    ["no length", [tag, ...content]],
    ["a tag alone", [tag]],
    ["nothing", []],
    ["empty", [tag, 0]],
    ["twice", [...tlv(tag, content), ...tlv(tag, content)]],
    ["in a sequence", tlv(0x30, tlv(tag, content))],
    ["in an octet string", tlv(4, tlv(tag, content))],
    ["in a bit string", tlv(3, [0, ...tlv(tag, content)])],
    ["a tag of two bytes", [0x1f | (tag & 0xe0), tag & 0x1f, ...tlv(tag, content).slice(1)]],
    ["without its first byte", tlv(tag, content.slice(1))],
    ["without its last byte", tlv(tag, content.slice(0, -1))],
    ["backwards", tlv(tag, content.toReversed())],
  );
  const more: [string, number[]][] = [
    ["0", [0]],
    ["two zeros", [0, 0]],
    ["ff", [0xff]],
    ["NULL", [5, 0]],
    ["garbage", [0x49, 0x77]],
    ["an element of no known tag", [0xaa, 0xbb, 0xcd, 0]],
    ["an element", [0x24, 4, 0x49, 0x77, 5, 0]],
    ["a number", [2, 1, 0]],
  ];
  for (const [name, bytes] of more) {
    made.push(
      [`${name} behind it`, [...tlv(tag, content), ...bytes]],
      [`${name} before it`, [...bytes, ...tlv(tag, content)]],
      [`${name} at its end`, tlv(tag, [...content, ...bytes])],
      [`${name} at its end, not counted`, tlv(tag, [...content, ...bytes], length)],
      [`${name} at its beginning`, tlv(tag, [...bytes, ...content])],
      [`${name} at its beginning, not counted`, tlv(tag, [...bytes, ...content], length)],
    );
  }
  const others: [string, number[]][] = [
    ["NULL", [5, 0]],
    ["NULL with a byte", [5, 1, 0]],
    ["false", [1, 1, 0]],
    ["true", [1, 1, 0xff]],
    ["an empty text", [0x0c, 0]],
    ["the text 0", [0x0c, 1, 0x30]],
    ["the real number 0", [9, 0]],
    ["the real number 1/4", [9, 3, 0x80, 0xfe, 1]],
    ["the real number infinity", [9, 1, 0x40]],
    ["not a number", [9, 1, 0x42]],
    ["an empty sequence", [0x30, 0]],
    ["a sequence of 0", [0x30, 3, 2, 1, 0]],
    ["an enumerated 1", [0x0a, 1, 1]],
  ];
  for (const [name, bytes] of others) made.push([name, bytes]);
  for (let other = 0; other < 256; other++) {
    if (other !== tag) made.push([`tag ${other}`, tlv(other, content)]);
  }
  return made;
}

function* everywhere(der: Buffer): Generator<Variants[number]> {
  // The outer length as it was, and as it is now.
  const counted = (bytes: number[]): Variants => {
    const content = bytes.slice(der[1] === 0x81 ? 3 : 2);
    return [
      ["", bytes],
      [", counted", tlv(0x30, content)],
    ];
  };
  const head = der[1] === 0x81 ? 3 : 2;
  for (let at = 0; at < der.length; at++) {
    yield [`cut at ${at}`, der.subarray(0, at)];
    if (at >= head) yield [`cut at ${at}, counted`, tlv(0x30, [...der.subarray(head, at)])];
    yield [`begun at ${at + 1}`, der.subarray(at + 1)];
    yield [`0 from ${at}`, Buffer.concat([der.subarray(0, at), Buffer.alloc(der.length - at)])];
    for (const [how, bytes] of at < head ? [] : counted([...der].toSpliced(at, 1))) {
      yield [`byte ${at} left out${how}`, bytes];
    }
    for (const byte of [0, 2, 0x80, 0xff]) {
      const inserted = [...der].toSpliced(at, 0, byte);
      for (const [how, bytes] of at < head ? ([["", inserted]] as Variants) : counted(inserted)) {
        yield [`${byte} inserted at ${at}${how}`, bytes];
      }
    }
  }
}

/** Every value for tags and lengths; of the numbers, a bit of every fourth byte. */
function* changedBytes(der: Buffer): Generator<Variants[number]> {
  const head = der[1] === 0x81 ? 3 : 2;
  const second = head + 2 + der[head + 1]!;
  const form = [...Array(head).keys(), head, head + 1, head + 2, second, second + 1, second + 2];
  for (let at = 0; at < der.length; at++) {
    const numbers = at === head + 2 || at === second + 2;
    for (let mask = 1; mask < 256; mask++) {
      // The first byte of a number decides on its form.
      const bit = (mask & (mask - 1)) === 0;
      if (form.includes(at) ? numbers && !bit && mask !== 255 : at % 4 > 0 || mask !== 1 << ((at >> 2) % 8))
        continue;
      const bytes = Buffer.from(der);
      bytes[at]! ^= mask;
      yield [`byte ${at} xor ${mask}`, bytes];
    }
  }
}

const special: [string, bigint][] = Object.entries({
  "0": 0n,
  "1": 1n,
  "-1": -1n,
  "2": 2n,
  "n - 1": n - 1n,
  n: n,
  "n + 1": n + 1n,
  "2n": 2n * n,
  "-n": -n,
  "p - 1": p - 1n,
  p: p,
  "p + 1": p + 1n,
  "2^528": 2n ** 528n,
});

function changedNumbers({ r, s }: Signed): Variants {
  const changes: [string, (number: bigint) => bigint][] = [
    ["+ n", (a) => a + n],
    ["- n", (a) => a - n],
    ["+ 256 n", (a) => a + 256n * n],
    ["+ p", (a) => a + p],
    ["+ 1", (a) => a + 1n],
    ["- 1", (a) => a - 1n],
    ["negated", (a) => -a],
    ["n -", (a) => n - a],
    ["-n -", (a) => -n - a],
    ["times 2", (a) => a * 2n],
    ["times 2^8", (a) => a << 8n],
    ["times 2^64", (a) => a << 64n],
    ["+ 2^521", (a) => a + 2n ** 521n],
    ["+ 2^528", (a) => a + 2n ** 528n],
    ["- 2^521", (a) => a - 2n ** 521n],
    ["inverted", (a) => inverse(a, n)],
  ];
  return [
    ...special.flatMap(([a, x]) => [
      ...special.map(([b, y]): Variants[0] => [`${a}, ${b}`, derOf({ r: x, s: y })]),
      [`${a}, s`, derOf({ r: x, s })] as Variants[0],
      [`r, ${a}`, derOf({ r, s: x })] as Variants[0],
    ]),
    ...changes.flatMap(
      ([name, change]): Variants => [
        [`r ${name}`, derOf({ r: change(r), s })],
        [`s ${name}`, derOf({ r, s: change(s) })],
        [`both ${name}`, derOf({ r: change(r), s: change(s) })],
      ],
    ),
    ["s, r", derOf({ r: s, s: r })],
  ];
}

const contentOf = (der: number[] | Uint8Array): number[] => [...der.slice(der[1] === 0x81 ? 3 : 2)];

/** By kind. */
function changesOf(signed: Signed): Record<string, Variants> {
  const der = derOf(signed);
  const [R, S] = [integer(signed.r), integer(signed.s)];
  return {
    "the sequence in other ways": variants(0x30, contentOf(der)),
    "r in other ways": variants(2, R.slice(2)).map(([name, bytes]) => [name, tlv(0x30, [...bytes, ...S])]),
    "s in other ways": variants(2, S.slice(2)).map(([name, bytes]) => [name, tlv(0x30, [...R, ...bytes])]),
    "bytes cut, left out and inserted at every place": [...everywhere(der)],
    "each byte another": [...changedBytes(der)],
    "other numbers": changedNumbers(signed),
  };
}

describe.each(signatures)("P-521, a signature of $name", (signed) => {
  const der = derOf(signed);

  it("is as long as it should be, and valid", () => {
    if (/^\d+ bytes/.test(signed.name)) expect(der).toHaveLength(Number.parseInt(signed.name, 10));
    expect(nodeSays(signed.key, der, message)).toBe(true);
    expect(isCanonical(der)).toBe(true);
  });

  it.each(Object.entries(changesOf(signed)))(
    "%s: node:crypto is as strict as both entries",
    async (_, changes) => {
      const seen: Record<Outcome, number> = { valid: 0, "not valid": 0, SIGNATURE_ENCODING: 0 };
      const keys = await Promise.all(entries.map(([, entry]) => importKey(entry, signed.key)));
      for (const [name, bytes] of changes) {
        const signature = Uint8Array.from(bytes);
        const canonical = isCanonical(signature);
        const valid = nodeSays(signed.key, signature, message);
        // The numbers themselves, and (r, n - s), which ECDSA takes as well.
        const same = der.equals(signature) || derOf({ r: signed.r, s: n - signed.s }).equals(signature);
        expect([name, valid]).toEqual([name, same]);
        const expected: Outcome = valid ? "valid" : canonical ? "not valid" : "SIGNATURE_ENCODING";
        for (const key of keys) {
          expect([name, await outcomeOf(key, signature, message)]).toEqual([name, expected]);
        }
        seen[expected]++;
      }
      expect(seen.SIGNATURE_ENCODING).toBeGreaterThan(80);
    },
  );
});

/** Numbers of each length in bytes: one as small as can be, the other with a zero before its high bit. */
function everyLength(): Signed[] {
  const least = (bytes: number) => 2n ** BigInt(8 * bytes - 8);
  const high = (bytes: number) => 2n ** BigInt(8 * Math.min(bytes, 65) - 1);
  return Array.from({ length: 66 }, (_, at) => {
    const [bytes, rest] = [at + 1, 66 - at];
    return at % 2 > 0
      ? signedBy(`r has ${bytes} bytes`, from(least(bytes)), high(rest) + 1n)
      : signedBy(`r has ${bytes} bytes and a high bit`, from(high(bytes)), least(rest) + 1n);
  });
}

/** With a fixed key: of many k, and of many messages, those whose r or s is short. */
function searched(): (Signed & { text: Buffer })[] {
  const d = sha512(Buffer.from("a private key for this test")) ** 2n % n;
  const key = toKey(times(G, d)!);
  const made: (Signed & { text: Buffer })[] = [];
  let k = 1n;
  for (const bits of [519n, 515n]) {
    let r = 2n ** bits;
    while (r >= 2n ** bits) r = times(G, ++k)![0] % n;
    const s = (inverse(k, n) * (hash + r * d)) % n;
    made.push({ name: `r of ${bits} bits, k is ${k}`, r, s, key, text: message });
  }
  // A large k: with a small one the hash, which is shorter than n, does not reach the first bits of s.
  const large = d ** 3n % n;
  const [r, inverted] = [times(G, large)![0] % n, inverse(large, n)];
  for (const bits of [519n, 511n, 508n]) {
    let [s, text] = [2n ** bits, message];
    for (let i = 0; s >= 2n ** bits; i++) {
      text = Buffer.from(`message ${i}`);
      s = (inverted * (sha512(text) + r * d)) % n;
    }
    made.push({ name: `s of ${bits} bits, ${text}`, r, s, key, text });
  }
  return made;
}

/** Where the computing has its edges: factors of G and of the key that are 1, -1 or the same; keys beside G; odd hashes. */
function computed(): (Signed & { text: Buffer })[] {
  const made: (Signed & { text: Buffer })[] = [];
  const add = (signed: Signed, text = message) => made.push({ ...signed, text });
  const R = times(G, 12345n)!;
  const r = R[0] % n;
  add(signedBy("G times 1", R, hash));
  add(signedBy("G times -1", R, n - hash));
  add(signedBy("the key times 1", R, r));
  add(signedBy("the key times -1", R, n - r));
  add(signedBy("G times 2", R, (hash * inverse(2n, n)) % n));
  add(signedBy("the key times 2", R, (r * inverse(2n, n)) % n));
  for (let bit = 3n; bit < 521n; bit += 101n) {
    add(signedBy(`G times 2^${bit}`, R, (hash * inverse(2n ** bit, n)) % n));
    add(signedBy(`the key times 2^${bit}`, R, (r * inverse(2n ** bit, n)) % n));
  }
  for (let i = 0; ; i++) {
    const text = Buffer.from(`text ${i}`);
    const point = lift(sha512(text));
    if (point === undefined) continue;
    add(signedBy("both times the same", point, 7n, sha512(text)), text);
    add(signedBy("r, s and the hash the same", point, sha512(text), sha512(text)), text);
    break;
  }
  for (const [name, d] of Object.entries({
    G: 1n,
    "-G": n - 1n,
    "2 G": 2n,
    "-2 G": n - 2n,
    "G / 2": inverse(2n, n),
  })) {
    const key = toKey(times(G, d)!);
    for (const k of [1n, 2n, 3n, n - 1n]) {
      const r = times(G, k)![0] % n;
      add({ name: `the key is ${name}, k is ${k}`, r, s: (inverse(k, n) * (hash + r * d)) % n, key });
    }
  }
  // n has more bits than the hash, which is never cut and never reduced; zeros before it stay.
  const zeros: [string, (hash: bigint) => boolean][] = [
    ["a hash with 12 zeros before it", (hash) => hash < 2n ** 500n],
    ["a hash with 12 zeros behind it", (hash) => (hash & 0xfffn) === 0n],
    ["a hash with 12 ones before it", (hash) => hash >> 500n === 0xfffn],
  ];
  for (const [name, wanted] of zeros) {
    let i = 0;
    while (!wanted(sha512(Buffer.from(`hash ${i}`)))) i++;
    const text = Buffer.from(`hash ${i}`);
    add(signedBy(name, R, 3n, sha512(text)), text);
  }
  return made;
}

const valid = [
  ["r and s of every length", everyLength().map((signed) => ({ ...signed, text: message })), 66],
  ["short r and s, searched for", searched(), 5],
  ["edges of the computing", computed(), 35],
] as const;

describe.each(entries)("P-521, valid at the edges, %s", (_, entry) => {
  it.each(valid)("%s: node:crypto says the same", async (_name, all, least) => {
    expect(all.length).toBeGreaterThanOrEqual(least);
    for (const { name, key: keyObject, text, ...numbers } of all) {
      const key = await importKey(entry, keyObject);
      const der = derOf(numbers);
      const other = derOf({ r: numbers.r, s: numbers.s + 1n });
      expect([name, nodeSays(keyObject, der, text)]).toEqual([name, true]);
      expect([name, await outcomeOf(key, der, text)]).toEqual([name, "valid"]);
      expect([name, nodeSays(keyObject, other, text)]).toEqual([name, false]);
      expect([name, await outcomeOf(key, other, text)]).toEqual([name, "not valid"]);
      expect([name, await outcomeOf(key, der, Buffer.concat([text, Buffer.alloc(1)]))]).toEqual([
        name,
        "not valid",
      ]);
    }
  });

  it("a signature in the midst of a larger buffer is read from where it is", async () => {
    for (const { key: keyObject, ...numbers } of signatures) {
      const key = await importKey(entry, keyObject);
      const der = derOf(numbers);
      const within = Buffer.concat([Buffer.alloc(5, 0x30), der, Buffer.alloc(7)]).subarray(5, 5 + der.length);
      const bytes = Buffer.concat([Buffer.alloc(3, 1), message, Buffer.alloc(3)]).subarray(
        3,
        3 + message.length,
      );
      expect(await outcomeOf(key, within, bytes)).toBe("valid");
    }
  });
});

// Ed25519

const L = 2n ** 252n + 27742317777372353535851937790883648493n;
const field = 2n ** 255n - 19n;
const little = (number: bigint): Buffer => bytesOf(number, 32).reverse();
const fromLittle = (bytes: Uint8Array): bigint => BigInt(`0x${Buffer.from(bytes).reverse().toString("hex")}`);

const hex = (text: string) => Buffer.from(text, "hex");
const edKey = (raw: Uint8Array): KeyObject =>
  createPublicKey({
    key: { kty: "OKP", crv: "Ed25519", x: Buffer.from(raw).toString("base64url") },
    format: "jwk",
  });

/** For R (encodings of the small orders, canonical and not, among them), and for S. */
const odd: [string, bigint][] = Object.entries({
  "0": 0n,
  "1": 1n,
  "2": 2n,
  "L - 1": L - 1n,
  L: L,
  "L + 1": L + 1n,
  "8 L": 8n * L,
  "15 L": 15n * L,
  "2^252": 2n ** 252n,
  "2^253": 2n ** 253n,
  "2^254": 2n ** 254n,
  "p - 1": field - 1n,
  p: field,
  "p + 1": field + 1n,
  "2^255 - 1": 2n ** 255n - 1n,
  "2^255": 2n ** 255n,
  "2^255 + 1": 2n ** 255n + 1n,
  "2^255 + p - 1": 2n ** 255n + field - 1n,
  "2^255 + p": 2n ** 255n + field,
  "2^255 + p + 1": 2n ** 255n + field + 1n,
  "2^256 - 1": 2n ** 256n - 1n,
  "of order 8": fromLittle(hex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05")),
  "of order 8, the other": fromLittle(
    hex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"),
  ),
});

function oddEd25519(signature: Buffer, pairs: boolean): Variants {
  const [R, S] = [signature.subarray(0, 32), signature.subarray(32)];
  const made: Variants = [];
  for (let bit = 0; bit < 512; bit++) {
    const bytes = Buffer.from(signature);
    bytes[bit >> 3]! ^= 1 << (bit & 7);
    made.push([`bit ${bit} flipped`, bytes]);
  }
  // 15 L and S are less than 2^256, so all of these fit into 32 bytes.
  for (let k = 1n; k < 15n; k++) {
    made.push([`S + ${k} L`, Buffer.concat([R, little(fromLittle(S) + k * L)])]);
  }
  made.push(["L - S", Buffer.concat([R, little(L - fromLittle(S))])]);
  for (const [name, number] of odd) {
    made.push([`R is ${name}`, Buffer.concat([little(number), S])]);
    made.push([`S is ${name}`, Buffer.concat([R, little(number)])]);
    for (const [other, s] of pairs ? odd : [])
      made.push([`R is ${name}, S is ${other}`, Buffer.concat([little(number), little(s)])]);
  }
  for (let at = 0; at < 64; at++) {
    made.push(
      [`cut at ${at}`, signature.subarray(0, at)],
      [`begun at ${at + 1}`, signature.subarray(at + 1)],
    );
    made.push([`0 from ${at}`, Buffer.concat([signature.subarray(0, at), Buffer.alloc(64 - at)])]);
  }
  for (let at = 0; at <= 64; at++) {
    for (const byte of [0, 1, 0xff])
      made.push([`${byte} inserted at ${at}`, [...signature].toSpliced(at, 0, byte)]);
    made.push([`${at + 1} bytes more`, Buffer.concat([signature, Buffer.alloc(at + 1)])]);
  }
  made.push(["S, R", Buffer.concat([S, R])], ["big-endian", Buffer.from(signature).reverse()]);
  made.push(
    ["in hex", Buffer.from(signature.toString("hex"))],
    ["in base64", Buffer.from(signature.toString("base64"))],
  );
  return made;
}

async function refusesAllOf(
  keyObject: KeyObject,
  bytes: Uint8Array,
  signature: Buffer,
  pairs: boolean,
): Promise<void> {
  const keys = await Promise.all(entries.map(([, entry]) => importKey(entry, keyObject)));
  for (const key of keys) expect(await outcomeOf(key, signature, bytes)).toBe("valid");
  expect(nodeSays(keyObject, signature, bytes)).toBe(true);
  for (const [name, odd] of oddEd25519(signature, pairs)) {
    const changed = Uint8Array.from(odd);
    // "0 from 63" and the like, where that is what it was.
    if (signature.equals(changed)) continue;
    expect([name, nodeSays(keyObject, changed, bytes)]).toEqual([name, false]);
    const expected: Outcome = changed.length === 64 ? "not valid" : "SIGNATURE_ENCODING";
    for (const key of keys) expect([name, await outcomeOf(key, changed, bytes)]).toEqual([name, expected]);
  }
}

describe("Ed25519: every bit, every length, S + k L, odd R and S; node:crypto is as strict as both entries", () => {
  it.each(rfc8032)("of RFC 8032, 7.1, $name", async ({ publicKey, message, signature }) => {
    await refusesAllOf(edKey(hex(publicKey)), hex(message), hex(signature), message === "");
  });
});

// RFC 9421, B.2.6; its key in B.1.4. Its base is written out there.
const b26 = {
  key: createPublicKey(
    "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAJrQLj5P/89iXES9+vFgrIy29clF9CC/oPPsw3c5D0bs=\n-----END PUBLIC KEY-----\n",
  ),
  base: `"date": Tue, 20 Apr 2021 02:07:55 GMT
"@method": POST
"@path": /foo
"@authority": example.com
"content-type": application/json
"content-length": 18
"@signature-params": ("date" "@method" "@path" "@authority" "content-type" "content-length");created=1618884473;keyid="test-key-ed25519"`,
  signature: "wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw==",
};

describe("RFC 9421, B.2.6", () => {
  it("the signature of the base that is printed there, and nothing beside it", () =>
    refusesAllOf(b26.key, Buffer.from(b26.base), Buffer.from(b26.signature, "base64"), true));

  it("no bit of the base can be another", async () => {
    const signature = Buffer.from(b26.signature, "base64");
    for (const [, entry] of entries) {
      const key = await importKey(entry, b26.key);
      for (let at = 0; at < b26.base.length; at++) {
        const bytes = Buffer.from(b26.base);
        bytes[at]! ^= 1 << (at % 8);
        expect(await outcomeOf(key, signature, bytes)).toBe("not valid");
      }
    }
  });
});

describe("Ed25519, keys and R of small order, as node:crypto has them", () => {
  // With a key of small order a signature (R, S) of S = 0 holds for any message whose hash fits; RFC 8032 does not forbid
  // it. Who has such a key has made it so. Whether or not it is taken, it is the same in both entries and in OpenSSL, and
  // never with an S that is not reduced.
  it.each(odd)("a key that is %s", async (_, number) => {
    let keyObject: KeyObject;
    try {
      keyObject = edKey(little(number));
    } catch {
      return;
    }
    const keys = await Promise.all(entries.map(([, entry]) => importKey(entry, keyObject)));
    for (const text of ["a", "b"]) {
      const bytes = Buffer.from(text);
      for (const [name, R] of odd) {
        for (const S of [0n, 1n, L]) {
          const signature = Buffer.concat([little(R), little(S)]);
          const valid = nodeSays(keyObject, signature, bytes);
          if (S >= L) expect([name, valid]).toEqual([name, false]);
          for (const key of keys) {
            expect([name, S, await outcomeOf(key, signature, bytes)]).toEqual([
              name,
              S,
              valid ? "valid" : "not valid",
            ]);
          }
        }
      }
    }
  });
});

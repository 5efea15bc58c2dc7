import { createHash } from "node:crypto";
import { Point as EdwardsPoint } from "@noble/ed25519";
import type { Jwk } from "../src/index.js";
import rfc8032 from "./fixtures/rfc8032.json" with { type: "json" };
import { bytesOf, G, integer, inverse, keyFor, lift, n, type Point, p, sequence, times } from "./p521.js";

// Signatures at the edges of both algorithms, of the kinds that Wycheproof has. They do not come from what is tested, nor
// from a library that verifies: the numbers are chosen, and the public key is computed so that they fit. No randomness.

/**
 * `valid`, `invalid`: for every implementation. `malformed`: refused for its form, before any computing. `no key`: the
 * public key is none. `acceptable`: RFC 8032 leaves it open (points of small order, other encodings of a key), and nobody
 * but the owner of a key can make such signatures.
 */
export type Result = "valid" | "invalid" | "malformed" | "no key" | "acceptable";

export interface EdgeGroup {
  name: string;
  publicKey: Jwk;
  tests: { name: string; signature: string; result: Result }[];
}

export interface Edges {
  request: { method: string; url: string; signatureInput: string };
  /** What is signed: the signature base of the request. */
  base: string;
  groups: EdgeGroup[];
}

const params = '("@method" "@path");created=1750000000;keyid="edge"';
const base = `"@method": GET\n"@path": /\n"@signature-params": ${params}`;

type Tests = [name: string, signature: Uint8Array | number[], result: Result][];

const group = (name: string, publicKey: Jwk, tests: Tests): EdgeGroup => ({
  name,
  publicKey,
  tests: tests.map(([name, signature, result]) => ({
    name,
    signature: Buffer.from(signature).toString("base64"),
    result,
  })),
});

export const makeEdges = (): Edges => ({
  request: { method: "GET", url: "https://h.example/", signatureInput: `sig1=${params}` },
  base,
  groups: [...ed25519Groups(), ...p521Groups()],
});

const sha512 = (...parts: Uint8Array[]): Buffer => createHash("sha512").update(Buffer.concat(parts)).digest();
const mod = (a: bigint, m: bigint): bigint => ((a % m) + m) % m;

// Ed25519

const L = 2n ** 252n + 27742317777372353535851937790883648493n;
const field = 2n ** 255n - 19n;
const little = (number: bigint): Buffer => bytesOf(number, 32).reverse();
const fromLittle = (bytes: Uint8Array): bigint => BigInt(`0x${Buffer.from(bytes).reverse().toString("hex")}`);
const timesB = (factor: bigint): EdwardsPoint => EdwardsPoint.BASE.multiplyUnsafe(mod(factor, L));

function ed25519Groups(): EdgeGroup[] {
  const message = Buffer.from(base);
  const jwk = (raw: Uint8Array): Jwk => ({
    kty: "OKP",
    crv: "Ed25519",
    x: Buffer.from(raw).toString("base64url"),
  });
  const hashed = sha512(Buffer.from(rfc8032[2]!.secretKey, "hex"));
  const secret = mod((fromLittle(hashed.subarray(0, 32)) & (2n ** 254n - 8n)) | (2n ** 254n), L);
  const A = timesB(secret);
  const key = A.toBytes();
  const challenge = (R: Uint8Array, of: Uint8Array): bigint => mod(fromLittle(sha512(R, of, message)), L);
  /** The number that fits to R, where R is r times B and perhaps something of small order. */
  const numberFor = (R: Uint8Array, r: bigint, of: Uint8Array = key): bigint =>
    mod(r + challenge(R, of) * secret, L);
  const signed = (r: bigint, R: Uint8Array = timesB(r).toBytes(), of: Uint8Array = key): Buffer =>
    Buffer.concat([R, little(numberFor(R, r, of))]);

  const r = mod(fromLittle(sha512(hashed.subarray(32), message)), L);
  const plain = signed(r);
  const [R, S] = [plain.subarray(0, 32), plain.subarray(32)];
  const s = fromLittle(S);
  const flip = (bit: number): Buffer => {
    const copy = Buffer.from(plain);
    copy[bit >> 3]! ^= 1 << (bit & 7);
    return copy;
  };
  let short = 1n;
  while (numberFor(timesB(short).toBytes(), short) >= 2n ** 244n) short++;

  const order8 = EdwardsPoint.fromHex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05");
  const smallOrder: [string, EdwardsPoint][] = [
    ["order 2", order8.double().double()],
    ["order 4", order8.double()],
    ["order 4, the other", order8.double().negate()],
    ["order 8", order8],
    ["order 8, negated", order8.negate()],
  ];
  const identity = little(1n);
  const odd: [string, Buffer][] = [
    ["0", little(0n)],
    ["the identity", identity],
    ["the identity with its sign bit", little(2n ** 255n + 1n)],
    ["the identity plus the prime", little(field + 1n)],
    ["the prime", little(field)],
    ["the prime less 1", little(field - 1n)],
    ["all bits but the sign", little(2n ** 255n - 1n)],
    ["all bits", little(2n ** 256n - 1n)],
    ["no point", little(2n)],
  ];

  const groups = [
    group("Ed25519", jwk(key), [
      ["as RFC 8032 makes it", plain, "valid"],
      ["of another r", signed(mod(fromLittle(sha512(message)), L)), "valid"],
      ["R is B", signed(1n), "valid"],
      ["R is B, negated", signed(L - 1n), "valid"],
      ["S is short", signed(short), "valid"],
      ["R is the identity", signed(0n), "acceptable"],
      ...[1n, 2n, 7n, 8n, 14n].map((k): Tests[0] => [
        `S + ${k} L`,
        Buffer.concat([R, little(s + k * L)]),
        "invalid",
      ]),
      ...([253n, 254n, 255n] as const).map((bit): Tests[0] => [
        `S + 2^${bit}`,
        Buffer.concat([R, little(s + 2n ** bit)]),
        "invalid",
      ]),
      ...Object.entries({
        "0": 0n,
        "1": 1n,
        "L - 1": L - 1n,
        L: L,
        "L + 1": L + 1n,
        "2^252": 2n ** 252n,
        "2^255": 2n ** 255n,
        "all bits": 2n ** 256n - 1n,
        "L - S": L - s,
      }).map(([name, other]): Tests[0] => [`S is ${name}`, Buffer.concat([R, little(other)]), "invalid"]),
      ...odd.map(([name, other]): Tests[0] => [
        `R is ${name}, S of another`,
        Buffer.concat([other, S]),
        "invalid",
      ]),
      ...odd
        .filter(([name]) => name !== "the identity")
        .map(([name, other]): Tests[0] => [
          `R is ${name}, S fits to the identity`,
          signed(0n, other),
          "invalid",
        ]),
      ...smallOrder.map(([name, point]): Tests[0] => [
        `R is of ${name}, S fits but for it`,
        signed(0n, point.toBytes()),
        "invalid",
      ]),
      ...smallOrder.map(([name, point]): Tests[0] => [
        `R and a point of ${name}, S fits but for it`,
        signed(r, timesB(r).add(point).toBytes()),
        "invalid",
      ]),
      ["R negated", Buffer.concat([timesB(-r).toBytes(), S]), "invalid"],
      ["S before R", Buffer.concat([S, R]), "invalid"],
      ["zeros", Buffer.alloc(64), "invalid"],
      ["ones", Buffer.alloc(64, 255), "invalid"],
      ["of another message", Buffer.from(rfc8032[2]!.signature, "hex"), "invalid"],
      ["made for another key", signed(r, R, timesB(5n).toBytes()), "invalid"],
      ...Array.from({ length: 32 }, (_, at) => at * 16 + (at % 8)).map((bit): Tests[0] => [
        `bit ${bit} flipped`,
        flip(bit),
        "invalid",
      ]),
      ["empty", Buffer.alloc(0), "malformed"],
      ["one byte", Buffer.alloc(1), "malformed"],
      ["R alone", R, "malformed"],
      ["S alone", S, "malformed"],
      ["a byte less", plain.subarray(0, 63), "malformed"],
      ["without its first byte", plain.subarray(1), "malformed"],
      ["a zero behind it", Buffer.concat([plain, Buffer.alloc(1)]), "malformed"],
      ["a zero before it", Buffer.concat([Buffer.alloc(1), plain]), "malformed"],
      ["twice", Buffer.concat([plain, plain]), "malformed"],
      ["with its message", Buffer.concat([plain, message]), "malformed"],
      ["as DER", sequence(integer(fromLittle(R)), integer(s)), "malformed"],
    ]),
  ];

  const weak: [string, Uint8Array][] = [
    ...odd.slice(0, 6),
    ...smallOrder.map(([name, point]): [string, Uint8Array] => [name, point.toBytes()]),
  ];
  for (const [name, raw] of weak) {
    groups.push(
      group(`Ed25519, a key of small order: ${name}`, jwk(raw), [
        ["R is the identity, S is 0", Buffer.concat([identity, little(0n)]), "acceptable"],
        ["R is the key, S is 0", Buffer.concat([raw, little(0n)]), "acceptable"],
        ["R is B, S is 1", Buffer.concat([timesB(1n).toBytes(), little(1n)]), "acceptable"],
        ["R is B, S is 1 + L", Buffer.concat([timesB(1n).toBytes(), little(1n + L)]), "invalid"],
        ["R is B, S is 2", Buffer.concat([timesB(1n).toBytes(), little(2n)]), "invalid"],
      ]),
    );
  }
  const mixed = A.add(order8).toBytes();
  groups.push(
    group("Ed25519, a key and a point of order 8", jwk(mixed), [
      ["S fits but for it", signed(r, R, mixed), "acceptable"],
      ["as of the key without it", plain, "invalid"],
    ]),
  );
  for (const y of [2n, 7n]) {
    groups.push(
      group(`Ed25519, a key that is no point: ${y}`, jwk(little(y)), [
        ["R is the identity, S is 0", Buffer.concat([identity, little(0n)]), "no key"],
        ["a signature of another key", plain, "no key"],
      ]),
    );
  }
  return groups;
}

// ECDSA on P-521 with SHA-512

const hash = BigInt(`0x${sha512(Buffer.from(base)).toString("hex")}`);

interface Case {
  name: string;
  r: bigint;
  s: bigint;
  key: Point;
}

/** Pairs of numbers, each with the key that they are a signature of. */
function p521Cases(): Case[] {
  const cases: Case[] = [];
  const at = (name: string, R: Point, s: bigint) => {
    const key = keyFor(R, s, hash);
    if (key !== undefined) cases.push({ name, r: R[0] % n, s, key });
  };
  const numbers: [string, bigint][] = [
    ["1", 1n],
    ["2", 2n],
    ["2^7", 2n ** 7n],
    ["2^7 - 1", 2n ** 7n - 1n],
    ["2^255", 2n ** 255n],
    ["2^503", 2n ** 503n],
    ["2^512 - 1", 2n ** 512n - 1n],
    ["2^511 - 1", 2n ** 511n - 1n],
    ["2^519", 2n ** 519n],
    ["2^520", 2n ** 520n],
    ["n - 1", n - 1n],
    ["n - 2", n - 2n],
    ["(n - 1) / 2", (n - 1n) / 2n],
    ["1 / 2", inverse(2n, n)],
    ["1 / 3", inverse(3n, n)],
  ];
  at("r and s long", times(G, hash + 1n)!, hash ** 3n % n);
  for (const [name, s] of numbers) at(`r of G, s is ${name}`, G, s);
  /** The first x from there on that is on the curve. */
  const from = (start: bigint, step = 1n): Point => {
    for (let x = start; ; x += step) {
      const point = lift(x);
      if (point !== undefined) return point;
    }
  };
  for (const [name, start] of numbers.slice(0, 10)) at(`r from ${name}, s short`, from(start), 3n);
  at("r short, s is 2^512 - 1", from(1n), 2n ** 512n - 1n);
  at("r is s", from(2n ** 130n), from(2n ** 130n)[0]);
  at("r near n", from(n - 1n, -1n), 5n);
  // x between n and p: r is x - n, and small.
  at("r is small, its x above n", from(n + 1n), 5n);
  at("r is small, its x near p", from(p - 1n, -1n), n - 3n);
  // Both summands of the verification are the same point, so that it is doubled: R is 2 (hash / s) G.
  at("one point twice", times(G, 7n)!, mod(2n * hash * inverse(7n, n), n));
  return cases;
}

const long = (tag: number, content: number[]) => [
  tag,
  0x82,
  content.length >> 8,
  content.length & 255,
  ...content,
];
const padded = ([, length, ...content]: number[]) => [2, length! + 1, 0, ...content];

/** The same numbers otherwise, and others. */
function otherEncodings({ r, s }: Case): Tests {
  const [R, S] = [integer(r), integer(s)];
  const inner = [...R, ...S];
  const pairs: Record<string, [bigint, bigint]> = {
    "r is 0": [0n, s],
    "s is 0": [r, 0n],
    "r and s are 0": [0n, 0n],
    "r is n": [n, s],
    "s is n": [r, n],
    "r is n - 1": [n - 1n, s],
    "r is n + 1": [n + 1n, s],
    "s is n + 1": [r, n + 1n],
    "r + n": [r + n, s],
    "s + n": [r, s + n],
    "r - n": [r - n, s],
    "s - n": [r, s - n],
    "-r": [-r, s],
    "-s": [r, -s],
    "n - r": [n - r, s],
    "r + 1": [r + 1n, s],
    "s + 1": [r, s + 1n],
    "r is the prime": [p, s],
    "s has all 521 bits": [r, 2n ** 521n - 1n],
    "s has 522 bits": [r, 2n ** 521n],
    "a byte behind r": [r << 8n, s],
    "r and s are 1": [1n, 1n],
    "r and s are n - 1": [n - 1n, n - 1n],
    "s before r": [s, r],
  };
  const outOfForm = (number: bigint) => number < 0n || number >= 2n ** 521n;
  return [
    ...Object.entries(pairs).map(([name, [a, b]]): Tests[0] => [
      name,
      sequence(integer(a), integer(b)),
      outOfForm(a) || outOfForm(b) ? "malformed" : "invalid",
    ]),
    ...Object.entries({
      "length in three bytes": long(0x30, inner),
      "length in five bytes": [0x30, 0x84, 0, 0, 0, inner.length, ...inner],
      "length in nine bytes": [0x30, 0x88, 0, 0, 0, 0, 0, 0, 0, inner.length, ...inner],
      "a length beyond the end": [0x30, 0x84, 255, 255, 255, 255, ...inner],
      "length in the other short form":
        inner.length < 128 ? [0x30, 0x81, inner.length, ...inner] : [0x30, inner.length & 127, ...inner],
      "indefinite length": [0x30, 0x80, ...inner, 0, 0],
      "a set": [0x31, ...sequence(inner).subarray(1)],
      "a primitive sequence": [0x10, ...sequence(inner).subarray(1)],
      "a zero behind it": [...sequence(inner), 0],
      "NULL behind it": [...sequence(inner), 5, 0],
      "a zero in it": sequence(inner, [0]),
      "NULL in it": sequence(inner, [5, 0]),
      "three integers": sequence(inner, S),
      "r alone": sequence(R),
      "no integers": sequence(),
      "a zero before r": sequence(padded(R), S),
      "a zero before s": sequence(R, padded(S)),
      "length of r in three bytes": sequence(long(2, R.slice(2)), S),
      "length of s in three bytes": sequence(R, long(2, S.slice(2))),
      "r is a bit string": sequence([3, ...R.slice(1)], S),
      "s is a bit string": sequence(R, [3, ...S.slice(1)]),
      "r is empty": sequence([2, 0], S),
      "s is empty": sequence(R, [2, 0]),
      "r is a real number": sequence([9, 1, 0], S),
      "r is infinity": sequence([9, 1, 0x40], S),
      booleans: sequence([1, 1, 1], [1, 1, 1]),
      "r is a sequence": sequence([...sequence(R)], S),
      "a byte less": sequence(inner).subarray(0, -1),
      "without its first byte": sequence(inner).subarray(1),
      "half of it": sequence(inner).subarray(0, inner.length >> 1),
      "a sequence in a sequence": sequence([...sequence(inner)]),
      "r and s as they are": Buffer.concat([bytesOf(r), bytesOf(s)]),
      "the integers without a sequence": inner,
      empty: [],
      "a tag": [0x30],
      "zeros, as long": Buffer.alloc(sequence(inner).length),
    }).map(([name, bytes]): Tests[0] => [name, Buffer.from(bytes), "malformed"]),
  ];
}

function p521Groups(): EdgeGroup[] {
  const jwk = ([x, y]: Point): Jwk => ({
    kty: "EC",
    crv: "P-521",
    x: bytesOf(x).toString("base64url"),
    y: bytesOf(y).toString("base64url"),
  });
  const der = (r: bigint, s: bigint): Buffer => sequence(integer(r), integer(s));
  const cases = p521Cases();
  // One that is long, one whose length fits into seven bits, one with an s at the end of its range.
  const inFull = ["r and s long", "r from 1, s short", "r of G, s is n - 1"];
  const groups = cases.map((one) =>
    group(`P-521: ${one.name}`, jwk(one.key), [
      ["as it is", der(one.r, one.s), "valid"],
      // ECDSA's own other half.
      ["n - s", der(one.r, n - one.s), "valid"],
      ["of another r", der(mod(one.r + 1n, n), one.s), "invalid"],
      ...(inFull.includes(one.name) ? otherEncodings(one) : []),
    ]),
  );
  // The sum of the verification is the point at infinity: hash / s G + r / s Q, where Q is -hash / r G.
  const r = 5n;
  groups.push(
    group("P-521: the sum is infinity", jwk(times(G, mod(-hash * inverse(r, n), n))!), [
      ["s is 3", der(r, 3n), "invalid"],
      ["s is r", der(r, r), "invalid"],
      ["s is n - 1", der(r, n - 1n), "invalid"],
    ]),
  );
  const [{ r: rx, s, key }] = cases as [Case];
  const [x, y] = key;
  const none: [string, Point][] = [
    ["0, 0", [0n, 0n]],
    ["beside the curve", [x, y + 1n]],
    ["x and y swapped", [y, x]],
    ["x and the prime", [x + p, y]],
    ["y and the prime", [x, y + p]],
    ["y is 0", [x, 0n]],
    ["all bits", [2n ** 528n - 1n, 2n ** 528n - 1n]],
  ];
  for (const [name, point] of none) {
    groups.push(
      group(`P-521, a key that is no point: ${name}`, jwk(point), [
        ["of the key beside it", der(rx, s), "no key"],
        ["r and s are 1", der(1n, 1n), "no key"],
      ]),
    );
  }
  return groups;
}

import { createPublicKey, type KeyObject } from "node:crypto";

// P-521 by the school method, to make keys for signatures of any r and s: the tests' own, never for secrets.

export const p = 2n ** 521n - 1n;
export const n = BigInt(
  `0x1${"f".repeat(65)}a51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409`,
);
const b = BigInt(
  "0x51953eb9618e1c9a1f929a21a0b68540eea2da725b99b315f3b8b489918ef109e156193951ec7e937b1652c0bd3bb1bf073573df883d2c34f1ef451fd46b503f00",
);

export type Point = readonly [x: bigint, y: bigint];

const mod = (a: bigint, m: bigint): bigint => ((a % m) + m) % m;

export function inverse(a: bigint, m: bigint): bigint {
  let [r0, r1, t0, t1] = [m, mod(a, m), 0n, 1n];
  while (r1 !== 0n) {
    const q = r0 / r1;
    [r0, r1] = [r1, r0 - q * r1];
    [t0, t1] = [t1, t0 - q * t1];
  }
  return mod(t0, m);
}

function power(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  for (let e = exponent, square = base; e > 0n; e >>= 1n) {
    if (e & 1n) result = (result * square) % p;
    square = (square * square) % p;
  }
  return result;
}

/** The point with this x and the smaller y, if there is one. */
export function lift(x: bigint): Point | undefined {
  const square = mod(x ** 3n - 3n * x + b, p);
  const y = power(square, 2n ** 519n);
  return (y * y) % p === square ? [x, y < p - y ? y : p - y] : undefined;
}

export const G: Point = [
  BigInt(
    "0xc6858e06b70404e9cd9e3ecb662395b4429c648139053fb521f828af606b4d3dbaa14b5e77efe75928fe1dc127a2ffa8de3348b3c1856a429bf97e7e31c2e5bd66",
  ),
  BigInt(
    "0x11839296a789a3bc0045c8a5fb42c7d1bd998f54449579b446817afbd17273e662c97ee72995ef42640c550b9013fad0761353c7086a272c24088be94769fd16650",
  ),
];

type Jacobian = readonly [X: bigint, Y: bigint, Z: bigint];

function double([X, Y, Z]: Jacobian): Jacobian {
  const [YY, ZZ] = [(Y * Y) % p, (Z * Z) % p];
  const S = (4n * X * YY) % p;
  const M = (3n * (X - ZZ) * (X + ZZ)) % p;
  const x = mod(M * M - 2n * S, p);
  return [x, mod(M * (S - x) - 8n * YY * YY, p), (2n * Y * Z) % p];
}

function add(one: Jacobian, two: Jacobian): Jacobian {
  const [X1, Y1, Z1] = one;
  const [X2, Y2, Z2] = two;
  if (Z1 === 0n || Z2 === 0n) return Z1 === 0n ? two : one;
  const [ZZ1, ZZ2] = [(Z1 * Z1) % p, (Z2 * Z2) % p];
  const [U1, S1] = [(X1 * ZZ2) % p, (Y1 * ZZ2 * Z2) % p];
  const H = mod(X2 * ZZ1 - U1, p);
  const r = mod(Y2 * ZZ1 * Z1 - S1, p);
  if (H === 0n) return r === 0n ? double(one) : [1n, 1n, 0n];
  const [HH, HHH] = [(H * H) % p, (H * H * H) % p];
  const x = mod(r * r - HHH - 2n * U1 * HH, p);
  return [x, mod(r * (U1 * HH - x) - S1 * HHH, p), (H * Z1 * Z2) % p];
}

function multiply([x, y]: Point, factor: bigint): Jacobian {
  let result: Jacobian = [1n, 1n, 0n];
  for (const bit of mod(factor, n).toString(2)) {
    result = double(result);
    if (bit === "1") result = add(result, [x, y, 1n]);
  }
  return result;
}

/** Nothing where it is the point at infinity. */
function affine([X, Y, Z]: Jacobian): Point | undefined {
  if (Z === 0n) return undefined;
  const inverted = inverse(Z, p);
  return [mod(X * inverted ** 2n, p), mod(Y * inverted ** 3n, p)];
}

export const times = (point: Point, factor: bigint): Point | undefined => affine(multiply(point, factor));

/** The key for which (R.x mod n, s) is a signature of what hashes to e: r^-1 (s R - e G). */
export function keyFor(R: Point, s: bigint, e: bigint): Point | undefined {
  const factor = inverse(R[0] % n, n);
  return affine(add(multiply(R, s * factor), multiply(G, -e * factor)));
}

export const bytesOf = (number: bigint, length = 66): Buffer =>
  Buffer.from(number.toString(16).padStart(length * 2, "0"), "hex");

export function toKey([x, y]: Point): KeyObject {
  const jwk = {
    kty: "EC",
    crv: "P-521",
    x: bytesOf(x).toString("base64url"),
    y: bytesOf(y).toString("base64url"),
  };
  return createPublicKey({ key: jwk, format: "jwk" });
}

const lengthOf = (length: number): number[] => (length < 128 ? [length] : [0x81, length]);

/** DER of a number, negative ones included. */
export function integer(number: bigint): number[] {
  let length = 1;
  while (BigInt.asIntN(length * 8, number) !== number) length++;
  const content = bytesOf(BigInt.asUintN(length * 8, number), length);
  return [0x02, ...lengthOf(length), ...content];
}

export const sequence = (...contents: number[][]): Buffer => {
  const content = contents.flat();
  return Buffer.from([0x30, ...lengthOf(content.length), ...content]);
};

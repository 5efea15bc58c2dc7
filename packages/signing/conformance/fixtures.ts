import type { Algorithm, Jwk } from "../src/index.js";
import type { Edges } from "../test/edges.js";
import keys from "../test/fixtures/keys.json" with { type: "json" };
import rfc8032All from "../test/fixtures/rfc8032.json" with { type: "json" };
import edgesJson from "../test/fixtures/vectors-edges.json" with { type: "json" };
import requests from "../test/fixtures/vectors-signing.json" with { type: "json" };
import webhooks from "../test/fixtures/vectors-webhook.json" with { type: "json" };

/** One private key in one of the forms that openssl writes. */
export interface StoredKey {
  name: string;
  algorithm: Algorithm;
  privateKeyPem: string;
  passphrase?: string;
  needsNode?: boolean;
  publicKeyPem: string;
}

/** A message signed by one of the vendor's own programs. */
export interface Vector {
  name: string;
  source: string;
  keyId: string;
  publicKeyJwk: Jwk;
  request: {
    method: string;
    url: string;
    headers: Record<string, string | string[]>;
    body: string | null;
  };
  headersAdded: Record<string, string>;
  conformant: boolean;
}

export const storedKeys: readonly StoredKey[] = keys as StoredKey[];

const find = (algorithm: Algorithm, name: string): StoredKey =>
  storedKeys.find((key) => key.algorithm === algorithm && key.name === name)!;

/** One of each algorithm, in the form that every program reads. */
export const plainKeys: readonly StoredKey[] = [
  find("ed25519", "PKCS#8"),
  find("ecdsa-p521-sha512", "PKCS#8"),
];

export const keyNamed: typeof find = find;

const conformant = (vectors: unknown): Vector[] =>
  (vectors as Vector[]).filter((vector) => vector.conformant);

export const requestVectors: readonly Vector[] = conformant(requests);
export const webhookVectors: readonly Vector[] = conformant(webhooks);

export const keyId = "b7cbb9d4-5b2a-4b0b-9a36-5d7a2f3e8c11";
/** A moment, in ms. */
export const moment = 1_750_000_000_000;
export const origin = "https://api.example.test";

/** Signatures at the edges of both algorithms: test/edges.ts. */
export const edges: Edges = edgesJson as Edges;

export const rfc8032Vectors: readonly {
  name: string;
  secretKey: string;
  publicKey: string;
  message: string;
  signature: string;
}[] = rfc8032All;

/** RFC 8032, 7.1, TEST 1. */
export const rfc8032 = { seed: rfc8032All[0]!.secretKey, publicKey: rfc8032All[0]!.publicKey };

export const fromHex = (hex: string): Uint8Array =>
  Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));

export const toBase64Url = (bytes: Uint8Array): string =>
  btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");

/** The bytes of the one PEM block in the text. */
export const fromPem = (pem: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(atob(pem.replace(/-----[^-]+-----|\s/g, "")), (char) => char.charCodeAt(0));

import { readFileSync } from "node:fs";
import * as portable from "../../src/index.js";
import * as node from "../../src/node.js";

export type Entry = typeof portable;

/** Both entries, to run the same tests on. */
export const entries: [string, Entry][] = [
  ["portable", portable],
  ["node", node],
];

export interface Vector {
  name: string;
  source: string;
  keyId: string;
  privateKeyPem: string;
  passphrase?: string;
  publicKeyJwk: portable.Jwk;
  request: { method: string; url: string; headers: Record<string, string | string[]>; body: string | null };
  signatureBase: string;
  headersAdded: Record<string, string>;
  conformant: boolean;
}

const read = (file: string): Vector[] =>
  JSON.parse(readFileSync(new URL(`../fixtures/${file}`, import.meta.url), "utf8"));

export const requestVectors: Vector[] = read("vectors-signing.json");
export const webhookVectors: Vector[] = read("vectors-webhook.json");

export interface Sent {
  method: string;
  url: string;
  headers: Record<string, string>;
  body: string | null;
}

/** The request as it went over the wire. */
export function sent({ request, headersAdded }: Vector): Sent {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers))
    headers[name.toLowerCase()] = [value].flat().join(", ");
  return {
    method: request.method.toUpperCase(),
    url: new URL(request.url).href,
    headers: { ...headers, ...headersAdded },
    body: request.body,
  };
}

export const createdOf = (vector: Vector): number => Number(/;created=(\d+)/.exec(vector.signatureBase)![1]);

/** One bit of the character in the middle. */
export function flip(text: string, at: number = text.length >> 1): string {
  return text.slice(0, at) + String.fromCharCode(text.charCodeAt(at) ^ 1) + text.slice(at + 1);
}

/** The code of the `SignatureError` that it ends in. */
export async function codeOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof portable.SignatureError) return error.code;
    throw error;
  }
  return "accepted";
}

import { createHash, generateKeyPairSync, type KeyObject, randomUUID, sign } from "node:crypto";
import type { Jwk } from "@upvest-sdk/signing";

// A sender of deliveries, with node:crypto: nothing that it is to test is used.

export interface SenderKey {
  readonly id: string;
  readonly jwk: Jwk;
  readonly privateKey: KeyObject;
}

export function newKey(curve: "P-521" | "ed25519" = "P-521"): SenderKey {
  const { privateKey, publicKey } =
    curve === "P-521" ? generateKeyPairSync("ec", { namedCurve: curve }) : generateKeyPairSync("ed25519");
  const id = randomUUID();
  return { id, jwk: { ...publicKey.export({ format: "jwk" }), kid: id } as Jwk, privateKey };
}

/** A request as it goes over the wire. Names of headers are in lower case. */
export interface Wire {
  method: string;
  url: string;
  headers: Record<string, string>;
  body: Buffer;
}

export interface SendOptions {
  method?: string;
  url?: string;
  /** All of them are covered, in this order. */
  headers?: Record<string, string>;
  /** In place of those that a delivery covers. */
  components?: readonly string[];
  /** In s. */
  created?: number | undefined;
  expires?: number | undefined;
  /** What stands after the list, in place of keyid, created, nonce and expires. */
  params?: string;
  label?: string;
}

export const seconds = (): number => Math.floor(Date.now() / 1000);

export const digestOf = (body: Uint8Array): string =>
  `SHA-256=${createHash("sha256").update(body).digest("base64")}`;

/** Signed as the API signs (v6): names without quotes in what is signed, with quotes in the header. */
export function signed(
  body: string | Uint8Array,
  key: SenderKey,
  {
    method = "POST",
    url = "https://tenant.example/hooks",
    headers: given = { accept: "application/json", "content-type": "application/json" },
    components,
    created = seconds(),
    expires = created + 60,
    params = `;keyid="${key.id}";created=${created};nonce="${created % 97}";expires=${expires}`,
    label = "sig1",
  }: SendOptions = {},
): Wire {
  const bytes = Buffer.from(body as Uint8Array);
  const headers: Record<string, string> = { ...given };
  if (bytes.length > 0) headers["digest"] = digestOf(bytes);
  const query = new URL(url).search;
  const names = components ?? [
    ...Object.keys(given),
    "@method",
    "@path",
    ...(bytes.length > 0 ? ["digest"] : []),
    ...(query ? ["@query"] : []),
  ];
  const derived: Record<string, string> = {
    "@method": method,
    "@path": new URL(url).pathname,
    "@query": query || "?",
    "@authority": new URL(url).host,
  };
  const input = `(${names.map((name) => `"${name}"`).join(" ")})${params}`;
  const base = [
    ...names.map((name) => `${name}: ${derived[name] ?? headers[name]}`),
    `@signature-params: ${input}`,
  ].join("\n");
  const algorithm = key.privateKey.asymmetricKeyType === "ed25519" ? null : "sha512";
  const signature = sign(algorithm, Buffer.from(base), key.privateKey).toString("base64");
  headers["signature-input"] = `${label}=${input}`;
  headers["signature"] = `${label}=:${signature}:`;
  return { method, url, headers, body: bytes };
}

export interface SentEvent {
  id: string;
  created_at: string;
  type: string;
  object: unknown;
  webhook_id?: string;
}

export const newEvent = (over: Partial<SentEvent> = {}): SentEvent => ({
  id: randomUUID(),
  created_at: new Date().toISOString(),
  type: "ORDER.FILLED",
  object: { id: randomUUID() },
  webhook_id: randomUUID(),
  ...over,
});

export const envelope = (...events: unknown[]): string => JSON.stringify({ payload: events });

export const toRequest = ({ method, url, headers, body }: Wire): Request =>
  new Request(url, { method, headers, ...(method !== "GET" && { body: new Uint8Array(body) }) });

/** A signed delivery of these events, as a request of fetch. */
export const delivery = (key: SenderKey, events: readonly unknown[], options?: SendOptions): Request =>
  toRequest(signed(envelope(...events), key, options));

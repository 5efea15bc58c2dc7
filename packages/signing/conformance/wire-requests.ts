import type { Signing } from "./create-suite.js";
import { plainKeys, type StoredKey } from "./fixtures.js";

const text = '{"name":"Jürgen"}';
const bytes = new TextEncoder().encode(text);

const api = {
  accept: "application/json",
  authorization: "Bearer token",
  "upvest-client-id": "ebabcf4d-61c3-4942-875c-e265a7c2d062",
};
const json = { ...api, "content-type": "application/json", "idempotency-key": "0e2a1d5e-6b1d-4d34" };

/** Requests as programs make them. */
const wireRequests: Readonly<Record<string, () => RequestInit>> = {
  "GET with nothing set": () => ({}),
  GET: () => ({ headers: api }),
  "GET with headers that clients set themselves": () => ({
    headers: {
      ...api,
      date: "Mon, 13 May 2024 12:00:00 GMT",
      "user-agent": "ours/1.0",
      "accept-language": "de",
      "accept-encoding": "identity",
      "cache-control": "no-cache",
      cookie: "a=b",
    },
  }),
  "GET, cache no-store": () => ({ headers: api, cache: "no-store" }),
  "POST without body": () => ({ method: "POST", headers: api }),
  "POST, text": () => ({ method: "POST", headers: json, body: text }),
  "POST, text, content-type not set": () => ({ method: "POST", headers: api, body: text }),
  "POST, bytes": () => ({ method: "POST", headers: json, body: bytes }),
  "POST, stream": () =>
    ({
      method: "POST",
      headers: json,
      duplex: "half",
      body: new ReadableStream({
        start(controller) {
          controller.enqueue(bytes.slice(0, 5));
          controller.enqueue(bytes.slice(5));
          controller.close();
        },
      }),
    }) as RequestInit,
  "POST, form": () => ({ method: "POST", headers: api, body: new URLSearchParams({ scope: "a b" }) }),
  PUT: () => ({ method: "PUT", headers: json, body: text }),
  PATCH: () => ({ method: "PATCH", headers: json, body: text }),
  "DELETE without body": () => ({ method: "DELETE", headers: api }),
};

export interface WireCase {
  name: string;
  key: StoredKey;
  /** By `signingFetch`, or by `signer.headers` and the bare `fetch`. */
  way: "signingFetch" | "headers";
  make: () => RequestInit;
}

export const wireCases = (): WireCase[] =>
  plainKeys.flatMap((key) =>
    Object.entries(wireRequests).flatMap(([name, make]) =>
      (["signingFetch", "headers"] as const)
        // `headers` takes text and bytes only. To text without a content-type, fetch adds one, after it was signed.
        .filter((way) => way === "signingFetch" || !/stream|form|not set/.test(name))
        .map((way) => ({ name: `${key.algorithm}, ${way}, ${name}`, key, way, make })),
    ),
  );

/**
 * Signs and sends each of the requests with the `fetch` of this runtime. Gives the names of those that could not be
 * sent, and why.
 */
export async function sendWireRequests(signing: Signing, origin: string): Promise<string[]> {
  const unsent: string[] = [];
  for (const { name, key, way, make } of wireCases()) {
    const url = `${origin}/wire/users?limit=2&case=${encodeURIComponent(name)}`;
    const init = make();
    try {
      const signer = await signing.createSigner({ keyId: key.algorithm, privateKey: key.privateKeyPem });
      let response: Response;
      if (way === "signingFetch") response = await signing.signingFetch(signer)(url, init);
      else {
        const {
          method = "GET",
          body,
          ...rest
        } = init as { method?: string; body?: string | Uint8Array<ArrayBuffer> };
        const given = (init.headers ?? {}) as Record<string, string>;
        const headers = await signer.headers({ method, url, headers: given, body });
        response = await fetch(url, { ...rest, method, headers, ...(body !== undefined && { body }) });
      }
      await response.text();
    } catch (error) {
      unsent.push(`${name}: ${error}`);
    }
  }
  return unsent;
}

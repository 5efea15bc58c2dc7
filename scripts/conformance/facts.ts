import type { Scope } from "@upvest-sdk/types";

/** A private key, and the id that the sandbox knows its public half by. */
export interface Key {
  readonly keyId: string;
  readonly privateKeyPem: string;
}

/** What the runner tells the suite. Plain JSON. */
export interface Facts {
  /** Origin of the sandbox. Left out on a page: it is behind the page's own origin there. */
  readonly api?: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly scopes: readonly Scope[];
  readonly keys: { readonly p521: Key; readonly ed25519: Key };
  /** Origin of a server that takes deliveries, whatever their path, and shows at `/captured` what came. */
  readonly capture: string;
  /** Where this runtime itself takes deliveries. Left out on a page, which cannot listen. */
  readonly listening?: string;
}

/** A delivery as it came over the wire. */
export interface Captured {
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** Base64. */
  readonly body: string;
}

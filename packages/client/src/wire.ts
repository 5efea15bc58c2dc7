/** What is sent, but for the headers, some of which are fresh in every attempt. */
export interface Wire {
  readonly method: string;
  readonly url: string;
  readonly bytes?: Uint8Array | undefined;
}

/** What is used of a fetch `Response`; named here so that no DOM library is needed. */
export interface ResponseLike {
  readonly status: number;
  readonly headers: ResponseHeaders;
  readonly body: unknown;
  text(): Promise<string>;
  blob(): Promise<unknown>;
}

/** What is used of `Headers`. */
export interface ResponseHeaders {
  get(name: string): string | null;
  forEach(callback: (value: string, name: string) => void): void;
}

// A method, whose parameters are compared loosely: any runtime's `fetch` fits, and so does a plain function in a test.
interface FetchMethod {
  fetch(url: string, init: object): Promise<ResponseLike>;
}

/** A `fetch`: gets the URL, and `{ method, headers, body, redirect, signal }`. */
export type Fetch = FetchMethod["fetch"];

interface SignerMethods {
  headers(request: {
    method: string;
    url: string;
    headers: Record<string, string>;
    body?: Uint8Array | undefined;
  }): Promise<Record<string, string>>;
}

/** What is used of a signer, such as `createSigner` of `@upvest-sdk/signing` gives: all headers to send, the given ones included. */
export type Signer = SignerMethods;

/** How the body of an answer is given. */
export type As = "json" | "blob" | "stream";

export interface Answer {
  readonly status: number;
  readonly headers: ResponseHeaders;
  readonly requestId: string | undefined;
  readonly data: unknown;
}

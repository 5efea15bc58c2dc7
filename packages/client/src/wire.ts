/** What is sent, but for the headers, some of which are fresh in every attempt. */
export interface Wire {
  readonly method: string;
  readonly url: string;
  readonly bytes?: Uint8Array | undefined;
}

/** What is used of a fetch `Response`; named here so that no DOM library is needed. */
export interface ResponseLike {
  /** HTTP status. */
  readonly status: number;
  /** The headers of the answer. */
  readonly headers: ResponseHeaders;
  /** The `ReadableStream`: what `as: "stream"` gives. */
  readonly body: unknown;
  /** The body as text: read for JSON and for errors. */
  text(): Promise<string>;
  /** The body as a `Blob`: what `as: "blob"` gives. */
  blob(): Promise<unknown>;
}

/** What is used of `Headers`. */
export interface ResponseHeaders {
  /** The value of a header, whichever way its name is written; `null` if it is not there. */
  get(name: string): string | null;
  /** Calls back for each header. */
  forEach(callback: (value: string, name: string) => void): void;
}

// A method, whose parameters are compared loosely: any runtime's `fetch` fits, and so does a plain function in a test.
/** The shape of a `fetch`, as a method. */
interface FetchMethod {
  /** Sends one request. Rejects when there is no answer. */
  fetch(url: string, init: object): Promise<ResponseLike>;
}

/** A `fetch`: gets the URL, and `{ method, headers, body, redirect, signal }`. */
export type Fetch = FetchMethod["fetch"];

/** The shape of a signer, as methods. */
interface SignerMethods {
  /** Signs a request as it will be sent, and gives all headers to send with it. Called for every attempt. */
  headers(request: {
    /** HTTP method, in capitals. */
    method: string;
    /** The absolute URL, with its query. */
    url: string;
    /** All headers that are sent, but those of the signature. */
    headers: Record<string, string>;
    /** The bytes of the body, if there is one. */
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

import { refuse } from "./refuse.js";

/** Header fields: an object, pairs of name and value, a `Map`, or `Headers`. A repeated header is an array or several pairs. */
export type HeaderFields =
  | Readonly<Record<string, string | number | readonly string[] | undefined>>
  | Iterable<readonly [name: string, value: string]>
  | HeadersLike;

/** What is used of `Headers`; named here so that no DOM library is needed. */
export interface HeadersLike {
  forEach(callback: (value: string, name: string) => void): void;
}

/** What is used of a fetch `Request`; named here so that no DOM library is needed. */
export interface RequestLike {
  readonly method: string;
  readonly url: string;
  readonly headers: HeadersLike;
  readonly body: unknown;
  readonly bodyUsed: boolean;
  arrayBuffer(): Promise<ArrayBuffer>;
  clone(): unknown;
}

/** A request as plain values, for HTTP stacks other than fetch. */
export interface PlainRequest {
  method: string;
  /**
   * The absolute URL. What the WHATWG URL parser would change (spaces, dot segments, a fragment) is taken as it leaves
   * it, since that is what goes on the wire. To verify, the request target as received (`/path?query`) does as well.
   */
  url: string;
  headers: HeaderFields;
  /** The exact bytes that are sent; text is sent as UTF-8. Empty is the same as none. */
  body?: string | Uint8Array | ArrayBuffer | null | undefined;
}

/** A request as both sides work on it. */
export interface Message {
  readonly method: string;
  readonly target: Target;
  /** By lower-case name; repeated ones joined with `, `, surrounding whitespace taken off. */
  readonly headers: Map<string, string>;
  readonly body: string | Uint8Array;
}

/** Where a request goes. `query` has its question mark, or is empty. */
export interface Target {
  readonly url: string;
  readonly path: string;
  readonly query: string;
}

const encoder = /* @__PURE__ */ new TextEncoder();

export const encode = (text: string): Uint8Array => encoder.encode(text);

const check = (met: unknown, what: string): void => {
  if (!met) refuse("INVALID_REQUEST", what);
};

export const isFetchRequest = (request: RequestLike | PlainRequest): request is RequestLike =>
  typeof (request as RequestLike | undefined)?.arrayBuffer === "function";

// Anything but a token of RFC 9110, 5.6.2.
const notToken = /[^\w!#$%&'*+.^`|~-]|^$/;

export function readMessage(request: RequestLike | PlainRequest, given: PlainRequest["body"]): Message {
  const { method, url, headers } = request ?? {};
  const body = typeof given === "string" ? given : toBytes(given ?? new Uint8Array());
  check(typeof method === "string" && !notToken.test(method), "method");
  check(body !== undefined, "body");
  return { method, target: readTarget(url), headers: readHeaders(headers), body: body as Message["body"] };
}

/** Bytes of any realm: `instanceof` knows only its own. */
export function toBytes(value: unknown): Uint8Array | undefined {
  if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  return {}.toString.call(value) === "[object ArrayBuffer]"
    ? new Uint8Array(value as ArrayBuffer)
    : undefined;
}

function readHeaders(fields: HeaderFields): Map<string, string> {
  check(typeof fields === "object" && fields, "headers");
  const headers = new Map<string, string>();
  const add = (given: unknown, value: unknown): void => {
    check(typeof given === "string" && !notToken.test(given), "the name of a header");
    if (value === undefined || value === null) return;
    if (Array.isArray(value)) {
      for (const one of value) add(given, one);
      return;
    }
    check(typeof value !== "object", given as string);
    const name = (given as string).toLowerCase();
    const before = headers.get(name);
    const whole = String(value);
    // `trim` would also take off what is no white space of HTTP, such as U+00A0.
    const text = /[^\t\n\r -~]/.test(whole) ? whole : whole.trim();
    headers.set(name, before === undefined ? text : `${before}, ${text}`);
  };
  // `Headers` are iterable wherever there are any.
  if (Symbol.iterator in fields) {
    for (const pair of fields as Iterable<unknown>)
      add(...((Array.isArray(pair) ? pair : []) as [unknown, unknown]));
  } else for (const name of Object.keys(fields)) add(name, (fields as Record<string, unknown>)[name]);
  return headers;
}

// A URL of which the WHATWG parser would leave path and query as they are, but for dot segments.
const plainUrl = /^https?:\/\/[\w.:-]+(\/[\w.~!$&()*+,;=:@%/-]*)?(\?[\w.~!$&()*+,;=:@%/?-]*)?$/;

function readTarget(url: string): Target {
  check(typeof url === "string", "url");
  // As received, nothing is taken away from it.
  let parts: ArrayLike<string> | null =
    url[0] === "/" ? /^([^?#]*)(\?[^#]*)?/.exec(url) : /\/(\.|%2e)/i.test(url) ? null : plainUrl.exec(url);
  if (parts === null) {
    const { pathname, search } = parseUrl(url);
    parts = [url, pathname, search];
  }
  const query = parts[2] ?? "";
  return { url, path: parts[1] || "/", query: query === "?" ? "" : query };
}

export function parseUrl(url: string): URL {
  try {
    return new URL(url);
  } catch {
    refuse("INVALID_REQUEST", "url");
  }
}

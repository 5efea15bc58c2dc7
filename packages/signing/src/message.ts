import { readBody } from "./body.js";
import { toBytes } from "./bytes.js";
import { refuse } from "./refuse.js";

/** Header fields: an object, pairs of name and value, a `Map`, or `Headers`. A repeated header is an array or several pairs. */
export type HeaderFields =
  | Readonly<Record<string, string | number | readonly string[] | undefined>>
  | Iterable<readonly [name: string, value: string]>
  | HeadersLike;

/** What is used of `Headers`; named here so that no DOM library is needed. */
export interface HeadersLike {
  /** Calls back for each header, its values joined. */
  forEach(callback: (value: string, name: string) => void): void;
}

/** What is used of a fetch `Request`; named here so that no DOM library is needed. */
export interface RequestLike {
  /** HTTP method. */
  readonly method: string;
  /** The absolute URL; to verify, the request target as received (`/path?query`) does as well. */
  readonly url: string;
  /** All headers. */
  readonly headers: HeadersLike;
  /** The stream of the body, or `null`. */
  readonly body: unknown;
  /** Whether the body was read already: then there is nothing to sign or verify. */
  readonly bodyUsed: boolean;
  /** The whole body. */
  arrayBuffer(): Promise<ArrayBuffer>;
  /** The same request once more, its body too. */
  clone(): unknown;
}

/** A request as plain values, for HTTP stacks other than fetch. */
export interface PlainRequest {
  /** HTTP method; signed in capitals. */
  method: string;
  /**
   * The absolute URL. What the WHATWG URL parser would change (spaces, dot segments, a fragment) is taken as it leaves
   * it, since that is what goes on the wire. To verify, the request target as received (`/path?query`) does as well.
   */
  url: string;
  /** All headers that are sent. Of those that a signature never covers see `uncoveredHeaders`. */
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
  readonly body: Uint8Array;
}

/** Where a request goes. `query` has its question mark, or is empty. */
export interface Target {
  readonly url: string;
  readonly path: string;
  readonly query: string;
}

const check = (met: unknown, what: string): void => {
  if (!met) refuse("INVALID_REQUEST", what);
};

// A token of RFC 9110, 5.6.2. Here and below: a literal within a function would be a new object each time.
const token = /^[\w!#$%&'*+.^`|~-]+$/;
const isToken = (text: unknown): text is string => typeof text === "string" && token.test(text);

const notPrintable = /[^\t\n\r -~]/;

/**
 * At once, unless there is a body to read from a fetch request.
 *
 * @param encode text as UTF-8
 * @param limit how many bytes of a fetch request's body are read at most
 * @param clone whether a fetch request is to stay usable
 */
export function readMessage(
  request: RequestLike | PlainRequest,
  encode: (text: string) => Uint8Array,
  limit: number,
  clone: boolean,
): Message | Promise<Message> {
  const { method, url, headers, body } = request ?? {};
  const withBody = (bytes: Uint8Array | undefined): Message => {
    check(isToken(method), "method");
    check(bytes, "body");
    return { method, target: readTarget(url), headers: readHeaders(headers), body: bytes as Message["body"] };
  };
  if (typeof body === "string") return withBody(encode(body));
  return typeof (request as RequestLike | undefined)?.arrayBuffer === "function"
    ? readBody(request as RequestLike, limit, clone).then(withBody)
    : withBody(toBytes(body ?? new Uint8Array()));
}

function readHeaders(fields: HeaderFields): Map<string, string> {
  check(fields && typeof fields === "object", "headers");
  const headers = new Map<string, string>();
  const add = (given: unknown, value: unknown): void => {
    if (Array.isArray(value)) {
      for (const one of value) add(given, one);
      return;
    }
    check(isToken(given), "the name of a header");
    const name = (given as string).toLowerCase();
    if (value === undefined || value === null) return;
    check(typeof value !== "object", name);
    const whole = String(value);
    // `trim` also takes off what is no white space of HTTP, such as U+00A0.
    const trimmed = whole.trim();
    const text = trimmed === whole || notPrintable.test(whole) ? whole : trimmed;
    const before = headers.get(name);
    headers.set(name, before === undefined ? text : `${before}, ${text}`);
  };
  // `Headers` are iterable wherever there are any.
  if (Symbol.iterator in fields) {
    for (const pair of fields as Iterable<unknown>) {
      const [given, value] = Array.isArray(pair) ? pair : [];
      add(given, value);
    }
  } else for (const name of Object.keys(fields)) add(name, (fields as Record<string, unknown>)[name]);
  return headers;
}

// Of these the WHATWG parser would leave path and query as they are; it takes far longer.
const plainUrl = /^https:\/\/[\w.-]+(\/[\w/-]+)(\?[\w=&-]+)?$/;

function readTarget(url: string): Target {
  check(typeof url === "string", "url");
  // As received, nothing is taken away from it.
  let [, path, query = ""] = (url[0] === "/" ? /^([^?#]*)(\?[^#]*)?/ : plainUrl).exec(url) ?? [];
  if (path === undefined) ({ pathname: path, search: query } = parseUrl(url));
  return { url, path: path || "/", query: query === "?" ? "" : query };
}

/** What is used of a `URL`; named here so that no DOM library is needed. */
interface ParsedUrl {
  readonly href: string;
  readonly protocol: string;
  readonly host: string;
  readonly pathname: string;
  readonly search: string;
}

export function parseUrl(url: string): ParsedUrl {
  try {
    return new URL(url);
  } catch {
    refuse("INVALID_REQUEST", "url");
  }
}

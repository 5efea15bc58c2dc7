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

// A token of RFC 9110, 5.6.2.
const isToken = (text: unknown): text is string =>
  typeof text === "string" && /^[\w!#$%&'*+.^`|~-]+$/.test(text);

/**
 * @param encode text as UTF-8
 * @param limit how many bytes of a fetch request's body are read at most
 * @param clone whether a fetch request is to stay usable
 */
export async function readMessage(
  request: RequestLike | PlainRequest,
  encode: (text: string) => Uint8Array,
  limit: number,
  clone: boolean,
): Promise<Message> {
  const { method, url, headers, body: given } = request ?? {};
  const body =
    typeof given === "string"
      ? encode(given)
      : typeof (request as RequestLike | undefined)?.arrayBuffer === "function"
        ? await readBody(request as RequestLike, limit, clone)
        : toBytes(given ?? new Uint8Array());
  check(isToken(method), "method");
  check(body, "body");
  return { method, target: readTarget(url), headers: readHeaders(headers), body: body as Message["body"] };
}

function readHeaders(fields: HeaderFields): Map<string, string> {
  check(fields && typeof fields === "object", "headers");
  const headers = new Map<string, string>();
  // `Headers` are iterable wherever there are any.
  for (const pair of Symbol.iterator in fields ? (fields as Iterable<unknown>) : Object.entries(fields)) {
    const [given, values] = Array.isArray(pair) ? pair : [];
    check(isToken(given), "the name of a header");
    const name = (given as string).toLowerCase();
    for (const value of Array.isArray(values) ? values : [values]) {
      if (value === undefined || value === null) continue;
      check(typeof value !== "object", name);
      const whole = String(value);
      // `trim` would also take off what is no white space of HTTP, such as U+00A0.
      const text = /[^\t\n\r -~]/.test(whole) ? whole : whole.trim();
      const before = headers.get(name);
      headers.set(name, before === undefined ? text : `${before}, ${text}`);
    }
  }
  return headers;
}

function readTarget(url: string): Target {
  check(typeof url === "string", "url");
  // As received, nothing is taken away from it.
  const { pathname, search = "" } =
    url[0] === "/" ? /^(?<pathname>[^?#]*)(?<search>\?[^#]*)?/.exec(url)!.groups! : parseUrl(url);
  return { url, path: pathname || "/", query: search === "?" ? "" : search };
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

import { Failure } from "./errors.js";

/** A request as it was saved. */
export interface SavedRequest {
  readonly method: string;
  /** Path and query, or an absolute URL. */
  readonly url: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Uint8Array;
}

const advice =
  "Save a request line (POST /path HTTP/1.1), the headers, one a line, an empty line, and the body as it came.";

function refuse(what: string): never {
  throw new Failure(`the file holds no HTTP request: ${what}`, advice);
}

/**
 * Reads the text of an HTTP/1.1 request (RFC 9112), with LF or CRLF at the ends of its lines. The body is taken byte for
 * byte; only line ends after what `content-length` counts are left out, since editors add them.
 *
 * @throws {Failure} it is none
 */
export function readSavedRequest(bytes: Uint8Array): SavedRequest {
  // A character a byte, so that places in the text are places in the bytes.
  const text = Buffer.from(bytes).toString("latin1");
  const end = /\r?\n\r?\n/.exec(text) ?? refuse("no empty line after the headers");
  const [first = "", ...lines] = text.slice(0, end.index).split(/\r?\n/);
  const [, method, url] =
    /^([A-Z]+) (\S+) HTTP\/\d(?:\.\d)?$/.exec(first) ?? refuse("the first line is no request line");
  const headers = lines.map((line): [string, string] => {
    const [, name, value] =
      /^([\w!#$%&'*+.^`|~-]+):(.*)$/.exec(line) ?? refuse("a line of the headers is none");
    return [name!, value!.trim()];
  });
  const body = bytes.subarray(end.index + end[0].length);
  const value = (wanted: string) => headers.find(([name]) => name.toLowerCase() === wanted)?.[1];
  if (
    /chunked/i.test(value("transfer-encoding") ?? "") &&
    /^[\da-f]+\r?\n/i.test(text.slice(end.index + end[0].length))
  )
    refuse("its body is still in chunks");
  const length = Number(value("content-length") ?? body.length);
  const rest = Buffer.from(body.subarray(length)).toString("latin1");
  return {
    method: method!,
    url: url!,
    headers,
    body: /^[\r\n]+$/.test(rest) ? body.subarray(0, length) : body,
  };
}

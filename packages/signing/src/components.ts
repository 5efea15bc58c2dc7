import { type Message, parseUrl } from "./message.js";

/** The value of a derived component of a request, RFC 9421, 2.2; nothing if it has none of this name. */
export function derivedComponent(name: string, { method, target, headers }: Message): string | undefined {
  const { url, path, query } = target;
  if (name === "@method") return method;
  if (name === "@path") return path;
  if (name === "@query") return query || "?";
  // With its question mark, also where nothing follows.
  if (name === "@request-target") return path + (query || (/^[^?#]*\?(#|$)/.test(url) ? "?" : ""));
  // As received, a request does not tell where it went but for `host`.
  const absolute = url[0] === "/" ? undefined : parseUrl(url);
  if (name === "@authority") return (absolute ? absolute.host : headers.get("host"))?.toLowerCase();
  if (name === "@scheme") return absolute?.protocol.slice(0, -1);
  return name === "@target-uri" ? absolute?.href.split("#", 1)[0] : undefined;
}

/** The query's parameters by encoded name, RFC 9421, 2.2.8. One that is there twice has no value: it cannot be covered. */
export function queryParams(query: string): Map<string, string | undefined> {
  const params = new Map<string, string | undefined>();
  for (const pair of new URLSearchParams(query)) {
    const [name, value] = pair.map((text) =>
      encodeURIComponent(text).replace(
        /[!'()~]/g,
        (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`,
      ),
    ) as [string, string];
    params.set(name, params.has(name) ? undefined : value);
  }
  return params;
}

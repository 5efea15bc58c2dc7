import type { ResponseHeaders } from "./wire.js";

/** The header `retry-after` in ms, in either form (RFC 9110, 10.2.3); a date counts from the answer's own, if it has one. */
export function retryAfter(headers: ResponseHeaders): number | undefined {
  const value = headers.get("retry-after");
  if (!value) return undefined;
  const ms = /^\d+$/.test(value)
    ? Number(value) * 1000
    : Date.parse(value) - (Date.parse(headers.get("date") ?? "") || Date.now());
  return ms >= 0 ? ms : undefined;
}

import type { RequestLike } from "./message.js";

/**
 * Leaves the length to `fetch`, which sets it by itself, from the same bytes. Set twice, Node's sends it once; but where a newer
 * undici was loaded and has taken over the connections, it refuses the request.
 */
export function forFetch<R extends RequestLike>(signed: R): R {
  (signed.headers as unknown as { delete(name: string): void }).delete("content-length");
  return signed;
}

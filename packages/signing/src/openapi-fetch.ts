import type { RequestLike } from "./message.js";
import type { Signer } from "./signer.js";

/** What openapi-fetch takes in `client.use(...)`. */
export interface SigningMiddleware {
  onRequest<R extends RequestLike>(options: { readonly request: R }): Promise<R>;
}

/** A middleware for openapi-fetch that signs each request. Use it last: what comes after it is not covered. */
export function signing(signer: Pick<Signer, "sign">): SigningMiddleware {
  return { onRequest: ({ request }) => signer.sign(request) };
}

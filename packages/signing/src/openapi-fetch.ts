import { forFetch } from "./for-fetch.js";
import type { RequestLike } from "./message.js";
import type { Signer } from "./signer.js";

/** What openapi-fetch takes in `client.use(...)`. */
export interface SigningMiddleware {
  /** Gives the signed request to send. What `Signer.sign` throws is passed on. */
  onRequest<R extends RequestLike>(options: {
    /** As the middlewares before have left it. */
    readonly request: R;
  }): Promise<R>;
}

/** A middleware for openapi-fetch that signs each request. Use it last: what comes after it is not covered. */
export function signing(signer: Pick<Signer, "sign">): SigningMiddleware {
  return { onRequest: async ({ request }) => forFetch(await signer.sign(request)) };
}

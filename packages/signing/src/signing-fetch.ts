import { forFetch } from "./for-fetch.js";
import type { RequestLike } from "./message.js";
import type { Signer } from "./signer.js";

/** The `fetch` of the runtime, or, where its types are not known, a function like it. */
export type Fetch = typeof globalThis extends { fetch: infer F extends (...args: never[]) => unknown }
  ? F
  : (input: never, init?: never) => Promise<unknown>;

type AnyFetch = (input: unknown, init?: object) => Promise<unknown>;

/**
 * A `fetch` that signs every call afresh.
 * @param fetch what sends the signed request; by default the global `fetch` at the time of the call
 * @throws {SignatureError} from the calls: see {@link Signer.sign}
 */
export function signingFetch<F extends (...args: never[]) => unknown = Fetch>(signer: Signer, fetch?: F): F {
  const signed: AnyFetch = async (input, init) => {
    const send = (fetch ?? globalThis.fetch) as unknown as AnyFetch;
    const { method, headers, body, duplex, ...rest } = (init ?? {}) as Record<string, unknown>;
    const request =
      init === undefined && input instanceof Request
        ? input
        : new Request(input as string, { duplex: "half", ...init } as object);
    // The rest again: what only this runtime's `fetch` knows (Node's `dispatcher`, Deno's `client`) is not part of a request.
    return send(forFetch(await signer.sign(request as RequestLike)), rest);
  };
  return signed as unknown as F;
}

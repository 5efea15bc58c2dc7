import {
  type PlainRequest,
  type PublicKeys,
  type RequestLike,
  SignatureError,
  type SignatureErrorCode,
  type SignatureVersion,
  type VerifiedRequest,
  verifyRequest,
} from "@upvest-sdk/signing";
import { check, fail, WebhookError, type WebhookErrorCode } from "./errors.js";
import { type AnyEvent, parseEnvelope } from "./event.js";
import type { KeySource } from "./keys.js";

/** How a delivery is verified. Times are in ms; `Infinity` turns a check off. */
export interface VerificationOptions {
  /** `remoteKeys(client)`, `staticKeys(jwks)`, what `importPublicKeys` gives, or a function of the key id. */
  keys: KeySource | Pick<PublicKeys, "get">;
  /** The form of the signature. Default 6, which is what the API sends. */
  version?: SignatureVersion | "either" | undefined;
  /**
   * What the signature has to cover. Default `@method`, `@path`, `digest` with a body, `@query` with a query. What real
   * deliveries cover besides is not published. A list of your own replaces all of these.
   */
  required?: readonly string[] | undefined;
  /** How far in the future a signature may have been made, by our clock, in ms. Default 300,000. */
  clockSkew?: number | undefined;
  /**
   * How long ago, in ms, a signature may have been made. Default `Infinity`, and `enforceExpires` is false: nobody outside
   * knows whether a repeated delivery is signed anew, and one that is refused for its age would be repeated for ever and
   * block all that comes after. Against replays stands the de-duplication by event id: what was done is not done again.
   */
  maxAge?: number | undefined;
  /** Whether a signature that has expired is refused. Default false: see `maxAge`. */
  enforceExpires?: boolean | undefined;
  /** How many bytes of a body are read at most. Default 10 MiB. */
  maxBodyBytes?: number | undefined;
  /**
   * The URL as the sender sees it, behind a proxy that changes the path; or a function that gives it. The `url` of its
   * request is absolute, but behind `toNodeHandler` it is the path and query as received. What it throws is passed on.
   */
  url?: string | ((request: RequestLike | PlainRequest) => string) | undefined;
}

/** What was verified. */
export interface VerifiedDelivery extends Omit<VerifiedRequest, "body"> {
  /** The events, in the order of the delivery. */
  readonly events: AnyEvent[];
}

export type VerifyDelivery = (request: RequestLike | PlainRequest) => Promise<VerifiedDelivery>;

/** What the verifier's codes are here, where it is not `SIGNATURE`. */
const codes: { readonly [code in SignatureErrorCode]?: WebhookErrorCode } = {
  INVALID_REQUEST: "MALFORMED",
  BODY_USED: "BODY_PARSED",
  BODY_TOO_LARGE: "TOO_LARGE",
  // Of keys that are read now.
  INVALID_OPTION: "KEYS_UNAVAILABLE",
  KEY_FORMAT: "KEYS_UNAVAILABLE",
  KEY_ALGORITHM: "KEYS_UNAVAILABLE",
};

export function deliveryVerifier(options: VerificationOptions): VerifyDelivery {
  const keys = options?.keys;
  check(typeof keys === "function" || typeof keys?.get === "function", "keys");
  const { url, version = 6, enforceExpires = false, maxBodyBytes = 10_485_760 } = options;
  const { required = [], clockSkew = 0, maxAge = 0 } = options;
  check([6, 15, "either"].includes(version), "version");
  check(Array.isArray(required), "required");
  check(clockSkew >= 0, "clockSkew");
  check(maxAge >= 0, "maxAge");
  check(maxBodyBytes > 0, "maxBodyBytes");
  check(!url || typeof url === "function" || URL.canParse(url), "url");

  return async (request) => {
    const seen = url ? atUrl(request, typeof url === "function" ? url(request) : url) : request;
    try {
      const { body, ...verified } = await verifyRequest(seen, {
        ...options,
        version,
        enforceExpires,
        maxBodyBytes,
      });
      return { ...verified, events: parseEnvelope(new TextDecoder().decode(body)) };
    } catch (error) {
      if (error instanceof WebhookError) throw error;
      if (!(error instanceof SignatureError)) fail("KEYS_UNAVAILABLE", "see the cause", error);
      const { code, message } = error;
      const hint = code === "SIGNATURE_INVALID" ? "; behind a proxy mostly another path: see url" : "";
      fail(codes[code] ?? "SIGNATURE", message + hint, error);
    }
  };
}

/** The request as it was sent to the public URL. */
function atUrl(request: RequestLike | PlainRequest, url: string): RequestLike {
  // Not by spread: what a fetch request has, its prototype gives.
  const { method, headers, body, bodyUsed, arrayBuffer } = request as RequestLike;
  return { method, url, headers, body, bodyUsed, arrayBuffer: arrayBuffer?.bind(request) } as RequestLike;
}

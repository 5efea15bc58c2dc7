import type { HeaderFields, PlainRequest } from "./message.js";
import { type CurrentKey, makeSigner, type Platform, type Scheme, type SignatureOptions } from "./signer.js";

export interface WebhookRequest {
  /** The URL of the receiver. */
  url: string;
  /** The exact bytes that are sent; text is sent as UTF-8. */
  body: PlainRequest["body"];
  headers?: HeaderFields | undefined;
  /** Default `POST`. */
  method?: string | undefined;
}

export interface SignWebhookOptions
  extends CurrentKey,
    Pick<SignatureOptions, "lifetime" | "now" | "nonce"> {}

const v6: Scheme = {
  version: 6,
  hash: "sha-256",
  digestHeader: "digest",
  digestValue: (base64) => `SHA-256=${base64}`,
  prepare() {},
};

/** The older form, v6, for test senders: gives all headers to send, `digest` and those given included. */
export async function signWebhookWith(
  platform: Platform,
  { method = "POST", url, body, headers = {} }: WebhookRequest,
  options: SignWebhookOptions,
): Promise<Record<string, string>> {
  const signer = await makeSigner(platform, options, v6);
  return signer.headers({ method, url, headers, body });
}

import type { HeaderFields, PlainRequest } from "./message.js";
import { type CurrentKey, type Form, makeSigner, type Platform, type SignatureOptions } from "./signer.js";

/** A delivery that is to be signed. */
export interface WebhookRequest {
  /** The URL of the receiver. */
  url: string;
  /** The exact bytes that are sent; text is sent as UTF-8. */
  body: PlainRequest["body"];
  /** What is sent besides; give `content-type`, since receivers ask for it. */
  headers?: HeaderFields | undefined;
  /** Default `POST`. */
  method?: string | undefined;
}

/** The key of the sender, and what tests may fix. */
export interface SignWebhookOptions
  extends CurrentKey,
    Pick<SignatureOptions, "lifetime" | "now" | "nonce"> {}

const v6: Form = {
  version: 6,
  algorithm: "sha-256",
  header: "digest",
  value: (digest) => `SHA-256=${digest}`,
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

import type { HeaderFields, PlainRequest } from "./message.js";
import {
  type CurrentKey,
  makeSigner,
  type Platform,
  type SetHeaders,
  type SignatureOptions,
} from "./signer.js";

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

const setHeaders: SetHeaders = async (headers, body, hash) => {
  headers.delete("content-length");
  headers.delete("digest");
  if (body.length === 0) return;
  headers.set("content-length", `${body.length}`);
  headers.set("digest", `SHA-256=${await hash("sha-256", body)}`);
};

/** The older form, v6, for test senders: gives all headers to send, `digest` and those given included. */
export async function signWebhookWith(
  platform: Platform,
  { method = "POST", url, body, headers = {} }: WebhookRequest,
  options: SignWebhookOptions,
): Promise<Record<string, string>> {
  const signer = await makeSigner(platform, options, 6, setHeaders);
  return signer.headers({ method, url, headers, body });
}

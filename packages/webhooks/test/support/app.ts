import type { Jwk } from "@upvest-sdk/signing";
import { createWebhookReceiver, staticKeys } from "../../src/index.js";

/** Small, so that more than that can be sent in no time. */
export const maxBodyBytes = 4_000_000;

/** What every server runs: a receiver, and what it saw at `/seen`. */
export function createApp(jwk: Jwk) {
  const seen: string[] = [];
  const errors: string[] = [];
  const receiver = createWebhookReceiver({
    keys: staticKeys({ keys: [jwk] }),
    maxBodyBytes,
    onError: ({ code, message }) => errors.push(`${code}: ${message}`),
  });
  receiver.on("*", (event) => {
    seen.push(event.id);
  });
  const fetch = async (request: Request): Promise<Response> =>
    new URL(request.url).pathname === "/seen" ? Response.json({ seen, errors }) : receiver.handle(request);
  return { receiver, seen, errors, fetch };
}

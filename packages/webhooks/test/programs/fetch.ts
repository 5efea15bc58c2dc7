// With the types of fetch, whoever has them.
import { createWebhookReceiver, staticKeys } from "@upvest-sdk/webhooks";

const receiver = createWebhookReceiver({ keys: staticKeys({ keys: [] }) });

// Next.js, Hono, Bun, Deno, Workers.
export const POST: (request: Request) => Promise<Response> = receiver.handle;
export default { fetch: receiver.handle } satisfies { fetch(request: Request): Promise<Response> };

receiver.on("*", async (event, { signal, idempotencyKey }) => {
  signal.throwIfAborted();
  await fetch("https://a.example/", {
    signal,
    headers: { "idempotency-key": idempotencyKey },
    body: event.id,
  });
});
export const verified = (request: Request) => receiver.verify(request);

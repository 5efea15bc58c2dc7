import { createWebhookReceiver, remoteKeys } from "../../src/index.js";

/** A Worker that reads its keys from an API; `/later?ms=` sets its clock forward. */
export function createKeysWorker(api: string) {
  const real = performance;
  let ahead = 0;
  Object.defineProperty(globalThis, "performance", { value: { now: () => real.now() + ahead } });
  const receiver = createWebhookReceiver({
    keys: remoteKeys({
      scopes: ["webhooks:read"],
      call: async () => (await fetch(`${api}/auth/verify_keys`)).json() as never,
    }),
  });
  return {
    async fetch(request: Request): Promise<Response> {
      const { pathname, searchParams } = new URL(request.url);
      if (pathname !== "/later") return receiver.handle(request);
      ahead += Number(searchParams.get("ms"));
      return new Response();
    },
  };
}

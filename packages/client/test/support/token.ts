import { afterEach, beforeEach, expect, vi } from "vitest";
import { type ClientOptions, createUpvestClient, type UpvestClient, UpvestError } from "../../src/index.js";
import type { Fetch, Signer } from "../../src/wire.js";

export function restartFakeClock(): void {
  vi.useRealTimers();
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance", "Date"] });
}

/** Real time goes on for sockets; the client sees none of it. */
export function useFakeClock(): void {
  beforeEach(restartFakeClock);
  afterEach(() => {
    vi.useRealTimers();
  });
}

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

/** Goes on when it is so; gives up after ten real seconds. */
export async function until(met: () => boolean): Promise<void> {
  const end = process.hrtime.bigint() + 10_000_000_000n;
  while (!met()) {
    if (process.hrtime.bigint() > end) throw new Error(`never came: ${met}`);
    await turn();
  }
}

/** Lets all happen that needs no time to pass. */
export async function settle(turns = 20): Promise<void> {
  for (let i = 0; i < turns; i++) await turn();
}

/** Fake time, in steps, so that what a timer starts can run before the next one. */
export async function pass(ms: number, step = 250): Promise<void> {
  await settle(5);
  for (let left = ms; left > 0; left -= step) {
    await vi.advanceTimersByTimeAsync(Math.min(step, left));
    await settle(2);
  }
}

/** What a call throws. */
export const caught = async (promise: Promise<unknown>): Promise<UpvestError> => {
  const error = await promise.then(
    () => undefined,
    (thrown) => thrown,
  );
  expect(error).toBeInstanceOf(UpvestError);
  return error as UpvestError;
};

/** Signs nothing: for what has nothing to do with signatures. */
export const noSigner: Signer = { headers: async ({ headers }) => headers };

export const answer = (body: unknown, status = 200): Response =>
  new Response(JSON.stringify(body), { status, headers: { "content-type": "application/json" } });

/** A client whose requests go to functions. */
export function stubbed(
  token: (n: number, init: { signal: AbortSignal; body: Uint8Array }) => Promise<Response> | Response,
  options: Partial<ClientOptions> = {},
  api: Fetch = async () => answer({ ok: true }) as never,
): { client: UpvestClient; tokenRequests: () => number } {
  let n = 0;
  const client = createUpvestClient({
    baseUrl: "https://api.test",
    clientId: "8e5b3c7f-3a5a-4d0e-9d59-0f6b4a6a1c55",
    clientSecret: "secret",
    scopes: ["users:read", "accounts:admin"],
    signer: noSigner,
    fetch: async (url: string, init: { signal: AbortSignal; body: Uint8Array }) =>
      (url.endsWith("/auth/token") ? await token(++n, init) : await api(url, init)) as never,
    ...options,
  } as ClientOptions);
  return { client, tokenRequests: () => n };
}

export const granted = (
  n: number,
  expires_in: unknown = 3600,
  scope = "users:read accounts:admin",
): Response => answer({ access_token: `token-${n}`, expires_in, token_type: "bearer", scope });

import { createUpvestClient, type Fetch, type Signer, type UpvestClient } from "@upvest-sdk/client";

/** A request as the client's `fetch` gets it. */
export interface SentRequest {
  readonly method: string;
  /** With the query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Answers a request, or throws what a `fetch` throws. */
export type Answer = (request: SentRequest) => Response;

export interface FakeApi {
  readonly client: UpvestClient;
  /** All but those for a token. */
  readonly requests: readonly SentRequest[];
}

/** Anything with the shape of a signer: gives the headers that it got, and what stands for a signature. */
function fakeSigner(): Signer {
  let count = 0;
  return { headers: async ({ headers }) => ({ ...headers, signature: `signature ${++count}` }) };
}

const token = (): Response =>
  Response.json({ access_token: "token", token_type: "bearer", expires_in: 1799, scope: "orders:admin" });

/**
 * The real client, whose `fetch` is a function: no network, no key.
 *
 * @param answers to one request after the other; the last one stands for all that come after it
 * @param answerToken to the requests for a token
 */
export function fakeApi(answers: readonly [Answer, ...Answer[]], answerToken = token): FakeApi {
  const requests: SentRequest[] = [];
  const fetch: Fetch = async (url, init) => {
    const { pathname, search } = new URL(url);
    if (pathname === "/auth/token") return answerToken();
    const { method, headers, body } = init as {
      method: string;
      headers: Record<string, string>;
      body?: Uint8Array;
    };
    const request = { method, path: pathname + search, headers, body: new TextDecoder().decode(body) };
    const answer = answers[requests.length] ?? answers.at(-1)!;
    requests.push(request);
    return answer(request);
  };
  const client = createUpvestClient({
    environment: "sandbox",
    clientId: "4b53a8e7-9a47-4a5d-8a4b-2f9a0b7c9d11",
    clientSecret: "secret",
    scopes: ["orders:admin"],
    signer: fakeSigner(),
    // Without pauses, and one repeat: enough to see that there is one.
    retry: { maxRetries: 1, baseDelay: 0 },
    fetch,
  });
  return { client, requests };
}

/** Problem details, as the API has them. */
export const problem = (status: number, type: string, detail: string): Response =>
  Response.json(
    { type: `https://docs.upvest.co/errors/${type}`, status, title: type, detail },
    { status, headers: { "content-type": "application/problem+json", "upvest-request-id": "request-1" } },
  );

/** The answer to an order that was taken. */
export function accepted({ body }: SentRequest): Response {
  const now = "2026-01-05T09:00:00Z";
  const order = { id: "0c4d1a2e-6a0e-4d0b-8f2b-9a7c5a1f3e21", created_at: now, updated_at: now };
  return Response.json(
    { ...order, ...JSON.parse(body), quantity: "0", fee: "0.0", status: "NEW", executions: [] },
    { status: 202 },
  );
}

/** The request may have arrived, and its answer never comes. */
export function lost(): never {
  throw new TypeError("fetch failed");
}

/** There was no connection. */
export function notConnected(): never {
  const cause = Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" });
  throw new TypeError("fetch failed", { cause });
}

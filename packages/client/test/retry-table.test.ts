import { createServer as createHttps, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import type { Operation } from "@upvest-sdk/types";
import {
  accountGroupClosure,
  createAccountGroup,
  createWebhook,
  retrieveAccountGroup,
  updateAccount,
  updatePortfoliosAllocation,
  updatePortfoliosConfiguration,
} from "@upvest-sdk/types/operations";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Callable, UpvestApiError } from "../src/index.js";
import {
  type Api,
  allScopes,
  cut,
  type Handler,
  hang,
  json,
  problem,
  reset,
  startApi,
  text,
} from "./support/api.js";
import { person } from "./support/canaries.js";
import { untrusted } from "./support/certificate.js";
import { drive, failure, useFakeClock } from "./support/time.js";

useFakeClock();

let api: Api;
let untrustedServer: Server;
beforeAll(async () => {
  untrustedServer = createHttps(untrusted, (_, response) => response.end("{}"));
  await new Promise<void>((resolve) => untrustedServer.listen(0, "127.0.0.1", resolve));
});
afterAll(() => new Promise((resolve) => untrustedServer.close(resolve)));
beforeEach(async () => {
  api = await startApi();
});
afterEach(() => api.close());

const account_id = "6a7f1d1e-6f5e-4d0e-8a55-1c4c4a6d0a11";
const body = { note: person };
const kinds: Record<string, [operation: Operation, input: object]> = {
  GET: [retrieveAccountGroup, { path: { account_group_id: account_id } }],
  DELETE: [accountGroupClosure, { path: { account_group_id: account_id } }],
  PUT: [updatePortfoliosAllocation, { path: { allocation_id: account_id }, body }],
  "POST with key": [createAccountGroup, { body }],
  "POST without key": [createWebhook, { body }],
  "PATCH with key": [updatePortfoliosConfiguration, { path: { account_id }, body }],
  "PATCH without key": [updateAccount, { path: { account_id }, body }],
};

interface Cause {
  /** What the server does. */
  readonly handler?: Handler;
  /** Where the request goes instead. */
  readonly elsewhere?: () => string;
  readonly code: string;
  readonly status?: number;
  readonly outcome: "not_sent" | "rejected" | "unknown";
}

const answered = (status: number, outcome: "rejected" | "unknown"): Cause => ({
  handler: problem(status, `type_${status}`),
  code: `type_${status}`,
  status,
  outcome,
});

// Nobody listens at a port that was just given back.
const closedPort = await new Promise<number>((resolve) => {
  const server = createHttps().listen(0, "127.0.0.1", () => {
    const { port } = server.address() as AddressInfo;
    server.close(() => resolve(port));
  });
});
const notConnected = { code: "NOT_CONNECTED", outcome: "not_sent" } as const;

const causes: Record<string, Cause> = {
  ECONNREFUSED: { elsewhere: () => `http://127.0.0.1:${closedPort}`, ...notConnected },
  // No DNS is asked for a name that is too long.
  ENOTFOUND: { elsewhere: () => `http://${"a".repeat(64)}.test`, ...notConnected },
  "TLS certificate": {
    elsewhere: () => `https://127.0.0.1:${(untrustedServer.address() as AddressInfo).port}`,
    ...notConnected,
  },
  "TLS to plain http": { elsewhere: () => api.url.replace("http:", "https:"), ...notConnected },
  reset: { handler: reset, code: "CONNECTION_LOST", outcome: "unknown" },
  timeout: { handler: hang, code: "TIMEOUT", outcome: "unknown" },
  "cut body": { handler: cut(), code: "ANSWER_UNREADABLE", status: 200, outcome: "unknown" },
  "no JSON": { handler: text(200, "<html>"), code: "ANSWER_UNREADABLE", status: 200, outcome: "unknown" },
  400: answered(400, "rejected"),
  403: answered(403, "rejected"),
  404: answered(404, "rejected"),
  408: answered(408, "unknown"),
  409: answered(409, "rejected"),
  422: answered(422, "rejected"),
  425: answered(425, "rejected"),
  429: answered(429, "rejected"),
  500: answered(500, "unknown"),
  501: answered(501, "unknown"),
  502: answered(502, "unknown"),
  503: answered(503, "unknown"),
  504: answered(504, "unknown"),
  redirect: {
    handler: text(307, "", { location: "/elsewhere" }),
    code: "REDIRECTED",
    status: 307,
    outcome: "unknown",
  },
};

const never = ["400", "403", "404", "409", "422", "425", "501", "redirect"];
const always = ["ECONNREFUSED", "ENOTFOUND", "TLS certificate", "TLS to plain http", "429"];

// Written out, and not as the code has it: what is repeatable is all but what never helps.
const isRetried = (kind: string, cause: string) =>
  kind.endsWith("without key") ? always.includes(cause) : !never.includes(cause);

interface Sent {
  readonly headers: Record<string, string>;
  readonly body: Uint8Array | undefined;
}

const scopes = [...allScopes, "webhooks:admin"] as const;
const timeout = 5_000;

describe.each(Object.entries(kinds))("%s", (kind, [operation, input]) => {
  const callable = operation as Callable<object, unknown>;
  const keyed = kind.endsWith("with key");

  test.each(Object.entries(causes))("after %s", async (name, cause) => {
    const sent: Sent[] = [];
    const client = api.client({
      scopes,
      timeout,
      retry: { baseDelay: 0 },
      fetch: async (url: string, init: Sent) => {
        if (url.endsWith("/auth/token")) return fetch(url, init as object);
        sent.push(init);
        const first = sent.length === 1 && cause.elsewhere;
        return fetch(first ? first() + new URL(url).pathname : url, init as object);
      },
    });
    if (cause.handler) api.script.push(cause.handler);
    api.fallback = json(200, { id: "done" });
    const { code, status, outcome } = cause;
    const first = { code, status, outcome };

    if (isRetried(kind, name)) {
      const result = await drive(api, client.call.withResponse(callable, input), timeout);
      expect(result.data).toEqual({ id: "done" });
      expect(result.attempts).toMatchObject([first, { status: 200, outcome: "ok", code: undefined }]);
      expect(sent).toHaveLength(2);
      const [one, two] = sent as [Sent, Sent];
      expect(two.body).toEqual(one.body);
      expect(two.headers["idempotency-key"]).toBe(one.headers["idempotency-key"]);
      expect(result.idempotencyKey).toBe(one.headers["idempotency-key"]);
      const nonces = sent.map(({ headers }) => /nonce="(.+?)"/.exec(headers["signature-input"]!)![1]);
      expect(new Set(nonces).size).toBe(2);
    } else {
      const error = await failure<UpvestApiError>(
        drive(api, client.call.withResponse(callable, input), timeout),
      );
      expect(error).toMatchObject({ code, outcome, attempts: [first] });
      expect(error.status).toBe(status);
      expect(error.idempotencyKey).toBe(sent[0]!.headers["idempotency-key"]);
      expect(sent).toHaveLength(1);
    }
    expect(sent[0]!.headers["idempotency-key"] !== undefined).toBe(keyed);
    expect(api.complaints).toEqual([]);
  });
});

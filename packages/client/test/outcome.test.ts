import { randomUUID } from "node:crypto";
import {
  accountGroupClosure,
  createAccountGroup,
  createWebhook,
  listUsers,
} from "@upvest-sdk/types/operations";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { UpvestApiError, UpvestConfigurationError, UpvestError } from "../src/index.js";
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
import { drive, failure, until, useFakeClock } from "./support/time.js";

useFakeClock();

let api: Api;
beforeEach(async () => {
  api = await startApi();
});
afterEach(() => api.close());

const body = person as never;
const named: Record<string, Handler> = {
  reset,
  timeout: hang,
  cut: cut(),
  "no JSON": text(200, "<html>"),
  redirect: text(302, "", { location: "/" }),
};
const handlerOf = (what: string | number) =>
  typeof what === "number" ? problem(what, `type_${what}`) : named[what]!;

describe("over all attempts", () => {
  const ownKey = randomUUID();
  test.each<[string, (string | number)[], string]>([
    ["rejected", [422], "rejected"],
    ["rejected", [429, 422], "rejected"],
    ["rejected", [429, 429, 429, 429], "rejected"],
    ["rejected", [429, 404], "rejected"],
    ["unknown", [500, 422], "unknown"],
    ["unknown", [503, 400], "unknown"],
    ["unknown", ["timeout", 404], "unknown"],
    ["unknown", ["timeout", 409], "unknown"],
    ["unknown", ["reset", 401, 401], "unknown"],
    ["unknown", ["reset", 429, 429, 429], "unknown"],
    ["unknown", [429, 500, 422], "unknown"],
    ["unknown", ["cut", 422], "unknown"],
    ["unknown", ["no JSON", 403], "unknown"],
    ["unknown", [408, 404], "unknown"],
    ["unknown", ["redirect"], "unknown"],
    ["unknown", [504, 426], "unknown"],
  ])("%s: %j", async (_, script, outcome) => {
    api.script.push(...script.map(handlerOf));
    const error = await failure<UpvestError>(
      drive(api, api.client({ timeout: 5_000 }).call(createAccountGroup, { body }), 5_000),
    );
    expect(error.outcome).toBe(outcome);
    expect(error.attempts).toHaveLength(script.length);
    expect(api.script).toHaveLength(0);
    expect(error.idempotencyKey).toBe(api.requests[0]!.headers["idempotency-key"]);
  });

  test.each<[(string | number)[]]>([[[500]], [["timeout"]], [["reset", 503]], [[429]], [[401]], [["cut"]]])(
    "a 2xx settles it: %j",
    async (script) => {
      api.script.push(...script.map(handlerOf));
      const { attempts } = await drive(
        api,
        api.client({ timeout: 5_000 }).call.withResponse(createAccountGroup, { body }),
        5_000,
      );
      expect(attempts.at(-1)).toMatchObject({ outcome: "ok", status: 200 });
      expect(attempts).toHaveLength(script.length + 1);
    },
  );

  test("a DELETE that timed out, and then is not found, may have been done by its first attempt", async () => {
    api.script.push(hang, problem(404, "not_found"));
    const error = await failure<UpvestApiError>(
      drive(api, api.client().call(accountGroupClosure, { path: { account_group_id: "x" } })),
    );
    expect(error).toMatchObject({ code: "not_found", status: 404, outcome: "unknown" });
    expect(error.attempts).toMatchObject([{ outcome: "unknown" }, { outcome: "rejected", status: 404 }]);
  });

  test.each<[number, string]>([
    [503, "unknown"],
    [429, "rejected"],
  ])("%i, then an abort while it waits: %s", async (status, outcome) => {
    api.script.push(problem(status, "busy", { "retry-after": "9" }));
    const controller = new AbortController();
    const call = failure<UpvestError>(
      api.client().call(createAccountGroup, { body, signal: controller.signal }),
    );
    await until(() => api.retries.length === 1);
    controller.abort();
    expect(await call).toMatchObject({ code: "ABORTED", outcome });
  });

  test("a conflict with the caller's own key may be with a call that still runs", async () => {
    api.script.push(problem(409, "conflict"));
    const error = await failure<UpvestError>(
      api.client().call(createAccountGroup, { body, idempotencyKey: ownKey }),
    );
    expect(error).toMatchObject({ code: "conflict", outcome: "unknown", idempotencyKey: ownKey });
    expect(api.requests).toHaveLength(1);
  });

  test("a conflict with a generated key is a refusal, and so is one without a key", async () => {
    api.script.push(problem(409, "conflict"), problem(409, "conflict"));
    const client = api.client({ scopes: [...allScopes, "webhooks:admin"] });
    expect(await failure(client.call(createAccountGroup, { body }))).toMatchObject({ outcome: "rejected" });
    expect(await failure(client.call(createWebhook, { body }))).toMatchObject({ outcome: "rejected" });
  });

  test("not connected, then a token that cannot be had: not sent", async () => {
    let first = true;
    const client = api.client({
      retry: { baseDelay: 0 },
      fetch: (async (url: string, init: object) => {
        if (!url.endsWith("/auth/token") && first) {
          first = false;
          client.refreshCredentials();
          api.tokenHandler = problem(401, "unauthorized");
          throw Object.assign(new TypeError("fetch failed"), { cause: { code: "ECONNREFUSED" } });
        }
        return fetch(url, init);
      }) as never,
    });
    const error = await failure<UpvestError>(client.call(createAccountGroup, { body }));
    expect(error).toMatchObject({ outcome: "not_sent", code: "unauthorized" });
    expect(error.attempts).toMatchObject([
      { code: "NOT_CONNECTED", outcome: "not_sent" },
      { code: "unauthorized", outcome: "not_sent" },
    ]);
    expect(api.requests).toHaveLength(0);
  });

  test("a 500, then a token that cannot be had: unknown", async () => {
    const client = api.client({ retry: { baseDelay: 0 } });
    api.script.push((request, response) => {
      client.refreshCredentials();
      api.tokenHandler = problem(401, "unauthorized");
      problem(500, "internal")(request, response);
    });
    const error = await failure<UpvestError>(client.call(createAccountGroup, { body }));
    expect(error).toMatchObject({ outcome: "unknown", code: "unauthorized" });
    expect(error.attempts).toMatchObject([{ outcome: "unknown" }, { outcome: "not_sent" }]);
  });
});

describe("without a token nothing was sent", () => {
  test.each<[string, Handler, number, object]>([
    ["401", problem(401, "unauthorized"), 1, { code: "unauthorized", status: 401 }],
    ["403", problem(403, "forbidden"), 1, { code: "forbidden", status: 403 }],
    ["429", problem(429, "too_many_requests"), 4, { code: "too_many_requests" }],
    ["500", problem(500, "internal"), 4, { code: "internal" }],
    ["reset", reset, 4, { code: "CONNECTION_LOST" }],
    ["a redirect", text(307, "", { location: "/" }), 1, { code: "REDIRECTED" }],
    ["a body that is cut", cut(), 4, { code: "ANSWER_UNREADABLE" }],
    ["no token in it", json(200, { token: "x" }), 4, { code: "ANSWER_UNREADABLE" }],
    ["an empty 200", text(200, ""), 4, { code: "ANSWER_UNREADABLE" }],
  ])("%s", async (_, handler, times, expected) => {
    api.tokenHandler = handler;
    const error = await failure<UpvestError>(drive(api, api.client().call(createAccountGroup, { body })));
    expect(error).toMatchObject({ outcome: "not_sent", ...expected });
    expect(error.message).toMatch(/^create_account_group: no token: /);
    expect(error.attempts).toHaveLength(times);
    // What a request for a token was answered with is not said of the call.
    expect(error.attempts[0]!.status).toBeUndefined();
    expect(api.tokenRequests).toHaveLength(times);
    expect(api.requests).toHaveLength(0);
  });

  test("also where a call without a key would not be retried once it was sent", async () => {
    api.tokenHandler = (request, response) => {
      api.tokenHandler = undefined;
      problem(503, "busy")(request, response);
    };
    const client = api.client({ scopes: [...allScopes, "webhooks:admin"] });
    await drive(api, client.call(createWebhook, { body }));
    expect(api.requests).toHaveLength(1);
  });

  test("a scope that was not granted", async () => {
    api.grant = "users:read";
    const error = await failure<UpvestError>(api.client().call(createAccountGroup, { body }));
    expect(error).toBeInstanceOf(UpvestConfigurationError);
    expect(error).toMatchObject({ code: "SCOPE_MISSING", outcome: "not_sent" });
    expect(error.message).toContain("accounts:admin");
    expect(api.requests).toHaveLength(0);
  });

  test("a secret that cannot be had", async () => {
    const cause = new Error("the vault is locked");
    const client = api.client({
      clientSecret: async () => {
        throw cause;
      },
    });
    const error = await failure<UpvestError>(client.call(createAccountGroup, { body }));
    expect(error).toMatchObject({ code: "CREDENTIALS_FAILED", outcome: "not_sent", cause });
    expect(api.tokenRequests).toHaveLength(0);
  });

  test("a signer that cannot be had, and one that is none", async () => {
    const none = api.client({ signer: (async () => undefined) as never });
    expect(await failure(none.call(listUsers))).toMatchObject({
      code: "CREDENTIALS_FAILED",
      outcome: "not_sent",
    });
    const other = api.client({ signer: (async () => ({})) as never });
    expect(await failure(other.call(listUsers))).toMatchObject({
      code: "SIGNING_FAILED",
      outcome: "not_sent",
    });
  });

  test("a signer that throws, for the token or for the call", async () => {
    const cause = new Error("the key store does not answer");
    for (const fails of [() => true, (url: string) => !url.endsWith("/auth/token")]) {
      const client = api.client({
        signer: {
          headers: async ({ url, headers }) => {
            if (fails(url)) throw cause;
            return headers;
          },
        },
        fetch: async () => Response.json({ access_token: "canary-token-2", expires_in: 60 }) as never,
      });
      const error = await failure<UpvestError>(client.call(createAccountGroup, { body }));
      expect(error).toMatchObject({ code: "SIGNING_FAILED", outcome: "not_sent", cause });
      expect(error.attempts).toHaveLength(1);
    }
  });
});

test("an error says all: class, code, operation, environment, key, attempts with request ids", async () => {
  const first = randomUUID();
  const second = randomUUID();
  api.script.push(
    problem(503, "busy", { "upvest-request-id": first }),
    problem(422, "https://docs.upvest.co/errors/unprocessable", { "upvest-request-id": second }),
  );
  const error = await failure<UpvestApiError>(drive(api, api.client().call(createAccountGroup, { body })));
  expect(error).toBeInstanceOf(UpvestApiError);
  expect(error).toBeInstanceOf(UpvestError);
  expect(error).toBeInstanceOf(Error);
  expect(error).toMatchObject({
    name: "UpvestApiError",
    code: "unprocessable",
    status: 422,
    requestId: second,
    retryable: false,
    outcome: "unknown",
    operationId: "create_account_group",
    environment: api.url,
    idempotencyKey: expect.stringMatching(/^[\da-f-]{36}$/),
    problem: { status: 422 },
    attempts: [
      { status: 503, requestId: first, outcome: "unknown", code: "busy", duration: 0 },
      { status: 422, requestId: second, outcome: "rejected", code: "unprocessable" },
    ],
  });
  expect(error.message).toMatch(/^create_account_group: 422 unprocessable/);
});

test.each([
  [400, false],
  [404, false],
  [408, true],
  [409, false],
  [429, true],
  [500, true],
  [503, true],
])("a %i is retryable: %s", async (status, retryable) => {
  api.fallback = problem(status, "x");
  const error = await failure(api.client({ retry: { maxRetries: 0 } }).call(listUsers));
  expect(error).toMatchObject({ status, retryable });
});

test("environment: sandbox and live are said by name", async () => {
  for (const environment of ["sandbox", "live"] as const) {
    const client = api.client({
      baseUrl: undefined,
      environment,
      retry: { maxRetries: 0 },
      fetch: async () => {
        throw new TypeError("nowhere");
      },
    });
    expect(await failure(client.call(listUsers))).toMatchObject({ environment });
  }
});

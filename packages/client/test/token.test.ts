import { createAccountGroup, listUsers, retrieveAccountGroup } from "@upvest-sdk/types/operations";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { UpvestApiError, UpvestConnectionError } from "../src/index.js";
import {
  type Api,
  type allScopes,
  clientId,
  clientSecret,
  type Handler,
  hang,
  json,
  problem,
  reset,
  startApi,
} from "./support/api.js";
import { caught, settle, until, useFakeClock } from "./support/token.js";

// First of all: what the API's signer and verifier take for the time is this clock too.
useFakeClock();
let api: Api;
beforeEach(async () => {
  api = await startApi();
});
afterEach(() => api.close());

const seconds = (n: number) => vi.advanceTimersByTime(n * 1000);

/** Answers when it is told to. */
function held(handler: Handler): { handler: Handler; waiting: () => number; release(): void } {
  let open: () => void;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  let waiting = 0;
  return {
    handler: async (request, response) => {
      waiting++;
      await opened;
      return handler(request, response);
    },
    waiting: () => waiting,
    release: () => open(),
  };
}

const tokenOf = (n: number) => api.requests.at(n)!.headers.authorization;

describe("the request for a token", () => {
  test("is a signed form of four fields, without authorization", async () => {
    await api.client({ scopes: ["users:read", "accounts:admin", "users:read"] }).call(listUsers);
    expect(api.complaints).toEqual([]);
    expect(api.tokenRequests).toHaveLength(1);
    const { method, target, headers, body, covered } = api.tokenRequests[0]!;
    expect(`${method} ${target}`).toBe("POST /auth/token");
    expect(Object.fromEntries(new URLSearchParams(body.toString()))).toEqual({
      client_id: clientId,
      client_secret: clientSecret,
      grant_type: "client_credentials",
      scope: "accounts:admin users:read",
    });
    expect([...new URLSearchParams(body.toString()).keys()]).toHaveLength(4);
    expect(headers["content-type"]).toBe("application/x-www-form-urlencoded");
    expect(headers.accept).toBe("application/json");
    expect(headers["upvest-client-id"]).toBe(clientId);
    expect(headers["upvest-api-version"]).toBe("1");
    expect(headers.authorization).toBeUndefined();
    expect(headers["idempotency-key"]).toBeUndefined();
    expect(covered).toEqual(
      expect.arrayContaining([
        "@method",
        "@path",
        "accept",
        "content-digest",
        "content-type",
        "upvest-client-id",
      ]),
    );
    expect(covered).not.toContain("authorization");
    expect(api.requests[0]!.headers.authorization).toBe(`Bearer ${[...api.validTokens][0]}`);
    expect(api.requests[0]!.covered).toContain("authorization");
  });

  test("encodes a secret with any characters", async () => {
    const secret = "a+b &=%c\u00fc!'()*~\"";
    api.tokenHandler = ({ body }, response) => {
      const token = `for-${Buffer.from(new URLSearchParams(body.toString()).get("client_secret")!).toString("base64url")}`;
      api.validTokens.add(token);
      json(200, { access_token: token, expires_in: 60 })({} as never, response);
    };
    await api.client({ clientSecret: secret }).call(listUsers);
    expect(tokenOf(0)).toBe(`Bearer for-${Buffer.from(secret).toString("base64url")}`);
  });

  test("an answer that quotes the secret, in any spelling, does not bring it into the error", async () => {
    const secret = "canary secret+!";
    api.tokenHandler = ({ body }, response) => {
      response.writeHead(400).end(`<p>${body} ${secret}</p>`);
    };
    const error = (await caught(api.client({ clientSecret: secret }).call(listUsers))) as UpvestApiError;
    expect(error.status).toBe(400);
    expect(error.body).toContain("***");
    expect(error.body).not.toMatch(/canary/);
  });
});

describe("one request at a time", () => {
  test("1,000 calls on a cold client cause one", async () => {
    const client = api.client();
    await Promise.all(Array.from({ length: 1000 }, () => client.call(listUsers)));
    expect(api.requests).toHaveLength(1000);
    expect(api.tokenRequests).toHaveLength(1);
  });

  test("1,000 calls that are refused with 401 cause one more", async () => {
    const client = api.client();
    await client.call(listUsers);
    api.validTokens.clear();
    await Promise.all(
      Array.from({ length: 1000 }, () => client.call(createAccountGroup, { body: {} as never })),
    );
    expect(api.requests).toHaveLength(1 + 2000);
    expect(api.tokenRequests).toHaveLength(2);
  });

  test("the abort of one caller does not cancel it for the others", async () => {
    const client = api.client();
    const slow = held(json(200, { access_token: "slow", expires_in: 60 }));
    api.tokenHandler = slow.handler;
    api.validTokens.add("slow");
    const stop = new AbortController();
    const first = caught(client.call(listUsers, { signal: stop.signal }));
    await until(() => slow.waiting() === 1);
    const others = [client.call(listUsers), client.call(listUsers)];
    await settle();
    stop.abort(new Error("gone"));
    expect(await first).toMatchObject({ code: "ABORTED", outcome: "not_sent", cause: new Error("gone") });
    slow.release();
    await Promise.all(others);
    expect(api.tokenRequests).toHaveLength(1);
    expect(api.requests).toHaveLength(2);
  });

  test("a shorter timeout of one call does not cancel it for the others", async () => {
    const client = api.client();
    const slow = held(json(200, { access_token: "slow", expires_in: 60 }));
    api.tokenHandler = slow.handler;
    api.validTokens.add("slow");
    const first = caught(client.call(listUsers, { timeout: 100, deadline: 100 }));
    await until(() => slow.waiting() === 1);
    const other = client.call(listUsers);
    await settle();
    vi.advanceTimersByTime(100);
    expect(await first).toMatchObject({ code: "DEADLINE", outcome: "not_sent" });
    slow.release();
    await other;
    expect(api.tokenRequests).toHaveLength(1);
  });
});

describe("its life", () => {
  test.each([
    [3600, 3540],
    [300, 240],
    [100, 80],
    [1, 0.8],
    ["1799", 1739],
  ])("expires_in %s: a new one is asked for after %s s, ahead of need", async (expiresIn, after) => {
    api.expiresIn = expiresIn;
    const client = api.client();
    await client.call(listUsers);
    vi.advanceTimersByTime(after * 1000 - 1);
    await client.call(listUsers);
    await settle();
    expect(api.tokenRequests).toHaveLength(1);
    vi.advanceTimersByTime(1);
    await client.call(listUsers);
    expect(tokenOf(2)).toBe(tokenOf(0));
    await until(() => api.tokenRequests.length === 2);
  });

  test("within the margin calls use the old token and start one refresh", async () => {
    api.expiresIn = 300;
    const granted = vi.fn();
    const client = api.client({ hooks: { onToken: granted } });
    await client.call(listUsers);
    const [old] = api.validTokens;
    const slow = held(json(200, { access_token: "new", expires_in: 300 }));
    api.tokenHandler = slow.handler;
    api.validTokens.add("new");
    seconds(250);
    await Promise.all(Array.from({ length: 50 }, () => client.call(listUsers)));
    await until(() => slow.waiting() === 1);
    await client.call(listUsers);
    expect(api.requests.slice(1).every(({ headers }) => headers.authorization === `Bearer ${old}`)).toBe(
      true,
    );
    slow.release();
    await until(() => granted.mock.calls.length === 2);
    await client.call(listUsers);
    expect(tokenOf(-1)).toBe("Bearer new");
    expect(api.tokenRequests).toHaveLength(2);
  });

  test("an expired one is waited for anew", async () => {
    api.expiresIn = 300;
    const client = api.client();
    await client.call(listUsers);
    seconds(300);
    await Promise.all([client.call(listUsers), client.call(listUsers)]);
    expect(api.tokenRequests).toHaveLength(2);
    expect(tokenOf(1)).not.toBe(tokenOf(0));
    expect(tokenOf(2)).toBe(tokenOf(1));
  });

  test.each([
    ["missing", undefined, 60],
    ["null", null, 60],
    ["no number", "soon", 60],
    ["huge", 1e12, 86_400],
    ["huge text", "9".repeat(400), 86_400],
  ])("expires_in is %s", async (_, expiresIn, valid) => {
    api.expiresIn = expiresIn;
    const client = api.client();
    await client.call(listUsers);
    seconds(valid / 2);
    await client.call(listUsers);
    await settle();
    expect(api.tokenRequests).toHaveLength(1);
    seconds(valid / 2);
    await client.call(listUsers);
    expect(api.tokenRequests).toHaveLength(2);
  });

  test.each([0, -5, "0", -1e300])(
    "expires_in is %s: used by those who waited for it, and not kept",
    async (expiresIn) => {
      api.expiresIn = expiresIn;
      const client = api.client();
      await Promise.all([client.call(listUsers), client.call(listUsers)]);
      expect(api.tokenRequests).toHaveLength(1);
      await client.call(listUsers);
      expect(api.tokenRequests).toHaveLength(2);
      expect(api.requests).toHaveLength(3);
    },
  );
});

describe("after a 401", () => {
  test("a token that is no longer the one in use is left alone", async () => {
    const client = api.client();
    await client.call(listUsers);
    const late = held(problem(401, "unauthorized"));
    api.script.push(late.handler);
    const first = client.call(retrieveAccountGroup, { path: { account_group_id: "a" } });
    await until(() => late.waiting() === 1);
    api.validTokens.clear();
    await client.call(listUsers);
    expect(api.tokenRequests).toHaveLength(2);
    late.release();
    await first;
    expect(api.tokenRequests).toHaveLength(2);
    expect(tokenOf(-1)).toBe(`Bearer ${[...api.validTokens][0]}`);
  });

  test("at most one new one in 10 s is forced", async () => {
    const client = api.client();
    api.fallback = problem(401, "unauthorized");
    const error = await caught(client.call(listUsers));
    expect(error).toMatchObject({
      status: 401,
      outcome: "rejected",
      attempts: [{ status: 401 }, { status: 401 }],
    });
    expect(api.tokenRequests).toHaveLength(2);
    for (let i = 0; i < 9; i++) {
      await Promise.all([caught(client.call(listUsers)), caught(client.call(listUsers))]);
      seconds(1);
    }
    expect(api.tokenRequests).toHaveLength(2);
    seconds(1);
    await Promise.all(Array.from({ length: 20 }, () => caught(client.call(listUsers))));
    expect(api.tokenRequests).toHaveLength(3);
    // The first of all twice; 18 once; and 20 twice, since all of them may use what one of them forced.
    expect(api.requests).toHaveLength(2 + 18 + 40);
  });

  test("a refresh that was on its way before does not bring back what was revoked", async () => {
    api.expiresIn = 300;
    const onToken = vi.fn();
    const client = api.client({ hooks: { onToken } });
    await client.call(listUsers);
    const slow = held(json(200, { access_token: "revoked-too", expires_in: 300 }));
    api.tokenHandler = slow.handler;
    seconds(250);
    await client.call(listUsers);
    await until(() => slow.waiting() === 1);
    api.validTokens.clear();
    api.tokenHandler = undefined;
    await client.call(listUsers);
    const good = tokenOf(-1);
    slow.release();
    await until(() => onToken.mock.calls.length === 3);
    await settle();
    await client.call(listUsers);
    expect(tokenOf(-1)).toBe(good);
    expect(api.requests.at(-2)!.headers.authorization).toBe(good);
  });

  test("one from /auth/token is final", async () => {
    api.tokenHandler = problem(401, "unauthorized");
    const error = await caught(api.client().call(createAccountGroup, { body: {} as never }));
    expect(error).toBeInstanceOf(UpvestApiError);
    expect(error).toMatchObject({
      status: 401,
      code: "unauthorized",
      outcome: "not_sent",
      operationId: "create_account_group",
      attempts: [{ outcome: "not_sent", code: "unauthorized" }],
    });
    expect(error.message).toContain("no token");
    expect(error.attempts[0]!.status).toBeUndefined();
    expect((error as UpvestApiError).clockOffset).toBeTypeOf("number");
    expect(api.tokenRequests).toHaveLength(1);
    expect(api.requests).toHaveLength(0);
  });

  test("a failure of the new token is that of the call, which was refused before", async () => {
    const client = api.client();
    await client.call(listUsers);
    api.validTokens.clear();
    api.tokenHandler = problem(401, "unauthorized");
    const error = await caught(client.call(createAccountGroup, { body: {} as never }));
    expect(error).toMatchObject({
      status: 401,
      outcome: "rejected",
      attempts: [{ status: 401, outcome: "rejected" }, { outcome: "not_sent" }],
    });
    expect(api.tokenRequests).toHaveLength(2);
  });
});

describe("an endpoint for tokens that is out of order", () => {
  const atOnce = { baseDelay: 0 };

  test.each<[string, Handler, object]>([
    ["503", problem(503, "unavailable"), { status: 503 }],
    ["429", problem(429, "too_many_requests"), { status: 429 }],
    ["reset", reset, { code: "CONNECTION_LOST" }],
    ["no JSON", (_, response) => response.writeHead(200).end("<html>"), { code: "ANSWER_UNREADABLE" }],
    ["no token", json(200, { token: "x" }), { code: "ANSWER_UNREADABLE" }],
  ])("%s: the call's retries are for it too, and nothing was sent", async (_, handler, expected) => {
    const broken = api.client({ retry: atOnce });
    api.tokenHandler = handler;
    const error = await caught(broken.call(createAccountGroup, { body: {} as never }));
    expect(error).toMatchObject({ ...expected, outcome: "not_sent" });
    expect(error.attempts).toHaveLength(4);
    expect(
      error.attempts.every(({ outcome, status }) => outcome === "not_sent" && status === undefined),
    ).toBe(true);
    expect(api.tokenRequests).toHaveLength(4);
    expect(api.requests).toHaveLength(0);

    let n = 0;
    api.tokenRequests.length = 0;
    api.tokenHandler = (request, response) => {
      if (++n === 2) api.tokenHandler = undefined;
      return handler(request, response);
    };
    // Also one that is not repeated once it was sent.
    const { attempts } = await api
      .client({ retry: atOnce })
      .call.withResponse(retrieveAccountGroup, { path: { account_group_id: "a" } });
    expect(attempts.map(({ outcome }) => outcome)).toEqual(["not_sent", "not_sent", "ok"]);
    expect(api.tokenRequests).toHaveLength(3);
    expect(api.requests).toHaveLength(1);
  });

  test("hangs: the attempt times out, and the next asks anew", async () => {
    const client = api.client({ retry: atOnce });
    api.tokenHandler = hang;
    const call = client.call.withResponse(createAccountGroup, { body: {} as never });
    await until(() => api.tokenRequests.length === 1);
    api.tokenHandler = undefined;
    vi.advanceTimersByTime(30_000);
    const { attempts } = await call;
    expect(attempts).toMatchObject([
      { outcome: "not_sent", code: "TIMEOUT", duration: 30_000 },
      { outcome: "ok" },
    ]);
    expect(api.tokenRequests).toHaveLength(2);
  });

  test("hangs for ever: the call ends at its deadline, not sent", async () => {
    const client = api.client({ retry: atOnce });
    api.tokenHandler = hang;
    const call = caught(client.call(createAccountGroup, { body: {} as never }));
    for (let i = 1; i <= 3; i++) {
      await until(() => api.tokenRequests.length === i);
      vi.advanceTimersByTime(30_000);
    }
    expect(await call).toMatchObject({ outcome: "not_sent", code: "DEADLINE" });
  });

  test("is not there: not connected", async () => {
    await api.close();
    const error = await caught(api.client({ retry: { maxRetries: 0 } }).call(listUsers));
    expect(error).toBeInstanceOf(UpvestConnectionError);
    expect(error).toMatchObject({ code: "NOT_CONNECTED", outcome: "not_sent" });
    api = await startApi();
  });
});

describe("scopes", () => {
  const withScopes = (scopes: typeof allScopes, grant?: string) => {
    api.grant = grant;
    return api.client({ scopes });
  };

  test("of an operation are alternatives: one suffices", async () => {
    expect(retrieveAccountGroup.scopes).toEqual(expect.arrayContaining(["accounts:admin", "accounts:read"]));
    const path = { account_group_id: "a" };
    await withScopes(["accounts:admin"]).call(retrieveAccountGroup, { path });
    await withScopes(["accounts:read"]).call(retrieveAccountGroup, { path });
    expect(api.requests).toHaveLength(2);
  });

  test("that are missing: nothing is sent, and the error says what was asked for but not granted", async () => {
    const error = await caught(
      withScopes(["accounts:admin", "users:read"], "users:read").call(createAccountGroup, {
        body: {} as never,
      }),
    );
    expect(error).toMatchObject({
      code: "SCOPE_MISSING",
      outcome: "not_sent",
      name: "UpvestConfigurationError",
    });
    expect(error.message).toContain("accounts:admin");
    expect(error.message).toMatch(/asked for but not granted: accounts:admin$/);
    expect(api.requests).toHaveLength(0);
  });

  test("that were not asked for: the error says what to do", async () => {
    const error = await caught(withScopes(["users:read"]).call(createAccountGroup, { body: {} as never }));
    expect(error.code).toBe("SCOPE_MISSING");
    expect(error.message).toMatch(/add one to the client's scopes$/);
    expect(api.requests).toHaveLength(0);
  });

  test("that the answer does not name are those that were asked for", async () => {
    api.tokenHandler = (_, response) => {
      api.validTokens.add("t");
      json(200, { access_token: "t", expires_in: 60 })({} as never, response);
    };
    await api.client({ scopes: ["users:read"] }).call(listUsers);
    expect((await caught(api.client({ scopes: ["orders:read"] }).call(listUsers))).code).toBe(
      "SCOPE_MISSING",
    );
  });

  test("of which none was granted", async () => {
    const error = await caught(withScopes(["users:read", "orders:read"], "").call(listUsers));
    expect(error.message).toMatch(/not granted: orders:read, users:read$/);
  });
});

test("onToken is told of each token, and nothing secret", async () => {
  const onToken = vi.fn();
  api.expiresIn = 120;
  await api.client({ scopes: ["users:read"], hooks: { onToken } }).call(listUsers);
  expect(onToken.mock.calls).toEqual([[{ scopes: ["users:read"], expiresIn: 120_000, duration: 0 }]]);
});

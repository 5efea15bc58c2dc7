import { randomUUID } from "node:crypto";
import { apiVersion } from "@upvest-sdk/types";
import * as operations from "@upvest-sdk/types/operations";
import {
  createAccountGroup,
  createReport,
  createWebhook,
  issueToken,
  listUsers,
  retrieveAccountGroup,
  retrieveReport,
  updateAccount,
  updatePortfoliosConfiguration,
} from "@upvest-sdk/types/operations";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { UpvestApiError, type UpvestClient, type UpvestError } from "../src/index.js";
import * as reexported from "../src/operations.js";
import { type Api, allScopes, clientId, clientSecret, hang, json, problem, startApi } from "./support/api.js";
import { person } from "./support/canaries.js";
import { drive, failure, useFakeClock } from "./support/time.js";

useFakeClock();

let api: Api;
let client: UpvestClient;
beforeEach(async () => {
  api = await startApi();
  client = api.client({ scopes: [...allScopes, "webhooks:admin"] });
});
afterEach(() => api.close());

const uuidV4 = /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/;
const body = { ...person, text: "Überweisung" } as never;
const account_id = "8f0a3e9c-5d1b-4b0e-9f57-5a2d0c1b7e44";

// What `fetch` of Node adds, a host, and who we are, which has a test of its own.
const transport = [
  "accept-encoding",
  "accept-language",
  "connection",
  "content-length",
  "host",
  "sec-fetch-mode",
  "user-agent",
];
const ours = () => {
  const { headers } = api.requests.at(-1)!;
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !transport.includes(name)));
};
const signature = {
  signature: expect.stringMatching(/^sig1=:/),
  "signature-input": expect.stringMatching(/^sig1=\(/),
  "upvest-signature-version": "15",
};

describe("headers on the wire", () => {
  test("who calls, and the version of the API that it knows: of calls and of requests for a token", async () => {
    await client.call(listUsers);
    const sent = [...api.tokenRequests, ...api.requests];
    expect(sent.map(({ headers }) => headers["user-agent"])).toEqual(
      sent.map(() => `upvest-sdk (API ${apiVersion})`),
    );
    expect(sent).toHaveLength(2);
  });

  test.each<[string, () => Promise<unknown>]>([
    ["call", () => client.call(listUsers)],
    ["GET", () => client.GET("/users")],
  ])("of %s without a body", async (_, send) => {
    await send();
    expect(ours()).toEqual({
      accept: "application/json",
      authorization: expect.stringMatching(/^Bearer canary-token-/),
      "upvest-api-version": "1",
      "upvest-client-id": clientId,
      ...signature,
    });
    expect(api.requests[0]!.headers["content-length"]).toBeUndefined();
    expect(api.complaints).toEqual([]);
  });

  test.each<[string, () => Promise<unknown>]>([
    ["call", () => client.call(createAccountGroup, { body })],
    ["POST", () => client.POST("/account_groups", { body })],
  ])("of %s with a body", async (_, send) => {
    await send();
    expect(ours()).toEqual({
      accept: "application/json",
      authorization: expect.stringMatching(/^Bearer canary-token-/),
      // With a charset the API refuses it.
      "content-type": "application/json",
      "content-digest": expect.stringMatching(/^sha-512=:/),
      "idempotency-key": expect.stringMatching(uuidV4),
      "upvest-api-version": "1",
      "upvest-client-id": clientId,
      ...signature,
    });
    const [{ headers, body: bytes, covered }] = api.requests as [(typeof api.requests)[0]];
    expect(bytes.toString()).toBe(JSON.stringify(body));
    expect(headers["content-length"]).toBe(`${bytes.length}`);
    expect(covered).toEqual(
      expect.arrayContaining([
        "@method",
        "@path",
        "accept",
        "authorization",
        "content-digest",
        "content-length",
        "content-type",
        "idempotency-key",
        "upvest-api-version",
        "upvest-client-id",
      ]),
    );
    expect(api.complaints).toEqual([]);
  });

  test("of the request for a token", async () => {
    await client.call(listUsers);
    const [{ headers, body: bytes, method, covered }] = api.tokenRequests as [(typeof api.requests)[0]];
    expect(method).toBe("POST");
    expect(headers).toMatchObject({
      accept: "application/json",
      "content-type": "application/x-www-form-urlencoded",
      "upvest-client-id": clientId,
    });
    expect(headers.authorization).toBeUndefined();
    expect(headers["idempotency-key"]).toBeUndefined();
    expect(covered).toContain("upvest-client-id");
    expect(Object.fromEntries(new URLSearchParams(bytes.toString()))).toEqual({
      client_id: clientId,
      client_secret: clientSecret,
      grant_type: "client_credentials",
      scope: [...allScopes, "webhooks:admin"].sort().join(" "),
    });
  });

  test("a POST without a body has no content type", async () => {
    await client.POST("/webhooks/{webhook_id}/test", { params: { path: { webhook_id: "x" } } });
    expect(ours()).not.toHaveProperty("content-type");
    expect(ours()).not.toHaveProperty("content-digest");
    expect(api.complaints).toEqual([]);
  });
});

test("a path before the operations' own, of a proxy say, is kept", async () => {
  const paths: string[] = [];
  const behind = api.client({
    baseUrl: "http://localhost:1234/proxy//upvest/",
    fetch: async (url: string) => {
      paths.push(url);
      return Response.json({ access_token: "canary-token-3", expires_in: 60 }) as never;
    },
  });
  await behind.call(listUsers, { query: { limit: 1 } });
  expect(paths).toEqual([
    "http://localhost:1234/proxy//upvest/auth/token",
    "http://localhost:1234/proxy//upvest/users?limit=1",
  ]);
});

describe("both surfaces give the same", () => {
  const path = { account_group_id: account_id };
  test("of a success", async () => {
    const id = randomUUID();
    api.fallback = json(200, { id: "g", status: "ACTIVE" }, { "upvest-request-id": id });
    const data = await client.call(retrieveAccountGroup, { path });
    const full = await client.call.withResponse(retrieveAccountGroup, { path });
    const byPath = await client.GET("/account_groups/{account_group_id}", { params: { path } });
    expect(data).toEqual({ id: "g", status: "ACTIVE" });
    expect(full).toMatchObject({ data, status: 200, requestId: id, idempotencyKey: undefined });
    expect(full.headers.get("upvest-request-id")).toBe(id);
    expect(full.attempts).toMatchObject([{ status: 200, requestId: id, outcome: "ok" }]);
    expect(Object.keys(full).sort()).toEqual(
      ["attempts", "data", "headers", "idempotencyKey", "requestId", "status"].sort(),
    );
    expect(byPath).toEqual({ data, response: expect.anything() });
    expect(byPath.response!.status).toBe(200);
    expect(byPath.response!.headers.get("upvest-request-id")).toBe(id);
  });

  test("of a refusal", async () => {
    api.fallback = problem(404, "https://docs.upvest.co/errors/not_found");
    const thrown = await failure<UpvestApiError>(client.call(retrieveAccountGroup, { path }));
    const { data, error, response } = await client.GET("/account_groups/{account_group_id}", {
      params: { path },
    });
    expect(data).toBeUndefined();
    expect(response!.status).toBe(404);
    for (const one of [thrown, error]) {
      expect(one).toBeInstanceOf(UpvestApiError);
      expect(one).toMatchObject({
        code: "not_found",
        status: 404,
        outcome: "rejected",
        attempts: [{ status: 404 }],
      });
    }
    expect(thrown.operationId).toBe("retrieve_account_group");
    expect(error!.operationId).toBeUndefined();
    expect(error!.message).toMatch(/^GET \/account_groups\/\{account_group_id\}: /);
  });

  test("the response by path is that of the last attempt, or none", async () => {
    const { response } = await client.GET("/users", { deadline: 60_000 });
    expect(response!.status).toBe(200);
    api.script.push(problem(503, "busy", { "retry-after": "0" }), hang);
    const second = await drive(api, client.GET("/users", { deadline: 4_000 }), 4_000);
    expect(second.error).toMatchObject({ code: "DEADLINE", outcome: "unknown" });
    expect(second.response).toBeUndefined();
  });

  test("by path misuse is thrown, and only that", async () => {
    const error = await failure(client.GET("/users", { timeout: -1 }));
    expect(error).toMatchObject({ code: "INVALID_OPTION", outcome: "not_sent" });
  });
});

test("operations are re-exported, all of them", () => {
  expect({ ...reexported }).toEqual({ ...operations });
});

test("methods may be passed on by themselves", async () => {
  const { call, GET, paginate } = client;
  const { withResponse } = call;
  await call(listUsers);
  await GET("/users");
  await withResponse(listUsers);
  api.fallback = json(200, { data: [{ id: 1 }], meta: { total_count: 1 } });
  for await (const user of paginate(listUsers)) expect(user).toEqual({ id: 1 });
});

test.each([undefined, null, "list_users", {}, 5])("call(%j) is refused", async (operation) => {
  expect(await failure(client.call(operation as never))).toMatchObject({ code: "INVALID_INPUT" });
});

test("the operation that issues tokens can be called: a form, and no authorization header", async () => {
  api.tokenHandler = json(200, { access_token: "canary-token-4", expires_in: 60 });
  const form = { client_id: clientId, client_secret: clientSecret, grant_type: "client_credentials" };
  await client.call(issueToken, { body: { ...form, scope: "users:read" } as never });
  const [{ headers, body: bytes }] = api.tokenRequests as [(typeof api.requests)[0]];
  expect(headers["content-type"]).toBe("application/x-www-form-urlencoded");
  expect(headers.authorization).toBeUndefined();
  expect(Object.fromEntries(new URLSearchParams(bytes.toString()))).toEqual({ ...form, scope: "users:read" });
});

describe("the body", () => {
  test.each<[string, unknown]>([
    ["a cycle", Object.assign({ ...person }, {}) && cyclic()],
    ["a bigint", { amount: 5n, ...person }],
    [
      "what throws",
      {
        toJSON: () => Promise.reject,
        get x() {
          throw new Error(person.iban);
        },
      },
    ],
    ["a function", () => {}],
    ["a symbol", Symbol("x")],
  ])("that cannot be written is refused, and is not quoted: %s", async (_, wrong) => {
    const error = await failure(client.call(createAccountGroup, { body: wrong as never }));
    expect(error).toMatchObject({ code: "INVALID_INPUT", outcome: "not_sent" });
    expect((error as Error).cause).toBeUndefined();
    expect(api.requests).toHaveLength(0);
  });

  test("of a GET is refused: no runtime would send it", async () => {
    const error = await failure(client.GET("/users", { body: { ...person } } as object));
    expect(error).toMatchObject({ code: "INVALID_INPUT", outcome: "not_sent" });
    expect(api.requests).toHaveLength(0);
  });

  function cyclic() {
    const one: Record<string, unknown> = { ...person };
    one["self"] = one;
    return one;
  }
});

describe("idempotency keys", () => {
  const v4 = "3f2b6c1e-8a4d-4e5f-9b0a-1c2d3e4f5a6b";
  const sentKey = () => api.requests.at(-1)!.headers["idempotency-key"];

  test("go with operations that take one, another for each call", async () => {
    const one = await client.call.withResponse(createAccountGroup, { body });
    expect(sentKey()).toMatch(uuidV4);
    expect(one.idempotencyKey).toBe(sentKey());
    const two = await client.call.withResponse(createAccountGroup, { body });
    expect(two.idempotencyKey).toBe(sentKey());
    expect(two.idempotencyKey).not.toBe(one.idempotencyKey);
    await client.call(updatePortfoliosConfiguration, { path: { account_id }, body });
    expect(sentKey()).toMatch(uuidV4);
  });

  test("do not go with those that take none", async () => {
    await client.call(listUsers);
    await client.call(createWebhook, { body });
    await client.call(updateAccount, { path: { account_id }, body });
    expect(api.requests.map(({ headers }) => headers["idempotency-key"])).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  test("by path go with every POST and one PATCH", async () => {
    await client.POST("/webhooks", { body });
    expect(sentKey()).toMatch(uuidV4);
    await client.PATCH("/portfolios/configurations/{account_id}", { params: { path: { account_id } }, body });
    expect(sentKey()).toMatch(uuidV4);
    await client.PATCH("/accounts/{account_id}", { params: { path: { account_id } }, body });
    expect(sentKey()).toBeUndefined();
    await client.PUT("/portfolios/allocations/{allocation_id}", {
      params: { path: { allocation_id: account_id } },
      body,
    });
    expect(sentKey()).toBeUndefined();
    await client.DELETE("/accounts/{account_id}", { params: { path: { account_id } } });
    expect(sentKey()).toBeUndefined();
  });

  test("of the caller are sent as they are, by both surfaces", async () => {
    const { idempotencyKey } = await client.call.withResponse(createAccountGroup, {
      body,
      idempotencyKey: v4,
    });
    expect([sentKey(), idempotencyKey]).toEqual([v4, v4]);
    await client.POST("/users", {
      body,
      params: { header: { "idempotency-key": v4.toUpperCase() } } as never,
    });
    expect(sentKey()).toBe(v4.toUpperCase());
    await client.call(createAccountGroup, { body, idempotencyKey: v4.replaceAll("-", "") });
    expect(sentKey()).toBe(v4.replaceAll("-", ""));
  });

  test.each([
    ["a UUID v7", "018f4e3a-7b1c-7d2e-9f3a-4b5c6d7e8f90"],
    ["a UUID v6", "1ef4e3a7-7b1c-6d2e-9f3a-4b5c6d7e8f90"],
    ["another variant", "3f2b6c1e-8a4d-4e5f-1b0a-1c2d3e4f5a6b"],
    ["my own id", "order-17"],
    ["an empty text", ""],
    ["a line break", `${v4}\n`],
    ["null", null],
    ["a number", 5],
  ])("that the API would refuse are refused before anything is sent: %s", async (_, key) => {
    const expected = { code: "IDEMPOTENCY_KEY_INVALID", outcome: "not_sent" };
    const idempotencyKey = key as string;
    expect(await failure(client.call(createAccountGroup, { body, idempotencyKey }))).toMatchObject(expected);
    const params = { header: { "idempotency-key": idempotencyKey } } as never;
    expect(await failure(client.POST("/users", { body, params }))).toMatchObject(expected);
    expect(api.requests).toHaveLength(0);
  });

  test("for an operation that takes none are refused: they would not protect", async () => {
    const expected = { code: "IDEMPOTENCY_KEY_INVALID", outcome: "not_sent" };
    expect(await failure(client.call(createReport, { body, idempotencyKey: v4 } as never))).toMatchObject(
      expected,
    );
    expect(await failure(client.call(listUsers, { idempotencyKey: v4 }))).toMatchObject(expected);
    const params = { path: { account_id }, header: { "idempotency-key": v4 } } as never;
    expect(await failure(client.PATCH("/accounts/{account_id}", { params, body }))).toMatchObject(expected);
    expect(api.requests).toHaveLength(0);
  });

  test("explicit: operations that take one are refused without", async () => {
    const strict = api.client({ idempotency: "explicit" });
    const expected = { code: "IDEMPOTENCY_KEY_MISSING", outcome: "not_sent" };
    const error = await failure<UpvestError>(strict.call(createAccountGroup, { body }));
    expect(error).toMatchObject(expected);
    expect(error.message).toContain("idempotencyKeyFrom");
    expect(await failure(strict.POST("/users", { body }))).toMatchObject(expected);
    await strict.call(createAccountGroup, { body, idempotencyKey: v4 });
    await strict.call(listUsers);
    expect(api.requests).toHaveLength(2);
  });

  test("undefined is as not given", async () => {
    await client.call(createAccountGroup, { body, idempotencyKey: undefined });
    expect(sentKey()).toMatch(uuidV4);
  });
});

describe("accept", () => {
  const path = { report_id: "r" };
  test("is what the operation answers with, or the one of them that is asked for", async () => {
    await client.call(retrieveReport, { path });
    await client.call(retrieveReport, { path, accept: "application/pdf", as: "blob" });
    await client.GET("/reports/{report_id}", {
      params: { path, header: { accept: "application/pdf" } } as never,
      parseAs: "blob",
    });
    expect(api.requests.map(({ headers }) => headers.accept)).toEqual([
      "application/json",
      "application/pdf",
      "application/pdf",
    ]);
  });

  test("is refused where the operation does not answer with it", async () => {
    for (const [operation, accept] of [
      [retrieveReport, "text/html"],
      [retrieveReport, "application/json, */*"],
      [listUsers, "application/pdf"],
    ] as const) {
      const error = await failure(client.call(operation as never, { path, accept } as never));
      expect(error).toMatchObject({ code: "INVALID_INPUT", outcome: "not_sent" });
    }
    expect(api.requests).toHaveLength(0);
  });

  test.each(["a\r\nx: y", "ä", ""])("that is no media type is refused by path: %j", async (accept) => {
    const params = { path, header: { accept } } as never;
    expect(await failure(client.GET("/reports/{report_id}", { params }))).toMatchObject({
      code: "INVALID_INPUT",
      outcome: "not_sent",
    });
    expect(api.requests).toHaveLength(0);
  });
});

test.each([0, -1, Number.NaN, "5", null, {}])("a timeout or deadline of %j is refused", async (ms) => {
  for (const option of ["timeout", "deadline"]) {
    const error = await failure<Error>(client.call(listUsers, { [option]: ms } as object));
    expect(error).toMatchObject({ code: "INVALID_OPTION", outcome: "not_sent" });
    expect(error.message).toContain(option);
  }
  expect(api.requests).toHaveLength(0);
});

test("as and parseAs are json, blob or stream", async () => {
  expect(await failure(client.call(listUsers, { as: "text" as never }))).toMatchObject({
    code: "INVALID_INPUT",
  });
  expect(await failure(client.GET("/users", { parseAs: "text" as never }))).toMatchObject({
    code: "INVALID_INPUT",
  });
  expect(api.requests).toHaveLength(0);
});

import { createAccountGroup, listUsers, retrieveAccountGroup } from "@upvest-sdk/types/operations";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Hooks } from "../src/index.js";
import { type Api, clientId, json, problem, reset, startApi } from "./support/api.js";
import { person } from "./support/canaries.js";
import { drive, failure, useFakeClock } from "./support/time.js";

useFakeClock();

let api: Api;
let told: [name: string, info: unknown][];
beforeEach(async () => {
  api = await startApi();
  told = [];
});
afterEach(() => api.close());

const all: Hooks = {
  onRequest: (info) => told.push(["onRequest", info]),
  onResponse: (info) => told.push(["onResponse", info]),
  onRetry: (info) => told.push(["onRetry", info]),
  onToken: (info) => told.push(["onToken", info]),
};

test("are told what happens, in its order, and nothing more", async () => {
  const headers = (n: number) => ({ "upvest-request-id": `request-${n}`, "retry-after": "2" });
  api.script.push(problem(503, "busy", headers(1)), json(200, {}, headers(2)));
  const client = api.client({ hooks: all, scopes: ["accounts:admin"] });
  const call = client.call.withResponse(createAccountGroup, { body: person as never });
  const { idempotencyKey } = await drive(api, call);
  const about = {
    method: "POST",
    path: "/account_groups",
    operationId: "create_account_group",
    idempotencyKey,
  };
  expect(told).toStrictEqual([
    ["onRequest", { ...about, attempt: 1 }],
    ["onToken", { scopes: ["accounts:admin"], expiresIn: 86_400_000, duration: 0 }],
    [
      "onResponse",
      {
        ...about,
        attempt: 1,
        status: 503,
        requestId: "request-1",
        duration: 0,
        outcome: "unknown",
        code: "busy",
      },
    ],
    ["onRetry", { ...about, attempt: 2, code: "busy", status: 503, delay: 2_000 }],
    ["onRequest", { ...about, attempt: 2 }],
    [
      "onResponse",
      {
        ...about,
        attempt: 2,
        status: 200,
        requestId: "request-2",
        duration: 0,
        outcome: "ok",
        code: undefined,
      },
    ],
  ]);
});

test("get the path as the description has it: no id, no query", async () => {
  const client = api.client({ hooks: all });
  await client.call(retrieveAccountGroup, { path: { account_group_id: person.tax_id } });
  await client.GET("/users/{user_id}", {
    params: { path: { user_id: person.tax_id }, query: { name: person.first_name } as never },
  });
  expect(told.filter(([name]) => name === "onRequest").map(([, info]) => info)).toStrictEqual([
    {
      method: "GET",
      path: "/account_groups/{account_group_id}",
      operationId: "retrieve_account_group",
      idempotencyKey: undefined,
      attempt: 1,
    },
    {
      method: "GET",
      path: "/users/{user_id}",
      operationId: undefined,
      idempotencyKey: undefined,
      attempt: 1,
    },
  ]);
});

test("are told of an attempt that had no answer, or was never sent", async () => {
  api.script.push(reset);
  const client = api.client({ hooks: all, retry: { maxRetries: 0 } });
  await failure(client.call(listUsers));
  expect(told.at(-1)).toMatchObject([
    "onResponse",
    { status: undefined, code: "CONNECTION_LOST", outcome: "unknown" },
  ]);
  client.refreshCredentials();
  api.tokenHandler = problem(401, "unauthorized");
  await failure(client.call(listUsers));
  expect(told.at(-1)).toMatchObject([
    "onResponse",
    { status: undefined, requestId: undefined, code: "unauthorized", outcome: "not_sent" },
  ]);
});

test("are told nothing of a call that is refused before it begins", async () => {
  const client = api.client({ hooks: all });
  await failure(client.call(retrieveAccountGroup, { path: { account_group_id: ".." } }));
  expect(told).toEqual([]);
});

const faulty: [string, () => unknown][] = [
  [
    "throws",
    () => {
      throw new Error("the log is full");
    },
  ],
  ["rejects", () => Promise.reject(new Error("the log is full"))],
  [
    "gives a thenable that throws",
    () => ({
      // biome-ignore lint/suspicious/noThenProperty: that is the point
      then() {
        throw new Error("the log is full");
      },
    }),
  ],
  ["never ends", () => new Promise(() => {})],
];
test.each(faulty)("a hook that %s does not break the call, nor delay it", async (_, hook) => {
  api.script.push(problem(503, "busy", { "retry-after": "1" }));
  let times = 0;
  const counted = () => {
    times++;
    return hook();
  };
  const client = api.client({
    hooks: { onRequest: counted, onResponse: counted, onRetry: counted, onToken: counted },
  });
  expect(await drive(api, client.call(listUsers))).toEqual({ ok: true });
  expect(times).toBe(6);
});

test("a hook that changes what it is given changes nothing else", async () => {
  const spoil = (info: object) => {
    for (const key of Object.keys(info)) delete (info as Record<string, unknown>)[key];
  };
  api.script.push(problem(503, "busy", { "retry-after": "0" }));
  const client = api.client({ hooks: { onRequest: spoil, onResponse: spoil, onToken: spoil } });
  const { attempts } = await client.call.withResponse(listUsers);
  expect(attempts).toMatchObject([
    { status: 503, outcome: "unknown" },
    { status: 200, outcome: "ok" },
  ]);
  expect(api.requests[1]!.headers["upvest-client-id"]).toBe(clientId);
});

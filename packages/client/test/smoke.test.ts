import { createAccountGroup, listUsers, retrieveAccountGroup } from "@upvest-sdk/types/operations";
import { afterEach, beforeEach, expect, test } from "vitest";
import { UpvestApiError } from "../src/index.js";
import { type Api, json, problem, reset, startApi } from "./support/api.js";

let api: Api;
beforeEach(async () => {
  api = await startApi();
});
afterEach(() => api.close());

test("works", async () => {
  const client = api.client();
  const { data, attempts, idempotencyKey } = await client.call.withResponse(createAccountGroup, {
    body: { user_id: "x", type: "PERSONAL" } as never,
  });
  expect(data).toEqual({ ok: true });
  expect(attempts).toMatchObject([{ status: 200, outcome: "ok" }]);
  expect(api.requests[0]!.headers["idempotency-key"]).toBe(idempotencyKey);
  api.script.push(reset, problem(503, "unavailable"));
  await client.call(createAccountGroup, { body: {} as never });
  expect(api.requests).toHaveLength(4);
  api.script.push(problem(404, "https://docs.upvest.co/errors/not_found"));
  const error = await client
    .call(retrieveAccountGroup, { path: { account_group_id: "urn:isin:a@b" } })
    .catch((e) => e);
  expect(error).toBeInstanceOf(UpvestApiError);
  expect(error).toMatchObject({
    code: "not_found",
    outcome: "rejected",
    operationId: "retrieve_account_group",
  });
  expect(api.requests.at(-1)!.target).toBe("/account_groups/urn:isin:a@b");
  const result = await client.GET("/users", { params: { query: { limit: 2 } } });
  expect(result.response?.status).toBe(200);
  api.fallback = ({ target }, response) => {
    const offset = Number(new URL(target, "http://x").searchParams.get("offset"));
    json(200, {
      meta: { total_count: 5, count: 2, offset, limit: 2 },
      data: [{ id: offset }, { id: offset + 1 }].slice(0, 5 - offset),
    })({} as never, response);
  };
  const ids = [];
  for await (const user of client.paginate(listUsers, { query: { limit: 2 } })) ids.push(user.id);
  expect(ids).toEqual([0, 1, 2, 3, 4]);
  expect(api.complaints).toEqual([]);
});

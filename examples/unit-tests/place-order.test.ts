import { expect, test } from "vitest";
import { type Answer, accepted, fakeApi, lost, notConnected, problem, type SentRequest } from "./fake-api.js";
import { type OrderJob, runOrderJob } from "./place-order.js";

const job: OrderJob = {
  id: "order-117",
  accountId: "4daf8075-8942-48b9-8dbd-aff2129542fd",
  isin: "IE00B3XXRP09",
  euros: "100.00",
  state: "new",
};
const unknown: OrderJob = { ...job, state: "unknown" };
const placed: OrderJob = { ...job, state: "placed", orderId: "0c4d1a2e-6a0e-4d0b-8f2b-9a7c5a1f3e21" };

const keys = (requests: readonly SentRequest[]) => requests.map(({ headers }) => headers["idempotency-key"]);
const closed: Answer = () => problem(422, "unprocessable", "The account is closed.");

test("an order is placed with what the customer wants", async () => {
  const { client, requests } = fakeApi([accepted]);
  expect(await runOrderJob(client, job)).toEqual(placed);
  expect(requests).toHaveLength(1);
  expect(requests[0]).toMatchObject({ method: "POST", path: "/orders" });
  expect(JSON.parse(requests[0]!.body)).toEqual({
    account_id: "4daf8075-8942-48b9-8dbd-aff2129542fd",
    side: "BUY",
    instrument_id: "IE00B3XXRP09",
    instrument_id_type: "ISIN",
    order_type: "MARKET",
    cash_amount: "100.00",
    currency: "EUR",
    client_reference: "order-117",
  });
});

test("what the API refuses is refused, with its reason, and is not sent again", async () => {
  const { client, requests } = fakeApi([closed]);
  expect(await runOrderJob(client, job)).toEqual({
    ...job,
    state: "refused",
    reason: "The account is closed.",
  });
  expect(requests).toHaveLength(1);
});

test("an API that is busy is asked again: same key, same body, a signature of its own", async () => {
  const { client, requests } = fakeApi([() => problem(503, "unavailable", "Try later."), accepted]);
  expect(await runOrderJob(client, job)).toEqual(placed);
  expect(requests).toHaveLength(2);
  const [first, second] = requests;
  expect(keys([second!])).toEqual(keys([first!]));
  expect(second!.body).toBe(first!.body);
  expect(second!.headers["signature"]).not.toBe(first!.headers["signature"]);
});

test("a lost answer leaves the order unknown; the job runs again, with the same key", async () => {
  const down = fakeApi([lost]);
  expect(await runOrderJob(down.client, job)).toEqual(unknown);

  // Another process, later on.
  const up = fakeApi([accepted]);
  expect(await runOrderJob(up.client, unknown)).toEqual(placed);
  expect(keys(up.requests)).toEqual([expect.stringMatching(/^[\da-f-]{36}$/)]);
  expect(new Set(keys([...down.requests, ...up.requests])).size).toBe(1);
});

test("another order has another key", async () => {
  const { client, requests } = fakeApi([accepted]);
  await runOrderJob(client, job);
  await runOrderJob(client, { ...job, id: "order-118" });
  expect(new Set(keys(requests)).size).toBe(2);
});

test("after a lost answer a refusal makes nothing certain", async () => {
  const { client } = fakeApi([closed]);
  await expect(runOrderJob(client, unknown)).rejects.toMatchObject({ status: 422 });
});

test.each<[string, Answer, string]>([
  ["there is no connection", notConnected, "NOT_CONNECTED"],
  ["there were too many requests", () => problem(429, "too_many_requests", "Slower."), "too_many_requests"],
  ["this program is not allowed to", () => problem(403, "forbidden", "No."), "forbidden"],
])("it is not the order that is at fault when %s", async (_, answer, code) => {
  const { client } = fakeApi([answer]);
  await expect(runOrderJob(client, job)).rejects.toMatchObject({ code });
});

test("nor when there is no token: then no order is sent", async () => {
  const { client, requests } = fakeApi([accepted], () => problem(401, "unauthorised", "Wrong secret."));
  await expect(runOrderJob(client, job)).rejects.toMatchObject({ status: 401, outcome: "not_sent" });
  expect(requests).toEqual([]);
});

test.each(["placed", "refused"] as const)("a job that is %s sends nothing", async (state) => {
  const { client, requests } = fakeApi([accepted]);
  expect(await runOrderJob(client, { ...job, state })).toEqual({ ...job, state });
  expect(requests).toEqual([]);
});

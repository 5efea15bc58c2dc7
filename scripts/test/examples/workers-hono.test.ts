import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { findRuntime } from "../../../packages/signing/conformance/find-runtime.mjs";
import type { Workerd } from "../../../packages/signing/conformance/runners/serve-workerd.mjs";
import { buy, openAccount, startApi, subscribe, type TestApi } from "./support/api.js";
import { compile, folderOf } from "./support/example.js";
import { startWorker } from "./support/workerd.js";

const kept = process.env["UPVEST_SDK_RUNTIMES"] || undefined;
if (kept === undefined)
  console.warn(
    "SKIPPED: examples/workers-hono in workerd. UPVEST_SDK_RUNTIMES does not say where it is kept.",
  );

test("workers-hono compiles", async () => {
  expect(await compile("workers-hono")).toBe("");
});

describe.skipIf(kept === undefined)("workers-hono, in workerd", () => {
  let api: TestApi;
  let worker: Workerd;
  beforeAll(async () => {
    api = await startApi();
    const { UPVEST_API_HTTP_SIGN_PRIVATE_KEY_FILENAME: _, ...variables } = api.env;
    worker = await startWorker(findRuntime("workerd", kept!), folderOf("workers-hono"), {
      ...variables,
      // In one line, as its README has it.
      UPVEST_API_HTTP_SIGN_PRIVATE_KEY: api.sandbox.credentials.privateKeyPem.replaceAll("\n", "\\n"),
    });
  });
  afterAll(async () => {
    await worker?.close();
    await api?.close();
  });

  const get = (path: string) => fetch(`${worker.origin}${path}`);

  test("a route calls the API", async () => {
    // At a time: they share what is made once.
    const answers = await Promise.all([1, 2, 3].map(() => get("/instruments/IE00B3XXRP09")));
    for (const answer of answers) {
      expect(answer.status).toBe(200);
      expect(await answer.json()).toEqual({
        isin: "IE00B3XXRP09",
        name: expect.any(String),
        trading_status: "ACTIVE",
      });
    }
    expect((await get("/instruments/IE00B3XXRP00")).status).toBe(404);
    expect((await get("/instruments/..%2Fusers")).status).toBe(404);
    const calls = api.sandbox.requests.map(({ operation, signature }) => `${operation} ${signature.verdict}`);
    expect(calls.filter((call) => call === "retrieve_instrument verified")).toHaveLength(4);
    expect(calls.filter((call) => call === "issue_token verified")).toHaveLength(1);
    expect(calls).toHaveLength(5);
  });

  test("the end of an order is kept: verified by the API's own keys, and nothing that is forged", async () => {
    await subscribe(api.client, `${worker.origin}/upvest`);
    const { account } = await openAccount(api.client, "1000.00");
    const id = await buy(api.client, account.id, "100.00");
    await vi.waitUntil(async () => (await get(`/orders/${id}/end`)).status === 200, {
      timeout: 20_000,
      interval: 100,
    });
    expect(await (await get(`/orders/${id}/end`)).json()).toEqual({ status: "FILLED" });
    expect((await get(`/orders/${account.id}/end`)).status).toBe(404);

    const forged = await fetch(`${worker.origin}/upvest`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: '{"payload":[]}',
    });
    expect(forged.status).toBe(401);
  });

  test("what goes wrong with the API is not told to a visitor", async () => {
    api.sandbox.faults.add({ kind: "status", status: 500, operation: "retrieveInstrument" });
    const answer = await get("/instruments/IE00B3XXRP09");
    api.sandbox.faults.clear();
    expect(answer.status).toBe(502);
    expect(await answer.json()).toEqual({ title: "The API cannot be asked at the moment" });
    for (const secret of api.secrets) expect(worker.output()).not.toContain(secret);
  });
});

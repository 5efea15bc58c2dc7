import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Running, runProgram } from "../../../packages/webhooks/test/support/program-output.js";
import { buy, openAccount, startApi, subscribe, type TestApi } from "./support/api.js";
import { type Ended, folderOf, runToEnd } from "./support/example.js";

const folder = folderOf("nextjs");
const next = join(folder, "node_modules/next/dist/bin/next");
const quiet = { NEXT_TELEMETRY_DISABLED: "1", NO_COLOR: "1" };

let built: Ended;
let api: TestApi;
let program: Running;
let origin: string;
beforeAll(async () => {
  // Without the variables of the API: a build has no secrets.
  built = await runToEnd(process.execPath, [next, "build"], folder, quiet);
  if (built.code !== 0) return;
  api = await startApi();
  const args = [next, "start", "--hostname", "127.0.0.1", "--port", "0"];
  program = runProgram(folder, args, { ...api.env, ...quiet });
  origin = /http:\/\/127\.0\.0\.1:\d+/.exec(await program.line("http://127.0.0.1:"))![0];
});
afterAll(async () => {
  await program?.kill();
  await api?.close();
});

test("is built, types and all", () => {
  expect(built).toMatchObject({ code: 0 });
  expect(built.output).toContain("/instruments/[isin]");
  expect(built.output).toContain("/upvest");
});

test("a route handler calls the API", async () => {
  const found = await fetch(`${origin}/instruments/IE00B3XXRP09`);
  expect(found.status).toBe(200);
  expect(await found.json()).toEqual({
    isin: "IE00B3XXRP09",
    name: expect.any(String),
    trading_status: "ACTIVE",
  });
  expect((await fetch(`${origin}/instruments/IE00B3XXRP00`)).status).toBe(404);
  expect((await fetch(`${origin}/instruments/nonsense`)).status).toBe(404);

  api.sandbox.faults.add({ kind: "status", status: 500, operation: "retrieveInstrument" });
  const failed = await fetch(`${origin}/instruments/IE00B3XXRP09`);
  api.sandbox.faults.clear();
  expect(failed.status).toBe(502);
  expect(await failed.json()).toEqual({ title: "The API cannot be asked at the moment" });
});

test("a route handler receives webhooks, verified by the API's own keys", async () => {
  await subscribe(api.client, `${origin}/upvest`);
  const { account } = await openAccount(api.client, "1000.00");
  const id = await buy(api.client, account.id, "100.00");
  await program.line(`order ${id} was filled`);

  const headers = { "content-type": "application/json" };
  const forged = await fetch(`${origin}/upvest`, { method: "POST", headers, body: '{"payload":[]}' });
  expect(forged.status).toBe(401);
  await program.line("SIGNATURE");
});

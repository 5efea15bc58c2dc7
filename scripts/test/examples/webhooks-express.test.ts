import { listWebhooks } from "@upvest-sdk/client/operations";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Running, runProgram } from "../../../packages/webhooks/test/support/program-output.js";
import { buy, openAccount, startApi, type TestApi } from "./support/api.js";
import { compile, folderOf, runToEnd } from "./support/example.js";

let compiled: string;
let api: TestApi;
let program: Running;
let origin: string;
beforeAll(async () => {
  [compiled, api] = await Promise.all([compile("webhooks-express"), startApi()]);
  program = runProgram(folderOf("webhooks-express"), ["dist/main.js"], { ...api.env, PORT: "0" });
  origin = `http://127.0.0.1:${(await program.line("receiving on")).split(" ").at(-1)}`;
});
afterAll(async () => {
  await program?.kill();
  await api?.close();
});

const subscribe = (...args: string[]) =>
  runToEnd(process.execPath, ["dist/subscribe.js", ...args], folderOf("webhooks-express"), api.env);
const subscriptions = async () => (await api.client.call(listWebhooks)).data;

test("compiles", () => {
  expect(compiled).toBe("");
});

test("an address is subscribed once, and only one that answers", async () => {
  const refused = await subscribe(`${origin}/nowhere`);
  expect(refused).toMatchObject({ code: 1, output: "" });
  expect(refused.errors).toContain("answers test data with 404");
  expect(await subscriptions()).toMatchObject([{ enabled: false }]);

  const url = `${origin}/upvest`;
  const first = await subscribe(url);
  expect(first).toMatchObject({ code: 0, errors: "" });
  expect(await subscribe(url)).toEqual(first);
  const on = (await subscriptions()).filter(({ enabled }) => enabled);
  expect(on).toMatchObject([{ url, type: ["ORDER", "USER"] }]);
  expect(first.output).toBe(`subscription ${on[0]!.id} is on\n`);

  expect(await subscribe()).toMatchObject({ code: 1, output: "" });
});

test("an order that is filled is told of, verified by the API's own keys", async () => {
  const { user, account } = await openAccount(api.client, "1000.00");
  await program.line(`USER.ACTIVATED ${user.id}`);
  const id = await buy(api.client, account.id, "100.00");
  expect(await program.line(`order ${id}`)).toMatch(/ was filled: [\d.]+ units at [\d.]+ EUR$/);
  expect(api.sandbox.deliveries.filter(({ url }) => url === `${origin}/upvest`)).not.toHaveLength(0);
});

test("what the API did not sign is refused; other routes have their parser", async () => {
  const headers = { "content-type": "application/json" };
  const forged = await fetch(`${origin}/upvest`, { method: "POST", headers, body: '{"payload":[]}' });
  expect(forged.status).toBe(401);
  expect(await program.line("SIGNATURE")).toBeTruthy();
  expect(await (await fetch(`${origin}/healthz`)).text()).toBe("ok");
});

test("ends when it is told to", async () => {
  await program.kill("SIGTERM");
  expect(await program.line("closed")).toBe("closed");
  expect(program.child.exitCode).toBe(0);
  expect(program.child.signalCode).toBe(null);
});

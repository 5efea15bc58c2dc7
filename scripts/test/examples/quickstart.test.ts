import { listUsers } from "@upvest-sdk/client/operations";
import { startSandbox } from "@upvest-sdk/sandbox";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startApi, type TestApi } from "./support/api.js";
import { compile, folderOf, runToEnd } from "./support/example.js";

// Its port is free again.
const gone = await startSandbox();
await gone.close();

let compiled: string;
let api: TestApi;
beforeAll(async () => {
  [compiled, api] = await Promise.all([compile("quickstart"), startApi()]);
});
afterAll(() => api?.close());

const run = (env: Record<string, string>) =>
  runToEnd(process.execPath, ["dist/main.js"], folderOf("quickstart"), env);

test("compiles", () => {
  expect(compiled).toBe("");
});

test("reads, creates and lists; run again, it creates nothing", async () => {
  const first = await run(api.env);
  expect(first).toMatchObject({ code: 0, errors: "" });
  const {
    data: [user],
  } = await api.client.call(listUsers);
  expect(first.output.split("\n")).toEqual([
    expect.stringMatching(/^instrument IE00B3XXRP09: .+, ACTIVE$/),
    `created user ${user!.id}`,
    expect.stringMatching(`^user ${user!.id} is (IN)?ACTIVE$`),
    expect.stringMatching(`^in the list: ${user!.id} (IN)?ACTIVE$`),
    "",
  ]);

  const second = await run(api.env);
  expect(second).toMatchObject({ code: 0, errors: "" });
  expect(second.output).toContain(`created user ${user!.id}\n`);
  expect((await api.client.call(listUsers)).meta.total_count).toBe(1);
});

test.each<[string, Record<string, string>, RegExp]>([
  ["a variable is missing", { UPVEST_API_SCOPES: "" }, /^INVALID_OPTION: .*UPVEST_API_SCOPES/],
  ["the key is missing", { UPVEST_API_KEY_ID: "" }, /^set UPVEST_API_KEY_ID and/],
  [
    "the secret is wrong",
    { UPVEST_API_CLIENT_SECRET: "wrong" },
    /\(request id [\da-f-]{36}\)\noutcome: not_sent/,
  ],
  ["nobody is there", { UPVEST_API_BASE_URL: gone.url }, /^NOT_CONNECTED: .*\noutcome: not_sent/],
])("says so when %s", async (_, env, said) => {
  const { code, output, errors } = await run({ ...api.env, ...env });
  expect(code).toBe(1);
  expect(output).toBe("");
  expect(errors).toMatch(said);
  for (const secret of api.secrets) expect(errors).not.toContain(secret);
});

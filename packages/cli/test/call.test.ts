import { type Sandbox, startSandbox } from "@upvest-sdk/sandbox";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { environmentOf, file, upvest } from "./support/cli.js";

let sandbox: Sandbox;
let env: Record<string, string>;
beforeAll(async () => {
  sandbox = await startSandbox();
  env = environmentOf(sandbox);
});
afterEach(() => sandbox.faults.clear());
afterAll(() => sandbox.close());

const person = {
  first_name: "Ada",
  last_name: "Lovelace",
  birth_date: "1990-12-10",
  nationalities: ["DE"],
  address: { address_line1: "Unter den Linden 1", postcode: "10117", city: "Berlin", country: "DE" },
};
const key = "6f0a9a52-6f3e-4a62-9c3e-0b8f6f2f3d11";
const nobody = "4daf8075-8942-48b9-8dbd-aff2129542fd";
const call = (args: string[], input = "") => upvest(["call", ...args], { env, input });

test("the answer on the standard output, all about it beside: by name and by id, from a file and a pipe", async () => {
  const body = file("user.json", JSON.stringify(person));
  const made = await call(["createUser", "--body", body, "--idempotency-key", key]);
  expect(made.code).toBe(0);
  expect(made.stderr).toMatch(
    new RegExp(`^\\d+, \\d+ ms, request id [\\da-f-]{36}, idempotency key ${key}\\n$`),
  );
  const user = JSON.parse(made.stdout);
  expect(user).toMatchObject({ first_name: "Ada" });
  expect(made.stdout).toContain('\n  "id"');

  const again = await call(["create_user", "--body", "-", "--idempotency-key", key], JSON.stringify(person));
  expect(JSON.parse(again.stdout).id).toBe(user.id);

  const read = await call(["retrieveUser", "--path", `user_id=${user.id}`]);
  expect(JSON.parse(read.stdout)).toMatchObject({ id: user.id, last_name: "Lovelace" });
});

test("parameters of the query", async () => {
  const { stdout } = await call(["listUsers", "--query", "limit=1", "--query", "order=DESC"]);
  expect(JSON.parse(stdout)).toMatchObject({ meta: { limit: 1, order: "DESC" } });
});

test("--json: status, request id, idempotency key, attempts and data", async () => {
  const { code, stdout, stderr } = await call(["listUsers", "--json"]);
  expect([code, stderr]).toEqual([0, ""]);
  expect(stdout.trimEnd()).not.toContain("\n");
  expect(JSON.parse(stdout)).toEqual({
    status: 200,
    requestId: expect.stringMatching(/^[\da-f-]{36}$/),
    idempotencyKey: null,
    attempts: [expect.objectContaining({ status: 200, outcome: "ok" })],
    data: expect.objectContaining({ data: expect.any(Array) }),
  });
});

test("a retry is told of", async () => {
  sandbox.faults.add({ kind: "status", status: 503, operation: "listUsers", times: 1 });
  const { code, stderr } = await call(["listUsers"]);
  expect([code, stderr]).toEqual([0, expect.stringContaining("in 2 attempts")]);
});

test("--explain prints what is signed, and sends it", async () => {
  const before = sandbox.requests.length;
  const { code, stdout, stderr } = await call(["listUsers", "--query", "limit=1", "--explain"]);
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toHaveProperty("data");
  expect(stderr).toContain(`GET ${sandbox.url}/users?limit=1`);
  expect(stderr).toContain(`key ${sandbox.credentials.keyId} (ecdsa-p521-sha512)`);
  expect(stderr).toContain('  "@query": ?limit=1\n');
  expect(stderr).toContain('  "authorization": Bearer ***\n');
  // The token's request is not explained.
  expect(stderr).not.toContain("/auth/token");
  const { signature } = sandbox.requests.at(-1)!;
  expect(sandbox.requests.length).toBe(before + 2);
  // It is the base of the very signature that was sent.
  const nonce = /nonce="(\w+)"/.exec(stderr)![1]!;
  expect(JSON.stringify(signature)).toContain(nonce);
});

test("--dry-run sends nothing at all", async () => {
  const before = sandbox.requests.length;
  const body = file("user.json", JSON.stringify(person));
  const { code, stdout, stderr } = await call(["createUser", "--body", body, "--dry-run"]);
  expect([code, stderr]).toEqual([0, ""]);
  expect(stdout).toContain(`POST ${sandbox.url}/users\n`);
  expect(stdout).toMatch(/"content-digest": sha-512=/);
  expect(stdout).toContain("Nothing was sent.");
  const json = await call(["createUser", "--body", body, "--dry-run", "--json", "--idempotency-key", key]);
  expect(JSON.parse(json.stdout)).toMatchObject({
    method: "POST",
    url: `${sandbox.url}/users`,
    explanation: { keyId: sandbox.credentials.keyId, base: expect.stringContaining(key) },
  });
  expect(sandbox.requests.length).toBe(before);
});

test("--dry-run: a scope that is not asked for", async () => {
  const { code, stderr } = await upvest(["call", "listUsers", "--dry-run"], {
    env: { ...env, UPVEST_API_SCOPES: "orders:read" },
  });
  expect([code, stderr]).toEqual([1, expect.stringContaining("users:read")]);
});

test("a refusal, for people and for scripts", async () => {
  const args = ["retrieveUser", "--path", `user_id=${nobody}`];
  const { code, stdout, stderr } = await call(args);
  expect([code, stdout]).toEqual([1, ""]);
  expect(stderr).toMatch(/retrieve_user: 404 not_found[\s\S]*There is no user[\s\S]*nothing was done/);
  const json = await call([...args, "--json"]);
  expect(json.code).toBe(1);
  expect(JSON.parse(json.stdout)).toMatchObject({
    status: 404,
    requestId: expect.any(String),
    idempotencyKey: null,
    attempts: [{ status: 404, outcome: "rejected" }],
    error: { code: "not_found", outcome: "rejected", problem: { status: 404 } },
  });
});

test("what may have happened: the key to call again with", async () => {
  sandbox.faults.add({ kind: "status", status: 500, when: "after", operation: "createUser" });
  const { code, stderr } = await call(["createUser", "--body", "-"], JSON.stringify(person));
  expect(code).toBe(1);
  expect(stderr).toMatch(
    /It may have happened\. Call again with --idempotency-key [\da-f-]{36} within 24 hours/,
  );
});

test("a 401 points to the doctor", async () => {
  const { code, stderr } = await upvest(["call", "listUsers"], {
    env: { ...env, UPVEST_API_CLIENT_SECRET: "not the right one" },
  });
  expect([code, stderr]).toEqual([1, expect.stringContaining("`upvest doctor` looks for the reason")]);
});

test("nobody listens", async () => {
  const gone = await startSandbox();
  await gone.close();
  const { code, stderr } = await upvest(["call", "listUsers"], {
    env: { ...env, UPVEST_API_BASE_URL: gone.url },
  });
  expect(code).toBe(1);
  expect(stderr).toMatch(/\[NOT_CONNECTED, ECONNREFUSED\]\nNothing reached the API/);
});

test("the environment is missing", async () => {
  const { code, stderr } = await upvest(["call", "listUsers"]);
  expect([code, stderr]).toEqual([1, expect.stringContaining("UPVEST_API_BASE_URL, UPVEST_API_CLIENT_ID")]);
});

test.each<[string[], string]>([
  [[], "an operation is missing"],
  [["placeorder"], "Did you mean placeOrder?"],
  [["place-order"], "Did you mean placeOrder?"],
  [["retreiveOrder"], "Did you mean retrieveOrder"],
  [["zzzzzzzzzzzz"], 'no operation "zzzzzzzzzzzz". `upvest operations` lists all'],
  [["constructor"], 'no operation "constructor"'],
  [["issueToken"], "never shown"],
  [["listUsers", "retrieveUser"], "one operation"],
  [["retrieveUser"], "needs --path user_id="],
  [["retrieveUser", "--path", "user_id"], "--path takes name=value"],
  [["retrieveUser", "--path", "=x"], "--path takes name=value"],
  [["retrieveUser", "--path", "user_id=a", "--path", "user_id=b"], "user_id once"],
  [["retrieveUser", "--path", "user_id=../accounts"], "path parameter user_id"],
  [["retrieveUser", "--path", "user_id=x", "--path", "id=x"], "--path id"],
  [["listUsers", "--path", "a=b"], "takes none"],
  [["listUsers", "--idempotency-key", key], "takes none"],
  [["createUser", "--idempotency-key", "mine"], "a UUID"],
  [["createUser", "--body", '{"first_name":"Ada"}'], "--body takes a file"],
  [["listUsers", "--limit", "1"], "--limit"],
])("%j: wrong usage, nothing is sent", async (args, message) => {
  const before = sandbox.requests.length;
  const { code, stdout, stderr } = await call(args);
  expect([code, stdout, stderr]).toEqual([2, "", expect.stringContaining(message)]);
  expect(sandbox.requests.length).toBe(before);
});

test("a body that cannot be read, or is no JSON, is not quoted", async () => {
  const missing = await call(["createUser", "--body", "/nowhere.json"]);
  expect([missing.code, missing.stderr]).toEqual([1, expect.stringContaining("no such file")]);
  const bad = await call(["createUser", "--body", "-"], '{"iban": "DE8937');
  expect([bad.code, bad.stderr]).toEqual([1, expect.stringContaining("is not JSON")]);
  expect(bad.stderr).not.toContain("DE89");
});

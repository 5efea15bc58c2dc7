import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { pathToFileURL } from "node:url";
import { inspect } from "node:util";
import { listUsers } from "@upvest-sdk/client/operations";
import { createSigner, type Signer } from "@upvest-sdk/signing/node";
import axios from "axios";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { startApi, type TestApi } from "./support/api.js";
import { compile, folderOf, runToEnd } from "./support/example.js";

const folder = folderOf("signing-axios");
const load = <T>(file: string): Promise<T> => import(pathToFileURL(`${folder}${file}`).href);

let compiled: string;
let api: TestApi;
let signer: Signer;
let signRequests: typeof import("../../../examples/signing-axios/signing.js").signRequests;
let createApi: typeof import("../../../examples/signing-axios/api.js").createApi;
beforeAll(async () => {
  [compiled, api] = await Promise.all([compile("signing-axios"), startApi()]);
  ({ signRequests } =
    await load<typeof import("../../../examples/signing-axios/signing.js")>("dist/signing.js"));
  ({ createApi } = await load<typeof import("../../../examples/signing-axios/api.js")>("dist/api.js"));
  const { keyId, privateKeyPem } = api.sandbox.credentials;
  signer = await createSigner({ keyId, privateKey: privateKeyPem });
});
afterEach(() => api.sandbox.faults.clear());
afterAll(() => api?.close());

/** What the sandbox saw since. */
function watch() {
  const known = new Set(api.sandbox.requests.map(({ id }) => id));
  return () =>
    api.sandbox.requests
      .filter(({ id }) => !known.has(id))
      .map(({ operation, status, signature }) => `${operation} ${status} ${signature.verdict}`);
}
const run = (env: Record<string, string> = {}) =>
  runToEnd(process.execPath, ["dist/main.js"], folder, { ...api.env, ...env });
const exampleApi = () => {
  const { clientId, clientSecret } = api.sandbox.credentials;
  const scope = api.sandbox.scopes.join(" ");
  return createApi({ baseURL: api.sandbox.url, signer, clientId, clientSecret, scope });
};
const person = {
  first_name: "Zoë",
  last_name: "Müller",
  birth_date: "1990-12-10",
  nationalities: ["DE"],
  address: { address_line1: "Unter den Linden 1", postcode: "10117", city: "Berlin", country: "DE" },
};

test("compiles", () => {
  expect(compiled).toBe("");
});

describe("the program", () => {
  test("creates, and lists by query parameters; what is sent again is signed afresh", async () => {
    const seen = watch();
    // Each is carried out, and its answer is lost.
    const after = { when: "after" } as const;
    api.sandbox.faults.add({ kind: "status", status: 503, operation: "issueToken", times: 1, ...after });
    api.sandbox.faults.add({ kind: "status", status: 503, operation: "createUser", times: 2, ...after });
    api.sandbox.faults.add({ kind: "reset", operation: "createUser", times: 1, ...after });
    const { code, output, errors } = await run();
    expect({ code, errors }).toEqual({ code: 0, errors: "" });
    expect(seen()).toEqual([
      "issue_token 503 verified",
      "issue_token 200 verified",
      "create_user 503 verified",
      "create_user 503 verified",
      "create_user 200 verified",
      "list_users 200 verified",
    ]);
    const { data, meta } = await api.client.call(listUsers);
    expect(meta.total_count).toBe(1);
    expect(data[0]).toMatchObject({ first_name: "Zoë", last_name: "Müller" });
    expect(output).toMatch(`created user ${data[0]!.id}\nin the list: ${data[0]!.id} `);
    expect(api.sandbox.faults.list()).toEqual([]);
  });

  test.each<[string, Record<string, string>, RegExp]>([
    ["a variable is missing", { UPVEST_API_SCOPES: "" }, /^set UPVEST_API_SCOPES\n$/],
    [
      "the secret is wrong",
      { UPVEST_API_CLIENT_SECRET: "wrong" },
      /^POST \/auth\/token: 401 .*client_secret/,
    ],
    ["the key id is wrong", { UPVEST_API_KEY_ID: "another" }, /^POST \/auth\/token: 401 .*[Ss]ignature/],
  ])("says so when %s", async (_, env, said) => {
    const { code, output, errors } = await run(env);
    expect({ code, output }).toEqual({ code: 1, output: "" });
    expect(errors).toMatch(said);
    for (const secret of api.secrets) expect(errors).not.toContain(secret);
  });
});

describe("the requests", () => {
  test("a token that was revoked is replaced, and errors have nothing of the request in them", async () => {
    const own = exampleApi();
    await own.request({ url: "/users" });
    api.sandbox.faults.add({ kind: "token-revocation", times: 1 });
    const seen = watch();
    await own.request({ url: "/users" });
    expect(seen()).toEqual([
      "list_users 401 verified",
      "issue_token 200 verified",
      "list_users 200 verified",
    ]);

    const error = await own
      .request<never>({ method: "post", url: "/users", data: {} })
      .catch((thrown) => thrown);
    expect(error).toMatchObject({ name: "ApiError", status: 400 });
    expect(error.requestId).toMatch(/^[\da-f-]{36}$/);
    for (const secret of api.secrets)
      expect(inspect(error, { depth: 20, showHidden: true })).not.toContain(secret);
  });

  test("a POST without an idempotency key is not repeated", async () => {
    const own = exampleApi();
    await own.request({ url: "/users" });
    const seen = watch();
    api.sandbox.faults.add({ kind: "status", status: 503, operation: "createUser" });
    await expect(own.request({ method: "post", url: "/users", data: person })).rejects.toMatchObject({
      status: 503,
    });
    expect(seen()).toHaveLength(1);
  });

  test("whatever parameters axios writes, the URL that is sent is the one that is signed", async () => {
    const http = axios.create({
      baseURL: `${api.sandbox.url}/`,
      headers: { "upvest-client-id": api.sandbox.credentials.clientId },
    });
    signRequests(http, signer);
    for (const params of [
      { limit: 5, sort: "created_at" },
      { text: "a b+c:d,e$f/g?h&i=j%k#l", "ü[]": ["ö", "💶"], at: new Date(0), nested: { a: { b: 1 } } },
      { none: null, missing: undefined, empty: "" },
      new URLSearchParams({ q: "1 +2" }),
    ])
      await http.get("/users?x=%27y#fragment", { params, validateStatus: () => true });
    await http.get("users/../users/./x y", { validateStatus: () => true });
    const last = api.sandbox.requests.slice(-5);
    expect(last.map(({ signature }) => signature.verdict)).toEqual(Array(5).fill("verified"));
    expect(last.map(({ target }) => target)).toEqual([
      "/users?x=%27y&limit=5&sort=created_at",
      expect.stringContaining("%F0%9F%92%B6"),
      "/users?x=%27y&empty=",
      "/users?x=%27y&q=1+%2B2",
      "/users/x%20y",
    ]);
  });

  test("bodies: text as it is, JSON, a form, and none; each with its type, or none", async () => {
    const http = axios.create({
      baseURL: api.sandbox.url,
      headers: { "upvest-client-id": api.sandbox.credentials.clientId, accept: "application/json" },
      validateStatus: () => true,
    });
    signRequests(http, signer);
    // Past the signature each is refused for want of a token.
    for (const data of [' { "a": "ü" } ', { a: "ü", b: undefined }, [1], new URLSearchParams({ a: "b c" })])
      expect((await http.post("/users", data)).data.detail).toContain("no token");
    expect((await http.post("/webhooks/4b53a8e7-9a47-4a5d-8a4b-2f9a0b7c9d11/test")).data.detail).toContain(
      "no token",
    );
    const last = api.sandbox.requests.slice(-5);
    expect(last.map(({ signature }) => signature.verdict)).toEqual(Array(5).fill("verified"));
    const covered = ["content-length", "content-type", "content-digest"];
    for (const { signature } of last.slice(0, 4))
      expect(signature.components).toEqual(expect.arrayContaining(covered));
    for (const name of covered) expect(last[4]!.signature.components).not.toContain(name);

    // Of these axios writes something that cannot be known before.
    for (const data of [Buffer.from("{}"), new FormData(), new Date()])
      await expect(http.post("/users", data)).rejects.toThrow(TypeError);
  });

  test("what an interceptor sets that was added later is covered", async () => {
    const http = axios.create({ baseURL: api.sandbox.url, validateStatus: () => true });
    signRequests(http, signer);
    http.interceptors.request.use((config) => {
      config.headers.set("Upvest-Client-Id", api.sandbox.credentials.clientId);
      return config;
    });
    expect((await http.get("/users")).data.detail).toContain("no token");
    const { verdict, components } = api.sandbox.requests.at(-1)!.signature;
    expect(verdict).toBe("verified");
    expect(components).toEqual(expect.arrayContaining(["upvest-client-id", "accept"]));
  });

  test("a request that axios sends once more is signed afresh", async () => {
    const { clientId, clientSecret } = api.sandbox.credentials;
    const http = axios.create({ baseURL: api.sandbox.url, headers: { "upvest-client-id": clientId } });
    signRequests(http, signer);
    const form = { client_id: clientId, client_secret: clientSecret, scope: "users:read" };
    api.sandbox.faults.add({ kind: "status", status: 503, operation: "issueToken", when: "after", times: 1 });
    const seen = watch();
    const error = await http
      .post("/auth/token", new URLSearchParams({ ...form, grant_type: "client_credentials" }))
      .catch((thrown) => thrown);
    expect((await http.request(error.config)).status).toBe(200);
    expect(seen()).toEqual(["issue_token 503 verified", "issue_token 200 verified"]);
  });

  test("no other origin gets a signature: not by an absolute URL, and not by a redirect", async () => {
    let came = 0;
    const other = createServer((_, response) => {
      came++;
      response.end();
    });
    const redirecting = createServer((_, response) => {
      const { port } = other.address() as AddressInfo;
      response.writeHead(307, { location: `http://127.0.0.1:${port}/` }).end();
    });
    for (const server of [other, redirecting])
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const origin = (server: typeof other) => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    try {
      const http = axios.create({ baseURL: origin(redirecting) });
      signRequests(http, signer);
      await expect(http.get(`${origin(other)}/users`)).rejects.toThrow("origin of baseURL");
      await expect(http.get("/users")).rejects.toMatchObject({ response: { status: 307 } });
      expect(came).toBe(0);
    } finally {
      other.close();
      redirecting.close();
    }
  });
});

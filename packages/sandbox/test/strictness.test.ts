import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { newUser, type Running, run } from "./support/running.js";

let running: Running;
beforeAll(async () => {
  running = await run();
});
afterAll(() => running.sandbox.close());

const user = () => JSON.stringify(newUser);
const key = () => ({ "idempotency-key": randomUUID() });

describe("what is right", () => {
  test("passes, and has a request id", async () => {
    const answer = await running.request("POST", "/users", { body: user(), headers: key() });
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ first_name: "Ada", status: "INACTIVE" });
    expect(answer.headers.get("upvest-request-id")).toMatch(/^[0-9a-f-]{36}$/);
  });
});

type Case = [
  what: string,
  status: number,
  type: string,
  detail: RegExp,
  send: () => Promise<{
    status: number;
    body: { type: string; detail: string; request_id: string };
    headers: Headers;
  }>,
];

describe("what is wrong is refused, and says what", () => {
  test.each<Case>([
    [
      "no client id",
      400,
      "missing_client_id",
      /upvest-client-id/,
      () => running.request("GET", "/users", { headers: { "upvest-client-id": undefined } }),
    ],
    [
      "another client id",
      401,
      "unauthorised",
      /client id/,
      () => running.request("GET", "/users", { headers: { "upvest-client-id": randomUUID() } }),
    ],
    [
      "no version of the signature",
      401,
      "unauthorised",
      /upvest-signature-version/,
      () => running.request("GET", "/users", { after: { "upvest-signature-version": undefined } }),
    ],
    [
      "version 6",
      401,
      "unauthorised",
      /must be 15/,
      () => running.request("GET", "/users", { after: { "upvest-signature-version": "6" } }),
    ],
    [
      "no signature",
      401,
      "unauthorised",
      /Signature is incorrect/,
      () => running.request("GET", "/users", { after: { signature: undefined } }),
    ],
    [
      "no signature-input",
      401,
      "unauthorised",
      /Signature is incorrect/,
      () => running.request("GET", "/users", { after: { "signature-input": undefined } }),
    ],
    [
      "a header that was changed",
      401,
      "unauthorised",
      /Signature is incorrect/,
      () => running.request("GET", "/users", { after: { accept: "*/*" } }),
    ],
    [
      "a digest of another body",
      401,
      "unauthorised",
      /Signature is incorrect/,
      () =>
        running.request("POST", "/users", {
          body: user(),
          headers: key(),
          after: { "content-digest": `sha-512=:${"A".repeat(86)}==:` },
        }),
    ],
    [
      "a documented header that is not covered",
      401,
      "unauthorised",
      /idempotency-key is sent but not covered/,
      () => running.request("POST", "/users", { body: user(), after: key() }),
    ],
    [
      "no token",
      401,
      "unauthorised",
      /There is no token/,
      () => running.request("GET", "/users", { headers: { authorization: undefined } }),
    ],
    [
      "another token",
      401,
      "unauthorised",
      /unknown or was revoked/,
      () => running.request("GET", "/users", { headers: { authorization: "Bearer ory_at_nothing" } }),
    ],
    [
      "a path that is not there",
      404,
      "not_found",
      /There is no \/nothing/,
      () => running.request("GET", "/nothing"),
    ],
    [
      "a method that the path does not take",
      405,
      "method_not_allowed",
      /takes GET, POST/,
      () => running.request("PUT", "/users", { body: "{}" }),
    ],
    [
      "an accept that is not served",
      406,
      "not_acceptable",
      /application\/json/,
      () => running.request("GET", "/users", { headers: { accept: "text/html" } }),
    ],
    [
      "a content type with a charset",
      400,
      "invalid_request",
      /unexpected request Content-Type/,
      () =>
        running.request("POST", "/users", {
          body: user(),
          headers: { "content-type": "application/json; charset=utf-8", ...key() },
        }),
    ],
    [
      "no body",
      400,
      "invalid_request",
      /needs a body/,
      () => running.request("POST", "/users", { headers: key() }),
    ],
    [
      "a body where there is none",
      400,
      "invalid_request",
      /takes no body/,
      () => running.request("DELETE", `/users/${randomUUID()}`, { body: "{}" }),
    ],
    [
      "no JSON",
      400,
      "invalid_request",
      /cannot be read as application\/json/,
      () => running.request("POST", "/users", { body: "{", headers: key() }),
    ],
    [
      "no idempotency key",
      400,
      "missing_idempotency_key",
      /idempotency key/,
      () => running.request("POST", "/users", { body: user() }),
    ],
    [
      "an idempotency key that is no UUID",
      400,
      "invalid_request",
      /idempotency-key/,
      () => running.request("POST", "/users", { body: user(), headers: { "idempotency-key": "1" } }),
    ],
    [
      "a field that is missing",
      400,
      "invalid_request",
      /last_name is missing/,
      () =>
        running.request("POST", "/users", {
          body: JSON.stringify({ ...newUser, last_name: undefined }),
          headers: key(),
        }),
    ],
    [
      "a field that is not there",
      400,
      "invalid_request",
      /body has no field "nickname"/,
      () =>
        running.request("POST", "/account_groups", {
          body: JSON.stringify({ user_id: randomUUID(), type: "PERSONAL", nickname: "x" }),
          headers: key(),
        }),
    ],
    [
      "a value that is not in the enum",
      400,
      "invalid_request",
      /type must be one of/,
      () =>
        running.request("POST", "/account_groups", {
          body: JSON.stringify({ user_id: randomUUID(), type: "BUSINESS" }),
          headers: key(),
        }),
    ],
    [
      "a value of another form",
      400,
      "invalid_request",
      /birth_date/,
      () =>
        running.request("POST", "/users", {
          body: JSON.stringify({ ...newUser, birth_date: "10.12.1990" }),
          headers: key(),
        }),
    ],
    [
      "a limit above 1000",
      400,
      "invalid_request",
      /query\.limit/,
      () => running.request("GET", "/users?limit=1001"),
    ],
    [
      "an offset below 0",
      400,
      "invalid_request",
      /query\.offset/,
      () => running.request("GET", "/users?offset=-1"),
    ],
    [
      "a sort that is not offered",
      400,
      "invalid_request",
      /query\.sort/,
      () => running.request("GET", "/users?sort=shoe_size"),
    ],
    [
      "a query parameter that is not there",
      400,
      "invalid_request",
      /query has no field "colour"/,
      () => running.request("GET", "/users?colour=red"),
    ],
    ["an id that is no UUID", 404, "not_found", /user_id/, () => running.request("GET", "/users/1")],
    [
      "an id that was never created",
      404,
      "not_found",
      /There is no user/,
      () => running.request("GET", `/users/${randomUUID()}`),
    ],
  ])("%s: %i %s", async (_, status, type, detail, send) => {
    const answer = await send();
    expect([answer.status, answer.body.detail]).toEqual([status, expect.stringMatching(detail)]);
    expect(answer.headers.get("content-type")).toBe("application/problem+json");
    expect(answer.body.type).toBe(`https://docs.upvest.co/errors/${type}`);
    expect(answer.body.request_id).toBe(answer.headers.get("upvest-request-id"));
  });

  test("a bad signature: the base of the server, and the first line in which the client's differs", async () => {
    const theirs = '"@method": GET\n"@path": /user\n';
    const answer = await running.request("GET", "/users?limit=5", {
      after: { accept: "*/*", "x-sandbox-signature-base": Buffer.from(theirs).toString("base64") },
    });
    expect(answer.status).toBe(401);
    expect(answer.body.signature_base).toContain('"@query": ?limit=5\n');
    expect(answer.body.signature_base).toContain('"authorization": (blanked)\n');
    expect(JSON.stringify(answer.body)).not.toContain("ory_at_");
    expect(answer.body.first_difference).toEqual({
      line: 2,
      server: '"@path": /users',
      client: '"@path": /user',
    });
  });

  test("a nonce that was used before; `any` lets it through", async () => {
    for (const [nonces, status] of [
      ["once", 401],
      ["any", 200],
    ] as const) {
      const own = await run({ nonces });
      const { clientId, clientSecret } = own.sandbox.credentials;
      const body = new URLSearchParams({
        client_id: clientId,
        client_secret: clientSecret,
        grant_type: "client_credentials",
        scope: "users:read",
      }).toString();
      const wanted = {
        "upvest-client-id": clientId,
        accept: "application/json",
        "accept-language": "*",
        "content-type": "application/x-www-form-urlencoded",
      };
      const headers = await own.signer.headers({
        method: "POST",
        url: `${own.sandbox.url}/auth/token`,
        headers: wanted,
        body,
      });
      const send = () =>
        fetch(`${own.sandbox.url}/auth/token`, { method: "POST", headers: { ...wanted, ...headers }, body });
      expect((await send()).status).toBe(200);
      const again = await send();
      expect(again.headers.get("x-sandbox-assumed")).toBe(
        status === 401 ? "nonces: one that was used before is refused" : null,
      );
      expect([again.status, ((await again.json()) as { code?: string }).code]).toEqual([
        status,
        status === 401 ? "NONCE_USED" : undefined,
      ]);
      await own.sandbox.close();
    }
  });

  test("credentials and scopes of a token", async () => {
    const { clientId, clientSecret } = running.sandbox.credentials;
    const form = {
      client_id: clientId,
      client_secret: clientSecret,
      grant_type: "client_credentials",
      scope: "users:read",
    };
    const token = (fields: Record<string, string>) =>
      running.request("POST", "/auth/token", {
        body: new URLSearchParams(fields).toString(),
        headers: { authorization: undefined, "content-type": "application/x-www-form-urlencoded" },
      });
    expect((await token(form)).body).toMatchObject({ token_type: "bearer", scope: "users:read" });
    expect((await token({ ...form, client_secret: "x" })).status).toBe(401);
    expect((await token({ ...form, scope: "users:everything" })).status).toBe(400);
    expect((await token({ ...form, scope: "" })).status).toBe(400);
    expect((await token({ ...form, grant_type: "password" })).status).toBe(400);
    expect((await token({ ...form, more: "x" })).status).toBe(400);
  });

  test("a scope that the token does not have: 403", async () => {
    const { listUsers } = await import("@upvest-sdk/client/operations");
    const client = running.clientWith(["orders:read"]);
    // The client looks first; the server has to, too.
    await expect(client.GET("/users", {})).resolves.toMatchObject({ response: { status: 403 } });
    await expect(running.client.call(listUsers, {})).resolves.toHaveProperty("data");
  });

  test("more than so many requests in a second: 429", async () => {
    const own = await run({ rateLimit: 2 });
    const answers = await Promise.all(Array.from({ length: 40 }, () => own.request("GET", "/users")));
    const refused = answers.filter(({ status }) => status === 429);
    expect(refused.length).toBeGreaterThan(5);
    await own.sandbox.close();
  });
});

describe("a page of another origin", () => {
  test("may ask before: an unsigned preflight is answered, the request id exposed", async () => {
    const preflight = await fetch(`${running.sandbox.url}/orders`, {
      method: "OPTIONS",
      headers: {
        origin: "http://localhost:3000",
        "access-control-request-method": "POST",
        "access-control-request-headers": "authorization,signature,signature-input,idempotency-key",
      },
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get("access-control-allow-headers")).toContain("signature-input");
    expect(preflight.headers.get("access-control-allow-methods")).toContain("POST");
    const { headers } = await running.request("GET", "/users");
    expect(headers.get("access-control-expose-headers")).toContain("upvest-request-id");
  });
});

import { createPrivateKey } from "node:crypto";
import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { generateKeyPair } from "@upvest-sdk/signing";
import { signWebhook } from "@upvest-sdk/signing/node";
import { afterAll, beforeAll, expect, test } from "vitest";
import { canaries, file, plantKey, upvest } from "./support/cli.js";

// A server that quotes all that it was sent, secrets and all. None of it may be shown: `upvest` of support/cli.ts looks.

const secret = 'canary secret+ü/"=1';
const passphrase = "canary-passphrase with ü";
const token = "canary-token-0123456789";
for (const text of [secret, passphrase, token]) {
  for (const form of [
    text,
    JSON.stringify(text).slice(1, -1),
    `${new URLSearchParams([[text, ""]])}`.slice(0, -1),
    encodeURIComponent(text),
    Buffer.from(text).toString("base64"),
  ])
    canaries.add(form);
}

type Answer = (echo: string, response: ServerResponse) => void;
let server: Server;
let answerToken: Answer;
let answer: Answer;
let env: Record<string, string>;
let delivery: string;

const json =
  (status: number, more: object = {}): Answer =>
  (echo, response) => {
    response.writeHead(status, { "content-type": "application/json", "upvest-request-id": "r-1" });
    response.end(
      JSON.stringify({
        type: echo,
        title: echo,
        status,
        detail: echo,
        instance: echo,
        data: [echo],
        keys: echo,
        ...more,
      }),
    );
  };
const html =
  (status: number): Answer =>
  (echo, response) =>
    response.writeHead(status, { location: `/x?${encodeURIComponent(echo)}` }).end(`<pre>${echo}`);
const cut: Answer = (echo, response) => {
  response.writeHead(200, { "content-length": "100000" }).write(echo);
  response.destroy();
};
const goodToken = json(200, { access_token: token, expires_in: 3600, token_type: "bearer" });

beforeAll(async () => {
  const { privateKeyPem } = await generateKeyPair("p521");
  plantKey(privateKeyPem);
  const sealed = createPrivateKey(privateKeyPem).export({
    type: "pkcs8",
    format: "pem",
    cipher: "aes-256-cbc",
    passphrase,
  }) as string;
  plantKey(sealed);
  server = createServer(async (request, response) => {
    let body = "";
    for await (const part of request) body += part;
    const echo = `${sealed}${passphrase}${secret} ${JSON.stringify(request.rawHeaders)} ${body}`;
    (request.url === "/auth/token" ? answerToken : answer)(echo, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  env = {
    UPVEST_API_BASE_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    UPVEST_API_CLIENT_ID: "349c5502-4451-4184-952a-8d350d2cc2d8",
    UPVEST_API_CLIENT_SECRET: secret,
    UPVEST_API_SCOPES: "users:read,users:admin,webhooks:read",
    UPVEST_API_KEY_ID: "b49c6590-8b11-48f3-952f-6be6185af01e",
    UPVEST_API_HTTP_SIGN_PRIVATE_KEY: sealed,
    UPVEST_API_HTTP_SIGN_PRIVATE_KEY_PASSPHRASE: passphrase,
  };
  const url = "https://hooks.example.com/upvest";
  const body = `{"payload":[{"id":"${secret.replaceAll('"', '\\"')}","type":"X.Y","object":{}}]}`;
  const headers = await signWebhook({ url, body }, { keyId: "k", privateKey: privateKeyPem });
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  delivery = file("delivery.http", `POST /upvest HTTP/1.1\n${lines.join("\n")}\n\n${body}`);
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

test("the server quotes, and what it quotes is blanked", async () => {
  [answerToken, answer] = [goodToken, json(200)];
  const { code, stdout } = await upvest(["call", "listUsers"], { env });
  expect(code).toBe(0);
  expect(stdout).toContain("***");
  expect(stdout).toContain("upvest-client-id");
  expect(() => expect(stdout).toMatch(/canary/)).toThrow();
  // Still JSON.
  expect(JSON.parse(stdout)).toHaveProperty("data");
});

test.each<[string, Answer, Answer]>([
  ["answers", goodToken, json(200)],
  ["refuses the token", json(401), json(200)],
  ["refuses the token, in HTML", html(401), json(200)],
  ["gives a token that is none", json(200, { access_token: `${secret}\n` }), json(200)],
  ["refuses the call", goodToken, json(401)],
  ["cannot do it", goodToken, html(422)],
  ["redirects", goodToken, html(302)],
  ["breaks off", goodToken, cut],
])("a server that %s", async (_, forToken, forCall) => {
  [answerToken, answer] = [forToken, forCall];
  for (const args of [
    ["doctor"],
    ["doctor", "--json"],
    ["call", "listUsers", "--json", "--explain"],
    ["call", "createUser", "--body", "-"],
    ["webhooks", "verify", delivery],
  ]) {
    const { code } = await upvest(args, { env, input: JSON.stringify({ note: secret }) });
    expect([0, 1]).toContain(code);
  }
});

test("without the server", async () => {
  const key = "UPVEST_API_HTTP_SIGN_PRIVATE_KEY";
  const sealed = env[key]!;
  const sealedFile = file("private.pem", sealed);
  const base64 = Buffer.from(sealed).toString("base64");
  for (const [args, changed, expected] of [
    [["call", "listUsers", "--dry-run"], {}, 0],
    [["call", "listUsers", "--dry-run", "--json"], {}, 0],
    [["call", "listUsers", "--dry-run"], { [key]: "", [`${key}_BASE64`]: base64 }, 0],
    // Mistakes.
    [["doctor", secret], {}, 2],
    [[secret], {}, 2],
    [["call", secret], {}, 2],
    [["call", "listUsers", `--${secret}`], {}, 2],
    [["call", "listUsers", "--path", `${secret}=1`], {}, 2],
    [["call", "listUsers", "--query", secret, "--dry-run"], {}, 0],
    [["call", "createUser", "--body", passphrase], {}, 1],
    [["call", "createUser", "--body", sealedFile], {}, 1],
    [["call", "createUser", "--idempotency-key", secret], {}, 2],
    [["keygen", "--out", `${secret}/x.pem`], {}, 1],
    [["webhooks", "verify", delivery, "--keys", sealedFile], {}, 1],
    [["webhooks", "verify", sealedFile, "--keys", sealedFile], {}, 1],
    [["operations", secret], {}, 1],
    [["completion", secret], {}, 2],
    [["doctor"], { [`${key}_PASSPHRASE`]: undefined }, 1],
    [["doctor"], { [`${key}_FILENAME`]: sealed, [key]: undefined }, 1],
    [["doctor"], { [`${key}_FILENAME`]: sealed }, 1],
    [["doctor"], { [key]: `${sealed.slice(0, 300)}` }, 1],
    [["doctor"], { [key]: undefined, [`${key}_BASE64`]: sealed }, 1],
    [["doctor"], { UPVEST_API_CLIENT_ID: secret }, 1],
    [["doctor"], { UPVEST_API_KEY_ID: secret, UPVEST_API_BASE_URL: `https://x:${secret}@example.com` }, 1],
  ] as [string[], Record<string, string | undefined>, number][]) {
    const { code } = await upvest(args, { env: { ...env, ...changed } as never });
    expect([args[0], code]).toEqual([args[0], expected]);
  }
});

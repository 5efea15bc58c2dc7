import { createHash, createPrivateKey, randomUUID, sign } from "node:crypto";
import { request } from "node:http";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Sandbox, startSandbox } from "../src/sandbox.js";

// A client with nothing but Node: what the sandbox takes is what is documented, not what our signer does.
let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox();
});
afterAll(() => sandbox.close());

function send(method: string, path: string, query: string, headers: Record<string, string>, body = "") {
  const covered: Record<string, string> = {
    "@method": method,
    "@path": path,
    ...(query && { "@query": `?${query}` }),
  };
  const all: Record<string, string> = { accept: "application/json", ...headers };
  if (body) {
    all["content-length"] = String(Buffer.byteLength(body));
    all["content-digest"] = `sha-512=:${createHash("sha512").update(body).digest("base64")}:`;
  }
  Object.assign(covered, all);
  const now = Math.floor(Date.now() / 1000);
  const params = `(${Object.keys(covered)
    .map((name) => `"${name}"`)
    .join(
      " ",
    )});keyid="${sandbox.credentials.keyId}";created=${now};nonce="${randomUUID()}";expires=${now + 10}`;
  const base = [
    ...Object.entries(covered).map(([name, value]) => `"${name}": ${value}`),
    `"@signature-params": ${params}`,
  ];
  const signature = sign(
    "sha512",
    Buffer.from(base.join("\n")),
    createPrivateKey(sandbox.credentials.privateKeyPem),
  );
  return new Promise<{ status: number; body: Record<string, unknown> }>((resolve, reject) => {
    const call = request(
      sandbox.url + path + (query && `?${query}`),
      {
        method,
        headers: {
          ...all,
          "signature-input": `sig1=${params}`,
          signature: `sig1=:${signature.toString("base64")}:`,
          "upvest-signature-version": "15",
        },
      },
      async (response) => {
        let text = "";
        for await (const part of response) text += part;
        resolve({ status: response.statusCode ?? 0, body: JSON.parse(text) });
      },
    );
    call.on("error", reject);
    call.end(body);
  });
}

test("gets a token, creates a user, and lists it", async () => {
  const { clientId, clientSecret } = sandbox.credentials;
  const form = `client_id=${clientId}&client_secret=${clientSecret}&grant_type=client_credentials&scope=users%3Aadmin`;
  const token = await send(
    "POST",
    "/auth/token",
    "",
    { "upvest-client-id": clientId, "content-type": "application/x-www-form-urlencoded" },
    form,
  );
  expect(token.status).toBe(200);
  const headers = { authorization: `Bearer ${token.body["access_token"]}`, "upvest-client-id": clientId };
  const user = {
    first_name: "Zoë",
    last_name: "Hand",
    birth_date: "1980-02-29",
    nationalities: ["AT"],
    address: { address_line1: "Straße 1", postcode: "1010", city: "Wien", country: "AT" },
  };
  const created = await send(
    "POST",
    "/users",
    "",
    { ...headers, "content-type": "application/json", "idempotency-key": randomUUID() },
    JSON.stringify(user),
  );
  expect(created).toMatchObject({ status: 200, body: user });
  const list = await send("GET", "/users", "limit=10&order=DESC", headers);
  expect(list).toMatchObject({
    status: 200,
    body: { data: [{ id: created.body["id"] }], meta: { total_count: 1 } },
  });
});

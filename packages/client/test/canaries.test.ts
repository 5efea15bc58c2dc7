import { inspect } from "node:util";
import { createSigner, generateKeyPair } from "@upvest-sdk/signing/node";
import { createAccountGroup, listUsers } from "@upvest-sdk/types/operations";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { redisTokenStore, UpvestError } from "../src/index.js";
import { type Api, clientSecret, cut, type Handler, json, problem, startApi, text } from "./support/api.js";
import { passphrase, person, plant, record, searchForCanaries } from "./support/canaries.js";
import { drive, failure, useFakeClock } from "./support/time.js";

// Whatever else the suite does, its errors, hooks and clients are searched as well: see support/canaries.ts.

useFakeClock();

let api: Api;
beforeEach(async () => {
  api = await startApi();
});
afterEach(() => api.close());

const found = (value: unknown): boolean => {
  record("made for this test", value);
  try {
    searchForCanaries();
    return false;
  } catch {
    return true;
  }
};

test("the search finds them wherever they are", () => {
  const hidden = new Error("x");
  Object.defineProperty(hidden, "hidden", { value: { deep: [{ down: clientSecret }] }, enumerable: false });
  const deep: unknown[] = [];
  let inner = deep;
  for (let i = 0; i < 50; i++) {
    const next: unknown[] = [];
    inner.push(next);
    inner = next;
  }
  inner.push(`Bearer canary-token-1`);
  for (const value of [
    new Error(`x ${clientSecret}`),
    new Error("x", { cause: new Error("y", { cause: new Error(passphrase) }) }),
    new UpvestError("X", "x", { cause: { token: "canary-token-1" } }),
    new UpvestError("X", "x", { body: `${clientSecret}` }),
    new UpvestError("X", person.iban),
    new UpvestError("X", "x", { cause: new Error(person.tax_id) }),
    hidden,
    deep,
    { code: person.first_name },
    new AggregateError([new Error(clientSecret)]),
  ]) {
    expect(found(value), inspect(value)).toBe(true);
  }
  expect(found(new Error("x", { cause: { code: "ECONNRESET" } }))).toBe(false);
  // The words of the API about a person are kept where they belong.
  expect(found(new UpvestError("X", "x", { body: person.iban }))).toBe(false);
});

test("every failure of a call and of its token, with all of it quoted by the server", async () => {
  const body = { ...person, note: clientSecret } as never;
  const echo =
    (status: number, type?: string): Handler =>
    ({ headers, body }, response) => {
      const { note: _, ...said } =
        body.length && body[0] === 0x7b ? JSON.parse(`${body}`) : { note: `${body}` };
      const quoted = `${JSON.stringify(headers)} ${JSON.stringify(said)}`;
      if (type) json(status, { type, status, title: type, detail: quoted })({} as never, response);
      else text(status, `<html><pre>${quoted}`)({} as never, response);
    };
  const client = api.client({ retry: { baseDelay: 0, maxRetries: 1 } });
  for (const status of [200, 302, 400, 401, 403, 404, 408, 409, 422, 429, 500, 503]) {
    const handlers = status === 200 ? [] : [echo(status), echo(status, "some_type")];
    for (const handler of [...handlers, cut(status)]) {
      api.fallback = handler;
      await client.call(createAccountGroup, { body }).catch(() => {});
      await client.POST("/users", { body, params: { query: person as never } });
      api.tokenHandler = handler;
      client.refreshCredentials();
      await client.call(listUsers, { query: person as object }).catch(() => {});
      api.tokenHandler = undefined;
    }
  }
  expect(api.requests.length).toBeGreaterThan(40);
});

test("a token that fetch would refuse to send, and quote", async () => {
  for (const token of ["canary-token\nx", "canary-token ü", "canary-token\0", ""]) {
    api.tokenHandler = json(200, { access_token: token, expires_in: 60 });
    const error = await failure(api.client({ retry: { maxRetries: 0 } }).call(listUsers));
    expect(error).toMatchObject({ code: "ANSWER_UNREADABLE", outcome: "not_sent" });
  }
});

test("a token store that is given a token shows it to nobody", async () => {
  const commands: string[] = [];
  const redis = {
    call: async (command: string) => {
      commands.push(command);
      if (command === "EVAL") return null;
      if (command === "SET") return "OK";
      throw new Error("unknown");
    },
  };
  const tokenStore = record("token store", redisTokenStore(redis));
  await api.client({ tokenStore }).call(listUsers);
  expect(commands).toContain("SET");
});

test("a client, signer and key that are looked into", async () => {
  const { privateKeyPem } = await generateKeyPair("ed25519");
  plant(privateKeyPem.split("\n")[1]!);
  const signer = record("signer", await createSigner({ keyId: "key", privateKey: privateKeyPem }));
  const client = api.client({ signer, clientSecret: async () => clientSecret });
  await client.call(listUsers).catch(() => {});
  record("client", client);
  record("call", client.call);
});

test("nothing is written to the console", async () => {
  const written = ["log", "info", "warn", "error", "debug", "trace"].map((name) =>
    vi.spyOn(console, name as "log").mockImplementation(() => {}),
  );
  api.script.push(problem(503, "busy", { "retry-after": "0" }), problem(422, "no"));
  await failure(drive(api, api.client().call(createAccountGroup, { body: person as never })));
  for (const method of written) expect(method).not.toHaveBeenCalled();
  vi.restoreAllMocks();
});

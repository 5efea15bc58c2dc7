import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { createAccountGroup, listUsers } from "@upvest-sdk/types/operations";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { UpvestConnectionError, type UpvestError } from "../src/index.js";
import { type Api, type Handler, startApi, text } from "./support/api.js";
import { person } from "./support/canaries.js";
import { failure } from "./support/time.js";

let api: Api;
let elsewhere: Server;
let arrived: string[];
beforeEach(async () => {
  api = await startApi();
  arrived = [];
  elsewhere = createServer((request, response) => {
    arrived.push(`${request.method} ${request.url} ${JSON.stringify(request.headers)}`);
    response.writeHead(200, { "content-type": "application/json" });
    response.end(JSON.stringify({ access_token: "canary-token-elsewhere", expires_in: 60 }));
  });
  elsewhere.on("connection", (socket) => arrived.push(`a connection from ${socket.remotePort}`));
  await new Promise<void>((resolve) => elsewhere.listen(0, "127.0.0.1", resolve));
});
afterEach(async () => {
  await api.close();
  elsewhere.closeAllConnections();
  await new Promise((resolve) => elsewhere.close(resolve));
});

const to = (status: number): Handler => {
  const { port } = elsewhere.address() as AddressInfo;
  return text(status, "<html>moved</html>", {
    location: `http://127.0.0.1:${port}/stolen`,
    refresh: `0; url=http://127.0.0.1:${port}/stolen`,
    "upvest-request-id": "b8f3",
  });
};

describe.each([300, 301, 302, 303, 304, 305, 307, 308])("a %i to another origin", (status) => {
  test("is an error, and nothing of ours arrives there", async () => {
    api.script.push(to(status), to(status), to(status));
    const client = api.client();
    const expected = { code: "REDIRECTED", outcome: "unknown", status, requestId: "b8f3" };
    for (const error of [
      await failure<UpvestError>(client.call(createAccountGroup, { body: person as never })),
      await failure<UpvestError>(client.call(listUsers)),
      (await client.POST("/users", { body: person as never })).error!,
    ]) {
      expect(error).toBeInstanceOf(UpvestConnectionError);
      expect(error).toMatchObject(expected);
      expect(error.attempts).toHaveLength(1);
    }
    expect(api.requests).toHaveLength(3);
    expect(arrived).toEqual([]);
  });

  test("is an error of the request for a token too, so that the secret stays", async () => {
    api.tokenHandler = to(status);
    const error = await failure(api.client().call(listUsers));
    expect(error).toMatchObject({ code: "REDIRECTED", outcome: "not_sent" });
    expect(api.requests).toHaveLength(0);
    expect(arrived).toEqual([]);
  });
});

test("so is one to the same origin", async () => {
  api.script.push(text(307, "", { location: "/accounts" }));
  expect(await failure(api.client().call(listUsers))).toMatchObject({ code: "REDIRECTED" });
  expect(api.requests).toHaveLength(1);
});

test("status 0, which Chromium makes of a redirect, is one; the body is cancelled", async () => {
  let cancelled = 0;
  const redirects: unknown[] = [];
  const client = api.client({
    fetch: async (url: string, init: object) => {
      redirects.push((init as RequestInit).redirect);
      if (url.endsWith("/auth/token")) return fetch(url, init);
      return {
        status: 0,
        type: "opaqueredirect",
        headers: new Headers(),
        body: { cancel: async () => void cancelled++ },
        text: async () => "",
        blob: async () => new Blob([]),
      } as never;
    },
  });
  expect(await failure(client.call(listUsers))).toMatchObject({ code: "REDIRECTED", status: 0 });
  // `error` throws in workerd, and `follow` hands all headers to another host.
  expect(redirects).toEqual(["manual", "manual"]);
  expect(cancelled).toBe(1);
});

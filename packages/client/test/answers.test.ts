import {
  accountGroupClosure,
  createAccountGroup,
  listUsers,
  retrieveReport,
} from "@upvest-sdk/types/operations";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { UpvestApiError, type UpvestClient, UpvestConnectionError, type UpvestError } from "../src/index.js";
import {
  type Api,
  clientSecret,
  cut,
  type Handler,
  json,
  problem,
  stall,
  startApi,
  text,
} from "./support/api.js";
import { person } from "./support/canaries.js";
import { failure, until } from "./support/time.js";

let api: Api;
let client: UpvestClient;
beforeEach(async () => {
  api = await startApi();
  client = api.client({ retry: { maxRetries: 0 } });
});
afterEach(async () => {
  vi.useRealTimers();
  await api.close();
});

const body = person as never;
const html = (length = 0) => `<html><h1>502 Bad Gateway</h1>${"x".repeat(length)}`;

/** The error of both surfaces, which has to be the same. */
async function errorOf(handler: Handler): Promise<UpvestApiError> {
  api.fallback = handler;
  const thrown = await failure<UpvestApiError>(client.call(createAccountGroup, { body }));
  const { data, error } = await client.POST("/account_groups", { body });
  expect(data).toBeUndefined();
  const { name, code, outcome, body: text, problem: details } = thrown;
  expect(error).toMatchObject({ name, code, outcome });
  expect((error as UpvestApiError).body).toBe(text);
  expect((error as UpvestApiError).problem).toEqual(details);
  return thrown;
}

describe("an answer that is no success", () => {
  test("with both forms of type has one code", async () => {
    for (const type of [
      "not_found",
      "https://docs.upvest.co/errors/not_found",
      "https://docs.upvest.co/errors/not_found/",
    ]) {
      const error = await errorOf(problem(404, type));
      expect(error).toMatchObject({ code: "not_found", problem: { type, status: 404 } });
      expect(error.body).toBeUndefined();
    }
    for (const type of ["unauthorized", "unauthorised", "https://docs.upvest.co/errors/unauthorised"]) {
      expect(await errorOf(problem(401, type))).toMatchObject({ code: "unauthorized" });
    }
  });

  test.each([
    ["about:blank", { type: "about:blank", title: "Not Found" }],
    ["an empty type", { type: "", title: "Not Found" }],
    ["no type", { title: "Not Found" }],
    ["a type that is a host", { type: "https://docs.upvest.co", title: "Not Found" }],
  ])("with %s has a code of its status", async (_, details) => {
    const error = await errorOf(json(404, details));
    expect(error).toMatchObject({ code: "http_404", problem: details });
    expect(error.message).toBe("create_account_group: 404 http_404: Not Found");
  });

  test("with other JSON is kept as text", async () => {
    for (const other of [{ message: "no" }, ["a"], "x", null, 5]) {
      const error = await errorOf(json(400, other));
      expect(error).toMatchObject({ code: "http_400", body: JSON.stringify(other), outcome: "rejected" });
      expect(error.problem).toBeUndefined();
    }
  });

  test("that is empty", async () => {
    const error = await errorOf(text(503, ""));
    expect(error).toBeInstanceOf(UpvestApiError);
    expect(error).toMatchObject({ code: "http_503", status: 503, body: "", outcome: "unknown" });
    expect(error.requestId).toBeUndefined();
  });

  test("that is a proxy's HTML, is kept as text, cut at 2 KB", async () => {
    expect(await errorOf(text(502, html(), { "content-type": "text/html" }))).toMatchObject({
      code: "http_502",
      body: html(),
      outcome: "unknown",
    });
    const { body: long } = await errorOf(text(502, html(100_000), { "content-type": "text/html" }));
    expect(long).toBe(html(100_000).slice(0, 2048));
  });

  test("that is cut, is what its status says", async () => {
    expect(await errorOf(cut(422))).toMatchObject({ code: "http_422", status: 422, outcome: "rejected" });
    expect(await errorOf(cut(500))).toMatchObject({ code: "http_500", status: 500, outcome: "unknown" });
  });

  test("keeps what the API says in detail, out of the message", async () => {
    const details = { type: "x", status: 422, title: "Unprocessable", detail: `${person.iban} is wrong` };
    const error = await errorOf(json(422, details));
    expect(error.problem).toEqual(details);
    expect(error.message).toBe("create_account_group: 422 x: Unprocessable");
  });
});

describe("a 2xx", () => {
  test.each<[string, Handler]>([
    ["that is cut", cut()],
    ["of JSON that ends too early", text(200, '{"id":')],
    ["that is HTML", text(200, html(), { "content-type": "text/html" })],
    ["with a content length that is too small", text(200, '{"id":"1"}', { "content-length": "5" })],
    [
      "with a content length that is too large",
      (_, response) => {
        response.writeHead(200, { "content-length": "500" });
        response.write('{"id":"1"}', () => response.socket?.end());
      },
    ],
  ])("%s is unreadable, and its outcome unknown", async (_, handler) => {
    const error = await errorOf(handler);
    expect(error).toBeInstanceOf(UpvestConnectionError);
    expect(error).toMatchObject({ code: "ANSWER_UNREADABLE", outcome: "unknown", status: 200 });
    expect(error.cause).toBeUndefined();
  });

  test.each([200, 201, 202, 204])("%i without a body gives undefined", async (status) => {
    api.fallback = text(status, "");
    const path = { account_group_id: "x" };
    expect(await client.call(accountGroupClosure, { path })).toBeUndefined();
    const full = await client.call.withResponse(accountGroupClosure, { path });
    expect(full).toMatchObject({ data: undefined, status });
    const { data, error, response } = await client.DELETE("/account_groups/{account_group_id}", {
      params: { path },
    });
    expect([data, error, response!.status]).toEqual([undefined, undefined, status]);
  });

  test("with a content type that says a charset, or none, is read", async () => {
    for (const headers of [{ "content-type": "application/json; charset=utf-8" }, {}]) {
      api.fallback = text(200, '{"name":"Ü"}', headers as Record<string, string>);
      expect(await client.call(listUsers)).toEqual({ name: "Ü" });
    }
  });
});

describe("a file", () => {
  const pdf = Buffer.from("%PDF-1.7\n\0\xff\xfe\x80", "latin1");
  const path = { report_id: "r" };
  const asPdf: Handler = (_, response) => {
    response.writeHead(200, { "content-type": "application/pdf" });
    response.end(pdf);
  };
  beforeEach(() => {
    api.fallback = asPdf;
  });

  test("as a blob", async () => {
    const blob = await client.call(retrieveReport, { path, accept: "application/pdf", as: "blob" });
    expect(blob.type).toBe("application/pdf");
    expect(Buffer.from(await blob.arrayBuffer())).toEqual(pdf);
    const { data } = await client.GET("/reports/{report_id}", { params: { path }, parseAs: "blob" });
    expect(Buffer.from(await data!.arrayBuffer())).toEqual(pdf);
  });

  test("as a stream", async () => {
    const stream = await client.call(retrieveReport, { path, accept: "application/pdf", as: "stream" });
    expect(Buffer.from(await new Response(stream).arrayBuffer())).toEqual(pdf);
    const { data } = await client.GET("/reports/{report_id}", { params: { path }, parseAs: "stream" });
    expect(Buffer.from(await new Response(data).arrayBuffer())).toEqual(pdf);
  });

  test("a stream is given at once, and is the caller's to cancel", async () => {
    api.fallback = stall();
    const stream = await client.call(retrieveReport, { path, accept: "application/pdf", as: "stream" });
    const reader = stream.getReader();
    expect(new TextDecoder().decode((await reader.read()).value)).toBe('{"id":"1');
    await reader.cancel();
    await until(() => api.givenUp === 1);
  });

  test("an error of it is read all the same", async () => {
    api.fallback = problem(404, "not_found");
    for (const as of ["blob", "stream"] as const) {
      const error = await failure(client.call(retrieveReport, { path, as }));
      expect(error).toMatchObject({ code: "not_found", problem: { status: 404 } });
    }
  });

  test("that is cut is no file", async () => {
    api.fallback = cut();
    const error = await failure(client.call(retrieveReport, { path, as: "blob" }));
    expect(error).toMatchObject({ code: "ANSWER_UNREADABLE", outcome: "unknown" });
  });
});

describe("a 401 says how far the clocks are apart", () => {
  test.each([
    [600_000, "is 600"],
    [-600_000, "is -600"],
  ])("by the server's date: %i ms", async (offset, said) => {
    vi.useFakeTimers({ toFake: ["Date"], now: Math.floor(Date.now() / 1000) * 1000 });
    const date = new Date(Date.now() - offset).toUTCString();
    api.script.push(problem(401, "unauthorized", { date }), problem(401, "unauthorized", { date }));
    const error = await failure<UpvestApiError>(client.call(listUsers));
    expect(error.clockOffset).toBe(offset);
    expect(error.message).toContain(`our clock ${said}`);
  });

  test("of the token too", async () => {
    api.tokenHandler = problem(401, "unauthorized", { date: new Date(Date.now() - 3_600_000).toUTCString() });
    const error = await failure<UpvestApiError>(client.call(listUsers));
    expect(error.clockOffset).toBeGreaterThan(3_590_000);
    expect(error.clockOffset).toBeLessThan(3_610_000);
  });

  test("not without a date, and not with another status", async () => {
    api.fallback = (request, response) => {
      response.sendDate = false;
      problem(401, "unauthorized")(request, response);
    };
    expect((await failure<UpvestApiError>(client.call(listUsers))).clockOffset).toBeUndefined();
    api.fallback = problem(403, "forbidden");
    expect((await failure<UpvestApiError>(client.call(listUsers))).clockOffset).toBeUndefined();
  });
});

describe("an answer that quotes what we sent", () => {
  const echo =
    (status: number): Handler =>
    ({ headers, body }, response) => {
      text(status, `<pre>${JSON.stringify(headers)} ${body}</pre>`)({} as never, response);
    };

  test("has the token blanked", async () => {
    const error = await failure<UpvestApiError>(
      (async () => {
        api.fallback = echo(400);
        await client.call(createAccountGroup, { body });
      })(),
    );
    expect(error.body).toContain('"authorization":"Bearer ***"');
  });

  test("has the secret blanked, as it was encoded too", async () => {
    const odd = `${clientSecret} ~!'()*+/=&"\\äü`;
    const secretOf = api.client({ clientSecret: odd, retry: { maxRetries: 0 } });
    const asSent = `${new URLSearchParams({ s: odd })}`.slice(2);
    for (const quoted of [odd, asSent]) {
      api.tokenHandler = text(400, `you sent ${quoted}.`);
      const error = await failure<UpvestApiError>(secretOf.call(listUsers));
      expect(error.body).toBe("you sent ***.");
    }
    api.tokenHandler = json(400, { type: "bad_request", title: odd, detail: odd });
    const error = await failure<UpvestApiError>(secretOf.call(listUsers));
    expect(error.problem).toMatchObject({ title: "***", detail: "***" });
    api.tokenHandler = echo(400);
    expect((await failure<UpvestApiError>(secretOf.call(listUsers))).body).toContain("client_secret=***");
  });

  test("in a token answer that cannot be read is not quoted at all", async () => {
    for (const handler of [
      text(200, '{"access_token":"canary-token-5","expires_in":'),
      text(200, "canary-token-6"),
      text(200, `{"access_token":"canary-token-7\\n"}`),
      text(200, `{"access_token":["canary-token-8"]}`),
    ]) {
      api.tokenHandler = handler;
      const error = await failure<UpvestError>(client.call(listUsers));
      expect(error).toMatchObject({ code: "ANSWER_UNREADABLE", outcome: "not_sent" });
    }
  });
});

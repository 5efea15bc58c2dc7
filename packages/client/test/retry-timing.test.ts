import { createWebhook, listUsers, retrieveReport } from "@upvest-sdk/types/operations";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { RetryInfo, UpvestApiError, UpvestError } from "../src/index.js";
import {
  type Api,
  allScopes,
  cut,
  type Handler,
  hang,
  json,
  problem,
  reset,
  stall,
  startApi,
} from "./support/api.js";
import { drive, failure, pass, settle, timers, until, useFakeClock } from "./support/time.js";

useFakeClock();

let api: Api;
beforeEach(async () => {
  api = await startApi();
});
afterEach(async () => {
  vi.restoreAllMocks();
  await api.close();
});

const busy = problem(503, "service_unavailable");
const unavailable = (retryAfter: string, headers?: Record<string, string>): Handler =>
  problem(503, "service_unavailable", { "retry-after": retryAfter, ...headers });

const delays = () => api.retries.map(({ delay }: RetryInfo) => delay);

describe("the pause before a retry", () => {
  test.each([
    ["2", 2_000],
    ["0", 0],
    ["60", 60_000],
    ["61", 60_000],
    ["86400", 60_000],
    ["9".repeat(400), 60_000],
  ])("is what retry-after says in seconds, up to a minute: %s", async (value, delay) => {
    api.script.push(unavailable(value));
    await drive(api, api.client().call(listUsers));
    expect(delays()).toEqual([delay]);
  });

  const date = "Tue, 15 Nov 1994 08:12:31 GMT";
  test.each([
    ["Tue, 15 Nov 1994 08:12:34 GMT", 3_000],
    ["Tuesday, 15-Nov-94 08:12:34 GMT", 3_000],
    ["Tue, 15 Nov 1994 09:12:34 GMT", 60_000],
    [date, 0],
  ])("is until the date that retry-after says, by the clock of the answer: %s", async (value, delay) => {
    api.script.push(unavailable(value, { date }));
    await drive(api, api.client().call(listUsers));
    expect(delays()).toEqual([delay]);
  });

  test("is counted by our clock where the answer has no date", async () => {
    api.script.push((request, response) => {
      response.sendDate = false;
      const soon = new Date(Math.ceil(Date.now() / 1000) * 1000 + 5_000).toUTCString();
      unavailable(soon)(request, response);
    });
    await drive(api, api.client().call(listUsers));
    expect(delays()[0]).toBeGreaterThanOrEqual(5_000);
    expect(delays()[0]).toBeLessThan(6_000);
  });

  test.each(["soon", "-5", "1.5", "Tue, 15 Nov 1994 08:12:34 GMT"])(
    "is at random where retry-after makes no sense, or is over: %s",
    async (value) => {
      vi.spyOn(Math, "random").mockReturnValue(0.5);
      api.script.push(unavailable(value));
      await drive(api, api.client().call(listUsers));
      expect(delays()).toEqual([125]);
    },
  );

  test("also of a 429, and of a request for a token", async () => {
    api.script.push(problem(429, "too_many_requests", { "retry-after": "7" }));
    api.tokenHandler = (request, response) => {
      api.tokenHandler = undefined;
      unavailable("4")(request, response);
    };
    await drive(api, api.client().call(listUsers));
    expect(delays()).toEqual([4_000, 7_000]);
  });

  test.each([
    [0, [0, 0, 0, 0, 0, 0, 0]],
    [0.5, [125, 250, 500, 1_000, 2_000, 4_000, 4_000]],
    [1, [250, 500, 1_000, 2_000, 4_000, 8_000, 8_000]],
  ])("doubles up to its cap, all of it at random (full jitter): %s", async (random, expected) => {
    vi.spyOn(Math, "random").mockReturnValue(random);
    for (let i = 0; i < 7; i++) api.script.push(busy);
    await drive(api, api.client({ retry: { maxRetries: 7 } }).call(listUsers));
    expect(delays()).toEqual(expected);
  });

  test("can be set", async () => {
    vi.spyOn(Math, "random").mockReturnValue(1);
    for (let i = 0; i < 3; i++) api.script.push(busy);
    await drive(api, api.client({ retry: { baseDelay: 40, maxDelay: 100 } }).call(listUsers));
    expect(delays()).toEqual([40, 80, 100]);
  });

  test("passes before the next attempt is sent, to the millisecond", async () => {
    api.script.push(unavailable("3"));
    const call = api.client().call(listUsers);
    await until(() => api.retries.length === 1);
    await pass(2_999);
    await settle();
    expect(api.requests).toHaveLength(1);
    await pass(1);
    await call;
    expect(api.requests).toHaveLength(2);
  });
});

describe("how often", () => {
  test("three retries, if nothing else is said", async () => {
    api.fallback = busy;
    const error = await failure<UpvestError>(drive(api, api.client().call(listUsers)));
    expect(error.attempts).toHaveLength(4);
    expect(api.requests).toHaveLength(4);
  });

  test("none with maxRetries 0", async () => {
    api.fallback = busy;
    const error = await failure<UpvestError>(api.client({ retry: { maxRetries: 0 } }).call(listUsers));
    expect(error.attempts).toHaveLength(1);
    expect(timers()).toBe(0);
  });

  const outage = async (calls: number, budget?: number): Promise<number> => {
    api.fallback = busy;
    const client = api.client({ retry: { baseDelay: 0, budget } });
    const before = api.requests.length;
    for (let i = 0; i < calls; i++) await failure(client.call(listUsers));
    return api.requests.length - before - calls;
  };

  test("an outage is not multiplied: a retry for every fifth call, and ten", async () => {
    const retries = await outage(100);
    expect(retries).toBeGreaterThanOrEqual(20);
    expect(retries).toBeLessThanOrEqual(30);
  });

  test("ten retries are allowed to a client that hardly calls", async () => {
    expect(await outage(3)).toBe(9);
    expect(await outage(2, 0)).toBe(6);
  });

  test("the budget can be set, and turned off", async () => {
    expect(await outage(20, 0)).toBe(10);
    expect(await outage(20, Number.POSITIVE_INFINITY)).toBe(60);
  });

  test("the budget is that of the last ten seconds", async () => {
    api.fallback = busy;
    const client = api.client({ retry: { baseDelay: 0 } });
    const retriesOf = async (calls: number) => {
      const before = api.requests.length;
      for (let i = 0; i < calls; i++) await failure(client.call(listUsers));
      return api.requests.length - before - calls;
    };
    expect(await retriesOf(10)).toBeLessThanOrEqual(12);
    expect(await retriesOf(5)).toBeLessThanOrEqual(1);
    await pass(20_000);
    expect(await retriesOf(3)).toBe(9);
  });

  test("all clients have a budget of their own", async () => {
    expect(await outage(3)).toBe(9);
    expect(await outage(3)).toBe(9);
  });
});

describe("time", () => {
  test("an attempt may take 30 s and a call 90 s, if nothing else is said", async () => {
    api.fallback = hang;
    vi.spyOn(Math, "random").mockReturnValue(0);
    const begun = performance.now();
    const error = await failure<UpvestError>(drive(api, api.client().call(listUsers)));
    expect(error).toMatchObject({ name: "UpvestTimeoutError", code: "DEADLINE", outcome: "unknown" });
    expect(error.attempts.map(({ duration, code }) => [duration, code])).toEqual([
      [30_000, "TIMEOUT"],
      [30_000, "TIMEOUT"],
      [30_000, "DEADLINE"],
    ]);
    expect(performance.now() - begun).toBe(90_000);
  });

  test("both can be set, of the client and of a call", async () => {
    api.fallback = hang;
    const client = api.client({ timeout: 4_000, deadline: 5_000, retry: { maxRetries: 0 } });
    let error = await failure<UpvestError>(drive(api, client.call(listUsers), 4_000));
    expect(error).toMatchObject({ code: "TIMEOUT", attempts: [{ duration: 4_000 }] });
    error = await failure(drive(api, client.call(listUsers, { timeout: 2_000 }), 2_000));
    expect(error).toMatchObject({ code: "TIMEOUT", attempts: [{ duration: 2_000 }] });
    error = await failure(drive(api, client.call(listUsers, { deadline: 1_000 }), 1_000));
    expect(error).toMatchObject({ code: "DEADLINE", attempts: [{ duration: 1_000 }] });
    const { error: byPath } = await drive(api, client.GET("/users", { timeout: 3_000 }), 3_000);
    expect(byPath).toMatchObject({ code: "TIMEOUT", attempts: [{ duration: 3_000 }] });
  });

  test("a deadline that ends with the attempt's timeout, is the deadline, and is not retried", async () => {
    api.fallback = hang;
    const client = api.client({ timeout: 4_000, deadline: 4_000, retry: { baseDelay: 0 } });
    const error = await failure<UpvestError>(drive(api, client.call(listUsers), 4_000));
    expect(error).toMatchObject({ code: "DEADLINE" });
    expect(error.attempts).toHaveLength(1);
  });

  test("a timer that fires a little early does not make a timeout of a deadline", async () => {
    api.fallback = hang;
    const client = api.client({ deadline: 4_000, retry: { baseDelay: 0 } });
    const call = failure<UpvestError>(client.call(listUsers));
    await until(() => api.hung === 1);
    const { now } = performance;
    // As Node's timers do, by less than a millisecond.
    vi.spyOn(performance, "now").mockImplementation(() => now.call(performance) - 0.5);
    await pass(4_000);
    expect(await call).toMatchObject({ code: "DEADLINE" });
    expect(api.requests).toHaveLength(1);
  });

  test("a pause that ended too late, as the process was asleep, is not followed by an attempt", async () => {
    api.fallback = unavailable("5");
    const call = failure<UpvestError>(api.client().call(listUsers));
    await until(() => api.retries.length === 1);
    const { now } = performance;
    vi.spyOn(performance, "now").mockImplementation(() => now.call(performance) + 3_600_000);
    await pass(5_000);
    expect(await call).toMatchObject({ code: "DEADLINE", outcome: "unknown" });
    expect(api.requests).toHaveLength(1);
  });

  test("the body of the answer counts", async () => {
    api.fallback = stall();
    const call = failure<UpvestError>(api.client({ retry: { maxRetries: 0 } }).call(listUsers));
    await until(() => api.requests.length === 1);
    await settle();
    await pass(29_999);
    await settle();
    expect(api.givenUp).toBe(0);
    await pass(1);
    expect(await call).toMatchObject({ code: "TIMEOUT", outcome: "unknown" });
    await until(() => api.givenUp === 1);
  });

  test("so does the body of an error, and of a blob", async () => {
    const client = api.client({ retry: { maxRetries: 0 } });
    const calls = [
      () => client.call(listUsers),
      () => client.call(retrieveReport, { path: { report_id: "x" }, as: "blob" }),
    ];
    api.script.push(stall(422), stall());
    for (const [i, make] of calls.entries()) {
      const call = failure<UpvestError>(make());
      await until(() => api.requests.length === i + 1);
      await settle();
      await pass(30_000);
      expect(await call).toMatchObject({ code: "TIMEOUT", outcome: "unknown" });
    }
  });

  test("so does waiting for the token", async () => {
    api.tokenHandler = hang;
    const call = failure<UpvestError>(
      api.client({ timeout: 4_000, retry: { maxRetries: 0 } }).call(listUsers),
    );
    await until(() => api.tokenRequests.length === 1);
    await pass(4_000);
    expect(await call).toMatchObject({ code: "TIMEOUT", outcome: "not_sent" });
    await until(() => api.givenUp === 1);
  });

  test("a pause that would outlast the deadline is not begun: the failure is thrown at once", async () => {
    api.fallback = unavailable("20");
    const error = await failure<UpvestApiError>(api.client({ deadline: 20_000 }).call(listUsers));
    expect(error).toMatchObject({ status: 503, retryAfter: 20_000, outcome: "unknown" });
    expect(error.attempts).toHaveLength(1);
  });

  test("the deadline is over all attempts and pauses", async () => {
    api.script.push(unavailable("5"), unavailable("5"), hang);
    const error = await failure<UpvestError>(
      drive(api, api.client({ deadline: 11_000 }).call(listUsers), 1_000),
    );
    expect(error).toMatchObject({ code: "DEADLINE", outcome: "unknown" });
    expect(error.attempts.map(({ duration }) => duration)).toEqual([0, 0, 1_000]);
  });

  test("an attempt that was given up is closed, and its late answer changes nothing", async () => {
    let late: (() => void) | undefined;
    api.script.push((request, response) => {
      late = () => json(200, { id: "late" })(request, response);
    });
    api.fallback = json(200, { id: "second" });
    const call = api.client({ retry: { baseDelay: 0 } }).call(listUsers);
    await until(() => late !== undefined);
    await pass(30_000);
    expect(await call).toEqual({ id: "second" });
    await until(() => api.givenUp === 1);
    late!();
    await settle();
  });
});

describe("a signal", () => {
  const reason = new Error("enough");

  test("that is aborted before: nothing is sent, not even for a token", async () => {
    const error = await failure<UpvestError>(
      api.client().call(listUsers, { signal: AbortSignal.abort(reason) }),
    );
    expect(error).toMatchObject({ code: "ABORTED", outcome: "not_sent", cause: reason });
    await settle();
    expect(api.tokenRequests).toHaveLength(0);
  });

  test("while the token is fetched: the call has ended, and was not sent", async () => {
    let answer: (() => void) | undefined;
    api.tokenHandler = (request, response) => {
      api.tokenHandler = undefined;
      answer = () => json(200, { access_token: "canary-token-1", expires_in: 60 })(request, response);
    };
    const controller = new AbortController();
    const call = failure<UpvestError>(api.client().call(listUsers, { signal: controller.signal }));
    await until(() => answer !== undefined);
    controller.abort(reason);
    expect(await call).toMatchObject({ code: "ABORTED", outcome: "not_sent", cause: reason });
    answer!();
    await settle();
    expect(api.requests).toHaveLength(0);
  });

  test("while it is signed: nothing is sent", async () => {
    let signed: (() => void) | undefined;
    let requests = 0;
    const controller = new AbortController();
    const client = api.client({
      signer: {
        headers: async ({ url, headers }) => {
          if (!url.endsWith("/auth/token")) await new Promise<void>((resolve) => (signed = resolve));
          return headers;
        },
      },
      fetch: async (url: string) => {
        requests++;
        expect(url).toMatch("/auth/token");
        return Response.json({ access_token: "canary-token-1", expires_in: 60 }) as never;
      },
    });
    const call = failure<UpvestError>(client.call(listUsers, { signal: controller.signal }));
    await until(() => signed !== undefined);
    controller.abort(reason);
    expect(await call).toMatchObject({ code: "ABORTED", outcome: "not_sent" });
    signed!();
    await settle();
    expect(requests).toBe(1);
  });

  test.each<[string, Handler]>([
    ["before the answer", hang],
    ["in the body", stall()],
    ["in the body of an error", stall(500)],
  ])("%s: the request is broken off, and what became of it is unknown", async (_, handler) => {
    api.script.push(handler);
    const controller = new AbortController();
    const call = failure<UpvestError>(api.client().call(listUsers, { signal: controller.signal }));
    await until(() => api.requests.length === 1);
    await settle();
    controller.abort(reason);
    expect(await call).toMatchObject({ code: "ABORTED", outcome: "unknown", cause: reason });
    await until(() => api.givenUp === 1);
    expect(api.requests).toHaveLength(1);
  });

  test("while it waits: at once, without another attempt", async () => {
    api.script.push(unavailable("30"));
    const controller = new AbortController();
    const call = failure<UpvestError>(api.client().call(listUsers, { signal: controller.signal }));
    await until(() => api.retries.length === 1);
    expect(timers()).toBe(1);
    controller.abort(reason);
    expect(await call).toMatchObject({ code: "ABORTED", outcome: "unknown", cause: reason });
    expect(timers()).toBe(0);
    await pass(60_000);
    await settle();
    expect(api.requests).toHaveLength(1);
  });

  test("after the end: nothing, and no listener was left", async () => {
    const { signal } = new AbortController();
    let listeners = 0;
    const add = vi.spyOn(signal, "addEventListener").mockImplementation(() => void listeners++);
    const remove = vi.spyOn(signal, "removeEventListener").mockImplementation(() => void listeners--);
    api.script.push(busy);
    await drive(api, api.client().call(listUsers, { signal }));
    expect(add.mock.calls.length).toBeGreaterThan(0);
    expect(remove).toHaveBeenCalled();
    expect(listeners).toBe(0);
  });

  test("by path too", async () => {
    api.script.push(hang);
    const controller = new AbortController();
    const call = api.client().GET("/users", { signal: controller.signal });
    await until(() => api.hung === 1);
    controller.abort(reason);
    const { data, error, response } = await call;
    expect(data).toBeUndefined();
    expect(response).toBeUndefined();
    expect(error).toMatchObject({ code: "ABORTED", outcome: "unknown" });
  });
});

test.each<[string, Handler]>([
  ["a success", json(200, {})],
  ["a refusal", problem(404, "not_found")],
  ["a reset", reset],
  ["a body that is cut", cut()],
  ["a redirect", problem(302, "", { location: "/" })],
])("no timer runs after %s", async (_, handler) => {
  api.script.push(handler);
  const client = api.client({ scopes: [...allScopes, "webhooks:admin"] });
  await client.call(createWebhook, { body: {} as never }).catch(() => {});
  expect(timers()).toBe(0);
});

import * as operations from "@upvest-sdk/types/operations";
import { listAccounts, listUsers, retrieveUser } from "@upvest-sdk/types/operations";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { UpvestConfigurationError, type UpvestError } from "../src/index.js";
import { type Api, type Handler, hang, json, problem, startApi, text } from "./support/api.js";
import { failure, pass, settle, until, useFakeClock } from "./support/time.js";

useFakeClock();

let api: Api;
/** What the server lists. */
let items: { id?: unknown }[];
beforeEach(async () => {
  api = await startApi();
  items = Array.from({ length: 5 }, (_, id) => ({ id }));
  api.fallback = list;
});
afterEach(() => api.close());

const asked = (target: string) => {
  const query = new URL(target, "http://x").searchParams;
  return { offset: Number(query.get("offset")), limit: Number(query.get("limit") ?? 100) };
};
const list: Handler = ({ target }, response) => {
  const { offset, limit } = asked(target);
  const data = items.slice(offset, offset + limit);
  json(200, { meta: { offset, limit, count: data.length, total_count: items.length }, data })(
    {} as never,
    response,
  );
};
const offsets = () => api.requests.map(({ target }) => asked(target).offset);

const collect = async (all: AsyncIterable<unknown>): Promise<unknown[]> => {
  const got = [];
  for await (const one of all) got.push((one as { id?: unknown }).id ?? one);
  return got;
};

const users = (query: object = { limit: 2 }, options: object = {}) =>
  api.client({ retry: { maxRetries: 0 } }).paginate(listUsers, { query, ...options });

describe("the items of all pages", () => {
  test("come in their order, by as many requests as it takes", async () => {
    expect(await collect(users())).toEqual([0, 1, 2, 3, 4]);
    expect(offsets()).toEqual([0, 2, 4]);
    expect(api.requests.map(({ target }) => asked(target).limit)).toEqual([2, 2, 2]);
  });

  test("also without an input, from an offset on, and with other parameters", async () => {
    expect(await collect(api.client().paginate(listUsers))).toEqual([0, 1, 2, 3, 4]);
    expect(api.requests[0]!.target).toBe("/users?offset=0");
    expect(await collect(users({ offset: 3, limit: 1, sort: "created_at", order: "DESC" }))).toEqual([3, 4]);
    expect(api.requests.at(-1)!.target).toBe("/users?offset=4&limit=1&sort=created_at&order=DESC");
  });

  test("are asked for anew by each iteration", async () => {
    const all = users({ limit: 3 });
    expect(await collect(all)).toEqual([0, 1, 2, 3, 4]);
    items.push({ id: 5 });
    expect(await collect(all)).toEqual([0, 1, 2, 3, 4, 5]);
  });

  test("of an empty list are none, of one request", async () => {
    items = [];
    expect(await collect(users())).toEqual([]);
    expect(offsets()).toEqual([0]);
  });

  test("of a list that ends with its page need no request more", async () => {
    items.pop();
    expect(await collect(users())).toEqual([0, 1, 2, 3]);
    expect(offsets()).toEqual([0, 2]);
  });

  test("come all where the API gives less than was asked for", async () => {
    api.fallback = (request, response) =>
      list({ ...request, target: request.target.replace("limit=1000", "limit=2") }, response);
    expect(await collect(users({ limit: 1000 }))).toEqual([0, 1, 2, 3, 4]);
  });

  test("without an id come as they are", async () => {
    items = [{}, {}, { id: undefined }];
    expect(await collect(users())).toHaveLength(3);
  });

  test("whatever the sizes: each once, in order", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 12 }),
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 0, max: 13 }),
        async (length, limit, offset) => {
          items = Array.from({ length }, (_, id) => ({ id }));
          expect(await collect(users({ limit, offset }))).toEqual(items.slice(offset).map(({ id }) => id));
        },
      ),
      { numRuns: 40 },
    );
  });

  test("pages() gives the pages", async () => {
    const pages = [];
    for await (const page of users().pages()) pages.push(page);
    expect(pages).toEqual([
      { meta: { offset: 0, limit: 2, count: 2, total_count: 5 }, data: [{ id: 0 }, { id: 1 }] },
      { meta: { offset: 2, limit: 2, count: 2, total_count: 5 }, data: [{ id: 2 }, { id: 3 }] },
      { meta: { offset: 4, limit: 2, count: 1, total_count: 5 }, data: [{ id: 4 }] },
    ]);
  });
});

describe("lazily", () => {
  test("nothing is sent before the first item is asked for", async () => {
    const all = users();
    const iterator = all[Symbol.asyncIterator]();
    await settle();
    expect(api.tokenRequests).toHaveLength(0);
    await iterator.next();
    await iterator.return!();
  });

  test("the next page is fetched while the consumer works on this one, and no more than that", async () => {
    const iterator = users()[Symbol.asyncIterator]();
    expect(await iterator.next()).toMatchObject({ value: { id: 0 } });
    await until(() => offsets().length === 2);
    await settle();
    expect(offsets()).toEqual([0, 2]);
    await iterator.next();
    await settle();
    expect(offsets()).toEqual([0, 2]);
    expect(await iterator.next()).toMatchObject({ value: { id: 2 } });
    await until(() => offsets().length === 3);
    await iterator.return!();
  });

  test("who stops early breaks off the request for the next page, and no other follows", async () => {
    api.script.push(list, hang);
    for await (const user of users()) {
      expect(user).toEqual({ id: 0 });
      await until(() => api.hung === 1);
      break;
    }
    await until(() => api.givenUp === 1);
    await settle();
    expect(offsets()).toEqual([0, 2]);
  });

  test("the same of pages(), and of a consumer that throws", async () => {
    api.script.push(list, hang, list, hang);
    for await (const page of users().pages()) {
      expect(page.data).toHaveLength(2);
      await until(() => api.hung === 1);
      break;
    }
    await until(() => api.givenUp === 1);
    const thrown = await failure<Error>(
      (async () => {
        for await (const _ of users()) {
          await until(() => api.hung === 2);
          throw new Error("mine");
        }
      })(),
    );
    expect(thrown.message).toBe("mine");
    await until(() => api.givenUp === 2);
  });

  test("a page that is fetched ahead and fails is no unhandled rejection", async () => {
    api.script.push(list, problem(500, "internal"));
    for await (const _ of users()) {
      await until(() => offsets().length === 2);
      await settle();
      break;
    }
  });
});

describe("items that come and go meanwhile", () => {
  test("no id comes twice where new ones push the others back", async () => {
    const got = [];
    for await (const { id } of users()) {
      got.push(id as unknown);
      if (got.length === 2) {
        await until(() => offsets().length === 2);
        await settle();
        items.unshift({ id: "new" });
      }
    }
    expect(got).toEqual([0, 1, 2, 3, 4]);
    expect(new Set(got).size).toBe(got.length);
  });

  test("a page that holds only what was there already is empty", async () => {
    items = [{ id: 0 }, { id: 1 }, { id: 0 }, { id: 1 }, { id: 2 }];
    const sizes = [];
    for await (const { data } of users().pages()) sizes.push(data.length);
    expect(sizes).toEqual([2, 0, 1]);
  });

  test("PAGES_SHIFTED where the total fell: others slipped to pages that were read", async () => {
    const got: unknown[] = [];
    const error = await failure<UpvestError>(
      (async () => {
        api.script.push(list, (request, response) => {
          items.shift();
          list(request, response);
        });
        for await (const { id } of users()) got.push(id);
      })(),
    );
    expect(error).toMatchObject({ code: "PAGES_SHIFTED", name: "UpvestError" });
    expect(error.message).toMatch(/^list_users: /);
    expect(got).toEqual([0, 1]);
  });
});

describe("what goes wrong", () => {
  test("on the second page reaches the consumer when it comes to it", async () => {
    api.script.push(list, problem(403, "forbidden"));
    const got: unknown[] = [];
    const error = await failure<UpvestError>(
      (async () => {
        for await (const { id } of users()) got.push(id);
      })(),
    );
    expect(got).toEqual([0, 1]);
    expect(error).toMatchObject({ code: "forbidden", outcome: "rejected", operationId: "list_users" });
    expect(offsets()).toEqual([0, 2]);
  });

  test("pages are retried like all else", async () => {
    api.script.push(list, problem(503, "busy", { "retry-after": "0" }));
    expect(await collect(api.client().paginate(listUsers, { query: { limit: 4 } }))).toEqual([0, 1, 2, 3, 4]);
    expect(offsets()).toEqual([0, 4, 4]);
  });

  test.each([
    ["no meta", { data: [] }],
    ["no total", { data: [], meta: {} }],
    ["a total that is text", { data: [], meta: { total_count: "5" } }],
    ["data that is no list", { data: {}, meta: { total_count: 5 } }],
    ["null", null],
    ["text", "x"],
  ])("an answer that is no page: %s", async (_, answer) => {
    api.fallback = json(200, answer);
    expect(await failure(collect(users()))).toMatchObject({ code: "ANSWER_UNREADABLE" });
  });

  test("an empty answer is no page either", async () => {
    api.fallback = text(200, "");
    expect(await failure(collect(users()))).toMatchObject({ code: "ANSWER_UNREADABLE" });
  });

  test("an empty page before the end of the list does not go on for ever", async () => {
    api.fallback = json(200, { meta: { total_count: 5 }, data: [] });
    expect(await collect(users())).toEqual([]);
    expect(offsets()).toEqual([0]);
  });
});

describe("a signal", () => {
  const reason = new Error("enough");

  test("that is aborted before", async () => {
    const error = await failure(collect(users({}, { signal: AbortSignal.abort(reason) })));
    expect(error).toMatchObject({ code: "ABORTED", outcome: "not_sent", cause: reason });
    expect(api.requests).toHaveLength(0);
  });

  test("while a page is fetched", async () => {
    api.script.push(list, hang);
    const controller = new AbortController();
    const got: unknown[] = [];
    const error = await failure(
      (async () => {
        for await (const { id } of users({ limit: 2 }, { signal: controller.signal })) {
          got.push(id);
          await until(() => api.hung === 1);
          controller.abort(reason);
        }
      })(),
    );
    expect(error).toMatchObject({ code: "ABORTED", cause: reason });
    expect(got).toEqual([0, 1]);
    await until(() => api.givenUp === 1);
  });

  test("leaves no listener behind", async () => {
    const { signal } = new AbortController();
    let listeners = 0;
    const { addEventListener, removeEventListener } = signal;
    signal.addEventListener = (...args: Parameters<typeof addEventListener>) => {
      listeners++;
      addEventListener.apply(signal, args);
    };
    signal.removeEventListener = (...args: Parameters<typeof removeEventListener>) => {
      listeners--;
      removeEventListener.apply(signal, args);
    };
    await collect(users({ limit: 2 }, { signal }));
    expect(listeners).toBe(0);
  });

  test("timeouts are those of each page", async () => {
    api.script.push(list, hang);
    const call = failure(collect(users({ limit: 2 }, { timeout: 4_000 })));
    await until(() => api.hung === 1);
    await pass(4_000);
    expect(await call).toMatchObject({ code: "TIMEOUT", attempts: [{ duration: 4_000 }] });
  });
});

describe("misuse is refused at once", () => {
  test.each([
    { limit: 0 },
    { limit: -1 },
    { limit: 1.5 },
    { limit: "10" },
    { limit: Number.NaN },
    { limit: null },
    { offset: -1 },
    { offset: 0.5 },
    { offset: "0" },
    { offset: null },
  ])("%j", (query) => {
    expect(() => users(query)).toThrow(UpvestConfigurationError);
    expect(api.requests).toHaveLength(0);
  });

  test("an operation without pages", () => {
    const { paginate } = api.client();
    for (const operation of [retrieveUser, undefined, null, "list_users", {}]) {
      expect(() => paginate(operation as never)).toThrow(UpvestConfigurationError);
    }
  });

  test("an idempotency key", async () => {
    const idempotencyKey = "3f2b6c1e-8a4d-4e5f-9b0a-1c2d3e4f5a6b";
    expect(await failure(collect(users({}, { idempotencyKey })))).toMatchObject({
      code: "IDEMPOTENCY_KEY_INVALID",
    });
  });
});

test("the operations that are paged, are those with offset, limit and a total", () => {
  const paged = Object.values(operations)
    .filter((operation) => "paged" in operation)
    .map(({ id }) => id as string);
  expect(paged).toContain(listUsers.id);
  expect(paged).toContain(listAccounts.id);
  expect(paged.length).toBeGreaterThan(20);
  for (const id of [
    "list_user_identifiers",
    "list_user_checks",
    "retrieve_isa_allowances",
    "retrieve_cash_balances",
    "retrieve_instrument_venues",
    "retrieve_instrument_prices_ohlc",
  ]) {
    expect(paged).not.toContain(id);
  }
});

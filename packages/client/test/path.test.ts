import {
  listUsers,
  retrieveAccountGroup,
  retrieveInstrument,
  retrievePosition,
} from "@upvest-sdk/types/operations";
import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { UpvestConfigurationError } from "../src/index.js";
import { type Api, allScopes, json, startApi } from "./support/api.js";
import { failure } from "./support/time.js";

let api: Api;
let client: ReturnType<Api["client"]>;
beforeAll(async () => {
  api = await startApi();
  client = api.client({ scopes: [...allScopes, "positions:read", "orders:read"] });
  api.fallback = json(200, { ok: true });
  await client.call(listUsers);
});
afterAll(() => api.close());
beforeEach(() => {
  api.requests.length = 0;
});

const bothWays: [string, (id: unknown) => Promise<unknown>][] = [
  ["call", (id) => client.call(retrieveInstrument, { path: { instrument_id: id as string } })],
  [
    "GET",
    (id) => client.GET("/instruments/{instrument_id}", { params: { path: { instrument_id: id as string } } }),
  ],
];

describe.each(bothWays)("a value in the path of %s", (_, get) => {
  test.each([
    "",
    ".",
    "..",
    "../accounts",
    "a/b",
    "a\\b",
    "a?b",
    "a#b",
    "%2e%2e",
    "%2F",
    "a%",
    "\n",
    "a\r\nx: y",
    "\0",
    "\t",
    "\u007f",
    "\u0085",
    "\u009f",
    "\ud800",
    "x\udc00y",
    undefined,
    null,
    true,
    {},
    ["a"],
    () => "a",
    Symbol("a"),
    Number.NaN,
    Number.POSITIVE_INFINITY,
  ])("%j is refused, and nothing is sent", async (value) => {
    const error = await failure<UpvestConfigurationError>(get(value));
    expect(error).toBeInstanceOf(UpvestConfigurationError);
    expect(error).toMatchObject({ code: "INVALID_INPUT", outcome: "not_sent" });
    expect(error.message).toContain("instrument_id");
    expect(api.requests).toHaveLength(0);
  });

  test.each([
    ["urn:isin:IE00B3XXRP09", "urn:isin:IE00B3XXRP09"],
    [":@!$&'()*+,;=", ":@!$&'()*+,;="],
    ["-._~", "-._~"],
    ["...", "..."],
    [".a", ".a"],
    ["a b", "a%20b"],
    ["ä€𝄞", "%C3%A4%E2%82%AC%F0%9D%84%9E"],
    ['<>"`{}^|[]', "%3C%3E%22%60%7B%7D%5E%7C%5B%5D"],
    [0, "0"],
    [42, "42"],
  ])("%j is %s on the wire", async (value, segment) => {
    await get(value);
    expect(api.requests.map(({ target }) => target)).toEqual([`/instruments/${segment}`]);
    expect(api.complaints).toEqual([]);
  });

  test("whatever it is, it is refused, or arrives as it is, in one segment", async () => {
    const text = fc.oneof(
      fc.string({ unit: "binary", maxLength: 12 }),
      fc.string({ unit: fc.constantFrom(..."./\\%?#:@;=&+ ~2eEfF5cC\u0000\n\ud800ä"), maxLength: 6 }),
      fc.string({ unit: "grapheme", maxLength: 8 }),
    );
    await fc.assert(
      fc.asyncProperty(text, async (value) => {
        api.requests.length = 0;
        const error = await get(value).then(
          () => undefined,
          (thrown) => thrown,
        );
        if (error) {
          expect(error).toMatchObject({ code: "INVALID_INPUT" });
          expect(api.requests).toHaveLength(0);
          expect(value).toMatch(/^\.{0,2}$|[/\\?#%]|\p{Cc}|\p{Surrogate}/u);
        } else {
          expect(api.requests).toHaveLength(1);
          const segments = api.requests[0]!.target.split("/");
          expect(segments).toHaveLength(3);
          expect(decodeURIComponent(segments[2]!)).toBe(value);
        }
      }),
      { numRuns: 300 },
    );
    expect(api.complaints).toEqual([]);
  });
});

test("several values stay apart", async () => {
  await client.call(retrievePosition, { path: { account_id: "a;b", instrument_id: "c=d" } });
  expect(api.requests[0]!.target).toBe("/accounts/a;b/positions/c=d");
});

test("what is inherited is no value, and what is not in the path is not sent", async () => {
  const path = Object.create({ account_group_id: "inherited" });
  expect(await failure(client.call(retrieveAccountGroup, { path }))).toMatchObject({ code: "INVALID_INPUT" });
  await client.call(retrieveAccountGroup, {
    path: { account_group_id: "a", other: "b" } as { account_group_id: string },
  });
  expect(api.requests.map(({ target }) => target)).toEqual(["/account_groups/a"]);
});

describe("a path that is none of the description's", () => {
  test.each([
    "https://elsewhere.test/users",
    "//elsewhere.test/users",
    "/\\elsewhere.test/users",
    "users",
    "/users/../accounts",
    "/users/./x",
    "/users/..",
    "/users/",
    "/users//x",
    "/users?limit=1",
    "/users#x",
    "/users/%2e%2e",
    "/users/\n",
    "@elsewhere.test/users",
    ":80/users",
    ".elsewhere.test/users",
    "",
    undefined,
    null,
    {},
    new URL("https://elsewhere.test/users"),
  ])("%s is refused, and nothing is sent", async (path) => {
    const error = await failure(client.GET(path as "/users"));
    expect(error).toBeInstanceOf(UpvestConfigurationError);
    expect(error).toMatchObject({ code: "INVALID_INPUT", outcome: "not_sent" });
    const operation = { ...listUsers, path: path as "/users" };
    expect(await failure(client.call(operation))).toMatchObject({ code: "INVALID_INPUT" });
    expect(api.requests).toHaveLength(0);
  });
});

describe("in a call by path", () => {
  test.each([
    "baseUrl",
    "fetch",
    "headers",
    "Request",
    "middleware",
    "querySerializer",
    "bodySerializer",
    "pathSerializer",
    "redirect",
    "credentials",
    "method",
    "idempotencyKey",
  ])("%s is refused, and nothing is sent", async (name) => {
    const error = await failure<Error>(client.GET("/users", { [name]: "https://elsewhere.test" } as object));
    expect(error).toMatchObject({ code: "INVALID_INPUT", outcome: "not_sent" });
    expect(error.message).toContain(name);
    expect(api.requests).toHaveLength(0);
  });

  test.each([
    "authorization",
    "Authorization",
    "upvest-client-id",
    "upvest-api-version",
    "signature",
    "signature-input",
    "content-type",
    "host",
    "Idempotency-Key",
    "x-anything",
  ])("the header %s is refused, and nothing is sent", async (name) => {
    const error = await failure<Error>(
      client.GET("/users", { params: { header: { [name]: "x" } } } as object),
    );
    expect(error).toMatchObject({ code: "INVALID_INPUT", outcome: "not_sent" });
    expect(error.message).toContain(name);
    expect(api.requests).toHaveLength(0);
  });

  test.each(["cookie", "signal", "body", "accept"])("params.%s is refused", async (name) => {
    const init = { params: { [name]: { session: "x" } } } as object;
    expect(await failure(client.GET("/users", init))).toMatchObject({ code: "INVALID_INPUT" });
    expect(api.requests).toHaveLength(0);
  });
});

test.each(["baseUrl", "fetch", "headers", "idempotency_key", "params", "parseAs"])(
  "in a call by operation %s is refused, not left out in silence",
  async (name) => {
    const error = await failure<Error>(client.call(listUsers, { [name]: "x" } as object));
    expect(error).toMatchObject({ code: "INVALID_INPUT", outcome: "not_sent" });
    expect(error.message).toContain(name);
    expect(api.requests).toHaveLength(0);
  },
);

describe("the query", () => {
  const query = async (given: object, byPath = false): Promise<[string, string][]> => {
    api.requests.length = 0;
    if (byPath) await client.GET("/users", { params: { query: given } });
    else await client.call(listUsers, { query: given });
    const { target } = api.requests[0]!;
    return [...new URL(target, "http://x").searchParams];
  };

  test("lists repeat their name; booleans and numbers are text; what is null or undefined is left out", async () => {
    const given = { a: ["x", "y"], b: true, c: 0, d: null, e: undefined, f: [], g: "", h: ["z", null] };
    const wanted = [
      ["a", "x"],
      ["a", "y"],
      ["b", "true"],
      ["c", "0"],
      ["g", ""],
      ["h", "z"],
    ];
    expect(await query(given)).toEqual(wanted);
    expect(await query(given, true)).toEqual(wanted);
  });

  test("without one there is no question mark", async () => {
    await query({});
    await query({ a: undefined });
    expect(api.requests[0]!.target).toBe("/users");
  });

  test.each([[{}], [new Date(0)], [[{}]], [[["x"]]]])("%j is refused", async (value) => {
    const error = await failure<Error>(client.call(listUsers, { query: { created: value } as object }));
    expect(error).toMatchObject({ code: "INVALID_INPUT" });
    expect(error.message).toContain("created");
    expect(api.requests).toHaveLength(0);
  });

  test("whatever is in it, it arrives as it is, and is signed so", async () => {
    const text = fc.string({ unit: "grapheme", maxLength: 10 });
    const value = fc.oneof(text, fc.integer(), fc.boolean(), fc.array(text, { maxLength: 3 }));
    await fc.assert(
      fc.asyncProperty(fc.dictionary(text, value, { maxKeys: 4 }), fc.boolean(), async (given, byPath) => {
        const wanted = Object.entries(given).flatMap(([name, one]) =>
          [one].flat().map((each) => [name, String(each)]),
        );
        expect(await query(given, byPath)).toEqual(wanted);
      }),
      { numRuns: 200 },
    );
    expect(api.complaints).toEqual([]);
  });
});

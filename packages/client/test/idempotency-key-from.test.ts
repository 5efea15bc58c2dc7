import { createHash } from "node:crypto";
import { createAccountGroup, placeOrder } from "@upvest-sdk/types/operations";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { idempotencyKeyFrom, UpvestConfigurationError } from "../src/index.js";
import { startApi } from "./support/api.js";
import { failure } from "./support/time.js";

describe("idempotencyKeyFrom", () => {
  test("stays the same for ever: jobs of today are run again by the programs of tomorrow", async () => {
    expect(await idempotencyKeyFrom(placeOrder, "o-2024-117")).toBe("95df4156-bb99-5982-8591-1f702dd56108");
    expect(await idempotencyKeyFrom(placeOrder, "Überweisung", 17)).toBe(
      "dbc17843-379f-5136-91c2-0ea58269e360",
    );
  });

  test("is RFC 9562's version 5: SHA-1 of namespace and name", async () => {
    const name = JSON.stringify(["place_order", "a", 1]);
    const namespace = Buffer.from("8c6d2a105b1e4f479d0a3e71c29468b5", "hex");
    const hash = createHash("sha1").update(namespace).update(name).digest().subarray(0, 16);
    hash[6] = (hash[6]! & 0x0f) | 0x50;
    hash[8] = (hash[8]! & 0x3f) | 0x80;
    const key = await idempotencyKeyFrom(placeOrder, "a", 1);
    expect(key.replaceAll("-", "")).toBe(hash.toString("hex"));
  });

  test("takes an operation or its id", async () => {
    expect(await idempotencyKeyFrom("place_order", "a")).toBe(await idempotencyKeyFrom(placeOrder, "a"));
  });

  test("whatever the ids: always the same, a version 5, and another for others", async () => {
    const ids = fc.array(fc.oneof(fc.string({ unit: "grapheme", minLength: 1 }), fc.integer()), {
      minLength: 1,
      maxLength: 4,
    });
    const seen = new Map<string, string>();
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(placeOrder, createAccountGroup), ids, async (operation, given) => {
        const key = await idempotencyKeyFrom(operation, ...given);
        expect(await idempotencyKeyFrom(operation, ...given)).toBe(key);
        expect(key).toMatch(/^[\da-f]{8}-[\da-f]{4}-5[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
        const what = JSON.stringify([operation.id, ...given]);
        expect(seen.get(key) ?? what).toBe(what);
        seen.set(key, what);
      }),
      { numRuns: 500 },
    );
  });

  test.each<[(string | number)[], (string | number)[]]>([
    [
      ["a", "bc"],
      ["ab", "c"],
    ],
    [["a", "b"], ["a,b"]],
    [["a", "b"], ['a","b']],
    [["1"], [1]],
    [
      ["a", "b"],
      ["b", "a"],
    ],
    [["a"], ["A"]],
    [["a"], ["a "]],
    [["a"], ["a", "a"]],
    [
      [1, 23],
      [12, 3],
    ],
  ])("%j and %j differ", async (one, other) => {
    expect(await idempotencyKeyFrom(placeOrder, ...one)).not.toBe(
      await idempotencyKeyFrom(placeOrder, ...other),
    );
  });

  test("the operation counts", async () => {
    expect(await idempotencyKeyFrom(placeOrder, "a")).not.toBe(
      await idempotencyKeyFrom(createAccountGroup, "a"),
    );
  });

  test.each([
    [[]],
    [[""]],
    [["a", ""]],
    [[undefined]],
    [[null]],
    [["a", undefined]],
    [[Number.NaN]],
    [[Number.POSITIVE_INFINITY]],
    [[{}]],
    [[["a"]]],
    [[true]],
    [[new Date(0)]],
  ])("ids of %j are refused: they would be the same for all", async (ids) => {
    const error = await failure(idempotencyKeyFrom(placeOrder, ...(ids as string[])));
    expect(error).toBeInstanceOf(UpvestConfigurationError);
    expect(error).toMatchObject({ code: "INVALID_INPUT", outcome: "not_sent" });
  });

  test.each([undefined, null, "", {}, { id: "" }])("an operation of %j is refused", async (operation) => {
    expect(await failure(idempotencyKeyFrom(operation as never, "a"))).toMatchObject({
      code: "INVALID_INPUT",
    });
  });

  test("what it gives is accepted by a call", async () => {
    const api = await startApi();
    const idempotencyKey = await idempotencyKeyFrom(createAccountGroup, "a");
    await api.client().call(createAccountGroup, { body: {} as never, idempotencyKey });
    expect(api.requests[0]!.headers["idempotency-key"]).toBe(idempotencyKey);
    await api.close();
  });
});

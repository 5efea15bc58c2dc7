import { expect, test } from "vitest";
import { upvest } from "./support/cli.js";

test("lists all, with method, path and scopes", async () => {
  const { code, stdout, stderr } = await upvest(["operations"]);
  expect([code, stderr]).toEqual([0, ""]);
  expect(stdout.trimEnd().split("\n")).toHaveLength(124);
  expect(stdout).toMatch(/^placeOrder +POST +\/orders +orders:admin$/m);
  expect(stdout).toMatch(/^retrieveOrder +GET +\/orders\/\{order_id\} +orders:read or orders:admin$/m);
});

test.each([
  ["placeOrder", ["placeOrder"]],
  ["place_order", ["placeOrder"]],
  ["post /orders", ["placeOrder"]],
  ["WEBHOOKS:ADMIN", ["createWebhook", "getJwks"]],
])("a filter: %s", async (filter, expected) => {
  const { code, stdout } = await upvest(["operations", filter, "--json"]);
  expect(code).toBe(0);
  const names = JSON.parse(stdout).map(({ name }: { name: string }) => name);
  expect(names).toEqual(expect.arrayContaining(expected));
  expect(names.length).toBeLessThan(12);
});

test("--json", async () => {
  const { stdout } = await upvest(["operations", "placeOrder", "--json"]);
  expect(JSON.parse(stdout)).toEqual([
    {
      name: "placeOrder",
      id: "place_order",
      method: "POST",
      path: "/orders",
      scopes: ["orders:admin"],
      idempotent: true,
      paged: false,
    },
  ]);
});

test("nothing fits: 1; two filters: 2", async () => {
  const none = await upvest(["operations", "zzz"]);
  expect([none.code, none.stdout, none.stderr]).toEqual([1, "", expect.stringContaining("no operation")]);
  const two = await upvest(["operations", "a", "b"]);
  expect([two.code, two.stdout]).toEqual([2, ""]);
});

import { spawnSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { type Json, type JsonObject, normalize, readDescription } from "@upvest-sdk/codegen";
import { expect, onTestFinished, test } from "vitest";
import { repeatPaths } from "../bench/repeat-paths.mjs";
import { alternate, median, ratio, root, shipped } from "../bench/run.mjs";
import { row, table } from "../bench/table.mjs";

test.each([
  [[3], 3],
  [[9, 1, 2], 2],
  [[10, 1, 2, 4], 3],
])("the median of %j is %d", (values, expected) => {
  expect(median(values)).toBe(expected);
});

test("there is no median of nothing", () => {
  expect(() => median([])).toThrow(RangeError);
});

test("a ratio is the median of the rounds' ratios", () => {
  // The second round met another load than the first: each is compared only with what ran beside it.
  expect(ratio([1, 30, 2], [2, 60, 4])).toBe(0.5);
  expect(ratio([1, 3, 2], [2, 0, 2])).toBe(0.75);
  expect(ratio([1], [0])).toBeUndefined();
  expect(() => ratio([1, 2], [1])).toThrow(RangeError);
});

test("runs alternate", async () => {
  const order: string[] = [];
  const results = await alternate(2, {
    a: async (round) => order.push(`a${round}`),
    b: async (round) => order.push(`b${round}`),
  });
  expect(order).toEqual(["a0", "b0", "a1", "b1"]);
  expect(results).toEqual({ a: [1, 3], b: [2, 4] });
});

test("a target is met, missed, or not set", () => {
  expect(row("x", "ms", [1], [1], { of: "ratio", atMost: 1 }).met).toBe(true);
  expect(row("x", "ms", [2], [1], { of: "ratio", atMost: 1 }).met).toBe(false);
  expect(row("x", "ms", [1], [0], { of: "ratio", atMost: 1 }).met).toBe(false);
  expect(row("x", "MB", [512], [1], { of: "ours", atMost: 512 }).met).toBe(true);
  expect(row("x", "/s", [75], [100], { of: "ratio", atLeast: 0.75 }).met).toBe(true);
  expect(row("x", "/s", [74], [100], { of: "ratio", atLeast: 0.75 }).met).toBe(false);
  expect(row("x", "MB", [1], [1])).not.toHaveProperty("met");
});

test("the table says which target is missed", () => {
  const text = table([
    {
      title: "Title",
      against: "another",
      runs: "1 run",
      rows: [
        row("time", "ms", [1200], [600], { of: "ratio", atMost: 1 }),
        row("memory", "MB", [100], [400], { of: "ours", atMost: 512 }),
        row("types", "count", [5], [0]),
        row("rate", "/s", [1500], [1000], { of: "ratio", atLeast: 1.3 }),
        row("cost", "µs", [8.04], [2], { of: "ours", atMost: 12 }),
      ],
    },
  ]);
  expect(text).toBe(
    [
      "Title",
      "  ours against another; 1 run",
      "",
      "              ours    other  ratio  target",
      "  time    1,200 ms   600 ms   2.00  <= 1.00     MISSED",
      "  memory    100 MB   400 MB   0.25  <= 512 MB   met",
      "  types          5        0      -",
      "  rate     1,500/s  1,000/s   1.50  >= 1.30     met",
      "  cost      8.0 µs   2.0 µs   4.02  <= 12.0 µs  met",
      "",
    ].join("\n"),
  );
});

test("a repeated operation has an id of its own, and so has a link to it", () => {
  const get = {
    operationId: "get_user",
    responses: { 200: { links: { self: { operationId: "get_user" } } } },
  };
  const document = { openapi: "3.1.0", paths: { "/users": { get } }, webhooks: { a: { post: get } } };
  const repeated = repeatPaths(document, 2);
  expect(repeated).toEqual({
    ...document,
    paths: {
      "/users": { get },
      "/bravo/users": {
        get: {
          operationId: "get_user_bravo",
          responses: { 200: { links: { self: { operationId: "get_user_bravo" } } } },
        },
      },
    },
  });
  expect(repeatPaths(document, 1)).toEqual(document);
  for (const times of [0, 1.5, 9]) expect(() => repeatPaths(document, times)).toThrow(RangeError);
});

test.each([1, 2, 8])("the shipped description with its paths %d times is valid", async (times) => {
  const folder = await mkdtemp(path.join(tmpdir(), "upvest-bench-test-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const { document } = await readDescription(shipped);
  const file = path.join(folder, "repeated.json");
  await writeFile(file, JSON.stringify(repeatPaths(document, times)));

  const repeated = await readDescription(file);
  const ids = operationIds(repeated.document);
  expect(ids.length).toBe(times * operationIds(document).length);
  expect(new Set(ids).size).toBe(ids.length);
  const normal = normalize(repeated.document);
  expect(operationIds(normal)).toHaveLength(ids.length);
  const models = Object.keys(objectOf(objectOf(normal["components"])["schemas"]));
  expect(models.filter((name) => /\d$/.test(name))).toEqual([]);
});

test.each([["--only", "nothing"], ["--fast"]])("wrong usage: %s %s", (...args) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, ["scripts/bench.mjs", ...args], {
    cwd: root,
    encoding: "utf8",
  });
  expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
  expect(stderr).toContain("--only <name>");
});

function operationIds(document: JsonObject): string[] {
  return Object.values(objectOf(document["paths"])).flatMap((item) =>
    Object.values(objectOf(item)).flatMap((operation) => {
      const id = objectOf(operation)["operationId"];
      return typeof id === "string" ? [id] : [];
    }),
  );
}

function objectOf(value: Json | undefined): JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? value : {};
}

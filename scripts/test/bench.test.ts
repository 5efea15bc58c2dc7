import { spawnSync } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { type Json, type JsonObject, normalize, readDescription } from "@upvest-sdk/codegen";
import { expect, onTestFinished, test } from "vitest";
import { bar, baseline, draw, ourBar } from "../bench/chart.mjs";
import { page, sizesTable } from "../bench/page.mjs";
import { filesOf, filled, readRecord, writeRecord } from "../bench/record.mjs";
import { repeatPaths } from "../bench/repeat-paths.mjs";
import { report } from "../bench/report.mjs";
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
  expect(row("x", "MB", [512], [1], { of: "measured", atMost: 512 }).met).toBe(true);
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
        row("memory", "MB", [100], [400], { of: "measured", atMost: 512 }),
        row("types", "count", [5], [0]),
        row("rate", "/s", [1500], [1000], { of: "ratio", atLeast: 1.3 }),
        row("cost", "µs", [8.04], [2], { of: "measured", atMost: 12 }),
      ],
    },
  ]);
  expect(text).toBe(
    [
      "Title",
      "  other: another; 1 run",
      "",
      "          measured    other  ratio  target",
      "  time    1,200 ms   600 ms   2.00  <= 1.00     MISSED",
      "  memory    100 MB   400 MB   0.25  <= 512 MB   met",
      "  types          5        0      -",
      "  rate     1,500/s  1,000/s   1.50  >= 1.30     met",
      "  cost      8.0 µs   2.0 µs   4.02  <= 12.0 µs  met",
      "",
    ].join("\n"),
  );
});

const grid = {
  unit: "bytes",
  rows: [
    { name: "small", cells: { one: 5, another: 1234 } },
    { name: "none", cells: { one: 1, another: null } },
  ],
  note: "A note.",
};

test("figures by two things come after the rows", () => {
  const rows = [row("time", "ms", [1], [2])];
  expect(table([{ title: "Title", against: "another", runs: "1 run", rows, grid }])).toBe(
    [
      "Title",
      "  other: another; 1 run",
      "",
      "        measured  other  ratio  target",
      "  time      1 ms   2 ms   0.50",
      "",
      "  bytes  one  another",
      "  small    5    1,234",
      "  none     1        -",
      "  A note.",
      "",
    ].join("\n"),
  );
});

test("what cannot be measured is said aloud", () => {
  const section = {
    title: "",
    against: "",
    runs: "",
    rows: [row("x", "ms", [2], [1], { of: "ratio", atMost: 1 })],
  };
  const text = report("Node", [section], [{ name: "linear", missing: "../file.yaml" }]);
  expect(text).toContain("\nSKIPPED: linear, because there is no ../file.yaml\n");
  expect(text).toContain("\n1 target is MISSED.\n");
  expect(report("Node", [], [])).toContain("No measured target is missed.");
});

test("the chart has a bar for each ratio, and says all of them in words", () => {
  const svg = draw([
    {
      title: "Time & space",
      better: "less",
      bars: [
        baseline("a <b>"),
        ourBar("ours", row("x", "ms", [1], [2])),
        bar("theirs", row("x", "ms", [4], [2])),
      ],
    },
  ]);
  const bars = [...svg.matchAll(/<rect class="([^"]+)" x="\d+" y="\d+" width="([\d.]+)"/g)];
  expect(bars.map(([, kind]) => kind)).toEqual(["bar", "bar ours", "bar"]);
  const [one = 0, half = 0, two = 0] = bars.map(([, , width]) => Number(width));
  expect(half / one).toBeCloseTo(0.5, 2);
  expect(two / one).toBeCloseTo(2, 2);
  expect(svg).toContain(
    '<desc id="desc">Time &amp; space (less is better): a &lt;b&gt; 1.00, ours 0.50, theirs 2.00.</desc>',
  );
  expect(svg).not.toContain("<b>");
  expect(() => bar("nothing", row("x", "ms", [1], [0]))).toThrow(RangeError);
});

const measured = (name: string, ours: number, more: object = {}) => ({
  name,
  date: "2025-03-04",
  machine: "Node v20.20.2, linux x64, 2 cores",
  versions: "another 1.2.3",
  section: {
    title: `Measuring ${name}: so and so`,
    against: "another",
    runs: "3 runs",
    rows: [row(`  ${name}`, "ms", [ours], [3], { of: "ratio", atMost: 1 })],
    ...more,
  },
});

test("the page says which targets are met, and what others were measured", () => {
  const text = page([measured("one", 2), measured("two", 6, { grid })]);
  expect(text).toContain(
    "Targets met: 1 of 2. Missed:\n\n- Measuring two, two: 2.00, where the target is <= 1.00\n",
  );
  expect(text).toContain("| &emsp;one | 2 ms | 3 ms | 0.67 | <= 1.00 | met |\n");
  expect(text).toContain(
    "`pnpm bench --only one`, 2025-03-04, Node v20.20.2, linux x64, 2 cores; another 1.2.3\n",
  );
  expect(text).toContain(`<!-- sizes -->\n${sizesTable(grid)}<!-- /sizes -->\n`);
  expect(page([measured("one", 2)])).toContain("Targets met: 1 of 1.\n");
});

test("a table of sizes", () => {
  expect(sizesTable(grid)).toBe(
    "| bytes | one | another |\n| --- | ---: | ---: |\n| small | 5 | 1,234 |\n| none | 1 | - |\n\nA note.\n",
  );
});

test("what is measured again replaces what was measured before; the rest stays", async () => {
  const folder = await mkdtemp(path.join(tmpdir(), "upvest-bench-test-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  await mkdir(path.join(folder, "docs"));
  const readme = (content: string) => `# A\n<!-- sizes -->\n${content}<!-- /sizes -->\nB\n`;
  await writeFile(path.join(folder, "README.md"), readme("old\n"));
  const order = ["one", "sizes", "two"];
  const written = async (...now: ReturnType<typeof measured>[]) => writeRecord(now, order, folder);

  expect(await written(measured("two", 1.23456789), measured("one", 2))).toEqual([
    "docs/benchmarks.json",
    "docs/benchmarks.md",
    "docs/benchmarks.svg",
  ]);
  expect(await readFile(path.join(folder, "README.md"), "utf8")).toBe(readme("old\n"));
  expect(await written(measured("sizes", 1, { grid }))).toEqual([
    "docs/benchmarks.json",
    "docs/benchmarks.md",
    "README.md",
  ]);
  expect(await readFile(path.join(folder, "README.md"), "utf8")).toBe(readme(sizesTable(grid)));
  expect(await written(measured("one", 4))).toEqual(["docs/benchmarks.json", "docs/benchmarks.md"]);
  const kept = await readRecord(folder);
  expect(kept.map(({ name, section }) => [name, section.rows[0]?.measured])).toEqual([
    ["one", 4],
    ["sizes", 1],
    ["two", 1.23457],
  ]);
  expect(await written()).toEqual([]);
});

test("without marks nothing is put into a text", () => {
  expect(filled("a <!-- x -->\nb<!-- /x --> c", "x", "d\n")).toBe("a <!-- x -->\nd\n<!-- /x --> c");
  expect(filled("a <!-- y -->\nb<!-- /y --> c", "x", "d")).toBe("a <!-- y -->\nb<!-- /y --> c");
});

test("page and chart in docs, and the table in the README, are made of the figures that are kept", async () => {
  const kept = await readRecord();
  expect(kept.length).toBeGreaterThan(5);
  for (const [name, text] of await filesOf(kept)) {
    expect(await readFile(path.join(root, name), "utf8"), name).toBe(text);
  }
});

test("a quick look keeps nothing", async () => {
  const file = path.join(root, "docs/benchmarks.json");
  const before = await readFile(file, "utf8");
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ["scripts/bench.mjs", "--only", "bytes", "--json"],
    { cwd: root, encoding: "utf8" },
  );
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  expect(JSON.parse(stdout).measured).toMatchObject([
    { name: "bytes", versions: expect.stringMatching(/^openapi-typescript \d.*, @hey-api\/openapi-ts \d/) },
  ]);
  expect(await readFile(file, "utf8")).toBe(before);
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

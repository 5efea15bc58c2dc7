import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const bin = fileURLToPath(new URL("../bin/upvest-codegen.js", import.meta.url));
const shipped = fileURLToPath(new URL("../../../openapi/upvest-investment-api.yaml", import.meta.url));
const download = fileURLToPath(
  new URL("../../../../shared/reference/upvest-1.9.0.downloaded.yaml", import.meta.url),
);
const fileNames = ["events.ts", "models.ts", "openapi.ts", "operations.ts"];

const small = (more = "") => `openapi: 3.1.0
info: { title: Test, version: 1.2.3 }
paths:
  /orders:
    get:
      operationId: list_orders
      responses:
        "200":
          description: Fine.
          content: { application/json: { schema: { title: Order, type: object, properties: { id: { type: string } } } } }
${more}`;

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "upvest-codegen-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

interface Result {
  code: number | null;
  stdout: string;
  stderr: string;
}

function cli(
  args: string[],
  options: { input?: string; env?: NodeJS.ProcessEnv; node?: string; cwd?: string } = {},
): Promise<Result> {
  return new Promise((resolve, reject) => {
    const child = spawn(options.node ?? process.execPath, [bin, ...args], {
      cwd: options.cwd ?? folder,
      env: { ...process.env, ...options.env },
    });
    const out = { stdout: "", stderr: "" };
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      out.stdout += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      out.stderr += text;
    });
    child.once("error", reject);
    child.once("close", (code) => resolve({ code, ...out }));
    child.stdin.on("error", () => undefined);
    child.stdin.end(options.input ?? "");
  });
}

async function written(name: string, text: string): Promise<string> {
  const file = path.join(folder, name);
  await writeFile(file, text);
  return file;
}

describe("generate", () => {
  test("writes the files and says what it did", async () => {
    const file = await written("small.yaml", small());
    const result = await cli(["generate", file, "--out", "out/deep"]);
    // On a machine that is busy there may be progress lines.
    expect(result).toMatchObject({ code: 0, stderr: expect.stringMatching(/^([a-z ]+ \.\.\.\n)*$/) });
    expect((await readdir(path.join(folder, "out/deep"))).sort()).toEqual(fileNames);
    expect(result.stdout).toMatch(/API version\s+1\.2\.3/);
    expect(result.stdout).toMatch(/operations\s+1\n/);
    expect(result.stdout).toMatch(/models\s+1 \(1 schemas/);
  });

  test("--json is one object for machines", async () => {
    const file = await written("small.yaml", small());
    const { stdout } = await cli(["generate", file, "--out", "json", "--json"]);
    const report = JSON.parse(stdout) as Record<string, unknown>;
    const sizes = await Promise.all(
      fileNames.map(async (name) => (await stat(path.join(folder, "json", name))).size),
    );
    expect(report).toEqual({
      apiVersion: "1.2.3",
      operations: 1,
      webhooks: 0,
      inPlaceSchemas: 1,
      models: 1,
      eventTypes: 0,
      inputBytes: Buffer.byteLength(small()),
      outputBytes: sizes.reduce((sum, size) => sum + size, 0),
      milliseconds: expect.any(Number),
    });
  });

  test("reads standard input", async () => {
    const result = await cli(["generate", "-", "--out", "stdin", "--json"], { input: small() });
    expect(result.code).toBe(0);
    expect(JSON.parse(result.stdout)).toMatchObject({ operations: 1 });
  });

  test("--names renames, and refuses what does not fit", async () => {
    const file = await written("small.yaml", small());
    await cli(["generate", file, "--out", "names", "--names", await written("names.yaml", "Order: Trade\n")]);
    expect(await readFile(path.join(folder, "names/models.ts"), "utf8")).toContain("export interface Trade ");
    const none = await written("none.yaml", "# none yet\n");
    expect((await cli(["generate", file, "--out", "names", "--names", none])).code).toBe(0);
    const wrong = await cli([
      "generate",
      file,
      "--out",
      "never",
      "--names",
      await written("wrong.yaml", "Nothing: Trade\n"),
    ]);
    expect(wrong).toMatchObject({ code: 1, stderr: expect.stringContaining("[INVALID_NAMES]") });
    expect(existsSync(path.join(folder, "never"))).toBe(false);
  });

  test("--check says what is stale, and writes nothing", async () => {
    const file = await written("small.yaml", small());
    await cli(["generate", file, "--out", "check"]);
    expect(await cli(["generate", file, "--out", "check", "--check"])).toMatchObject({ code: 0 });
    const models = path.join(folder, "check/models.ts");
    const text = await readFile(models, "utf8");
    await writeFile(models, `${text}// edited\n`);
    await rm(path.join(folder, "check/events.ts"));
    const stale = await cli(["generate", file, "--out", "check", "--check"]);
    expect(stale).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/events\.ts, models\.ts.*\[STALE\]/),
    });
    expect(await readFile(models, "utf8")).toBe(`${text}// edited\n`);
    expect(existsSync(path.join(folder, "check/events.ts"))).toBe(false);
  });

  test("a description at fault changes nothing that is there", async () => {
    const file = await written("small.yaml", small());
    await cli(["generate", file, "--out", "kept"]);
    const before = await readFile(path.join(folder, "kept/models.ts"), "utf8");
    const twice = await written(
      "twice.yaml",
      small("    post: { operationId: list_orders, responses: {} }\n"),
    );
    const result = await cli(["generate", twice, "--out", "kept"]);
    expect(result).toMatchObject({
      code: 1,
      stdout: "",
      stderr: expect.stringContaining("[DUPLICATE_OPERATION_ID]"),
    });
    expect(await readFile(path.join(folder, "kept/models.ts"), "utf8")).toBe(before);
  });

  test("all of the files or none: a folder in the way of one of them", async () => {
    const file = await written("small.yaml", small());
    await mkdir(path.join(folder, "half"), { recursive: true });
    await writeFile(path.join(folder, "half/events.ts"), "// mine\n");
    await mkdir(path.join(folder, "half/operations.ts/in-the-way"), { recursive: true });
    await chmod(path.join(folder, "half"), 0o755);
    const result = await cli(["generate", file, "--out", "half"]);
    if (result.code === 1) {
      expect(result.stderr).toContain("[OUTPUT_NOT_WRITABLE]");
      expect(await readFile(path.join(folder, "half/events.ts"), "utf8")).toBe("// mine\n");
      expect((await readdir(path.join(folder, "half"))).sort()).toEqual(["events.ts", "operations.ts"]);
    } else {
      expect((await readdir(path.join(folder, "half"))).sort()).toEqual(fileNames);
    }
  });

  test("an --out that is a file", async () => {
    const file = await written("small.yaml", small());
    const result = await cli(["generate", file, "--out", await written("a-file", "x")]);
    expect(result).toMatchObject({ code: 1, stderr: expect.stringContaining("[OUTPUT_NOT_WRITABLE]") });
    expect(await readFile(path.join(folder, "a-file"), "utf8")).toBe("x");
  });

  test("nothing but the result is left in the folder", async () => {
    const file = await written("small.yaml", small());
    for (let run = 0; run < 2; run++) await cli(["generate", file, "--out", "clean"]);
    expect((await readdir(path.join(folder, "clean"))).sort()).toEqual(fileNames);
  });
});

describe("normalize", () => {
  test("prints the normal form, all of it", async () => {
    const result = await cli(["normalize", shipped]);
    expect(result.code).toBe(0);
    const document = JSON.parse(result.stdout) as {
      openapi: string;
      paths: object;
      components: { schemas: object };
    };
    expect(document.openapi).toBe("3.1.0");
    expect(Object.keys(document.components.schemas)).toEqual(
      expect.arrayContaining(["AccountGroup", "OrderStatus"]),
    );
    const again = await cli(["normalize", "-"], { input: result.stdout });
    expect(again.stdout).toBe(result.stdout);
  });
});

test("a reader that has seen enough is no failure", async () => {
  const child = spawn(process.execPath, [bin, "normalize", shipped], { stdio: ["ignore", "pipe", "pipe"] });
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  child.stdout.once("data", () => child.stdout.destroy());
  const code = await new Promise((resolve) => child.once("close", resolve));
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
});

describe("diff", () => {
  test("as JSON and as Markdown; findings are no failure", async () => {
    const before = await written("before.yaml", small());
    const after = await written(
      "after.yaml",
      small("    delete: { operationId: drop_orders, responses: {} }\n"),
    );
    const json = await cli(["diff", before, after, "--format", "json"]);
    expect(json.code).toBe(0);
    expect(JSON.parse(json.stdout)).toEqual({
      changes: [
        expect.objectContaining({
          kind: "added",
          breaking: false,
          operation: "drop_orders",
          message: expect.any(String),
          pointer: expect.any(String),
        }),
      ],
      bump: "minor",
    });
    const markdown = await cli(["diff", before, after]);
    expect(markdown).toMatchObject({ code: 0, stdout: expect.stringContaining("drop_orders") });
    expect(JSON.parse((await cli(["diff", before, before, "--format", "json"])).stdout)).toEqual({
      changes: [],
      bump: "none",
    });
  });
});

describe("wrong usage is exit code 2, with the usage", () => {
  test.each([
    [[]],
    [["publish"]],
    [["generate"]],
    [["generate", "a.yaml"]],
    [["generate", "a.yaml", "b.yaml", "--out", "x"]],
    [["generate", "a.yaml", "--out", "x", "--fast"]],
    [["diff", "a.yaml"]],
    [["diff", "a.yaml", "b.yaml", "--format", "html"]],
    [["diff", "-", "-"]],
  ])("%j", async (args) => {
    expect(await cli(args)).toMatchObject({
      code: 2,
      stdout: "",
      stderr: expect.stringContaining("upvest-codegen generate"),
    });
  });

  test("help and version are not", async () => {
    expect(await cli(["--help"])).toMatchObject({ code: 0, stderr: "" });
    expect(await cli(["generate", "--help"])).toMatchObject({ code: 0, stderr: "" });
    expect((await cli(["--version"])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});

describe("errors name the file and have a code", () => {
  test.each([
    ["missing.yaml", undefined, "FILE_NOT_FOUND"],
    ["text.yaml", "a: [1", "NOT_YAML"],
    ["list.yaml", "- 1\n", "NOT_OPENAPI"],
    ["swagger.yaml", 'swagger: "2.0"\ninfo: {}\npaths: {}\n', "UNSUPPORTED_VERSION"],
    [
      "ref.yaml",
      small("    put: { operationId: x, responses: { '200': { $ref: '#/components/responses/Nope' } } }\n"),
      "UNRESOLVED_REF",
    ],
    ["wrong.yaml", small("    put: 5\n"), "INVALID_DESCRIPTION"],
  ])("%s", async (name, text, code) => {
    if (text !== undefined) await written(name, text);
    const result = await cli(["generate", name, "--out", "errors"]);
    expect(result).toMatchObject({ code: 1, stdout: "", stderr: expect.stringContaining(`[${code}]`) });
    expect(result.stderr.trim().split("\n")).toHaveLength(1);
    expect(existsSync(path.join(folder, "errors"))).toBe(false);
  });
});

describe("the same bytes", () => {
  const read = async (out: string) =>
    Promise.all(fileNames.map((name) => readFile(path.join(folder, out, name), "utf8")));

  test("in every locale and time zone", async () => {
    await cli(["generate", shipped, "--out", "reference"], { env: { LC_ALL: "C", TZ: "UTC" } });
    const expected = await read("reference");
    const settings = [
      { LC_ALL: "tr_TR.UTF-8", LANG: "tr_TR.UTF-8", TZ: "Pacific/Kiritimati" },
      { LC_ALL: "sv_SE.UTF-8", LANG: "sv_SE.UTF-8", TZ: "America/St_Johns" },
    ];
    for (const env of settings) {
      await cli(["generate", shipped, "--out", "elsewhere"], { env });
      expect(await read("elsewhere")).toEqual(expected);
    }
  });

  const nodes = (process.env["UPVEST_SDK_NODES"] ?? "").split(":").filter((node) => node !== "");
  if (nodes.length === 0)
    console.warn("skipped: UPVEST_SDK_NODES names no other Node, so only this one generates");
  test.skipIf(nodes.length === 0).each(nodes)("on %s", async (node) => {
    await cli(["generate", shipped, "--out", "here"]);
    expect(await cli(["generate", shipped, "--out", "there"], { node })).toMatchObject({ code: 0 });
    expect(await read("there")).toEqual(await read("here"));
  });
});

if (!existsSync(download)) console.warn("skipped: the real download is not on this machine");
test.skipIf(!existsSync(download))("the real download gives the names that people look for", async () => {
  const { code, stdout } = await cli(["generate", download, "--out", "real", "--json"]);
  expect(code).toBe(0);
  const report = JSON.parse(stdout) as { operations: number; webhooks: number; outputBytes: number };
  expect(report).toMatchObject({ apiVersion: "1.9.0", operations: 94, webhooks: 24 });
  // 0.40 of what openapi-typescript 7.13.0 writes for it.
  expect(report.outputBytes).toBeLessThan(0.4 * 982_049);
  const models = await readFile(path.join(folder, "real/models.ts"), "utf8");
  const names = [...models.matchAll(/^export (?:interface|type) (\w+)/gm)].map((match) => match[1]);
  expect(names).toEqual(
    expect.arrayContaining([
      "AccountGroup",
      "Order",
      "OrderEvent",
      "User",
      "UserCheckCreateResponse",
      "OrderCancelResponse",
    ]),
  );
  expect(names.filter((name) => /[0-9]$/.test(name ?? ""))).toEqual([]);
  const operations = await readFile(path.join(folder, "real/operations.ts"), "utf8");
  expect(operations).toMatch(
    /export const cancelOrder: (?:(?!export const)[\s\S])*readonly output: OrderCancelResponse;/,
  );
});

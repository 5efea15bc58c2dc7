import { join } from "node:path";
import fc from "fast-check";
import { dump } from "js-yaml";
import { describe, expect, test } from "vitest";
import { CodegenError } from "../src/errors.js";
import { readDescription } from "../src/read-description.js";
import { expectFailure, failureOf, file, folder, head, read } from "./read-description.helpers.js";

describe("a file", () => {
  test("is read with its size and its source", async () => {
    const path = await file(head);
    expect(await readDescription(path)).toEqual({
      document: { openapi: "3.1.0", info: { title: "T", version: "1" } },
      bytes: Buffer.byteLength(head),
      source: path,
    });
  });

  test("that does not exist is FILE_NOT_FOUND", async () => {
    for (const path of [join(folder, "none.yaml"), join(await file(head), "below"), ""]) {
      expect(await failureOf(path)).toMatchObject({ code: "FILE_NOT_FOUND" });
    }
  });

  test("that is a folder, or an impossible path, is FILE_NOT_READABLE", async () => {
    expect(await failureOf(folder)).toMatchObject({
      code: "FILE_NOT_READABLE",
      message: expect.stringContaining("folder"),
    });
    expect(await failureOf("a\0b")).toMatchObject({ code: "FILE_NOT_READABLE" });
  });

  test("over 50,000,000 bytes is TOO_LARGE, and one of just that size is read", async () => {
    const text = `${head}# `;
    const full = text + "x".repeat(50_000_000 - text.length);
    expect((await readDescription(await file(full))).bytes).toBe(50_000_000);
    await expectFailure(`${full}x`, "TOO_LARGE", /larger than 50 MB/);
  });
});

describe("standard input", () => {
  async function* chunks(...parts: Uint8Array[]): AsyncGenerator<Uint8Array> {
    yield* parts;
  }

  test("is read when the source is -", async () => {
    // Cut inside a character, as a pipe may cut.
    const bytes = Buffer.from(`${head}x-name: "Ä"\n`);
    const cut = bytes.indexOf("Ä") + 1;
    const result = await readDescription("-", { stdin: chunks(bytes.subarray(0, cut), bytes.subarray(cut)) });
    expect(result.document["x-name"]).toBe("Ä");
    expect(result).toMatchObject({ bytes: bytes.length, source: "-" });
  });

  test("without end is TOO_LARGE", async () => {
    async function* endless(): AsyncGenerator<Uint8Array> {
      const part = Buffer.alloc(1_000_000, "#");
      for (;;) yield part;
    }
    expect(await failureOf("-", { stdin: endless() })).toMatchObject({ code: "TOO_LARGE" });
  });

  test("that breaks off is FILE_NOT_READABLE", async () => {
    // biome-ignore lint/correctness/useYield: it breaks before the first part.
    async function* broken(): AsyncGenerator<Uint8Array> {
      throw new Error("broken");
    }
    expect(await failureOf("-", { stdin: broken() })).toMatchObject({ code: "FILE_NOT_READABLE" });
  });
});

describe("text", () => {
  test("may begin with a byte order mark", async () => {
    expect((await readDescription(await file(`\uFEFF${head}`))).document["openapi"]).toBe("3.1.0");
    expect((await readDescription(await file('\uFEFF{"openapi": "3.0.3"}'))).document).toEqual({
      openapi: "3.0.3",
    });
  });

  test("in UTF-16 or Latin-1 is refused by name", async () => {
    await expectFailure(Buffer.from(`\uFEFF${head}`, "utf16le"), "NOT_YAML", /UTF-16.*save it as UTF-8/);
    await expectFailure(Buffer.from(`\uFEFF${head}`, "utf16le").swap16(), "NOT_YAML", /UTF-16/);
    await expectFailure(Buffer.from(head, "utf16le"), "NOT_YAML", /UTF-16/);
    await expectFailure(Buffer.from(`${head}x-name: Ä`, "latin1"), "NOT_YAML", /not UTF-8/);
  });

  test("keeps dates as text and makes all keys text", async () => {
    const document = await read(
      "x-data: {date: 2024-01-31, time: 2024-01-31T10:00:00Z, yes: yes, 200: a, 2024-01-31: b, true: c}",
    );
    expect(document["x-data"]).toEqual({
      date: "2024-01-31",
      time: "2024-01-31T10:00:00Z",
      yes: "yes",
      "200": "a",
      "2024-01-31": "b",
      true: "c",
    });
  });

  test("may use aliases and merge keys", async () => {
    const document = await read("x-base: &base {a: 1, b: 2}\nx-more: {<<: *base, b: 3}\nx-same: *base\n");
    expect(document).toMatchObject({ "x-more": { a: 1, b: 3 }, "x-same": { a: 1, b: 2 } });
  });

  test.each([
    [
      "YAML",
      `${head}paths: {}\n__proto__: {polluted: 1}\nx-a: {__proto__: {polluted: 1}}\nx-b: &b {__proto__: 1}\nx-c: {<<: *b}\n`,
    ],
    ["JSON", '{"openapi": "3.1.0", "__proto__": {"polluted": 1}, "x-a": {"__proto__": {"polluted": 1}}}'],
  ])("in %s may have a key __proto__, which is only a key", async (_, text) => {
    const { document } = await readDescription(await file(text));
    expect(Object.getPrototypeOf(document)).toBe(Object.prototype);
    expect(Object.getOwnPropertyDescriptor(document, "__proto__")?.value).toEqual({ polluted: 1 });
    expect(Object.keys(document["x-a"] as object)).toEqual(["__proto__"]);
    expect({}).not.toHaveProperty("polluted");
  });

  test("with an error is NOT_YAML, with the line", async () => {
    await expectFailure("a: 1\nb: [1, 2\nc: 3\n", "NOT_YAML", /line 3/);
    await expectFailure("a: 1\nb: 2\na: 3\n", "NOT_YAML", /duplicated mapping key.*line 3/);
    await expectFailure(`${head}---\n${head}`, "NOT_YAML", /2 YAML documents/);
    await expectFailure(`${head}x-a: !!binary aGFsbG8=\n`, "NOT_YAML", /binary.*line 3/);
    await expectFailure(`${head}x-a: !!js/function "x"\n`, "NOT_YAML", /line 3/);
    await expectFailure(`${head}x-a: *none\n`, "NOT_YAML", /none.*line 3/);
  });

  test.each([
    ['{\n  "a": 1,\n}', /key in double quotes.*line 3, column 1/],
    ['{\n  "a" 1}', /colon.*line 2, column 7/],
    ['{"a": 1 "b": 2}', /comma or }.*column 9/],
    ['{"a": [1 2]}', /comma or \].*column 10/],
    ['{"a": nul}', /value.*column 7/],
    ['{"a": 01}', /comma.*column 8/],
    ['{"a": "x\ny"}', /value.*column 7/],
    ['{"a": 1', /comma or }.*column 8/],
    ['{"a": 1}\n{}', /follows the end.*line 2/],
    ['{"a": {"b": 1,\n"\\u0062": 2}}', /twice.*line 2, column 1/],
    ['{"a": [{"b": 1}, {"b": 1}], "a": 2}', /"a" stands twice.*column 29/],
  ])("that is JSON with an error is NOT_YAML, with the line: %j", async (text, message) => {
    await expectFailure(text, "NOT_YAML", message);
  });

  test("has only numbers that JSON has", async () => {
    for (const number of [".nan", ".inf", "-.inf"]) {
      await expectFailure(`${head}x-a: [${number}]\n`, "INVALID_DESCRIPTION", /#\/x-a\/0/);
    }
    await expectFailure('{"openapi": "3.1.0", "x-a": 1e999}', "INVALID_DESCRIPTION", /#\/x-a/);
  });

  const inExtension = fc.jsonValue({ stringUnit: "binary", maxDepth: 5 });

  test("in YAML says what was written", async () => {
    const property = fc.asyncProperty(inExtension, async (value) => {
      const json: unknown = JSON.parse(JSON.stringify({ openapi: "3.1.0", "x-value": value }));
      expect((await readDescription(await file(dump(json)))).document).toEqual(json);
    });
    await fc.assert(property, { numRuns: 500 });
  });

  test("in JSON says what was written", async () => {
    const property = fc.asyncProperty(inExtension, fc.nat(4), async (value, indent) => {
      const json = JSON.stringify({ openapi: "3.1.0", "x-value": value }, null, indent);
      expect((await readDescription(await file(json))).document).toEqual(JSON.parse(json));
    });
    await fc.assert(property, { numRuns: 500 });
  });

  test("of any kind gives a description or a CodegenError of one line", async () => {
    const word = fc.constantFrom(
      ...[
        "openapi: 3.1.0",
        "paths",
        "components",
        "schemas",
        "$ref",
        "#/components/schemas/a",
        "./api.yaml",
        "x-",
        "<<",
      ],
      ...[
        ": ",
        "\n",
        "  ",
        "- ",
        "{",
        "}",
        "[",
        "]",
        ",",
        "&a ",
        "*a ",
        "!!str ",
        "|",
        ">",
        '"',
        "'",
        "#",
        "?",
        "%",
        "\t",
      ],
      ...["~", "a", "0", ".nan", "__proto__", "constructor", "\0", "---", "\uD800"],
    );
    const text = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.array(word, { maxLength: 30 }).map((words) => words.join("")),
      fc.array(word, { maxLength: 30 }).map((words) => head + words.join("")),
      fc.uint8Array(),
    );
    const property = fc.asyncProperty(text, async (content) => {
      const path = await file(content);
      const error = await readDescription(path).catch((thrown: unknown) => thrown);
      if (!(error instanceof Error)) return;
      expect(error).toBeInstanceOf(CodegenError);
      expect(error.message).not.toContain("\n");
    });
    await fc.assert(property, { numRuns: 2000 });
  });
});

describe("a text that describes too much", () => {
  test("by aliases of aliases is TOO_COMPLEX", async () => {
    const lines = ["x-0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol, lol]"];
    for (let level = 1; level < 40; level++) {
      lines.push(
        `x-${level}: &a${level} [${Array(10)
          .fill(`*a${level - 1}`)
          .join(", ")}]`,
      );
    }
    await expectFailure(head + lines.join("\n"), "TOO_COMPLEX", /values/);
  });

  test("by many aliases of one long list is TOO_COMPLEX", async () => {
    const list = Array(10_000).fill("a").join(", ");
    const aliases = Array(10_000).fill("*list").join(", ");
    await expectFailure(`${head}x-a: &list [${list}]\nx-b: [${aliases}]\n`, "TOO_COMPLEX", /values/);
  });

  test("by many aliases of one long text is TOO_COMPLEX", async () => {
    const aliases = Array(1_000).fill("*text").join(", ");
    await expectFailure(
      `${head}x-a: &text ${"a".repeat(1_000_000)}\nx-b: [${aliases}]\n`,
      "TOO_COMPLEX",
      /characters/,
    );
  });

  test("by merged keys is TOO_COMPLEX", async () => {
    const keys = Array.from({ length: 3_000 }, (_, index) => `k${index}: 1`).join(", ");
    const merges = Array.from({ length: 3_000 }, (_, index) => `m${index}: {<<: *base}`).join(", ");
    await expectFailure(
      `${head}x-a: &base {${keys}}\nx-b: {${merges}}\n`,
      "TOO_COMPLEX",
      /merges too many keys/,
    );
  });

  test("by an alias of itself is TOO_COMPLEX", async () => {
    await expectFailure(`${head}x-a: &a {b: [*a]}\n`, "TOO_COMPLEX", /contains itself.*#\/x-a\/b\/0/);
    await expectFailure("&a [*a]", "TOO_COMPLEX", /contains itself/);
  });

  test("by nesting is TOO_COMPLEX, in 500 levels it is read", async () => {
    const nested = (depth: number): string => "[".repeat(depth) + "]".repeat(depth);
    expect(await read(`x-a: ${nested(499)}\n`)).toHaveProperty("x-a");
    await expectFailure(`${head}x-a: ${nested(500)}\n`, "TOO_COMPLEX", /deeper than 500 levels.*line 3/);
    await expectFailure(`${head}x-a: ${"[".repeat(1_000_000)}\n`, "TOO_COMPLEX", /deeper than 500 levels/);
    const json = (depth: number): string => `{"openapi": "3.1.0", "x-a": ${nested(depth)}}`;
    expect((await readDescription(await file(json(499)))).document).toHaveProperty("x-a");
    await expectFailure(json(500), "TOO_COMPLEX", /deeper than 500 levels/);
    await expectFailure(json(1_000_000), "TOO_COMPLEX", /deeper than 500 levels/);
  });

  test("by nesting through aliases is TOO_COMPLEX", async () => {
    const lines = ["x-0: &a0 a"];
    for (let level = 1; level < 600; level++) lines.push(`x-${level}: &a${level} [*a${level - 1}]`);
    await expectFailure(head + lines.join("\n"), "TOO_COMPLEX", /deeper than 500 levels/);
  });
});

describe("the version", () => {
  test.each(["3.0.0", "3.0.4", "3.1.0", "3.1.1"])("%s is read", async (version) => {
    expect((await readDescription(await file(`openapi: ${version}\n`))).document["openapi"]).toBe(version);
  });

  test.each([
    ['swagger: "2.0"', /Swagger "2.0"; convert it to OpenAPI 3/],
    ["swagger: 2.0", /Swagger 2; convert/],
    ["openapi: 3.2.0", /OpenAPI "3.2.0"; convert/],
    ["openapi: 2.0.0", /"2.0.0"/],
    ["openapi: 3.10.0", /"3.10.0"/],
    ["openapi: 3.1", /gives 3.1 as.*in quotes.*"3.1.0"/],
    ["openapi: 3.0", /gives 3 as.*in quotes/],
    ['openapi: "3.1"', /three numbers/],
    ["openapi:", /gives null/],
  ])("%s is UNSUPPORTED_VERSION", async (text, message) => {
    await expectFailure(`${text}\npaths: {}\n`, "UNSUPPORTED_VERSION", message);
  });

  test.each([
    "",
    "# nothing\n",
    "hello",
    "[1]",
    "null",
    "{}",
    "info: {}",
    "<!DOCTYPE html>\n<p>: a",
    "__proto__: {openapi: 3.1.0}",
  ])("of %j is NOT_OPENAPI", async (text) => {
    expect(await failureOf(await file(text))).toMatchObject({ code: "NOT_OPENAPI" });
  });
});

describe("the form", () => {
  test.each([
    ["info: text", "#/info"],
    ["paths: []", "#/paths"],
    ["paths: {/a: null}", "#/paths/~1a"],
    ["paths: {/a: {get: []}}", "#/paths/~1a/get"],
    ["webhooks: {a: 1}", "#/webhooks/a"],
    ["components: []", "#/components"],
    ["components: {schemas: text}", "#/components/schemas"],
    ["components: {schemas: {A: null}}", "#/components/schemas/A"],
    ["components: {responses: {A: true}}", "#/components/responses/A"],
  ])("%s is INVALID_DESCRIPTION", async (text, pointer) => {
    const error = await failureOf(await file(`openapi: 3.1.0\n${text}\n`));
    expect(error.code).toBe("INVALID_DESCRIPTION");
    expect(error.message).toContain(`${pointer};`);
  });

  test("may have extensions of any form and boolean schemas", async () => {
    const text =
      "paths: {x-a: 1, /a: {x-b: 1, summary: text}}\ncomponents: {x-c: 1, schemas: {A: true, x-d: false}}\n";
    expect(await read(text)).toMatchObject({ components: { schemas: { A: true, "x-d": false } } });
  });
});

import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { regenerate } from "../regenerate/regenerate.mjs";
import { compareVersions } from "../regenerate/versions.mjs";

const repository = fileURLToPath(new URL("../../", import.meta.url));
const shipped = path.join(repository, "openapi/upvest-investment-api.yaml");

let root = "";
beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), "upvest-regenerate-"));
  for (const file of [
    "openapi/upvest-investment-api.yaml",
    "openapi/names.yaml",
    "packages/types/package.json",
  ]) {
    await mkdir(path.dirname(path.join(root, file)), { recursive: true });
    await cp(path.join(repository, file), path.join(root, file));
  }
});
afterEach(() => rm(root, { recursive: true, force: true }));

/** The shipped description with some texts replaced. */
async function changed(...replacements: [string | RegExp, string][]): Promise<string> {
  let text = await readFile(shipped, "utf8");
  for (const [from, to] of replacements) {
    expect(typeof from === "string" ? text.includes(from) : from.test(text), String(from)).toBe(true);
    text = text.replace(from, to);
  }
  const file = path.join(root, "next.yaml");
  await writeFile(file, text);
  return file;
}

async function contents(): Promise<Map<string, string>> {
  const all = new Map<string, string>();
  for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
    const file = path.join(entry.parentPath, entry.name);
    if (entry.isFile()) all.set(path.relative(root, file), await readFile(file, "utf8"));
  }
  return all;
}

const version = (to: string): [RegExp, string] => [/\n {2}version: [0-9.]+\n/, `\n  version: ${to}\n`];

describe("regenerate", () => {
  test("without a change it does nothing, and says so", async () => {
    const before = await contents();
    const outcome = await regenerate(shipped, { root });
    expect(outcome).toMatchObject({
      changed: false,
      files: [],
      summary: expect.stringContaining("Nothing changed"),
    });
    expect(await contents()).toEqual(before);
  });

  test("the same description in another form is no change", async () => {
    const file = path.join(root, "same.json");
    const { readDescription } = await import("@upvest-sdk/codegen");
    await writeFile(file, JSON.stringify((await readDescription(shipped)).document));
    expect(await regenerate(file, { root })).toMatchObject({ changed: false });
  });

  test("a newer version is put in place, with all that follows", async () => {
    const file = await changed(version("1.76.0"), [
      /(\n {4}AccountStatus:\n[\s\S]*?- LOCKED\n)(?= {4}\w)/,
      "$1        - FROZEN\n",
    ]);
    const outcome = await regenerate(file, { root });
    expect(outcome).toMatchObject({ changed: true, from: "1.75.0", to: "1.76.0" });
    expect(outcome.files).toEqual([
      "openapi/upvest-investment-api.yaml",
      "openapi/changes/1.76.0.md",
      ".changeset/api-1.76.0.md",
      "packages/types/src/generated/events.ts",
      "packages/types/src/generated/models.ts",
      "packages/types/src/generated/openapi.ts",
      "packages/types/src/generated/operations.ts",
      "packages/sandbox/description.json",
    ]);
    const all = await contents();
    const served = JSON.parse(all.get("packages/sandbox/description.json") ?? "");
    expect(served.info.version).toBe("1.76.0");
    expect(served.components.schemas.AccountStatus.enum).toContain("FROZEN");
    expect(all.get("packages/types/src/generated/openapi.ts")).toContain('apiVersion: "1.76.0"');
    expect(all.get("packages/types/src/generated/models.ts")).toContain('| "FROZEN"');
    expect(all.get("openapi/changes/1.76.0.md")).toMatch(
      /1\.75\.0 to 1\.76\.0[\s\S]*New enum values[\s\S]*FROZEN/,
    );
    expect(all.get(".changeset/api-1.76.0.md")).toMatch(
      /^---\n"@upvest-sdk\/types": \w+\n---\n\nAPI version 1\.76\.0\.\n\n/,
    );
    // What was put in place is what is read next time.
    expect(await regenerate(file, { root })).toMatchObject({ changed: false });
  });

  test.each([
    ["an operation is gone", "minor", [/\n {2}\/auth\/verify_keys:\n[\s\S]*?(?=\n {2}\/)/, ""]],
    ["a summary is another", "patch", [/summary: Place a[^\n]*/, "summary: Order something"]],
  ] as const)("the bump follows: %s, before 1.0 that is %s", async (_, bump, [from, to]) => {
    const outcome = await regenerate(await changed(version("1.76.0"), [from, to]), { root });
    const changeset = await readFile(path.join(root, ".changeset/api-1.76.0.md"), "utf8");
    expect(changeset).toContain(`"@upvest-sdk/types": ${bump}`);
    expect(outcome.changed).toBe(true);
  });

  test("an older version is refused, unless forced", async () => {
    const before = await contents();
    const file = await changed(version("1.74.9"));
    before.set("next.yaml", await readFile(file, "utf8"));
    await expect(regenerate(file, { root })).rejects.toThrow(/1\.74\.9, older than the 1\.75\.0.*--force/);
    expect(await contents()).toEqual(before);
    expect(await regenerate(file, { root, force: true })).toMatchObject({ changed: true, to: "1.74.9" });
  });

  const download = path.join(repository, "../shared/reference/upvest-1.9.0.downloaded.yaml");
  if (!existsSync(download)) console.warn("skipped: the vendor's own download is not on this machine");
  test.skipIf(!existsSync(download))("the vendor's own download takes its place", async () => {
    const outcome = await regenerate(download, { root, force: true });
    expect(outcome).toMatchObject({ changed: true, from: "1.75.0", to: "1.9.0" });
    expect(outcome.unused).toContain("UserTolChangeRequest");
    const all = await contents();
    expect(all.get("packages/types/src/generated/models.ts")).toContain("export interface AccountGroup {");
    expect(all.get(".changeset/api-1.9.0.md")).toContain('"@upvest-sdk/types": minor');
    expect(await regenerate(download, { root })).toMatchObject({ changed: false });
  });

  test("a description at fault changes nothing", async () => {
    const file = await changed(version("1.76.0"), [
      "operationId: retrieve_order\n",
      "operationId: place_order\n",
    ]);
    const before = await contents();
    await expect(regenerate(file, { root })).rejects.toThrow(/place_order/);
    expect(await contents()).toEqual(before);
  });

  test("a file that cannot be written leaves all others as they were", async () => {
    const file = await changed(version("1.76.0"));
    await writeFile(path.join(root, "packages/types/src"), "in the way of the folder");
    const before = await contents();
    await expect(regenerate(file, { root })).rejects.toThrow(
      expect.objectContaining({ code: "OUTPUT_NOT_WRITABLE" }),
    );
    expect(await contents()).toEqual(before);
  });

  test("without a source the script says how it is used", () => {
    const { status, stderr } = spawnSync(
      process.execPath,
      [path.join(repository, "scripts/regenerate.mjs")],
      { encoding: "utf8" },
    );
    expect(status).toBe(2);
    expect(stderr).toContain("pnpm regenerate <file|url|-> [--force]");
  });
});

describe("compareVersions", () => {
  test.each([
    ["1.9.0", "1.75.0", -1],
    ["1.75.0", "1.75.0", 0],
    ["2.0.0", "1.140.0", 1],
    ["1.76.0-rc.1", "1.76.0", -1],
    ["v1.76", "1.76.0", 0],
  ])("%s against %s", (a, b, sign) => {
    expect(Math.sign(compareVersions(a, b))).toBe(sign);
    expect(Math.sign(compareVersions(b, a))).toBe(sign === 0 ? 0 : -sign);
  });

  test("is the order of the numbers", () => {
    const numbers = fc.tuple(fc.nat(300), fc.nat(300), fc.nat(300));
    fc.assert(
      fc.property(numbers, numbers, (a, b) => {
        const expected =
          a.map((each, index) => each - (b[index] ?? 0)).find((difference) => difference !== 0) ?? 0;
        expect(Math.sign(compareVersions(a.join("."), b.join(".")))).toBe(Math.sign(expected));
      }),
    );
  });
});

test("the script's own folder holds nothing that a run leaves behind", () => {
  expect(existsSync(path.join(repository, "openapi/changes/1.76.0.md"))).toBe(false);
});

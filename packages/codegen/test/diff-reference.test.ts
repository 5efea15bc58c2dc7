import { existsSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { load } from "js-yaml";
import { describe, expect, test } from "vitest";
import { diff, diffMarkdown, diffSummary } from "../src/diff/index.js";
import type { OpenApiDocument } from "../src/document.js";

const root = new URL("../../../", import.meta.url);
const oldFile = fileURLToPath(new URL("../shared/reference/upvest-1.9.0.downloaded.yaml", root));
const newFile = fileURLToPath(new URL("openapi/upvest-investment-api.yaml", root));
const missing = [oldFile, newFile].filter((file) => !existsSync(file)).map((file) => basename(file));

function read(file: string): OpenApiDocument {
  return load(readFileSync(file, "utf8")) as OpenApiDocument;
}

describe("the vendor's 1.9.0 and this repository's description", () => {
  test("are compared, and the same way again", ({ skip }) => {
    skip(missing.length > 0, `not here: ${missing.join(", ")}`);
    const [old, next] = [read(oldFile), read(newFile)];
    const result = diff(old, next);
    expect(result.bump).toBe("major");
    expect(result.changes.some((change) => change.kind === "added" && change.operation !== undefined)).toBe(
      true,
    );
    expect(result.changes.some((change) => change.event !== undefined)).toBe(true);
    expect(new Set(result.changes.map((change) => JSON.stringify(change))).size).toBe(result.changes.length);
    expect(diff(read(oldFile), read(newFile))).toEqual(result);
    const versions = { from: "1.9.0", to: "1.75.0" };
    expect(diffMarkdown(result, versions)).toContain("## Breaking");
    expect(diffSummary(result, versions).trimEnd().split("\n").length).toBeLessThanOrEqual(12);
  });

  for (const file of [oldFile, newFile]) {
    test(`${basename(file)} does not differ from itself`, ({ skip }) => {
      skip(!existsSync(file), `not here: ${basename(file)}`);
      expect(diff(read(file), read(file))).toEqual({ changes: [], bump: "none" });
    });
  }
});

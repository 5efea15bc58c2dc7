import { describe, expect, test } from "vitest";
import {
  type Bump,
  bumpFor,
  type Change,
  type Diff,
  diff,
  diffMarkdown,
  diffSummary,
} from "../src/diff/index.js";
import { asAnswer, asBoth } from "./diff-descriptions.js";

const versions = { from: "1.0.0", to: "1.1.0" };

function change(message: string, more: Partial<Change> = {}): Change {
  return { kind: "changed", breaking: false, pointer: "#/paths", message, ...more };
}

describe("diffMarkdown", () => {
  test("sections in order, each change in one of them, grouped by what it is about", () => {
    const field = { type: "string" };
    const object = (properties: Record<string, object>, status: string[]): object => ({
      type: "object",
      properties: { ...properties, status: { type: "string", enum: status } },
    });
    const old = asBoth(object({ a: field, b: field }, ["X"]) as never, { Gone: field });
    const next = asBoth(object({ b: { ...field, deprecated: true }, c: field }, ["X", "Y"]) as never, {
      Come: field,
    });
    expect(diffMarkdown(diff(old, next), versions)).toMatchInlineSnapshot(`
      "# API changes from 1.0.0 to 1.1.0

      7 changes (major): 2 breaking, 1 new enum value, 3 added, 1 deprecated.

      ## Breaking

      ### Model \`Gone\`

      - the model was removed: code that imports it no longer compiles

      ### Model \`Thing\`

      - field \`a\` was removed: in requests the types refuse calls that send it; in answers code that reads it no longer compiles

      ## New enum values

      ### Model \`Thing\`

      - field \`status\` has the new enum value \`Y\`: in answers an exhaustive \`switch\` over it now misses a case

      ## Added

      ### Model \`Come\`

      - the model was added

      ### Model \`Thing\`

      - field \`c\` was added

      ### Model \`ThingStatus\`

      - the model was added

      ## Deprecated

      ### Model \`Thing\`

      - field \`b\` is deprecated
      "
    `);
  });

  test("no changes", () => {
    expect(diffMarkdown({ changes: [], bump: "none" }, versions)).toBe(
      "# API changes from 1.0.0 to 1.1.0\n\nNo changes.\n",
    );
  });

  test("what many operations share is written once", () => {
    const changes = ["d", "a", "c", "b"].map((operation) => change("request body was added", { operation }));
    const report = diffMarkdown({ changes, bump: "minor" }, versions);
    expect(report).toContain("### Several operations\n\n- request body was added (`a`, `b`, `c`, `d`)\n");
    expect(report).not.toContain("### Operation");
  });

  test("hostile text stays text", () => {
    const hostile = "a`b|c\n# d <script> [x](javascript:y) \u202e";
    const changes = [
      change(hostile, { operation: hostile }),
      change("`odd` `", { event: hostile }),
      change("field `a|b` and `c`", { model: "x|y" }),
    ];
    const report = diffMarkdown({ changes, bump: "minor" }, { from: hostile, to: "`" });
    const escaped = "a\\`b\\|c \\# d &lt;script\\> \\[x\\](javascript:y) \\\\u202e";
    expect(report.split("\n")).toEqual([
      `# API changes from ${escaped} to \\\``,
      "",
      "3 changes (minor): 3 changed.",
      "",
      "## Changed",
      "",
      `### Operation ${escaped}`,
      "",
      `- ${escaped}`,
      "",
      `### Event ${escaped}`,
      "",
      "- \\`odd\\` \\`",
      "",
      "### Model x\\|y",
      "",
      "- field a\\|b and `c`",
      "",
    ]);
  });
});

describe("diffSummary", () => {
  test("the counts and the first breaking changes, in a dozen lines at most", () => {
    const names = Array.from({ length: 30 }, (_, index) => `op_${String(index).padStart(2, "0")}`);
    const changes = names.map((operation) =>
      change("the operation was removed", { operation, breaking: true }),
    );
    const lines = diffSummary({ changes, bump: "major" }, versions).trimEnd().split("\n");
    expect(lines.length).toBeLessThanOrEqual(12);
    expect(lines[0]).toBe("API 1.0.0 to 1.1.0: 30 changes (major): 30 breaking.");
    expect(lines[2]).toBe("- Operation `op_00`: the operation was removed");
    expect(lines.at(-1)).toBe("- and 22 more that break");
  });

  test("a line each, however long or hostile the message is", () => {
    const changes = [change(`a\n${"b`c ".repeat(500)}`, { model: "A", breaking: true })];
    const lines = diffSummary({ changes, bump: "major" }, versions).trimEnd().split("\n");
    expect(lines).toHaveLength(3);
    expect(lines[2]?.length).toBeLessThan(400);
  });

  test("nothing", () => {
    const nothing: Diff = { changes: [], bump: "none" };
    expect(diffSummary(nothing, versions)).toBe("API 1.0.0 to 1.1.0: No changes.\n");
  });
});

describe("bumpFor", () => {
  test.each<[Bump, string, Bump]>([
    ["major", "0.1.0", "minor"],
    ["major", "0.0.1", "minor"],
    ["major", "v0.9.0", "minor"],
    ["major", "1.0.0", "major"],
    ["major", "10.2.3", "major"],
    ["minor", "0.1.0", "minor"],
    ["minor", "1.2.3", "minor"],
    ["patch", "0.1.0", "patch"],
    ["none", "0.1.0", "none"],
  ])("%s at %s is %s", (bump, version, expected) => {
    expect(bumpFor(bump, version)).toBe(expected);
  });
});

describe("diff", () => {
  test("brings both documents into normal form first, and changes neither", () => {
    const old = asAnswer({ type: "object", properties: { x: { type: "string", enum: ["A"] } } });
    const next = { ...asAnswer({ type: "object", properties: { x: { enum: ["B", "A"], type: "string" } } }) };
    const copies = structuredClone([old, next]);
    expect(diff(old, next)).toMatchObject({ bump: "minor" });
    expect([old, next]).toEqual(copies);
  });
});

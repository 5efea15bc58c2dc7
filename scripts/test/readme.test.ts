import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { compile } from "./blocks/compile.js";
import { findBlocks, findPages, root } from "./blocks/find-blocks.js";

const pages = findPages();
const blocks = pages.flatMap(findBlocks);
const modules = blocks.filter(({ language }) => language === "ts" || language === "js");
const complaints = compile(modules);

test("the pages that show how to write a program are among them", () => {
  const withCode = new Set(modules.map(({ page }) => page));
  const guides = [
    "amounts",
    "errors-and-retries",
    "keys-and-rotation",
    "onboarding",
    "runbook",
    "security",
    "several-clients",
    "testing",
    "unknown-outcomes",
    "upgrading",
    "waiting-for-an-end-state",
    "webhooks-in-production",
  ].map((name) => `docs/${name}.md`);
  const readmes = ["client", "codegen", "sandbox", "signing", "types", "webhooks"].map(
    (name) => `packages/${name}/README.md`,
  );
  expect(["README.md", ...guides, ...readmes].filter((page) => !withCode.has(page))).toEqual([]);
});

test("every block says its language, and it is one that is checked", () => {
  const checked = ["ts", "js", "json", "sh", "console", "text"];
  expect(blocks.filter(({ language }) => !checked.includes(language)).map(({ name }) => name)).toEqual([]);
});

test.each(modules.map(({ name }) => name))("%s compiles", (name) => {
  expect(complaints.get(name)).toEqual([]);
});

test("JSON can be read", () => {
  for (const { language, code } of blocks) if (language === "json") JSON.parse(code);
});

test("the README shows, in this order: install, a typed call, regenerate", () => {
  const headings = [...readFileSync(`${root}README.md`, "utf8").matchAll(/^## (.+)$/gm)].map(
    (match) => match[1],
  );
  expect(headings.slice(0, 3)).toEqual(["Install", "A typed call", "Regenerate"]);
});

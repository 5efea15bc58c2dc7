import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** The code of the README, a file a fence. */
function snippets(file: string): Map<string, string> {
  const text = readFileSync(`${root}${file}`, "utf8");
  const fences = [...text.matchAll(/```ts\n([\s\S]*?)```/g)].map((match) => match[1] ?? "");
  return new Map(fences.map((code, index) => [`${root}scripts/readme-${index}.ts`, `${code}\nexport {};\n`]));
}

const pages = [
  "README.md",
  "docs/amounts.md",
  "docs/errors-and-retries.md",
  "docs/keys-and-rotation.md",
  "docs/onboarding.md",
  "docs/runbook.md",
  "docs/security.md",
  "docs/several-clients.md",
  "docs/testing.md",
  "docs/unknown-outcomes.md",
  "docs/upgrading.md",
  "docs/waiting-for-an-end-state.md",
  "docs/webhooks-in-production.md",
  "packages/client/README.md",
  "packages/codegen/README.md",
  "packages/sandbox/README.md",
  "packages/signing/README.md",
  "packages/webhooks/README.md",
];

test.each(pages)("every snippet of %s compiles", (file) => {
  const files = snippets(file);
  expect(files.size).toBeGreaterThan(0);
  const options: ts.CompilerOptions = {
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    target: ts.ScriptTarget.ES2022,
    lib: ["lib.es2022.d.ts"],
    types: ["node"],
    skipLibCheck: true,
    noEmit: true,
  };
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists } = host;
  host.getSourceFile = (name, version) => {
    const text = files.get(name);
    return text === undefined
      ? getSourceFile.call(host, name, version)
      : ts.createSourceFile(name, text, version);
  };
  host.fileExists = (name) => files.has(name) || fileExists.call(host, name);
  host.getCurrentDirectory = () => `${root}scripts`;
  const found = ts
    .getPreEmitDiagnostics(ts.createProgram([...files.keys()], options, host))
    .map(
      ({ file: at, messageText }) => `${at?.fileName} ${ts.flattenDiagnosticMessageText(messageText, " ")}`,
    );
  expect(found).toEqual([]);
});

test("the README shows, in this order: install, a typed call, regenerate", () => {
  const headings = [...readFileSync(`${root}README.md`, "utf8").matchAll(/^## (.+)$/gm)].map(
    (match) => match[1],
  );
  expect(headings.slice(0, 3)).toEqual(["Install", "A typed call", "Regenerate"]);
});

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Consumer, compilers, consumer } from "./support/consumer.js";

const program = fileURLToPath(new URL("programs/hover.ts", import.meta.url));

const expected = {
  group: "Promise<AccountGroup>",
  users: "Promise<UserList>",
  closed: "Promise<undefined>",
  result: "Promise<CallResult<AccountGroup>>",
  pages: "Pages<User, UserList>",
  orders: "Pages<Order, OrderListResponse>",
  byPath: "Promise<PathResult<AccountGroup>>",
  posted: "Promise<PathResult<AccountGroup>>",
  removed: "Promise<PathResult<undefined>>",
};

let project: Consumer;
beforeAll(() => {
  project = consumer({});
  writeFileSync(join(project.folder, "hover.ts"), readFileSync(program));
});
afterAll(() => project.remove());

test("an editor shows models by their names", () => {
  const file = join(project.folder, "hover.ts");
  const text = readFileSync(file, "utf8");
  const service = ts.createLanguageService({
    getCompilationSettings: () => ({
      strict: true,
      lib: ["lib.es2023.d.ts"],
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.NodeNext,
      types: [],
    }),
    getScriptFileNames: () => [file],
    getScriptVersion: () => "1",
    getScriptSnapshot: (name) => {
      const content = ts.sys.readFile(name);
      return content === undefined ? undefined : ts.ScriptSnapshot.fromString(content);
    },
    getCurrentDirectory: () => project.folder,
    getDefaultLibFileName: ts.getDefaultLibFilePath,
    readFile: ts.sys.readFile,
    fileExists: ts.sys.fileExists,
    directoryExists: ts.sys.directoryExists,
  });
  expect(service.getSemanticDiagnostics(file)).toEqual([]);
  for (const [name, type] of Object.entries(expected)) {
    const info = service.getQuickInfoAtPosition(file, text.indexOf(`const ${name} =`) + "const ".length);
    expect(ts.displayPartsToString(info?.displayParts)).toBe(`const ${name}: ${type}`);
  }
});

test.each(Object.keys(compilers) as (keyof typeof compilers)[])(
  "declarations of TypeScript %s name them, too",
  async (compiler) => {
    const outDir = `out-${compiler}`;
    const options = { module: "NodeNext", declaration: true, emitDeclarationOnly: true, outDir };
    expect(await project.compile(compiler, options, ["hover.ts"])).toBe("");
    const written = readFileSync(join(project.folder, outDir, "hover.d.ts"), "utf8");
    const types = [...written.matchAll(/^export declare const (\w+): (.*);$/gm)];
    expect(
      Object.fromEntries(types.map(([, name, type]) => [name, type!.replace(/import\("[^"]+"\)\./g, "")])),
    ).toEqual(expected);
  },
);

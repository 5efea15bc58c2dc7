/** Programs that a consumer might write, compiled as strictly as can be: what is right compiles, what is marked does not. */
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const home = fileURLToPath(new URL("..", import.meta.url));
const compilers = { "5.9": "typescript", "7": "typescript-7" };
const scopes = {
  bare: { lib: ["ES2023"], types: [] },
  DOM: { lib: ["ES2023", "DOM", "DOM.Iterable"], types: [] },
  node: { lib: ["ES2023"], types: ["node"] },
};
const rows = [
  { scope: "bare", programs: ["good", "wrong"] },
  { scope: "DOM", programs: ["good", "fetch"] },
  { scope: "node", programs: ["fetch", "node"] },
] as const;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "upvest-sdk-types-"));
  const modules = join(home, "node_modules");
  const links: Record<string, string> = { "@upvest-sdk/webhooks": home };
  for (const name of ["@upvest-sdk/types", "@upvest-sdk/client", "@types/node", "@types/express"])
    links[name] = join(modules, name);
  for (const [name, target] of Object.entries(links)) {
    const link = join(folder, "node_modules", name);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(target, link, "junction");
  }
  writeFileSync(join(folder, "package.json"), '{ "private": true, "type": "module" }');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.each(Object.entries(compilers))("TypeScript %s", (version, compiler) => {
  test.each(rows)("$scope: $programs", { timeout: 600_000 }, async ({ scope, programs }) => {
    const expected: string[] = [];
    const found: string[] = [];
    for (const program of programs) {
      const text = readFileSync(join(home, "test/programs", `${program}.ts`), "utf8");
      writeFileSync(join(folder, `${program}.ts`), text);
    }
    const compilerOptions = {
      noEmit: true,
      strict: true,
      exactOptionalPropertyTypes: true,
      noUncheckedIndexedAccess: true,
      skipLibCheck: false,
      target: "ES2022",
      module: "NodeNext",
      ...scopes[scope],
    };
    const files = programs.map((program) => `${program}.ts`);
    const config = `${scope}-${version}.json`;
    writeFileSync(join(folder, config), JSON.stringify({ compilerOptions, files }));
    const tsc = join(home, "node_modules", compiler, "bin/tsc");
    const output = await new Promise<string>((resolve) =>
      execFile(process.execPath, [tsc, "-p", config, "--pretty", "false"], { cwd: folder }, (_, out, err) =>
        resolve(out + err),
      ),
    );
    for (const line of output.split("\n")) {
      const [, file, at, code] = /^(.*)\((\d+),\d+\): error (TS\d+)/.exec(line) ?? [];
      // What other packages declare is their tests' to compile.
      if (file === undefined ? /^\S/.test(line) : !/packages\/(signing|client)\/dist/.test(file))
        found.push(file === undefined ? line : `${file}:${at} ${code}`);
    }
    for (const file of files) {
      for (const [index, line] of readFileSync(join(folder, file), "utf8").split("\n").entries()) {
        const codes = /\/\/ error: (\S+)$/.exec(line)?.[1]?.split("|");
        const wordings = codes?.map((code) => `${file}:${index + 1} ${code}`);
        if (wordings) expected.push(wordings.find((one) => found.includes(one)) ?? wordings[0]!);
      }
    }
    expect(found.sort()).toEqual(expected.sort());
  });
});

/** Programs of users against the packed packages, in the settings that they may have. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Compiler, type Consumer, consumer } from "./support/consumer.js";

const programs = fileURLToPath(new URL("programs/", import.meta.url));
const names = ["good.ts", "fetch-good.ts", "signing-good.ts", "node-good.ts", "wrong.ts"];

/** What the global scope of a project has. */
const scopes = {
  bare: { lib: ["ES2023"] },
  browser: { lib: ["ES2023", "DOM", "DOM.Iterable"] },
  "node 20": { types: ["node"] },
  "node 22": { types: ["node"] },
  "node 24": { types: ["node"] },
};
type Scope = keyof typeof scopes;

const rows: readonly { compiler: Compiler; scope: Scope; module: "NodeNext" | "ESNext"; exact: boolean }[] = [
  { compiler: "5.4", scope: "bare", module: "NodeNext", exact: true },
  { compiler: "5.4", scope: "browser", module: "ESNext", exact: true },
  { compiler: "5.4", scope: "node 20", module: "NodeNext", exact: false },
  { compiler: "5.9", scope: "bare", module: "ESNext", exact: true },
  { compiler: "5.9", scope: "browser", module: "NodeNext", exact: true },
  { compiler: "5.9", scope: "node 22", module: "NodeNext", exact: true },
  { compiler: "7", scope: "bare", module: "NodeNext", exact: true },
  { compiler: "7", scope: "browser", module: "ESNext", exact: false },
  { compiler: "7", scope: "node 20", module: "NodeNext", exact: true },
  { compiler: "7", scope: "node 22", module: "ESNext", exact: true },
  { compiler: "7", scope: "node 24", module: "NodeNext", exact: true },
];

/** What is installed: nothing from elsewhere, or what a server on one version of Node has. */
const consumers = new Map<string, Consumer>();
const installed = (scope: Scope) => (scope.startsWith("node") ? scope : "nothing");
beforeAll(() => {
  for (const name of new Set(rows.map(({ scope }) => installed(scope)))) {
    const others = {
      "@types/node": `types-${name.replace(" ", "-")}`,
      ioredis: "ioredis",
      redis: "redis",
      undici: "undici",
    };
    const made = consumer(name === "nothing" ? {} : others);
    for (const file of names) writeFileSync(join(made.folder, file), readFileSync(join(programs, file)));
    consumers.set(name, made);
  }
});
afterAll(() => {
  for (const { remove } of consumers.values()) remove();
});

/** `file(line,column): code` of each error. */
const errors = (said: string): string[] =>
  said
    .split("\n")
    .flatMap((line) => (/^\S/.test(line) ? [line.replace(/: error (TS\d+): .*/, ": $1").trim()] : []));

describe.each(rows)("TypeScript $compiler, $scope, $module, exactOptionalPropertyTypes $exact", (row) => {
  const { compiler, scope, module, exact } = row;
  const options = {
    ...scopes[scope],
    module,
    moduleResolution: module === "ESNext" ? "Bundler" : module,
    exactOptionalPropertyTypes: exact,
    skipLibCheck: false,
    noEmit: true,
  };
  const project = () => consumers.get(installed(scope))!;
  const compile = (...files: string[]) => project().compile(compiler, options, files);

  test("what is right compiles, and the declarations with it", async () => {
    const withFetch = scope === "bare" ? [] : ["fetch-good.ts"];
    expect(await compile("good.ts", "signing-good.ts", ...withFetch)).toBe("");
  });

  test("what is wrong is an error, where it is wrong", async () => {
    const found = errors(await compile("wrong.ts"));
    const lines = readFileSync(join(programs, "wrong.ts"), "utf8").split("\n");
    const expected = lines.flatMap((line, index) => {
      const [, before, codes] = /^(\/\/ +)\^ (.+)$/.exec(line) ?? [];
      if (before === undefined || codes === undefined) return [];
      const at = `wrong.ts(${index},${before.length + 1})`;
      const wordings = codes.split("|").map((code) => `${at}: ${code}`);
      return wordings.find((wording) => found.includes(wording)) ?? wordings[0]!;
    });
    expect(found).toEqual(expected);
  });

  if (scope.startsWith("node") && compiler !== "5.4") {
    // The declarations of these packages are not ours to check.
    test("undici, redis and ioredis fit", async () => {
      expect(await project().compile(compiler, { ...options, skipLibCheck: true }, ["node-good.ts"])).toBe(
        "",
      );
    });
  }
});

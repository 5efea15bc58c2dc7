import { existsSync, readdirSync, readFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { describe, expect, test } from "vitest";

const packages = fileURLToPath(new URL("../../packages/", import.meta.url));

/** Who imports whom, as CONTRIBUTING.md has it. */
const allowed: Record<string, readonly string[]> = {
  cli: ["types", "signing", "client", "webhooks"],
  client: ["types"],
  codegen: [],
  sandbox: ["types", "signing"],
  signing: [],
  types: [],
  webhooks: ["types", "signing"],
};

/** Programs for Node; all others run anywhere, but for their entry `/node`. */
const tools = ["cli", "codegen", "sandbox"];

interface Found {
  /** What is imported, in whatever way: import, export from, import(), import types, import = require(), require(). */
  readonly imports: string[];
  /** What no source may have, and where. */
  readonly offences: string[];
}

function inspect(file: string, text: string): Found {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const imports: string[] = [];
  const offences: string[] = [];
  const offend = (position: number, what: string): void => {
    offences.push(`${file}:${source.getLineAndCharacterOfPosition(position).line + 1} ${what}`);
  };
  const imported = (node: ts.Node, specifier: ts.Node | undefined): void => {
    if (specifier && ts.isStringLiteralLike(specifier)) imports.push(specifier.text);
    else offend(node.getStart(), "an import whose name is not a literal");
  };
  const named = (node: ts.Node, name: string): boolean =>
    (ts.isIdentifier(node) && node.text === name) ||
    (ts.isPropertyAccessExpression(node) && node.name.text === name);
  const isRequire = (callee: ts.Node): boolean =>
    (ts.isIdentifier(callee) && callee.text === "require") ||
    (ts.isCallExpression(callee) && named(callee.expression, "createRequire"));

  const visit = (node: ts.Node, inFunction: boolean): void => {
    if (ts.isImportDeclaration(node)) imported(node, node.moduleSpecifier);
    else if (ts.isExportDeclaration(node)) {
      if (node.moduleSpecifier) imported(node, node.moduleSpecifier);
    } else if (ts.isImportTypeNode(node))
      imported(node, ts.isLiteralTypeNode(node.argument) ? node.argument.literal : undefined);
    else if (ts.isExternalModuleReference(node)) imported(node, node.expression);
    else if (ts.isCallExpression(node)) {
      if (node.expression.kind === ts.SyntaxKind.ImportKeyword || isRequire(node.expression))
        imported(node, node.arguments[0]);
      if (named(node.expression, "Function")) offend(node.getStart(), "Function()");
    } else if (ts.isNewExpression(node)) {
      if (named(node.expression, "Function")) offend(node.getStart(), "new Function");
    } else if (ts.isIdentifier(node) && node.text === "eval") offend(node.getStart(), "eval");
    else if (
      ts.isAwaitExpression(node) ||
      (ts.isForOfStatement(node) && node.awaitModifier) ||
      (ts.isVariableDeclarationList(node) &&
        (node.flags & ts.NodeFlags.AwaitUsing) === ts.NodeFlags.AwaitUsing)
    ) {
      if (!inFunction) offend(node.getStart(), "top-level await");
    }
    ts.forEachChild(node, (child) => visit(child, inFunction || ts.isFunctionLike(node)));
  };
  visit(source, false);
  for (const match of text.matchAll(/\b(TODO|FIXME)\b/g)) offend(match.index, match[0]);
  return { imports, offences };
}

describe("what is looked for is found", () => {
  test.each([
    'import "a";',
    'import x from "a";',
    'import type { X } from "a";',
    'export * from "a";',
    'export type { X } from "a";',
    'import x = require("a");',
    'const x = () => import("a");',
    'let x: import("a").X;',
    'const x = require("a");',
    'const x = createRequire(import.meta.url)("a");',
  ])("imports: %s", (text) => {
    expect(inspect("a.ts", text)).toEqual({ imports: ["a"], offences: [] });
  });

  test.each([
    ["await x();", "top-level await"],
    ["if (x) { for await (const y of x) y(); }", "top-level await"],
    ["await using x = y();", "top-level await"],
    ["const x = () => eval(y);", "eval"],
    ["globalThis.eval(y);", "eval"],
    ["new Function(y);", "new Function"],
    ["globalThis.Function(y);", "Function()"],
    ["const x = (y) => import(y);", "an import whose name is not a literal"],
    ["// TODO: later", "TODO"],
    ["const x = `FIXME`;", "FIXME"],
  ])("offences: %s", (text, what) => {
    expect(inspect("a.ts", text).offences).toEqual([`a.ts:1 ${what}`]);
  });

  test.each([
    "const x = async () => { await y(); for await (const z of y) z(); };",
    "class X { async y() { await z(); } }",
    "// eval, new Function, import('a')",
    "const x: Function = y; const z = 'eval(x)';",
  ])("neither: %s", (text) => {
    expect(inspect("a.ts", text)).toEqual({ imports: [], offences: [] });
  });
});

interface Manifest {
  exports: Record<string, string | { default: string }>;
  bin?: Record<string, string>;
  dependencies?: Record<string, string>;
  peerDependencies?: Record<string, string>;
}

const readManifest = (folder: string): Manifest =>
  JSON.parse(readFileSync(path.join(folder, "package.json"), "utf8"));

/** All sources of a package, by their path in it, with slashes. */
function sources(name: string): Map<string, Found> {
  const folder = path.join(packages, name);
  const files = ["src", "bin"]
    .filter((each) => existsSync(path.join(folder, each)))
    .flatMap((each) => readdirSync(path.join(folder, each), { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile() && /\.[cm]?[jt]s$/.test(entry.name))
    .map((entry) => path.join(entry.parentPath, entry.name));
  return new Map(
    files.map((file) => {
      const inPackage = path.relative(folder, file).replaceAll(path.sep, "/");
      const found = inspect(inPackage, readFileSync(file, "utf8"));
      // What runs as a program may wait.
      return inPackage.startsWith("bin/") ? [inPackage, { ...found, offences: [] }] : [inPackage, found];
    }),
  );
}

const packageOf = (specifier: string): string =>
  specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");
const isRelative = (specifier: string): boolean => /^\.\.?\//.test(specifier);
const sourceOf = (file: string): string =>
  path.posix.normalize(file).replace(/^dist\/(.*)\.js$/, "src/$1.ts");

/** The files that a file leads to, itself included. */
function reached(from: readonly string[], files: Map<string, Found>): Set<string> {
  const all = new Set<string>();
  const queue = [...from];
  for (let file = queue.pop(); file !== undefined; file = queue.pop()) {
    if (all.has(file)) continue;
    all.add(file);
    const found = files.get(file);
    if (!found) throw new Error(`${file} is imported and is not there`);
    for (const specifier of found.imports.filter(isRelative)) {
      const target = path.posix.join(path.posix.dirname(file), specifier);
      queue.push(file.startsWith("bin/") ? sourceOf(target) : target.replace(/\.js$/, ".ts"));
    }
  }
  return all;
}

const names = readdirSync(packages).filter((name) => existsSync(path.join(packages, name, "package.json")));

test("the packages are those of the design", () => {
  expect(names.sort()).toEqual(Object.keys(allowed));
});

describe.each(names)("%s", (name) => {
  const folder = path.join(packages, name);
  const manifest = readManifest(folder);
  const dependencies = Object.keys(manifest.dependencies ?? {});
  const files = sources(name);
  const entries = new Map(
    [
      ...Object.entries(manifest.exports).map(
        ([entry, target]) => [entry, typeof target === "string" ? target : target.default] as const,
      ),
      ...Object.entries(manifest.bin ?? {}),
    ]
      .map(([entry, target]) => [entry, sourceOf(target)] as const)
      .filter(([, target]) => target !== "package.json"),
  );
  const bare = new Set(
    [...files.values()]
      .flatMap(({ imports }) => imports)
      .filter((specifier) => !isRelative(specifier) && !isBuiltin(specifier))
      .map(packageOf),
  );

  test("imports only the packages of ours that the design allows", () => {
    const ours = [...bare, ...dependencies].filter((each) => each.startsWith("@upvest-sdk"));
    expect([...new Set(ours)].sort()).toEqual(
      (allowed[name] ?? []).map((each) => `@upvest-sdk/${each}`).sort(),
    );
  });

  test("declares what it imports, and imports what it declares", () => {
    expect([...bare].filter((each) => !dependencies.includes(each))).toEqual([]);
    // What another dependency asks its user for is declared, too.
    const peers = dependencies.flatMap((each) =>
      Object.keys(readManifest(path.join(folder, "node_modules", each)).peerDependencies ?? {}),
    );
    expect(dependencies.filter((each) => !bare.has(each) && !peers.includes(each))).toEqual([]);
  });

  test("has no file that no entry leads to, and no import that leads out of it", () => {
    const all = reached([...entries.values()], files);
    expect([...files.keys()].filter((file) => !all.has(file))).toEqual([]);
  });

  test("uses what is Node's in /node only, unless it is a tool", () => {
    if (tools.includes(name)) return;
    const portable = [...entries].filter(([entry]) => entry !== "./node").map(([, file]) => file);
    const found = [...reached(portable, files)].flatMap((file) =>
      files.get(file)!.imports.filter((each) => isBuiltin(each) || /^@upvest-sdk\/.*\/node$/.test(each)),
    );
    expect(portable.length).toBeGreaterThan(0);
    expect(found).toEqual([]);
  });

  test("says node: where it means Node", () => {
    const found = [...files.values()].flatMap(({ imports }) => imports);
    expect(found.filter((each) => isBuiltin(each) && !each.startsWith("node:"))).toEqual([]);
  });

  test("has no top-level await, eval, new Function, TODO", () => {
    expect([...files.values()].flatMap(({ offences }) => offences)).toEqual([]);
  });
});

import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { Logger, LogLevel } from "typedoc";
import { expect, onTestFinished, test } from "vitest";
import { readReference } from "../docs/reference.mjs";

const root = fileURLToPath(new URL("../../", import.meta.url));

class Complaints extends Logger {
  readonly list: string[] = [];

  override log(message: string, level: LogLevel): void {
    super.log(message, level);
    if (level >= LogLevel.Warn) this.list.push(message);
  }
}

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), "upvest-sdk-docs-"));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

const fileOf = (entry: string): string => (entry === "." ? "index" : basename(entry));

/** What is found in a repository with one package; an entry is given as its subpath and source. */
async function complaintsAbout(entries: Record<string, string>, readme = "# Example\n"): Promise<string[]> {
  const repository = folder();
  const write = (name: string, text: string) => {
    const file = join(repository, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  };
  write(
    "typedoc.json",
    JSON.stringify({ name: "fixture", readme: "none", disableGit: true, sourceLinkTemplate: "{path}" }),
  );
  write("packages/example/README.md", readme);
  const exports = Object.keys(entries).map((entry) => [entry, { types: `./dist/${fileOf(entry)}.d.ts` }]);
  write(
    "packages/example/package.json",
    JSON.stringify({
      name: "example",
      exports: { ...Object.fromEntries(exports), "./package.json": "./package.json" },
    }),
  );
  const comment = "/**\n * An entry.\n *\n * @packageDocumentation\n */\n";
  // A comment on the line of what is before it belongs to that.
  for (const [entry, source] of Object.entries(entries))
    write(
      `packages/example/src/${fileOf(entry)}.ts`,
      `${entry === "./bare" ? "" : comment}${source.replaceAll("/**", "\n/**")}`,
    );
  const complaints = new Complaints();
  await readReference(repository, complaints);
  return complaints.list;
}

test("every public name of every entry of every package has a doc comment, and every link leads somewhere", async () => {
  const complaints = new Complaints();
  const { project } = await readReference(root, complaints);
  expect(complaints.list).toEqual([]);

  const entries = readdirSync(join(root, "packages")).flatMap((each) => {
    const { name, exports } = JSON.parse(readFileSync(join(root, "packages", each, "package.json"), "utf8"));
    return Object.keys(exports)
      .filter((entry) => entry !== "./package.json")
      .map((entry) => join(name, entry));
  });
  expect(project.children?.map(({ name }) => name).sort()).toEqual(entries.sort());
  for (const module of project.children ?? []) expect(module.children, module.name).not.toHaveLength(0);
});

/** Each source, and what has no comment in it. */
const sources: [source: string, names: string[]][] = [
  ["export function undocumented(): void {}", ["undocumented"]],
  ["export const undocumented = 1;", ["undocumented"]],
  ["export type Undocumented = string;", ["Undocumented"]],
  ["export interface Undocumented {}", ["Undocumented"]],
  ["export class Undocumented {}", ["Undocumented"]],
  ["/** Said. */ export const documented = 1; /** */ export const undocumented = 1;", ["undocumented"]],
  ["/** @throws {Error} always */ export function undocumented(): void {}", ["undocumented"]],
  ["/** Options. */ export interface Options { limit?: number }", ["Options.limit"]],
  ["/** Options. */ export type Options = { limit?: number };", ["Options.limit"]],
  ["/** One of two. */ export type Options = { a: 1 } | { /** Said. */ b: 2 };", ["Options.__type.a"]],
  ["/** Result. */ export type Result = readonly { a: 1 }[];", ["Result.__type.a"]],
  ["/** Result. */ export type Result = Promise<Readonly<{ a: 1 }>>;", ["Result.__type.a"]],
  ["/** Nested. */ export interface Outer { /** Said. */ inner: { a: 1 } }", ["Outer.inner.__type.a"]],
  ["/** Called. */ export function call(input: { a: 1 }): void {}", ["call.input.__type.a"]],
  ["/** Gives. */ export function call(): { a: 1 } { return { a: 1 }; }", ["call.__type.a"]],
  [
    "/** Thing. */ export class Thing { value = 1; get own(): number { return 1; } act(): void {} }",
    ["Thing.value", "Thing.own", "Thing.act"],
  ],
  [
    "/** Thing. */ export class Thing { #a = 1; private b = 1; constructor(readonly c: number) {} }",
    ["Thing.c"],
  ],
  ["/** Called. */ export interface Call { (): void; more(): void }", ["Call.more"]],
  [
    "interface Hidden { a: 1 } /** Said. */ export type Options = Hidden & { /** Said. */ b: 1 };",
    ["Hidden", "Hidden.a"],
  ],
  [
    `/** Above. */ export class Above { /** Said. */ name: string = "a"; /** Said. */ act(): void {} }
     /** Below. */ export class Below extends Above { override name: string = "b"; }
     export { Above as Again };`,
    [],
  ],
];

test("a name without a comment is found, of whatever kind, and in every entry", async () => {
  const entries = sources.map(([source], at) => [`./entry-${at}`, source]);
  const bare = "/** Said. */ export const documented = 1;";
  const found = await complaintsAbout({ ...Object.fromEntries(entries), "./bare": bare });
  const expected = sources.flatMap(([, names], at) => names.map((name) => `example/entry-${at}.${name}`));
  const named = found.map((line) => line.replace(/ \(.*\.ts\) has no doc comment$/, ""));
  expect(named.sort()).toEqual(["example/bare", ...expected].sort());
});

test("a link that leads nowhere is found, in a comment and in a README", async () => {
  const entries = { ".": "/** See {@link nowhere}. */ export const documented = 1;" };
  const found = await complaintsAbout(entries, "# Example\n\n[gone](./gone.md)\n");
  expect(found.sort()).toEqual([expect.stringContaining("nowhere"), expect.stringContaining("gone.md")]);
});

test("`pnpm run docs` writes a page for each name, each README and each guide", async () => {
  const out = folder();
  await promisify(execFile)(process.execPath, [join(root, "scripts/docs.mjs"), out]);
  const read = (page: string) => readFileSync(join(out, page), "utf8").replace(/<[^>]*>/g, "");
  const pages = readdirSync(out, { recursive: true, encoding: "utf8" }).filter((name) =>
    name.endsWith(".html"),
  );
  expect(pages).toContain("functions/_upvest-sdk_client.createUpvestClient.html");
  expect(read("functions/_upvest-sdk_signing.createSigner.html")).toContain("draft 15");
  expect(read("modules/_upvest-sdk_webhooks.html")).toContain("npm install @upvest-sdk/webhooks");
  for (const guide of readdirSync(join(root, "docs")).filter((name) => name.endsWith(".md"))) {
    const [, heading = ""] = /^# (.+)$/m.exec(readFileSync(join(root, "docs", guide), "utf8")) ?? [];
    expect(pages).toContain(`documents/${heading.replace(/[^\w.-]/g, "_")}.html`);
  }
});

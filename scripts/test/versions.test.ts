import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { apiVersion } from "@upvest-sdk/types";
import { afterAll, beforeAll, expect, test } from "vitest";

const repository = fileURLToPath(new URL("../../", import.meta.url));

interface Manifest {
  name: string;
  version?: string;
  private?: boolean;
  dependencies?: Record<string, string>;
}

let root = "";
let before: Map<string, Manifest>;
let after: Map<string, Manifest>;

const readManifest = async (file: string): Promise<Manifest> => JSON.parse(await readFile(file, "utf8"));

/** The folders of the workspace that have a package, as `pnpm-workspace.yaml` has them. */
async function folders(): Promise<string[]> {
  const children = async (folder: string): Promise<string[]> =>
    (await readdir(path.join(repository, folder))).map((name) => `${folder}/${name}`);
  return ["openapi", "scripts", ...(await children("packages")), ...(await children("examples"))].filter(
    (folder) => existsSync(path.join(repository, folder, "package.json")),
  );
}

async function manifests(): Promise<Map<string, Manifest>> {
  const found = new Map<string, Manifest>();
  for (const folder of await folders())
    found.set(folder, await readManifest(path.join(root, folder, "package.json")));
  return found;
}

const published = (all: Map<string, Manifest>): [string, Manifest][] =>
  [...all].filter(([, manifest]) => !manifest.private);

function run(command: string, ...args: string[]): string {
  // A maintainer's own settings of git would count, too.
  const env = {
    ...process.env,
    GIT_CONFIG_GLOBAL: path.join(root, "none"),
    GIT_CONFIG_NOSYSTEM: "1",
    CI: "1",
  };
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: root, env, encoding: "utf8" });
  expect(status, `${command} ${args.join(" ")}\n${stdout}\n${stderr}`).toBe(0);
  return stdout;
}

beforeAll(async () => {
  root = await mkdtemp(path.join(tmpdir(), "upvest-versions-"));
  const copied = ["package.json", "pnpm-workspace.yaml", "packages/types/src/generated/openapi.ts"];
  for (const folder of await folders())
    copied.push(
      `${folder}/package.json`,
      ...(folder.startsWith("packages/") ? [`${folder}/CHANGELOG.md`] : []),
    );
  for (const file of copied.filter((each) => existsSync(path.join(repository, each)))) {
    await mkdir(path.dirname(path.join(root, file)), { recursive: true });
    await cp(path.join(repository, file), path.join(root, file));
  }
  await mkdir(path.join(root, ".changeset"));
  for (const name of await readdir(path.join(repository, ".changeset"))) {
    if (!name.endsWith(".md"))
      await cp(path.join(repository, ".changeset", name), path.join(root, ".changeset", name));
  }
  await writeFile(
    path.join(root, ".changeset/one.md"),
    '---\n"@upvest-sdk/types": minor\n---\n\nA field more.\n',
  );
  await mkdir(path.join(root, "node_modules"));
  await symlink(
    path.join(repository, "node_modules/@changesets"),
    path.join(root, "node_modules/@changesets"),
    "junction",
  );
  await writeFile(path.join(root, ".gitignore"), "node_modules\n");
  run("git", "init", "--quiet", "--initial-branch=main");
  run("git", "add", ".");
  run(
    "git",
    "-c",
    "user.name=test",
    "-c",
    "user.email=test@example.org",
    "commit",
    "--quiet",
    "-m",
    "before",
  );
  before = await manifests();
  run("node", path.join(repository, "node_modules/@changesets/cli/bin.js"), "version");
  after = await manifests();
});
afterAll(() => rm(root, { recursive: true, force: true }));

test("one changeset of one package: all published packages get the same, next version", () => {
  const versions = (all: Map<string, Manifest>): (string | undefined)[] => [
    ...new Set(published(all).map(([, { version }]) => version)),
  ];
  expect(published(after).map(([folder]) => folder)).toHaveLength(7);
  const [old, ...others] = versions(before);
  expect(others).toEqual([]);
  const [major, minor] = old!.split(".").map(Number);
  expect(versions(after)).toEqual([`${major}.${minor! + 1}.0`]);
});

test("private packages keep their version", () => {
  for (const [folder, { version }] of [...after].filter(([, manifest]) => manifest.private))
    expect(version, folder).toBe(before.get(folder)?.version);
});

test("ranges between the packages follow: packed, each asks for exactly the version beside it", () => {
  // `workspace:*` is what pnpm replaces by the version; packed.test.ts looks at what comes of it.
  const ranges = [...after.values()].flatMap(({ name, dependencies = {} }) =>
    Object.entries(dependencies)
      .filter(([dependency]) => dependency.startsWith("@upvest-sdk/"))
      .map(([dependency, range]) => [`${name} -> ${dependency}`, range]),
  );
  expect(ranges.length).toBeGreaterThan(7);
  expect(ranges.filter(([, range]) => range !== "workspace:*")).toEqual([]);
});

test("each changelog has one entry of the version, which names the API version", async () => {
  for (const [folder, { name, version }] of published(after)) {
    const text = await readFile(path.join(root, folder, "CHANGELOG.md"), "utf8");
    const entry = text.split(/^## /m).filter((section) => section.startsWith(`${version}\n`));
    expect(entry, name).toHaveLength(1);
    expect(entry[0]!.match(/^- API .*$/gm), name).toEqual([`- API ${apiVersion}`]);
    expect(entry[0]!.includes("A field more."), name).toBe(name === "@upvest-sdk/types");
  }
});

test("the changeset is used up", async () => {
  expect((await readdir(path.join(root, ".changeset"))).filter((name) => name.endsWith(".md"))).toEqual([]);
});

/**
 * A consumer of the package: the tarball as npm would publish it, unpacked into the `node_modules` of a
 * temporary folder, and the compilers that such a consumer may have.
 */
import { type ExecFileException, execFile, execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const require = createRequire(import.meta.url);

export const packageFolder: string = fileURLToPath(new URL("..", import.meta.url));
export const programsFolder: string = fileURLToPath(new URL("programs", import.meta.url));

/** The folder of an installed package. */
function folderOf(name: string): string {
  for (const path of require.resolve.paths(name) ?? []) {
    const folder = join(path, name);
    try {
      readFileSync(join(folder, "package.json"));
      return folder;
    } catch {
      // not in this one
    }
  }
  throw new Error(`${name} is not installed`);
}

export interface Packed {
  /** A folder of one's own, gone after `remove`. */
  readonly folder: string;
  /** Where the package was unpacked to. */
  readonly unpacked: string;
  readonly files: readonly { readonly path: string; readonly size: number }[];
  readonly unpackedSize: number;
  remove(): void;
}

/** Packs the package as it was built, and unpacks it again. */
export function pack(): Packed {
  const folder = mkdtempSync(join(tmpdir(), "upvest-types-"));
  const [report] = JSON.parse(
    execFileSync("npm", ["pack", "--json", "--ignore-scripts", "--pack-destination", folder], {
      cwd: packageFolder,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
      shell: process.platform === "win32",
    }),
  ) as [{ filename: string; files: { path: string; size: number }[]; unpackedSize: number }];
  if (!report.files.some((file) => file.path === "dist/index.js")) {
    throw new Error("packages/types is not built: run `pnpm run build`");
  }
  execFileSync("tar", ["-xzf", report.filename], { cwd: folder });
  return {
    folder,
    unpacked: join(folder, "package"),
    files: report.files,
    unpackedSize: report.unpackedSize,
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** A project that has the packed package installed, and other packages by symbolic link. */
export function install(packed: Packed, name: string, others: Readonly<Record<string, string>>): string {
  const folder = join(packed.folder, name);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), JSON.stringify({ private: true, type: "module" }));
  cpSync(packed.unpacked, join(folder, "node_modules/@upvest-sdk/types"), { recursive: true });
  for (const [as, installed] of Object.entries(others)) {
    const link = join(folder, "node_modules", as);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(folderOf(installed), link, "junction");
  }
  return folder;
}

export interface Finished {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs Node in a folder, and waits for its end whatever it is. */
export function node(folder: string, args: readonly string[]): Promise<Finished> {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      args,
      { cwd: folder, maxBuffer: 1 << 26 },
      (error: ExecFileException | null, stdout, stderr) => {
        resolve({ code: error === null ? 0 : Number(error.code ?? 1), stdout, stderr });
      },
    );
  });
}

/** The compilers, by the name under which they are installed. */
export const compilers = {
  "5.4": "typescript-5-4",
  "5.9": "typescript",
  "7": "typescript-7",
} as const;

export type Compiler = keyof typeof compilers;

let configs = 0;

/** Compiles programs of a project without writing anything. */
export function compile(
  folder: string,
  compiler: Compiler,
  options: Readonly<Record<string, unknown>>,
  files: readonly string[],
  flags: readonly string[] = [],
): Promise<Finished> {
  const config = `tsconfig.${++configs}.json`;
  writeFileSync(join(folder, config), JSON.stringify({ compilerOptions: { ...common, ...options }, files }));
  const tsc = join(folderOf(compilers[compiler]), "bin/tsc");
  return node(folder, [tsc, "-p", config, "--pretty", "false", ...flags]);
}

const common = { noEmit: true, strict: true, target: "ES2022", lib: ["ES2023"], types: [] };

/** What a compiler found: `file:line code`, or its whole line where it is not about a program. */
export function diagnosticsOf(finished: Finished): string[] {
  const found: string[] = [];
  for (const line of `${finished.stdout}\n${finished.stderr}`.split(/\r?\n/)) {
    const at = /^([\w.-]+)\((\d+),\d+\): error (TS\d+): /.exec(line);
    if (at !== null) found.push(`${at[1]}:${at[2]} ${at[3]}`);
    else if (/error|panic|abort|exception/i.test(line) && !/^\s/.test(line)) found.push(line);
  }
  if (finished.code !== 0 && found.length === 0) found.push(`exit ${finished.code}: ${finished.stderr}`);
  return found;
}

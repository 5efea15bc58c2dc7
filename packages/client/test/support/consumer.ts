import { execFile, execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const require = createRequire(import.meta.url);
const packages = fileURLToPath(new URL("../../..", import.meta.url));

/** The compilers, by the name under which they are installed. */
export const compilers = { "5.4": "typescript-5-4", "5.9": "typescript", "7": "typescript-7" } as const;
export type Compiler = keyof typeof compilers;

/** The folder of an installed package. */
function folderOf(name: string): string {
  for (const path of require.resolve.paths(name) ?? []) {
    const folder = join(path, name);
    try {
      readFileSync(join(folder, "package.json"));
      return folder;
    } catch {
      // Not in this one.
    }
  }
  throw new Error(`${name} is not installed`);
}

/** A project of a user: our packages as npm would publish them, other packages by symbolic link. */
export interface Consumer {
  readonly folder: string;
  /** Compiles programs that are in the folder; gives what the compiler says. */
  compile(compiler: Compiler, options: object, files: readonly string[]): Promise<string>;
  remove(): void;
}

/** @param others as what name which package is to be there */
export function consumer(others: Readonly<Record<string, string>>): Consumer {
  const folder = mkdtempSync(join(tmpdir(), "upvest-client-"));
  writeFileSync(join(folder, "package.json"), JSON.stringify({ private: true, type: "module" }));
  const place = (name: string): string => {
    const target = join(folder, "node_modules", name);
    mkdirSync(dirname(target), { recursive: true });
    return target;
  };
  for (const name of ["types", "signing", "client"]) {
    const target = place(`@upvest-sdk/${name}`);
    mkdirSync(target);
    const packed = execFileSync("npm", ["pack", "--json", "--ignore-scripts", "--pack-destination", folder], {
      cwd: join(packages, name),
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    });
    const [{ filename }] = JSON.parse(packed) as [{ filename: string }];
    execFileSync("tar", ["-xzf", join(folder, filename), "--strip-components=1", "-C", target]);
  }
  for (const [name, installed] of Object.entries(others)) {
    symlinkSync(folderOf(installed), place(name), "junction");
  }
  let configs = 0;
  return {
    folder,
    compile(compiler, options, files) {
      const config = `tsconfig.${++configs}.json`;
      const compilerOptions = { strict: true, target: "ES2022", lib: ["ES2023"], types: [], ...options };
      writeFileSync(join(folder, config), JSON.stringify({ compilerOptions, files }));
      const args = [join(folderOf(compilers[compiler]), "bin/tsc"), "-p", config, "--pretty", "false"];
      return new Promise((resolve) => {
        execFile(process.execPath, args, { cwd: folder, maxBuffer: 1 << 26 }, (_, out, err) =>
          resolve(out + err),
        );
      });
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

import { randomUUID } from "node:crypto";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { CodegenError } from "./errors.js";

/** The names of the files that differ from what stands in the folder, or are not there. */
export async function staleFiles(folder: string, files: ReadonlyMap<string, string>): Promise<string[]> {
  const stale: string[] = [];
  for (const [name, text] of files) {
    const present = await readFile(path.join(folder, name), "utf8").catch(() => undefined);
    if (present !== text) stale.push(name);
  }
  return stale;
}

/** Writes all of the files or, if that cannot be done, none. */
export async function writeFiles(folder: string, files: ReadonlyMap<string, string>): Promise<void> {
  const mark = randomUUID();
  const fresh = (name: string) => path.join(folder, `.${name}.${mark}.new`);
  const old = (name: string) => path.join(folder, `.${name}.${mark}.old`);
  const changed = new Map<string, string>();
  for (const name of await staleFiles(folder, files)) changed.set(name, files.get(name) ?? "");
  const replaced: string[] = [];
  try {
    await mkdir(folder, { recursive: true });
    for (const [name, text] of changed) await writeFile(fresh(name), text, { flag: "wx" });
    for (const name of changed.keys()) {
      const target = path.join(folder, name);
      const hadOne = await rename(target, old(name)).then(
        () => true,
        (error: NodeJS.ErrnoException) => {
          if (error.code === "ENOENT") return false;
          throw error;
        },
      );
      replaced.push(name);
      await rename(fresh(name), target).catch(async (error: unknown) => {
        if (hadOne) await rename(old(name), target);
        replaced.pop();
        throw error;
      });
    }
  } catch (error) {
    for (const name of replaced.reverse()) {
      await rm(path.join(folder, name), { force: true });
      await rename(old(name), path.join(folder, name)).catch(() => undefined);
    }
    const reason = error instanceof Error ? error.message.replace(/, .*$/, "") : String(error);
    throw new CodegenError(
      "OUTPUT_NOT_WRITABLE",
      `The folder ${folder} cannot be written (${reason}), so nothing was changed: choose another --out or make it writable.`,
      { cause: error },
    );
  } finally {
    for (const name of changed.keys()) {
      await rm(fresh(name), { force: true }).catch(() => undefined);
      await rm(old(name), { force: true, recursive: true }).catch(() => undefined);
    }
  }
}

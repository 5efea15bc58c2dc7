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

/**
 * Writes all of the files or, if that cannot be done, none. A file that is the same already is not touched.
 *
 * @param files path in the folder -> text
 * @throws CodegenError `OUTPUT_NOT_WRITABLE`
 */
export async function writeFiles(folder: string, files: ReadonlyMap<string, string>): Promise<void> {
  const mark = randomUUID();
  const stale = await staleFiles(folder, files);
  const writes = stale.map((name) => {
    const target = path.join(folder, name);
    const beside = (end: string) =>
      path.join(path.dirname(target), `.${path.basename(target)}.${mark}.${end}`);
    return { target, fresh: beside("new"), old: beside("old"), text: files.get(name) ?? "" };
  });
  const done: { target: string; old: string; hadOne: boolean }[] = [];
  try {
    for (const { fresh, text } of writes) {
      await mkdir(path.dirname(fresh), { recursive: true });
      await writeFile(fresh, text, { flag: "wx" });
    }
    for (const { target, fresh, old } of writes) {
      const hadOne = await rename(target, old).then(
        () => true,
        (error: NodeJS.ErrnoException) => {
          if (error.code === "ENOENT") return false;
          throw error;
        },
      );
      done.push({ target, old, hadOne });
      await rename(fresh, target);
    }
  } catch (cause) {
    for (const { target, old, hadOne } of done.reverse()) {
      if (hadOne) await rename(old, target).catch(() => undefined);
      else await rm(target, { force: true }).catch(() => undefined);
    }
    const code = cause instanceof Error && "code" in cause ? String(cause.code) : String(cause);
    throw new CodegenError(
      "OUTPUT_NOT_WRITABLE",
      `The folder ${folder} cannot be written (${code}), so nothing in it was changed: choose another one or make it writable.`,
      { cause },
    );
  } finally {
    for (const { fresh, old } of writes) {
      await rm(fresh, { force: true }).catch(() => undefined);
      await rm(old, { force: true, recursive: true }).catch(() => undefined);
    }
  }
}

import { readFile } from "node:fs/promises";
import { load } from "js-yaml";
import { isObject } from "./document.js";
import { CodegenError } from "./errors.js";
import type { ModelNames } from "./normalize/index.js";

/**
 * Reads a names file: YAML with one line `AutomaticName: WantedName` for each model that is to be called otherwise.
 *
 * @throws CodegenError `FILE_NOT_FOUND`, `INVALID_NAMES`
 */
export async function readNames(file: string): Promise<ModelNames> {
  const text = await readFile(file, "utf8").catch((cause: unknown) => {
    throw new CodegenError(
      "FILE_NOT_FOUND",
      `The names file ${file} cannot be read: check the path given to --names.`,
      { cause },
    );
  });
  if (text.split("\n").every((line) => /^\s*(#.*|---\s*)?$/.test(line))) return {};
  let content: unknown;
  try {
    content = load(text);
  } catch (cause) {
    throw new CodegenError(
      "INVALID_NAMES",
      `The names file ${file} is not YAML: ${cause instanceof Error ? (cause.message.split("\n")[0] ?? "") : ""}`,
      { cause },
    );
  }
  if (content === null || content === undefined) return {};
  if (!isObject(content) || !Object.values(content).every((name) => typeof name === "string")) {
    throw new CodegenError(
      "INVALID_NAMES",
      `The names file ${file} must hold lines of the form "AutomaticName: WantedName" and nothing else.`,
    );
  }
  return content as Record<string, string>;
}

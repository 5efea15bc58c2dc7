import { dirname, parse, relative, sep } from "node:path";
import { CodegenError } from "../errors.js";
import { pathKeys, pointerOf } from "./path.js";
import type { Location } from "./source-files.js";

/**
 * A name for each target, by its id. A target is named after the last step of its pointer, or after its file if
 * it is a whole file. Targets that want one name get the file's and then the folders' names in front, all of
 * them, so that a name does not depend on the order in which the targets are found.
 */
export function chooseComponentNames(
  targets: ReadonlyMap<string, Location>,
  taken: Iterable<string>,
  mainPath: string,
): Map<string, string> {
  const used = new Set(taken);
  const names = new Map<string, string>();
  let open = [...targets].map(([id, target]) => ({ id, target, candidates: candidates(target, mainPath) }));
  for (let round = 0; open.length > 0; round++) {
    const wishes = new Map<string, number>();
    for (const { candidates, target } of open) {
      const wish = candidates[round];
      if (wish === undefined) throw noName(target);
      wishes.set(wish, (wishes.get(wish) ?? 0) + 1);
    }
    const settled = open.filter(({ candidates }) => {
      const wish = candidates[round] ?? "";
      return wish !== "" && wishes.get(wish) === 1 && !used.has(wish);
    });
    for (const { id, candidates } of settled) {
      const name = candidates[round] ?? "";
      names.set(id, name);
      used.add(name);
    }
    open = open.filter(({ id }) => !names.has(id));
  }
  return names;
}

/** The names a target may get, best first; the same number of them whatever the pointer. */
function candidates({ file, path }: Location, mainPath: string): string[] {
  const filePath = file.path ?? "";
  const folders = relative(dirname(mainPath), dirname(filePath)).split(sep);
  const { name, ext } = parse(filePath);
  const steps = pathKeys(path);
  const trail = [...folders, name, ...steps.slice(-1)];
  return [
    ...trail.map((_, index) => trail.slice(-1 - index)),
    [...folders, name, ...steps],
    [...folders, name, ext, ...steps],
  ].map(componentName);
}

/** OpenAPI allows letters, digits, dots, hyphens and underscores. */
function componentName(parts: string[]): string {
  return parts
    .map((part) => part.replace(/[^A-Za-z0-9._-]+/g, "_").replace(/^[._]+|_+$/g, ""))
    .filter((part) => part !== "")
    .join("_");
}

function noName({ file, path }: Location): CodegenError {
  return new CodegenError(
    "INVALID_DESCRIPTION",
    `There is no component name left for ${pointerOf(path)} in ${file.name}; rename it or its file.`,
  );
}

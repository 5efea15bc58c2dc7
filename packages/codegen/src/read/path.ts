import { escapePointer, isObject, type Json } from "../document.js";

/** The way from the root of a document to a value in it, last key first; undefined is the root. */
export type Path = { readonly parent: Path; readonly key: string } | undefined;

export function pathKeys(path: Path): string[] {
  const keys: string[] = [];
  for (let step = path; step !== undefined; step = step.parent) keys.push(step.key);
  return keys.reverse();
}

/** The path as a JSON pointer, for people. */
export function pointerOf(path: Path): string {
  return `#${pathKeys(path)
    .map((key) => `/${escapePointer(key)}`)
    .join("")}`;
}

/** The path as a `$ref`, in which a percent sign begins an escape. */
export function refTo(path: Path): string {
  return pointerOf(path).replaceAll("%", "%25");
}

/** The own member of an object or the item of a list. */
export function memberOf(node: Json, key: string): Json | undefined {
  if (Array.isArray(node)) return /^\d+$/.test(key) ? node[Number(key)] : undefined;
  return isObject(node) && Object.hasOwn(node, key) ? node[key] : undefined;
}

import { at, type Description } from "./description.js";

/** A copy with another value at a JSON pointer: a value, a function of the present one, or undefined to take it away. */
export function change(description: Description, pointer: string, value: unknown): Description {
  const copy = structuredClone(description);
  const end = pointer.lastIndexOf("/");
  const parent = at(copy, pointer.slice(0, end)) as Record<string, unknown>;
  const key = pointer.slice(end + 1).replaceAll("~1", "/");
  const next: unknown = typeof value === "function" ? value(parent[key]) : value;
  if (next === undefined) delete parent[key];
  else parent[key] = next;
  return copy;
}

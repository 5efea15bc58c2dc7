import { isObject } from "../document.js";
import { modelName, type Site } from "./schema-site.js";
import type { Shape } from "./shape.js";

/** How a message names the shape. */
export function shapeLabel(shape: Shape): string {
  if (shape.values) return enumLabel([...shape.values.keys()]);
  if (shape.union) return shape.union.members.map(memberLabel).sort().join(" or ");
  if (shape.types === undefined) return "anything";
  if (shape.types.size === 0) return "nothing";
  const names = [...shape.types].map((type) => (type === "number" && shape.integer ? "integer" : type));
  return names.sort().join(" or ");
}

function enumLabel(values: readonly string[]): string {
  const shown = [...values].sort();
  return shown.length > 3 ? `one of ${shown.length} values` : shown.join(" or ");
}

/** How a message names a member of a union. */
export function memberLabel(site: Site): string {
  const { schema } = site;
  if (!isObject(schema)) return modelName(site.pointer) ?? "anything";
  const ref = schema["$ref"];
  if (typeof ref === "string") return modelName(ref) ?? ref;
  if (!site.listed && modelName(site.pointer) !== undefined) return modelName(site.pointer)!;
  for (const key of ["title", "type"] as const) if (typeof schema[key] === "string") return schema[key];
  return "a schema in place";
}

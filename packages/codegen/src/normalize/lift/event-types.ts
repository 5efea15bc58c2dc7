import { isObject } from "../../document.js";
import type { Occurrence } from "./collect.js";

/** The event types that an event's schema lists, if it is one. */
export function eventTypes({ schema }: Occurrence): string[] {
  const properties = schema["properties"];
  const type = isObject(properties) ? properties["type"] : undefined;
  if (!isObject(type)) return [];
  const values = Array.isArray(type["enum"]) ? type["enum"] : [type["const"]];
  return values.every((value): value is string => typeof value === "string" && value.includes("."))
    ? values
    : [];
}

import {
  atPointer,
  escapePointer,
  isObject,
  type Json,
  type JsonObject,
  type OpenApiDocument,
} from "../document.js";
import { inList, type Site, siteAt } from "./schema-site.js";

/** A parameter, body, answer or path item, and where it is once its references are followed. */
export interface Part {
  readonly value: JsonObject;
  readonly site: Site;
  /** The component that it refers to: two operations that refer to the same one share it. */
  readonly ref: string | undefined;
}

/** What the value is once its references are followed. */
export function follow(document: OpenApiDocument, start: Site): Part {
  let site = start;
  let ref: string | undefined;
  for (let hops = 0; hops < 20; hops += 1) {
    const next = isObject(site.schema) ? site.schema["$ref"] : undefined;
    if (typeof next !== "string" || !next.startsWith("#")) break;
    ref = next;
    site = siteAt(atPointer(document, next), next);
  }
  return { value: isObject(site.schema) ? site.schema : {}, site, ref };
}

export function partAt(document: OpenApiDocument, value: Json | undefined, ...keys: string[]): Part {
  return follow(document, siteAt(value, ["#", ...keys.map(escapePointer)].join("/")));
}

/** The parts of a list, each at the list's pointer unless it refers to a component. */
export function partsIn(document: OpenApiDocument, parent: Part, key: string): Part[] {
  const list = parent.value[key];
  return Array.isArray(list) ? list.map((value) => follow(document, inList(parent.site, value, key))) : [];
}

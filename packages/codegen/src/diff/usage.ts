import { isObject, type Json, type OpenApiDocument, objectAt } from "../document.js";
import type { Direction } from "./findings.js";
import { modelName, modelRef, siteOfRef } from "./schema-site.js";

/** The pointers of the models that a description sends each way. */
export type ModelUse = Readonly<Record<Direction, ReadonlySet<string>>>;

/** Which models the operations and webhooks of one description lead to. */
export function modelUse(document: OpenApiDocument): ModelUse {
  const request = new Set<string>();
  const answer = new Set<string>();
  for (const key of ["webhooks", "x-webhooks"]) follow(document, document[key], answer);
  for (const item of Object.values(objectAt(document, "paths"))) {
    if (!isObject(item)) continue;
    follow(document, item["parameters"], request);
    for (const operation of Object.values(item)) {
      if (!isObject(operation)) continue;
      for (const [key, value] of Object.entries(operation)) {
        follow(document, value, key === "responses" ? answer : request);
      }
    }
  }
  return { request, answer };
}

/** Adds every model below, by way of any other references. */
function follow(document: OpenApiDocument, start: Json | undefined, found: Set<string>): void {
  const waiting: (Json | undefined)[] = [start];
  const visited = new Set<string>();
  while (waiting.length > 0) {
    const value = waiting.pop();
    if (Array.isArray(value)) waiting.push(...value);
    if (!isObject(value)) continue;
    waiting.push(...Object.values(value));
    const ref = value["$ref"];
    if (typeof ref !== "string" || visited.has(ref)) continue;
    visited.add(ref);
    const name = modelName(ref);
    if (name !== undefined) {
      const known = found.has(modelRef(name));
      found.add(modelRef(name));
      if (known) continue;
    }
    waiting.push(siteOfRef(document, ref).schema);
  }
}

/** Anything that JSON can say. */
export type Json = string | number | boolean | null | Json[] | JsonObject;

/** A JSON object. Its keys come from the outside: copy with spread or `Object.fromEntries`, never `copy[key] = value`. */
export interface JsonObject {
  [key: string]: Json | undefined;
}

/** A parsed OpenAPI description. Nothing of it is trusted beyond being JSON. */
export type OpenApiDocument = JsonObject;

export const httpMethods = ["get", "put", "post", "delete", "options", "head", "patch", "trace"] as const;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The member as an object, or an empty one. */
export function objectAt(parent: unknown, key: string): JsonObject {
  const value = isObject(parent) && Object.hasOwn(parent, key) ? parent[key] : undefined;
  return isObject(value) ? value : {};
}

/** One step of a JSON pointer, escaped (RFC 6901). */
export function escapePointer(key: string): string {
  return key.replaceAll("~", "~0").replaceAll("/", "~1");
}

export function unescapePointer(step: string): string {
  return step.replaceAll("~1", "/").replaceAll("~0", "~");
}

/** The value that a `#/...` pointer means in the document, or undefined. */
export function atPointer(document: Json, pointer: string): Json | undefined {
  let value: Json | undefined = document;
  for (const step of pointer.replace(/^#?\/?/, "").split("/")) {
    if (step === "" && pointer.length <= 2) return value;
    const key = pointerKey(step);
    if (Array.isArray(value)) value = value[Number(key)];
    else if (isObject(value) && Object.hasOwn(value, key)) value = value[key];
    else return undefined;
  }
  return value;
}

/** The key that one step of a pointer in a `$ref` means: percent-encoding and escapes undone. */
export function pointerKey(step: string): string {
  return unescapePointer(safeDecode(step));
}

function safeDecode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

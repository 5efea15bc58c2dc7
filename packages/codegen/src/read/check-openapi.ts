import { escapePointer, httpMethods, isObject, type Json, type OpenApiDocument } from "../document.js";
import { CodegenError } from "../errors.js";
import { memberOf } from "./path.js";
import { sections } from "./places.js";

const convert = "convert it to OpenAPI 3.0 or 3.1";

/** Throws unless the value is a description in OpenAPI 3.0 or 3.1. */
export function requireOpenApi(document: Json, name: string): asserts document is OpenApiDocument {
  if (!isObject(document)) {
    throw new CodegenError("NOT_OPENAPI", `${name} is not an object; give an OpenAPI 3 description.`);
  }
  const unsupported = (problem: string): CodegenError =>
    new CodegenError("UNSUPPORTED_VERSION", `${name} ${problem}.`);
  const version = memberOf(document, "openapi");
  const swagger = memberOf(document, "swagger");
  if (version === undefined && swagger !== undefined) {
    throw unsupported(`is written in Swagger ${JSON.stringify(swagger)?.slice(0, 40)}; ${convert}`);
  }
  if (version === undefined) {
    throw new CodegenError(
      "NOT_OPENAPI",
      `${name} has no member "openapi" at its root; give an OpenAPI 3 description.`,
    );
  }
  // Unquoted, 3.0 is the number 3, so a number does not tell which version is meant.
  if (typeof version !== "string" || /^3\.[01]$/.test(version)) {
    const written = JSON.stringify(version)?.slice(0, 40);
    throw unsupported(
      `gives ${written} as its OpenAPI version; write it in quotes with three numbers, such as "3.1.0"`,
    );
  }
  if (!/^3\.[01]\.\d+(-.*)?$/.test(version)) {
    throw unsupported(`is written in OpenAPI ${JSON.stringify(version.slice(0, 40))}; ${convert}`);
  }
}

/** Throws unless the outer parts of a description, down to the operations, have the form that OpenAPI gives them. */
export function requireForm(document: OpenApiDocument, name: string): void {
  const objects = (parent: Json | undefined, pointer: string, keys?: readonly string[]): [Json, string][] => {
    if (!isObject(parent)) return [];
    return (keys ?? Object.keys(parent)).flatMap((key) => {
      const value = memberOf(parent, key);
      if (value === undefined) return [];
      const at = `${pointer}/${escapePointer(key)}`;
      // `true` and `false` are schemas in OpenAPI 3.1.
      const mayBeBoolean = pointer === "#/components/schemas";
      if (!isObject(value) && !(mayBeBoolean && typeof value === "boolean")) {
        throw new CodegenError(
          "INVALID_DESCRIPTION",
          `${name} has no object at ${at}; correct what stands there.`,
        );
      }
      return [[value, at]];
    });
  };
  const roots = objects(document, "#", ["info", "paths", "webhooks", "components"]);
  for (const [root, at] of roots) {
    if (at === "#/components") {
      for (const [group, groupAt] of objects(root, at, [...Object.keys(sections), "pathItems"]))
        objects(group, groupAt);
    } else if (at !== "#/info") {
      const items = isObject(root) ? Object.keys(root).filter((key) => !key.startsWith("x-")) : [];
      for (const [item, itemAt] of objects(root, at, items)) objects(item, itemAt, httpMethods);
    }
  }
}

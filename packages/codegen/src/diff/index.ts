import type { OpenApiDocument } from "../document.js";
import { normalize } from "../normalize/index.js";
import { compare } from "./compare.js";
import type { Diff } from "./types.js";

export { bumpFor } from "./bump.js";
export { diffMarkdown, diffSummary } from "./markdown.js";
export type { Bump, Change, ChangeKind, Diff } from "./types.js";

/**
 * What differs between two descriptions of the API, for code that uses the generated types and for the calls it makes.
 *
 * A new enum value in an answer is not breaking, and its message says that an exhaustive `switch` now misses a case.
 * Neither document is changed, and the order of what is in them does not matter.
 *
 * @throws CodegenError as `normalize` does
 */
export function diff(oldDocument: OpenApiDocument, newDocument: OpenApiDocument): Diff {
  return compare(normalize(oldDocument), normalize(newDocument));
}

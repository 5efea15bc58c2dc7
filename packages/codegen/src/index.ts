/**
 * From an OpenAPI description of the Upvest Investment API to TypeScript: read it, normalise it, generate types from it,
 * compare two versions of it.
 *
 * @packageDocumentation
 */
export type { Bump, Change, ChangeKind, Diff } from "./diff/index.js";
export { bumpFor, diff } from "./diff/index.js";
export { diffMarkdown, diffSummary } from "./diff/markdown.js";
export type { Json, JsonObject, OpenApiDocument } from "./document.js";
export { CodegenError, type CodegenErrorCode } from "./errors.js";
export { type GenerateOptions, generate, type Report } from "./generate/index.js";
export { readNames } from "./names-file.js";
export { type ModelNames, type NormalizeOptions, normalize } from "./normalize/index.js";
export { staleFiles, writeFiles } from "./output.js";
export { type ReadDescription, readDescription } from "./read-description.js";
export { reportTable } from "./report.js";

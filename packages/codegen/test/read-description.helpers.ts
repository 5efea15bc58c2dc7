import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect } from "vitest";
import { CodegenError, type CodegenErrorCode } from "../src/errors.js";
import { type ReadDescriptionOptions, readDescription } from "../src/read-description.js";

/** The start of a description. */
export const head = 'openapi: "3.1.0"\ninfo: {title: T, version: "1"}\n';

/** A new folder for each test. */
export let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "read-description-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Writes a file and returns its path. */
export async function file(text: string | Uint8Array, name = "api.yaml"): Promise<string> {
  const path = join(folder, name);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
  return path;
}

/** The document that `api.yaml` gives, with these further files beside it. */
export async function read(
  text: string,
  others: Record<string, string> = {},
): Promise<Record<string, unknown>> {
  for (const [name, content] of Object.entries(others)) await file(content, name);
  return (await readDescription(await file(head + text))).document;
}

/** The error that reading a source gives. */
export async function failureOf(source: string, options?: ReadDescriptionOptions): Promise<CodegenError> {
  const result = await readDescription(source, options).catch((error: unknown) => error);
  expect(result).toBeInstanceOf(CodegenError);
  return result as CodegenError;
}

export async function expectFailure(
  text: string | Uint8Array,
  code: CodegenErrorCode,
  message: RegExp,
): Promise<void> {
  const error = await failureOf(await file(text));
  expect(error.message).toMatch(message);
  expect(error.code).toBe(code);
}

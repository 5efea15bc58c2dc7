import { resolve } from "node:path";
import type { OpenApiDocument } from "./document.js";
import { CodegenError } from "./errors.js";
import { bundle } from "./read/bundle.js";
import { requireForm, requireOpenApi } from "./read/check-openapi.js";
import { collect } from "./read/collect.js";
import { checkComplexity } from "./read/complexity.js";
import { decode } from "./read/decode.js";
import { errorCode } from "./read/error-code.js";
import { fetchBytes, isUrl, parseUrl, publicUrl } from "./read/fetch-bytes.js";
import { parse } from "./read/parse.js";
import { readFile } from "./read/read-file.js";
import { SourceFiles } from "./read/source-files.js";

/** How a description may be read otherwise. */
export interface ReadDescriptionOptions {
  /** For a URL, in milliseconds, with all redirects and the body; 30,000 unless given. */
  timeoutMs?: number;
  /** What `-` reads; `process.stdin` unless given. */
  stdin?: AsyncIterable<Uint8Array | string>;
}

/** A description as it was read. */
export interface ReadDescription {
  /** One document without references to other files. Each `$ref` in it resolves. */
  document: OpenApiDocument;
  /** The size of all files that were read, in bytes. */
  bytes: number;
  /** Where the description is from, without the user, password and query of a URL. */
  source: string;
}

/**
 * Reads an OpenAPI 3.0 or 3.1 description, in YAML or JSON, together with the local files that it refers to.
 *
 * @param source The path of a file, an https URL (http only on this computer: localhost, 127.0.0.1 or [::1]), or
 *   `-` for standard input. Only a description read from a path can refer to other files.
 * @throws {CodegenError} whenever the source cannot be read or is no valid description: `FILE_NOT_FOUND`,
 *   `FILE_NOT_READABLE`, `URL_REFUSED`, `URL_NOT_READABLE`, `URL_TIMEOUT`, `TOO_LARGE` (over 50,000,000 bytes),
 *   `TOO_COMPLEX` (nested over 500 levels deep, over 5,000,000 values, or without end), `NOT_YAML`,
 *   `NOT_OPENAPI`, `UNSUPPORTED_VERSION`, `UNRESOLVED_REF` or `INVALID_DESCRIPTION`.
 */
export async function readDescription(
  source: string,
  options: ReadDescriptionOptions = {},
): Promise<ReadDescription> {
  const input = await readSource(source, options);
  const main = parse(decode(input.bytes, input.name), input.name);
  requireOpenApi(main, input.name);
  const files = new SourceFiles({ name: input.name, path: input.path, document: main }, input.bytes.length);
  const document = bundle(files);
  // Each file alone is small enough, but a part of one may have been put in place many times.
  if (files.bytes > input.bytes.length) checkComplexity(document, input.name);
  requireForm(document, input.name);
  return { document, bytes: files.bytes, source: isUrl(source) ? input.name : source };
}

interface Input {
  bytes: Uint8Array;
  /** For messages. */
  name: string;
  /** Undefined if not a file. */
  path: string | undefined;
}

async function readSource(source: string, options: ReadDescriptionOptions): Promise<Input> {
  if (source === "-") {
    const bytes = await readStdin(options.stdin ?? process.stdin);
    return { bytes, name: "standard input", path: undefined };
  }
  if (isUrl(source)) {
    const url = parseUrl(source);
    return {
      bytes: await fetchBytes(url, options.timeoutMs ?? 30_000),
      name: publicUrl(url),
      path: undefined,
    };
  }
  return { bytes: await readFile(source), name: source, path: resolve(source) };
}

async function readStdin(stdin: AsyncIterable<Uint8Array | string>): Promise<Uint8Array> {
  try {
    return await collect(stdin, "Standard input");
  } catch (error) {
    if (error instanceof CodegenError) throw error;
    throw new CodegenError(
      "FILE_NOT_READABLE",
      `Standard input cannot be read (${errorCode(error)}); give the path of a file.`,
      { cause: error },
    );
  }
}

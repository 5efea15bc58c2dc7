import { readFileSync, statSync } from "node:fs";
import { dirname, isAbsolute, join, resolve } from "node:path";
import { isObject, type Json, type JsonObject, unescapePointer } from "../document.js";
import { CodegenError } from "../errors.js";
import { tooLarge } from "./collect.js";
import { decode } from "./decode.js";
import { errorCode } from "./error-code.js";
import { maxBytes } from "./limits.js";
import { parse } from "./parse.js";
import { memberOf, type Path, pointerOf } from "./path.js";

export interface SourceFile {
  /** For messages. */
  name: string;
  /** Undefined if the description is not from a file. */
  path: string | undefined;
  document: Json;
}

/** A value in a file. */
export interface Location {
  file: SourceFile;
  path: Path;
  node: Json;
  /** A `$ref` had to be followed on the way, so the pointer as written leads nowhere in the file itself. */
  crossed: boolean;
}

/** An object that stands for what it refers to. */
export function isReference(node: Json | undefined): node is JsonObject & { $ref: string } {
  return isObject(node) && typeof memberOf(node, "$ref") === "string";
}

export function locationId(location: Location): string {
  return `${location.file.path ?? ""}${pointerOf(location.path)}`;
}

/** The main file of a description and the files that it refers to, each read once, when a reference needs it. */
export class SourceFiles {
  readonly main: SourceFile;
  /** Of all files read so far. */
  bytes: number;
  readonly #byPath = new Map<string, SourceFile>();
  /** References that are known to lead to something other than a reference. */
  readonly #ending = new Set<string>();

  constructor(main: SourceFile, bytes: number) {
    this.main = main;
    this.bytes = bytes;
    if (main.path !== undefined) this.#byPath.set(main.path, main);
  }

  /** What a `$ref` that stands in a file at a path refers to. */
  resolve(ref: string, file: SourceFile, at: Path): Location {
    return this.#resolve(ref, file, at, { hops: 0 });
  }

  /** Throws if the location is a reference that only leads round in a circle. */
  requireEnd(start: Location): void {
    const passed = new Set<string>();
    let location = start;
    while (isReference(location.node)) {
      const id = locationId(location);
      if (this.#ending.has(id)) break;
      const { file, path, node } = location;
      if (passed.has(id)) throw unresolved(node.$ref, file, path, "leads only round in a circle");
      passed.add(id);
      location = this.resolve(node.$ref, file, path);
    }
    for (const id of passed) this.#ending.add(id);
  }

  #resolve(ref: string, file: SourceFile, at: Path, count: { hops: number }): Location {
    // Each hop is a `$ref` in the middle of a pointer; only a circle has this many.
    if (count.hops++ > 100) throw unresolved(ref, file, at, "leads only round in a circle");
    const hash = ref.indexOf("#");
    const filePart = hash === -1 ? ref : ref.slice(0, hash);
    const fragment = hash === -1 ? "" : ref.slice(hash + 1);
    if (fragment !== "" && !fragment.startsWith("/")) {
      throw unresolved(ref, file, at, "is not a JSON pointer such as #/components/schemas/Name");
    }

    const target = filePart === "" ? file : this.#load(filePart, ref, file, at);
    let location: Location = { file: target, path: undefined, node: target.document, crossed: false };
    for (const step of fragment.split("/").slice(1)) {
      const key = unescapePointer(percentDecode(step));
      let child = memberOf(location.node, key);
      while (child === undefined && isReference(location.node)) {
        const { file, path, node } = location;
        location = { ...this.#resolve(node.$ref, file, path, count), crossed: true };
        child = memberOf(location.node, key);
      }
      if (child === undefined) {
        const holder = `${pointerOf(location.path)} in ${location.file.name}`;
        throw unresolved(ref, file, at, `leads nowhere (there is no ${JSON.stringify(key)} at ${holder})`);
      }
      location = { ...location, path: { parent: location.path, key }, node: child };
    }
    return location;
  }

  #load(filePart: string, ref: string, from: SourceFile, at: Path): SourceFile {
    const refuse = (why: string): CodegenError => unresolved(ref, from, at, why);
    if (/^[a-z][a-z0-9+.-]+:|^\/\//i.test(filePart)) {
      throw refuse("is a URL, and only files on this computer are read: download it and refer to the file");
    }
    if (from.path === undefined) {
      throw refuse("names a file, but only a description read from a file can refer to other files");
    }
    const relative = percentDecode(filePart);
    if (isAbsolute(relative)) throw refuse("is not relative to the file it stands in");

    const path = resolve(dirname(from.path), relative);
    const known = this.#byPath.get(path);
    if (known !== undefined) return known;
    const name = join(dirname(from.name), relative);
    const bytes = this.#read(path, name, refuse);
    const file = { name, path, document: parse(decode(bytes, name), name) };
    this.#byPath.set(path, file);
    return file;
  }

  // Synchronous, so that the walk through a description is an ordinary recursion; the files are local and few.
  #read(path: string, name: string, refuse: (why: string) => CodegenError): Buffer {
    try {
      const stats = statSync(path);
      if (!stats.isFile()) throw refuse("names something that is not a file");
      if (this.bytes + stats.size > maxBytes) throw tooLarge(`The description with ${name}`);
      const bytes = readFileSync(path);
      this.bytes += bytes.length;
      return bytes;
    } catch (error) {
      if (error instanceof CodegenError) throw error;
      const code = errorCode(error);
      throw refuse(
        code === "ENOENT" ? `names a file that does not exist (${path})` : `cannot be read (${code})`,
      );
    }
  }
}

export function unresolved(ref: string, file: SourceFile, at: Path, why: string): CodegenError {
  return new CodegenError(
    "UNRESOLVED_REF",
    `The $ref ${JSON.stringify(ref)} at ${pointerOf(at)} in ${file.name} ${why}; correct the $ref or its target.`,
  );
}

function percentDecode(text: string): string {
  if (!text.includes("%")) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

import { isObject, type Json, type JsonObject, objectAt } from "../document.js";
import { CodegenError } from "../errors.js";
import { chooseComponentNames } from "./component-names.js";
import { maxDepth, maxNodes } from "./limits.js";
import { memberOf, type Path, pointerOf, refTo } from "./path.js";
import { itemPlace, memberPlace, type Place, type Section, sectionOf, sections } from "./places.js";
import {
  isReference,
  type Location,
  locationId,
  type SourceFile,
  type SourceFiles,
  unresolved,
} from "./source-files.js";

/**
 * The main document with all that it refers to in other files. Every `$ref` is checked, those inside the main
 * file too. What can be a component becomes one; anything else, such as a path item, is put in place.
 */
export function bundle(files: SourceFiles): JsonObject {
  // Names can only be chosen when all targets are known, so a second pass writes them.
  const first = new Pass(files, new Map());
  const document = first.run();
  if (first.targets.size === 0) return document;
  const names = new Map<string, string>();
  for (const section of Object.keys(sections) as Section[]) {
    const targets = [...first.targets].filter(([, target]) => target.section === section);
    const taken = first.entries.filter((entry) => entry.section === section).map(({ name }) => name);
    for (const [id, name] of chooseComponentNames(new Map(targets), taken, files.main.path ?? "")) {
      names.set(id, name);
    }
  }
  return new Pass(files, names).run();
}

const open = Symbol("open");

interface Target extends Location {
  section: Section;
}

interface Entry {
  section: Section;
  name: string;
  content: Location;
}

/** One walk through the main document and everything that it refers to, which writes the given component names. */
class Pass {
  /** What must become a component, and has no name in the main document. */
  readonly targets = new Map<string, Target>();
  /** The components that the main document names itself. */
  readonly entries: Entry[];
  readonly #files: SourceFiles;
  readonly #main: SourceFile;
  readonly #components: Location | undefined;
  readonly #names: ReadonlyMap<string, string>;
  /** Names that the main document gives to parts of other files. */
  readonly #claims = new Map<string, string>();
  /** What was put in place, by place and location; `open` while it is being made. */
  readonly #inPlace = new Map<string, Json | typeof open>();
  #nodes = 0;

  constructor(files: SourceFiles, names: ReadonlyMap<string, string>) {
    this.#files = files;
    this.#main = files.main;
    this.#names = names;
    const root = { file: this.#main, path: undefined, node: this.#main.document, crossed: false };
    this.#components = this.#held(root, "components");
    this.entries = (Object.keys(sections) as Section[]).flatMap((section) => this.#sectionEntries(section));
  }

  run(): JsonObject {
    if (isReference(this.#main.document)) {
      const why = "stands at the root, where OpenAPI allows none";
      throw unresolved(this.#main.document.$ref, this.#main, undefined, why);
    }
    const document = mapMembers(this.#main.document as JsonObject, (value, key) => {
      // A stand-in that keeps the place: the components are complete only when all else has been walked.
      if (key === "components") return null;
      const path = { parent: undefined, key };
      return this.#transform(value, memberPlace("document", key), this.#main, path, 1);
    });
    const components = this.#bundledComponents();
    return components === undefined ? document : { ...document, components };
  }

  /** A member, or what it refers to. */
  #held(parent: Location, key: string): Location | undefined {
    const node = memberOf(parent.node, key);
    if (node === undefined) return undefined;
    let location: Location = { ...parent, path: { parent: parent.path, key }, node };
    this.#files.requireEnd(location);
    while (isReference(location.node)) {
      location = this.#files.resolve(location.node.$ref, location.file, location.path);
    }
    return location;
  }

  /** The components of one section, which may stand in another file altogether. */
  #sectionEntries(section: Section): Entry[] {
    const group = this.#components && this.#held(this.#components, section);
    if (group === undefined || !isObject(group.node)) return [];
    return Object.entries(group.node).map(([name, node = null]) => {
      const entry = { ...group, path: { parent: group.path, key: name }, node };
      this.#claim(section, name, entry);
      if (!isReference(node) || Object.keys(node).length > 1) return { section, name, content: entry };
      // An entry that is nothing but a `$ref` to a file gives its name to what is there.
      const target = this.#files.resolve(node.$ref, entry.file, entry.path);
      return { section, name, content: this.#claim(section, name, target) ? target : entry };
    });
  }

  #claim(section: Section, name: string, location: Location): boolean {
    const id = componentId(section, location);
    if (location.file === this.#main || this.#claims.has(id)) return false;
    this.#claims.set(id, name);
    return true;
  }

  #bundledComponents(): Json | undefined {
    const holder = this.#components;
    if (holder !== undefined && !isObject(holder.node)) return holder.node;
    const groups = new Map<string, [name: string, value: Json][]>();
    const add = (section: Section, name: string, value: Json): void => {
      const group = groups.get(section) ?? [];
      group.push([name, value]);
      groups.set(section, group);
    };

    for (const { section, name, content } of this.entries)
      add(section, name, this.#content(section, content));
    const others = mapMembers(isObject(holder?.node) ? holder.node : {}, (value, key) => {
      if (groups.has(key)) return null;
      const path = { parent: holder?.path, key };
      return this.#transform(value, memberPlace("components", key), holder?.file ?? this.#main, path, 2);
    });
    // The content of a target may bring up further ones: iterating a Map also visits what is added on the way.
    const made: { section: Section; name: string; value: Json }[] = [];
    for (const [id, target] of this.targets) {
      const name = this.#names.get(id) ?? id;
      made.push({ section: target.section, name, value: this.#content(target.section, target) });
    }
    made.sort((a, b) => (a.name < b.name ? -1 : 1));
    for (const { section, name, value } of made) add(section, name, value);

    if (holder === undefined && groups.size === 0) return undefined;
    return {
      ...others,
      ...Object.fromEntries([...groups].map(([key, group]) => [key, Object.fromEntries(group)])),
    };
  }

  #content(section: Section, { node, file, path }: Location): Json {
    return this.#transform(node, sections[section], file, path, 3);
  }

  #transform(node: Json, place: Place, file: SourceFile, path: Path, depth: number): Json {
    if (typeof node !== "object" || node === null || place === "data") return node;
    if (depth > maxDepth || ++this.#nodes > maxNodes) {
      throw new CodegenError(
        "TOO_COMPLEX",
        `The description grows too large when its files are joined (at ${pointerOf(path)} in ${file.name}); simplify it.`,
      );
    }
    if (Array.isArray(node)) {
      const items = itemPlace(place);
      return node.map((item, index) =>
        this.#transform(item, items, file, { parent: path, key: String(index) }, depth + 1),
      );
    }
    if (place === "mapping") return this.#mapping(node, file, path);
    if (isReference(node)) return this.#reference(node, place, file, path, depth);
    if (Object.hasOwn(node, "$ref") && (sectionOf(place) !== undefined || place === "pathItem")) {
      throw new CodegenError(
        "INVALID_DESCRIPTION",
        `The $ref at ${pointerOf(path)} in ${file.name} is not text; write a JSON pointer such as "#/components/schemas/Name".`,
      );
    }
    return this.#members(node, place, file, path, depth);
  }

  #members(node: JsonObject, place: Place, file: SourceFile, path: Path, depth: number): JsonObject {
    return mapMembers(node, (value, key) =>
      this.#transform(value, memberPlace(place, key), file, { parent: path, key }, depth + 1),
    );
  }

  #reference(
    node: JsonObject & { $ref: string },
    place: Place,
    file: SourceFile,
    path: Path,
    depth: number,
  ): Json {
    const target = this.#files.resolve(node.$ref, file, path);
    this.#files.requireEnd(target);
    const section = sectionOf(place);
    const isBooleanSchema = section === "schemas" && typeof target.node === "boolean";
    if (place !== "other" && !isObject(target.node) && !Array.isArray(target.node) && !isBooleanSchema) {
      throw unresolved(node.$ref, file, path, "leads to a plain value, which cannot stand there");
    }
    const siblings = this.#members(node, place, file, path, depth);
    if (target.file === this.#main || section !== undefined) {
      return { ...siblings, $ref: this.#newRef(node.$ref, target, section, file) };
    }
    const content = this.#contentInPlace(target, place, depth);
    if (!isObject(content)) return content;
    const { $ref: _, ...own } = siblings;
    return { ...content, ...own };
  }

  /** What to write for a reference to a component or into the main file. */
  #newRef(ref: string, target: Location, section: Section | undefined, file: SourceFile): string {
    if (target.file === this.#main || section === undefined) {
      return file === this.#main && !target.crossed && ref.startsWith("#") ? ref : refTo(target.path);
    }
    const id = componentId(section, target);
    const claimed = this.#claims.get(id);
    if (claimed === undefined) this.targets.set(id, { ...target, section });
    const name = claimed ?? this.#names.get(id) ?? id;
    return refTo(componentPath(section, name));
  }

  #contentInPlace(target: Location, place: Place, depth: number): Json {
    const id = `${place} ${locationId(target)}`;
    const known = this.#inPlace.get(id);
    if (known === open) {
      throw new CodegenError(
        "INVALID_DESCRIPTION",
        `What stands at ${pointerOf(target.path)} in ${target.file.name} refers to itself, which OpenAPI allows only for components; move it to the components of the main file.`,
      );
    }
    if (known !== undefined) return known;
    this.#inPlace.set(id, open);
    const content = this.#transform(target.node, place, target.file, target.path, depth);
    this.#inPlace.set(id, content);
    return content;
  }

  /** The values of a discriminator's mapping are names of schemas, or references without `$ref`. */
  #mapping(node: JsonObject, file: SourceFile, path: Path): JsonObject {
    return mapMembers(node, (value, key) => {
      if (typeof value !== "string") return value;
      const ref = mappedRef(value, file);
      if (ref === undefined) return value;
      const at = { parent: path, key };
      const target = this.#files.resolve(ref, file, at);
      this.#files.requireEnd(target);
      return file === this.#main && target.file === this.#main && !target.crossed
        ? value
        : this.#newRef(ref, target, "schemas", file);
    });
  }
}

/** Undefined if the value is the name of a schema of the main file. */
function mappedRef(value: string, file: SourceFile): string | undefined {
  if (!/^[\w.-]+$/.test(value)) return value;
  const own = objectAt(objectAt(file.document, "components"), "schemas");
  if (Object.hasOwn(own, value)) return refTo(componentPath("schemas", value));
  return /\.(ya?ml|json)$/i.test(value) ? value : undefined;
}

function componentPath(section: Section, name: string): Path {
  return { parent: { parent: { parent: undefined, key: "components" }, key: section }, key: name };
}

function componentId(section: Section, location: Location): string {
  return `${section} ${locationId(location)}`;
}

/** Keys come from the outside, so none is ever assigned: `Object.fromEntries` makes `__proto__` an ordinary key. */
function mapMembers(node: JsonObject, map: (value: Json, key: string) => Json): JsonObject {
  return Object.fromEntries(Object.entries(node).map(([key, value = null]) => [key, map(value, key)]));
}

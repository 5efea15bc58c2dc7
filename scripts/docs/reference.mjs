import { readFileSync } from "node:fs";
import path from "node:path";
import {
  Application,
  Converter,
  MinimalSourceFile,
  normalizePath,
  ReflectionKind,
  TypeDocReader,
} from "typedoc";
import ts from "typescript";
import { addMentionedTypes } from "./mentioned-types.mjs";
import { publicEntries } from "./public-entries.mjs";
import { undocumented } from "./undocumented.mjs";

/**
 * The public names of all packages of a repository, with their doc comments, as TypeDoc sees them. What is wrong with
 * them (a name without a comment, a link that leads nowhere) goes to the logger.
 *
 * The sources are read, not what was built: one program, in which each import of one package by another leads to its source.
 *
 * @param {string} root the folder of the repository; its `typedoc.json` has the options
 * @param {import("typedoc").Logger} [logger]
 * @returns {Promise<{ app: import("typedoc").Application, project: import("typedoc").ProjectReflection }>}
 */
export async function readReference(root, logger) {
  const packages = path.join(root, "packages");
  const entries = publicEntries(packages);
  const app = await Application.bootstrap({ options: root }, [new TypeDocReader()]);
  if (logger) app.logger = logger;
  // Even if it is the only one.
  app.options.setValue("alwaysCreateEntryPointModule", true);
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => {
    addGuides(project);
    addReadmes(app, project, entries);
    shortenPaths(project);
    describeConstants(project);
  });
  addMentionedTypes(app, packages);
  const program = createProgram(root, entries);
  const project = app.converter.convert(
    entries.map(({ name, source }) => {
      const sourceFile = program.getSourceFile(source);
      if (!sourceFile) throw new Error(`${source} is not there: exports of its package name it`);
      return { displayName: name, program, sourceFile };
    }),
  );
  for (const name of undocumented(project)) app.logger.error(`${name} has no doc comment`);
  // TypeDoc checks the names of one package, that of the project.
  for (const packageName of new Set(entries.map((entry) => entry.packageName))) {
    project.packageName = packageName;
    app.validate(project);
  }
  delete project.packageName;
  return { app, project };
}

/**
 * @param {string} root
 * @param {import("./public-entries.mjs").PublicEntry[]} entries
 */
function createProgram(root, entries) {
  return ts.createProgram({
    rootNames: entries.map(({ source }) => source),
    options: {
      target: ts.ScriptTarget.ES2022,
      lib: ["lib.es2023.d.ts"],
      types: ["node"],
      typeRoots: [path.join(root, "node_modules/@types")],
      module: ts.ModuleKind.NodeNext,
      moduleResolution: ts.ModuleResolutionKind.NodeNext,
      strict: true,
      exactOptionalPropertyTypes: true,
      skipLibCheck: true,
      noEmit: true,
      paths: Object.fromEntries(entries.map(({ name, source }) => [name, [source]])),
    },
  });
}

/**
 * The members of these interfaces are openapi-typescript's form, thousands of them, and lead to the models: no pages.
 *
 * @param {import("typedoc").ProjectReflection} project
 */
function shortenPaths(project) {
  const module = project.children?.find(({ name }) => name === "@upvest-sdk/types/openapi");
  for (const { children = [] } of module?.children ?? [])
    for (const member of [...children]) project.removeReflection(member);
}

/**
 * The members of an operation's constant are those of `Operation`, and so are their comments, which are not written out
 * at each.
 *
 * @param {import("typedoc").ProjectReflection} project
 */
function describeConstants(project) {
  const module = project.children?.find(({ name }) => name === "@upvest-sdk/types/operations");
  const comments = new Map(
    ["OperationTypes", "Operation"]
      .flatMap((name) => module?.getChildByName([name])?.children ?? [])
      .map(({ name, comment }) => [name, comment]),
  );
  for (const literal of project.getReflectionsByKind(ReflectionKind.TypeLiteral)) {
    if (!literal.getChildByName(["~types"])) continue;
    literal.traverse((member) => {
      member.comment ??= comments.get(member.name)?.clone();
    });
  }
}

/**
 * A guide is listed by its heading, not by the name of its file; a link to a folder leads to its README.
 *
 * @param {import("typedoc").ProjectReflection} project
 */
function addGuides(project) {
  for (const document of project.documents ?? []) {
    const text = document.content.map((part) => part.text).join("");
    document.name = /^# (.+)$/m.exec(text)?.[1] ?? document.name;
    const file = project.files.getReflectionPath(document);
    if (file && path.basename(file) === "README.md")
      project.files.registerReflectionPath(normalizePath(path.dirname(file)), document);
  }
}

/**
 * The README of a package is read on the page of its main entry, and links to the package's folder lead there.
 *
 * @param {import("typedoc").Application} app
 * @param {import("typedoc").ProjectReflection} project
 * @param {import("./public-entries.mjs").PublicEntry[]} entries
 */
function addReadmes(app, project, entries) {
  for (const { name, packageName, folder } of entries) {
    const module = project.children?.find((child) => child.name === name);
    if (name !== packageName || !module) continue;
    const readme = normalizePath(path.join(folder, "README.md"));
    const file = new MinimalSourceFile(readFileSync(readme, "utf8"), readme);
    module.readme = app.converter.parseRawComment(file, project.files).content;
    project.files.registerReflectionPath(readme, module);
    project.files.registerReflectionPath(normalizePath(folder), module);
  }
}

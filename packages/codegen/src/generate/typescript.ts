import { createRequire } from "node:module";

// By require: an import would first read all nine megabytes of the compiler for the names that it exports.
import ts = require("typescript");

import { isObject, type OpenApiDocument } from "../document.js";
import { resolveRef } from "../normalize/operations.js";
import { docComment, schemaDoc } from "./docs.js";

// openapi-typescript's `transformSchema`, by its own module: the main one loads a linter and bundler that nothing here needs.
const transformSchema = createRequire(import.meta.url)("openapi-typescript/dist/transform/index.cjs") as (
  schema: OpenApiDocument,
  context: object,
) => ts.Statement[];

/** What openapi-typescript makes of a normal document, taken apart. */
export interface Transformed {
  /** The type of each model, by name. References to models are by name. */
  models: Map<string, ts.TypeNode>;
  /** `paths`, `webhooks`, `components` and `operations` as interfaces; models are members of `models.`. */
  interfaces: ts.InterfaceDeclaration[];
  /** Helper types that the above refer to, by name. */
  helpers: Map<string, ts.Statement>;
}

/** Lets openapi-typescript write the types, and puts our doc comments where its own were. */
export function transform(document: OpenApiDocument, answerOnly: ReadonlySet<string>): Transformed {
  const docs = new Map<ts.Node, string>();
  const context = {
    additionalProperties: false,
    alphabetize: false,
    arrayLength: false,
    defaultNonNullable: false,
    discriminators: { objects: {}, refsHandled: [] },
    emptyObjectsUnknown: true,
    enum: false,
    enumValues: false,
    conditionalEnums: false,
    dedupeEnums: false,
    excludeDeprecated: false,
    exportType: false,
    immutable: false,
    rootTypes: false,
    rootTypesNoSchemaPrefix: false,
    rootTypesKeepCasing: false,
    injectFooter: [] as ts.Statement[],
    pathParamsAsTypes: false,
    propertiesRequiredByDefault: false,
    silent: true,
    makePathsEnum: false,
    generatePathParams: false,
    readWriteMarkers: false,
    transformProperty(
      property: ts.PropertySignature,
      schema: unknown,
      options: { path?: string | undefined },
    ) {
      const model = /^#\/components\/schemas\/([^/]+)\//.exec(options.path ?? "")?.[1];
      // The API fills a default in: what may be left out of a request is there in the answer.
      const isPresent =
        model !== undefined && answerOnly.has(model) && isObject(schema) && schema["default"] !== undefined;
      const result =
        isPresent && property.questionToken !== undefined
          ? ts.factory.updatePropertySignature(
              property,
              property.modifiers,
              property.name,
              undefined,
              property.type,
            )
          : property;
      docs.set(result, isObject(schema) ? docComment(schemaDoc(schema)) : "");
      return result;
    },
    resolve: (ref: string) => resolveRef(document, { $ref: ref }),
  };
  const statements = transformSchema(document, context);
  const models = new Map<string, ts.TypeNode>();
  const interfaces: ts.InterfaceDeclaration[] = [];
  const helpers = new Map<string, ts.Statement>();
  for (const statement of statements) {
    const node = statement as ts.Node;
    if (ts.isInterfaceDeclaration(node)) interfaces.push(node);
    else if (ts.isTypeAliasDeclaration(node)) helpers.set(node.name.text, node);
  }
  for (const statement of context.injectFooter) {
    if (ts.isTypeAliasDeclaration(statement)) helpers.set(statement.name.text, statement);
  }
  return {
    models: takeModels(interfaces, docs, models),
    interfaces: interfaces.map((each) => finish(each, docs, true)),
    helpers,
  };
}

function takeModels(
  interfaces: ts.InterfaceDeclaration[],
  docs: ReadonlyMap<ts.Node, string>,
  models: Map<string, ts.TypeNode>,
): Map<string, ts.TypeNode> {
  const index = interfaces.findIndex((each) => each.name.text === "components");
  const components = interfaces[index];
  if (components === undefined) return models;
  const members = components.members.map((member) => {
    if (!isNamed(member, "schemas") || member.type === undefined || !ts.isTypeLiteralNode(member.type))
      return member;
    const references = member.type.members.map((schema) => {
      if (!ts.isPropertySignature(schema) || schema.type === undefined) return schema;
      const name = nameOf(schema);
      models.set(name, finish(schema.type, docs, false));
      return ts.factory.createPropertySignature(undefined, schema.name, undefined, componentType(name));
    });
    return ts.factory.updatePropertySignature(
      member,
      member.modifiers,
      member.name,
      member.questionToken,
      ts.factory.createTypeLiteralNode(references),
    );
  });
  interfaces[index] = ts.factory.createInterfaceDeclaration(
    components.modifiers,
    components.name,
    undefined,
    undefined,
    members,
  );
  return models;
}

/** `components["schemas"]["Order"]`, as openapi-typescript writes it. */
function componentType(name: string): ts.TypeNode {
  const at = (type: ts.TypeNode, key: string) =>
    ts.factory.createIndexedAccessTypeNode(
      type,
      ts.factory.createLiteralTypeNode(ts.factory.createStringLiteral(key)),
    );
  return at(at(ts.factory.createTypeReferenceNode("components"), "schemas"), name);
}

/** Lets references to models be by name, and gives properties our comments in place of the others. */
function finish<T extends ts.Node>(root: T, docs: ReadonlyMap<ts.Node, string>, qualified: boolean): T {
  const visit = (node: ts.Node): ts.Node => {
    const name = modelReference(node);
    if (name !== undefined) {
      return ts.factory.createTypeReferenceNode(
        qualified ? ts.factory.createQualifiedName(ts.factory.createIdentifier("models"), name) : name,
      );
    }
    const visited = ts.visitEachChild(node, visit, undefined);
    if (qualified && ts.isTypeLiteralNode(visited)) keepOnOneLine(visited);
    if (ts.isPropertySignature(visited)) comment(visited, docs.get(node) ?? "");
    return visited;
  };
  return visit(root) as T;
}

/** Writes `{ query?: never; header?: never }` and the like in one line. */
function keepOnOneLine(type: ts.TypeLiteralNode): void {
  const isShort =
    type.members.length <= 4 &&
    type.members.every(
      (member) =>
        ts.isIndexSignatureDeclaration(member) ||
        (ts.isPropertySignature(member) && member.type !== undefined && !ts.isTypeLiteralNode(member.type)),
    );
  if (isShort) ts.setEmitFlags(type, ts.EmitFlags.SingleLine);
}

/** Sets the doc comment of a node, or takes it away. */
export function comment(node: ts.Node, doc: string): void {
  const text = doc.trim().replace(/^\/\*/, "").replace(/\*\/$/, "");
  const comments =
    text === ""
      ? undefined
      : [
          {
            kind: ts.SyntaxKind.MultiLineCommentTrivia as const,
            text,
            pos: -1 as const,
            end: -1 as const,
            hasTrailingNewLine: true,
          },
        ];
  ts.setSyntheticLeadingComments(node, comments);
}

function modelReference(node: ts.Node): string | undefined {
  if (!ts.isIndexedAccessTypeNode(node)) return undefined;
  const schemas = node.objectType;
  if (!ts.isIndexedAccessTypeNode(schemas) || stringOf(schemas.indexType) !== "schemas") return undefined;
  const components = schemas.objectType;
  if (!ts.isTypeReferenceNode(components) || !ts.isIdentifier(components.typeName)) return undefined;
  return components.typeName.text === "components" ? stringOf(node.indexType) : undefined;
}

function stringOf(type: ts.TypeNode): string | undefined {
  return ts.isLiteralTypeNode(type) && ts.isStringLiteral(type.literal) ? type.literal.text : undefined;
}

export function nameOf(member: ts.TypeElement): string {
  const { name } = member;
  return name !== undefined &&
    (ts.isIdentifier(name) || ts.isStringLiteral(name) || ts.isNumericLiteral(name))
    ? name.text
    : "";
}

export function isNamed(member: ts.TypeElement, name: string): member is ts.PropertySignature {
  return ts.isPropertySignature(member) && nameOf(member) === name;
}

const printer = ts.createPrinter({ newLine: ts.NewLineKind.LineFeed, removeComments: false });
const file = ts.createSourceFile("generated.ts", "", ts.ScriptTarget.ESNext, false, ts.ScriptKind.TS);

/** The node as text, indented by two spaces. */
export function print(node: ts.Node): string {
  const text = printer.printNode(ts.EmitHint.Unspecified, node, file);
  return text.replace(/^(?: {4})+/gm, (indent) => " ".repeat(indent.length / 2));
}

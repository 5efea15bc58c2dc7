import ts = require("typescript");

import { isObject, type JsonObject, type OpenApiDocument, objectAt } from "../document.js";
import { readEnumProse } from "../normalize/enum-prose.js";
import { docComment, docText, literal, schemaDoc } from "./docs.js";
import { print, type Transformed } from "./typescript.js";

/** The query parameters of the operations that have some: name of the interface -> constant of the operation, members. */
export type Queries = ReadonlyMap<string, { readonly operation: string; readonly type: ts.TypeLiteralNode }>;

/** `models.ts`: each schema once, by name. */
export function writeModels(
  document: OpenApiDocument,
  { models, helpers }: Transformed,
  queries: Queries,
): string {
  const schemas = objectAt(objectAt(document, "components"), "schemas");
  const parts: string[] = [];
  for (const [name, type] of models) {
    const schema = schemas[name];
    parts.push(isObject(schema) ? writeModel(name, schema, type) : `export type ${name} = ${print(type)};\n`);
  }
  for (const [name, { operation, type }] of queries)
    parts.push(`${docComment([`Query parameters of \`${operation}\`.`])}${declare(name, type)}`);
  const body = parts.length === 0 ? "export {};\n" : parts.join("\n");
  return `${helperText(helpers, body)}${body}`;
}

function writeModel(name: string, schema: JsonObject, type: ts.TypeNode): string {
  const values = schema["enum"];
  if (Array.isArray(values)) return writeEnum(name, schema, values);
  const [prose, , deprecated] = schemaDoc(schema);
  // A union that was written out in place has no prose of its own.
  const doc = prose === "" && ts.isUnionTypeNode(type) ? "One of these models." : prose;
  return `${docComment([doc, deprecated])}${declare(name, type)}`;
}

function declare(name: string, type: ts.TypeNode): string {
  const exported = [ts.factory.createModifier(ts.SyntaxKind.ExportKeyword)];
  const node = ts.isTypeLiteralNode(type)
    ? ts.factory.createInterfaceDeclaration(exported, name, undefined, undefined, type.members)
    : ts.factory.createTypeAliasDeclaration(exported, name, undefined, type);
  return `${print(node)}\n`;
}

/** A union of literals, each with its meaning. */
function writeEnum(name: string, schema: JsonObject, values: readonly unknown[]): string {
  const description = typeof schema["description"] === "string" ? schema["description"] : "";
  const prose = readEnumProse(description, values);
  const [text, , deprecated] = schemaDoc(schema, prose.text);
  const unique = [...new Set(values)];
  if (prose.values.size === 0) {
    const line = `export type ${name} = ${unique.map(literal).join(" | ")};`;
    const body =
      line.length <= 110
        ? line
        : `export type ${name} =\n${unique.map((value) => `  | ${literal(value)}`).join("\n")};`;
    return `${docComment([text, deprecated])}${body}\n`;
  }
  const members = unique.map((value) => {
    const meaning = prose.values.get(String(value));
    return `${docComment([meaning === undefined ? undefined : docText(meaning)], "  ")}  | ${literal(value)}`;
  });
  return `${docComment([text, deprecated])}export type ${name} =\n${members.join("\n")};\n`;
}

/** The helper types that a text refers to, written out. */
export function helperText(helpers: ReadonlyMap<string, ts.Statement>, body: string): string {
  return [...helpers]
    .filter(([name]) => !["paths", "webhooks", "components", "operations", "$defs"].includes(name))
    .filter(([name]) => new RegExp(`\\b${name}<`).test(body))
    .map(([, statement]) => `${print(statement)}\n\n`)
    .join("");
}

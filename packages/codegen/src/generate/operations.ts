import ts = require("typescript");

import { type JsonObject, type OpenApiDocument, objectAt } from "../document.js";
import { resolveRef } from "../normalize/operations.js";
import { pascalCase, splitWords } from "../words.js";
import { docComment, docText, literal } from "./docs.js";
import { type OperationInfo, successes } from "./operation-info.js";
import { isNamed, nameOf, print, type Transformed } from "./typescript.js";

/** `operations.ts`: a constant an operation, with the types of what goes in and what comes out. */
export function writeOperations(
  document: OpenApiDocument,
  infos: readonly OperationInfo[],
  { interfaces }: Transformed,
  queries: ReadonlyMap<string, string>,
): string {
  const types = interfaces.find((each) => each.name.text === "operations");
  const members = new Map(
    (types?.members ?? []).map((member) => [
      nameOf(member),
      ts.isPropertySignature(member) ? member.type : undefined,
    ]),
  );
  const used = new Set<string>();
  const constants = infos.map((info) =>
    writeConstant(document, info, members.get(info.id), queries.get(info.id), used),
  );
  const names = [...used].sort();
  return [
    names.length === 0
      ? ""
      : `import type {\n${names.map((name) => `  ${name},\n`).join("")}} from "./models.js";\n\n`,
    scopeType(document, infos),
    `\n/** The id of every operation. */\nexport type OperationId =${infos.length === 0 ? " never" : infos.map(({ id }) => `\n  | ${literal(id)}`).join("")};\n`,
    operationTypes,
    constants.join("\n"),
  ].join("");
}

const operationTypes = `
/** What an operation takes and gives. For the type checker only: never there at run time. */
export interface OperationTypes {
  /** Read it by \`InputOf\` and \`OutputOf\`. */
  readonly "~types"?: { readonly input: object; readonly output: unknown };
}

/** What every operation's constant has. */
export interface Operation extends OperationTypes {
  /** The operation's id in the description. */
  readonly id: OperationId;
  /** HTTP method, in capitals. */
  readonly method: string;
  /** The path, with its parameters in braces. */
  readonly path: string;
  /** Alternatives: a token with one of them may call the operation. */
  readonly scopes: readonly Scope[];
  /** Takes an idempotency key: a repeat with the same key happens once. */
  readonly idempotent?: true;
  /** Answers in pages, with \`offset\` and \`limit\`. */
  readonly paged?: true;
  /** What it can answer with, if that is not JSON alone; the first is the default. */
  readonly accept?: readonly string[];
  /** What its body is sent as, if that is not JSON. */
  readonly contentType?: string;
}

/** What goes into an operation: \`path\`, \`query\`, \`body\`. */
export type InputOf<O extends OperationTypes> = (O["~types"] & {})["input"];

/** What an operation answers with. */
export type OutputOf<O extends OperationTypes> = (O["~types"] & {})["output"];

`;

function scopeType(document: OpenApiDocument, infos: readonly OperationInfo[]): string {
  const scopes = new Map<string, string>();
  for (const scheme of Object.values(objectAt(objectAt(document, "components"), "securitySchemes"))) {
    for (const flow of Object.values(objectAt(scheme, "flows"))) {
      for (const [scope, text] of Object.entries(objectAt(flow, "scopes")))
        scopes.set(scope, typeof text === "string" ? text : "");
    }
  }
  for (const { scopes: used } of infos)
    for (const scope of used) if (!scopes.has(scope)) scopes.set(scope, "");
  const members = [...scopes].map(
    ([scope, text]) => `\n${docComment([docText(text)], "  ")}  | ${literal(scope)}`,
  );
  return `/** What a token may be allowed to do. */\nexport type Scope =${members.length === 0 ? " string" : members.join("")};\n`;
}

function writeConstant(
  document: OpenApiDocument,
  info: OperationInfo,
  types: ts.TypeNode | undefined,
  query: string | undefined,
  used: Set<string>,
): string {
  const { id, name, method, path, scopes, idempotent, paged, accept, contentType, operation } = info;
  const fields: [string, string][] = [
    ["id", literal(id)],
    ["method", literal(method)],
    ["path", literal(path)],
    ["scopes", `[${scopes.map(literal).join(", ")}]`],
  ];
  if (idempotent) fields.push(["idempotent", "true"]);
  if (paged) fields.push(["paged", "true"]);
  if (accept.length > 0) fields.push(["accept", `[${accept.map(literal).join(", ")}]`]);
  if (contentType !== undefined) fields.push(["contentType", literal(contentType)]);
  const input = inputType(document, operation, types, query, used);
  const outputs = outputTypes(document, operation, types, used);
  const output = outputs.get(accept[0] ?? "application/json") ?? [...outputs.values()][0] ?? "undefined";
  const variants =
    accept.length > 1
      ? `\n    readonly outputs: { ${accept.map((media) => `readonly ${literal(media)}: ${outputs.get(media) ?? "unknown"}`).join("; ")} };`
      : "";
  const declared = fields
    .map(([key, value]) => `  readonly ${key}: ${value.startsWith("[") ? `readonly ${value}` : value};\n`)
    .join("");
  const doc = docComment([
    typeof operation["summary"] === "string"
      ? docText(operation["summary"]).replace(/([^.!?])$/, "$1.")
      : undefined,
    typeof operation["description"] === "string" ? `\n${docText(operation["description"])}` : undefined,
    operation["deprecated"] === true ? "@deprecated" : undefined,
  ]);
  return (
    `${doc}export const ${name}: {\n${declared}` +
    `  readonly "~types"?: {\n    readonly input: ${input};\n    readonly output: ${output};${variants}\n  };\n} = {\n` +
    `${fields.map(([key, value]) => `  ${key}: ${value},\n`).join("")}};\n`
  );
}

function inputType(
  document: OpenApiDocument,
  operation: JsonObject,
  types: ts.TypeNode | undefined,
  query: string | undefined,
  used: Set<string>,
): string {
  const path = memberAt(types, "parameters", "path")?.type;
  const body = memberAt(types, "requestBody");
  const media = Object.keys(objectAt(resolveRef(document, operation["requestBody"]), "content"));
  const first = media.includes("application/json") ? "application/json" : media[0];
  const content = first === undefined ? undefined : memberAt(types, "requestBody", "content", first)?.type;
  const lines: string[] = [];
  if (path !== undefined && ts.isTypeLiteralNode(path)) lines.push(`readonly path: ${typeText(path, used)}`);
  else lines.push("readonly path?: never");
  if (query === undefined) lines.push("readonly query?: never");
  else {
    used.add(query);
    lines.push(`readonly query${isOptional(memberAt(types, "parameters", "query"))}: ${query}`);
  }
  if (content === undefined) lines.push("readonly body?: never");
  else lines.push(`readonly body${isOptional(body)}: ${typeText(content, used)}`);
  return `{\n${lines.map((line) => `      ${line};\n`).join("")}    }`;
}

/** What an operation answers with, by media type. An answer without content is undefined. */
function outputTypes(
  document: OpenApiDocument,
  operation: JsonObject,
  types: ts.TypeNode | undefined,
  used: Set<string>,
): Map<string, string> {
  const outputs = new Map<string, Set<string>>();
  const add = (media: string, type: string) =>
    outputs.set(media, (outputs.get(media) ?? new Set()).add(type));
  const answers = [...successes(document, operation)];
  const all = new Set(answers.flatMap(([, answer]) => Object.keys(objectAt(answer, "content"))));
  for (const [status, answer] of answers) {
    const content = Object.keys(objectAt(answer, "content"));
    const without = content.length > 0 ? [] : all.size === 0 ? ["application/json"] : all;
    for (const media of without) add(media, "undefined");
    for (const media of content) {
      const type = memberAt(types, "responses", status, "content", media)?.type;
      if (!isText(media)) add(media, "Uint8Array");
      else add(media, type === undefined ? "unknown" : typeText(type, used));
    }
  }
  return new Map([...outputs].map(([media, types]) => [media, [...types].join(" | ")]));
}

function isText(media: string): boolean {
  return /json|^text\/|xml|x-www-form-urlencoded/.test(media);
}

function typeText(type: ts.TypeNode, used: Set<string>): string {
  return print(unqualified(type, used)).replace(/\n/g, "\n      ");
}

function isOptional(member: ts.PropertySignature | undefined): string {
  return member?.questionToken === undefined ? "" : "?";
}

/** The member that the names lead to, each inside the one before. */
function memberAt(type: ts.TypeNode | undefined, ...names: string[]): ts.PropertySignature | undefined {
  const [name, ...rest] = names;
  if (name === undefined || type === undefined || !ts.isTypeLiteralNode(type)) return undefined;
  const member = type.members.find((each): each is ts.PropertySignature => isNamed(each, name));
  return rest.length === 0 ? member : memberAt(member?.type, ...rest);
}

/** `models.Order` -> `Order`, and remembers that it is used. */
export function unqualified<T extends ts.Node>(root: T, used: Set<string>): T {
  const visit = (node: ts.Node): ts.Node => {
    if (ts.isTypeReferenceNode(node) && ts.isQualifiedName(node.typeName)) {
      const name = node.typeName.right.text;
      used.add(name);
      return ts.factory.createTypeReferenceNode(name);
    }
    return ts.visitEachChild(node, visit, undefined);
  };
  return visit(root) as T;
}

/** The name of the interface that an operation's query parameters get. */
export function queryName(operationId: string, isTaken: (name: string) => boolean): string {
  let name = pascalCase([...splitWords(operationId), "Query"]);
  while (isTaken(name)) name = `${name}Parameters`;
  return name;
}

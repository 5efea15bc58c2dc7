import ts = require("typescript");

import {
  httpMethods,
  isObject,
  type Json,
  type JsonObject,
  type OpenApiDocument,
  objectAt,
} from "../document.js";
import { CodegenError } from "../errors.js";
import { resolveRef } from "../normalize/operations.js";
import { camelCase, pascalCase, splitWords } from "../words.js";
import { referencesIn } from "./direction.js";
import { docComment, docText, literal } from "./docs.js";
import { isNamed, nameOf, print, type Transformed } from "./typescript.js";

/** What is known of an operation, besides its types. */
export interface OperationInfo {
  id: string;
  /** The name of its constant. */
  name: string;
  method: string;
  path: string;
  scopes: string[];
  idempotent: boolean;
  paged: boolean;
  /** Media types that it answers with, if that is not JSON alone. */
  accept: string[];
  /** Media type of its body, if that is not JSON. */
  contentType: string | undefined;
  operation: JsonObject;
}

export function listOperations(document: OpenApiDocument): OperationInfo[] {
  const found: OperationInfo[] = [];
  const names = new Map<string, string>();
  for (const [path, item] of Object.entries(objectAt(document, "paths"))) {
    if (!isObject(item)) continue;
    for (const method of httpMethods) {
      const operation = item[method];
      if (!isObject(operation)) continue;
      const id = String(operation["operationId"]);
      const name = constantName(id);
      const other = names.get(name);
      if (other !== undefined) {
        throw new CodegenError(
          "DUPLICATE_OPERATION_ID",
          `The operation ids ${JSON.stringify(other)} and ${JSON.stringify(id)} both give the constant ${name}: change one of them.`,
        );
      }
      names.set(name, id);
      found.push({ id, name, method: method.toUpperCase(), path, operation, ...traits(document, operation) });
    }
  }
  return found;
}

const reservedConstants: ReadonlySet<string> = new Set(
  "arguments await break case catch class const continue debugger default delete do else enum eval export extends false finally for function if implements import in instanceof interface let new null package private protected public return static super switch this throw true try typeof undefined var void while with yield".split(
    " ",
  ),
);

function constantName(id: string): string {
  const name = camelCase(id);
  if (name === "") return "operation";
  return reservedConstants.has(name) ? `${name}Operation` : name;
}

function traits(document: OpenApiDocument, operation: JsonObject) {
  const parameters = Array.isArray(operation["parameters"]) ? operation["parameters"] : [];
  const query = new Set(
    parameters
      .map((parameter) => resolveRef(document, parameter))
      .filter(isObject)
      .filter((each) => each["in"] === "query")
      .map((each) => each["name"]),
  );
  const answers = successes(document, operation);
  const accept = [...new Set(answers.flatMap((answer) => Object.keys(objectAt(answer, "content"))))];
  const isPaged = answers.some((answer) =>
    Object.values(objectAt(answer, "content")).some((media) => {
      const schema = isObject(media) ? resolveRef(document, media["schema"]) : undefined;
      const data = resolveRef(document, objectAt(schema, "properties")["data"]);
      return isObject(data) && (data["type"] === "array" || Array.isArray(data["oneOf"] ?? data["anyOf"]));
    }),
  );
  const body = resolveRef(document, operation["requestBody"]);
  const bodies = Object.keys(objectAt(body, "content"));
  return {
    scopes: scopesOf(operation),
    idempotent: operation["x-idempotent"] === true,
    paged: isPaged && query.has("offset") && query.has("limit"),
    accept: accept.length === 0 || (accept.length === 1 && accept[0] === "application/json") ? [] : accept,
    contentType: bodies.length === 0 || bodies.includes("application/json") ? undefined : bodies[0],
  };
}

function scopesOf(operation: JsonObject): string[] {
  const security = operation["security"];
  if (!Array.isArray(security)) return [];
  const scopes = security
    .filter(isObject)
    .flatMap((requirement) =>
      Object.values(requirement).flatMap((list) => (Array.isArray(list) ? list.map(String) : [])),
    );
  return [...new Set(scopes)];
}

function successes(document: OpenApiDocument, operation: JsonObject): JsonObject[] {
  return Object.entries(objectAt(operation, "responses"))
    .filter(([status]) => /^2/.test(status))
    .map(([, answer]) => resolveRef(document, answer))
    .filter(isObject);
}

/** `operations.ts`: a constant an operation, with the types of what goes in and what comes out. */
export function writeOperations(
  document: OpenApiDocument,
  infos: readonly OperationInfo[],
  { interfaces }: Transformed,
  queries: ReadonlyMap<string, string>,
): string {
  const types = interfaces.find((each) => each.name.text === "operations");
  const members = new Map((types?.members ?? []).map((member) => [nameOf(member), member]));
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
  readonly "~types"?: { readonly input: object; readonly output: unknown };
}

/** What every operation's constant has. */
export interface Operation extends OperationTypes {
  /** The operation's id in the description. */
  readonly id: OperationId;
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
  types: ts.TypeElement | undefined,
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
  const outputs = outputTypes(document, operation, used);
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
  types: ts.TypeElement | undefined,
  query: string | undefined,
  used: Set<string>,
): string {
  const parameters =
    types !== undefined && ts.isPropertySignature(types) ? memberType(types.type, "parameters") : undefined;
  const path = memberType(parameters?.type, "path");
  const queryMember = memberType(parameters?.type, "query");
  const body = resolveRef(document, operation["requestBody"]);
  const isBodyRequired = isObject(body) && body["required"] === true;
  const schema = firstSchema(body);
  const lines: string[] = [];
  const pathText =
    path?.type !== undefined && ts.isTypeLiteralNode(path.type)
      ? print(unqualified(path.type, used)).replace(/\n/g, "\n      ")
      : undefined;
  lines.push(pathText === undefined ? "readonly path?: never" : `readonly path: ${pathText}`);
  if (query === undefined) lines.push("readonly query?: never");
  else {
    used.add(query);
    lines.push(`readonly query${queryMember?.questionToken === undefined ? "" : "?"}: ${query}`);
  }
  if (schema === undefined) lines.push("readonly body?: never");
  else lines.push(`readonly body${isBodyRequired ? "" : "?"}: ${schemaType(schema, used)}`);
  return `{\n${lines.map((line) => `      ${line};\n`).join("")}    }`;
}

function firstSchema(body: Json | undefined): Json | undefined {
  const content = objectAt(body, "content");
  const media = content["application/json"] ?? Object.values(content)[0];
  return isObject(media) ? (media["schema"] ?? {}) : undefined;
}

function outputTypes(
  document: OpenApiDocument,
  operation: JsonObject,
  used: Set<string>,
): Map<string, string> {
  const types = new Map<string, Set<string>>();
  const add = (media: string, type: string) => types.set(media, (types.get(media) ?? new Set()).add(type));
  const answers = successes(document, operation);
  const media = new Set(answers.flatMap((answer) => Object.keys(objectAt(answer, "content"))));
  for (const answer of answers) {
    const content = objectAt(answer, "content");
    if (Object.keys(content).length === 0)
      for (const each of media.size === 0 ? ["application/json"] : media) add(each, "undefined");
    for (const [name, value] of Object.entries(content)) {
      const schema = isObject(value) ? value["schema"] : undefined;
      add(name, isText(name) ? schemaType(schema, used) : "Uint8Array");
    }
  }
  return new Map([...types].map(([name, all]) => [name, [...all].join(" | ")]));
}

function isText(media: string): boolean {
  return /json|^text\/|xml|x-www-form-urlencoded/.test(media);
}

/** A schema of a normal document where a body is: the name of a model, or one of the few shapes that have none. */
function schemaType(schema: Json | undefined, used: Set<string>): string {
  if (!isObject(schema)) return "unknown";
  for (const name of referencesIn(schema)) used.add(name);
  const ref = schema["$ref"];
  if (typeof ref === "string") return ref.split("/").at(-1) ?? "unknown";
  if (Array.isArray(schema["oneOf"] ?? schema["anyOf"])) {
    return ((schema["oneOf"] ?? schema["anyOf"]) as Json[])
      .map((member) => schemaType(member, used))
      .join(" | ");
  }
  if (schema["const"] !== undefined) return literal(schema["const"]);
  if (schema["type"] === "array")
    return `readonly (${schemaType(schema["items"], used)})[]`.replace("readonly ", "");
  const types = Array.isArray(schema["type"]) ? schema["type"] : [schema["type"]];
  const names: Record<string, string> = {
    string: "string",
    integer: "number",
    number: "number",
    boolean: "boolean",
    null: "null",
    object: "Record<string, unknown>",
  };
  return types.map((type) => names[String(type)] ?? "unknown").join(" | ");
}

function memberType(type: ts.TypeNode | undefined, name: string): ts.PropertySignature | undefined {
  if (type === undefined || !ts.isTypeLiteralNode(type)) return undefined;
  return type.members.find((member): member is ts.PropertySignature => isNamed(member, name));
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
  const name = pascalCase([...splitWords(operationId), "Query"]);
  return isTaken(name) ? `${name}Parameters` : name;
}

import ts = require("typescript");

import { isObject, type OpenApiDocument, objectAt } from "../document.js";
import { resolveRef } from "../normalize/operations.js";
import { docComment, docText, literal, schemaDoc } from "./docs.js";
import { dropNever } from "./drop-never.js";
import { helperText, type Queries } from "./models.js";
import { listOperations } from "./operation-info.js";
import { queryName, unqualified } from "./operations.js";
import { comment, nameOf, print, type Transformed } from "./typescript.js";

/** The query parameters of the operations that have some, as interfaces of their own. */
interface NamedQueries {
  /** Operation id -> name of the interface. */
  names: Map<string, string>;
  types: Queries;
}

/**
 * Takes the query parameters out of openapi-typescript's `operations`, so that they have names, and gives parameters
 * and operations their doc comments. Changes `transformed.interfaces`.
 */
export function nameQueries(document: OpenApiDocument, transformed: Transformed): NamedQueries {
  const names = new Map<string, string>();
  const types = new Map<string, { operation: string; type: ts.TypeLiteralNode }>();
  const infos = new Map(listOperations(document).map((info) => [info.id, info]));
  transformed.interfaces = transformed.interfaces.map((each) => {
    if (each.name.text !== "operations") return each;
    const members = each.members.map((member) => {
      if (!ts.isPropertySignature(member) || member.type === undefined) return member;
      const info = infos.get(nameOf(member));
      const parameters = info?.operation["parameters"];
      const docs = parameterDocs(document, Array.isArray(parameters) ? parameters : []);
      const visit = (node: ts.Node, place: string): ts.Node => {
        if (!ts.isPropertySignature(node))
          return ts.visitEachChild(node, (child) => visit(child, place), undefined);
        const name = nameOf(node);
        if (place === "" && name === "parameters")
          return ts.visitEachChild(node, (child) => visit(child, "in"), undefined);
        if (place === "in") {
          const visited = ts.visitEachChild(node, (child) => visit(child, name), undefined);
          if (
            visited.type !== undefined &&
            [...docs].some(([key, doc]) => key.startsWith(`${name} `) && doc !== "")
          ) {
            ts.setEmitFlags(visited.type, ts.EmitFlags.None);
          }
          if (name !== "query" || visited.type === undefined || !ts.isTypeLiteralNode(visited.type))
            return visited;
          const query = queryName(
            info?.id ?? "",
            (other) => transformed.models.has(other) || types.has(other),
          );
          names.set(info?.id ?? "", query);
          types.set(query, { operation: info?.name ?? "", type: unqualified(visited.type, new Set()) });
          return ts.factory.updatePropertySignature(
            visited,
            visited.modifiers,
            visited.name,
            visited.questionToken,
            ts.factory.createTypeReferenceNode(
              ts.factory.createQualifiedName(ts.factory.createIdentifier("models"), query),
            ),
          );
        }
        if (place === "") return node;
        const doc = docs.get(`${place} ${name}`);
        if (doc === undefined) return node;
        const copy = ts.factory.createPropertySignature(
          node.modifiers,
          node.name,
          node.questionToken,
          node.type,
        );
        comment(copy, doc);
        return copy;
      };
      const changed = ts.factory.createPropertySignature(
        member.modifiers,
        member.name,
        member.questionToken,
        ts.visitEachChild(member.type, (child) => visit(child, ""), undefined),
      );
      const summary = info?.operation["summary"];
      comment(
        changed,
        docComment([
          typeof summary === "string" ? docText(summary) : undefined,
          info?.operation["deprecated"] === true ? "@deprecated" : undefined,
        ]),
      );
      return changed;
    });
    return ts.factory.createInterfaceDeclaration(each.modifiers, each.name, undefined, undefined, members);
  });
  return { names, types };
}

function parameterDocs(document: OpenApiDocument, parameters: readonly unknown[]): Map<string, string> {
  const docs = new Map<string, string>();
  for (const each of parameters) {
    const parameter = resolveRef(document, each as never);
    if (!isObject(parameter)) continue;
    const schema = isObject(parameter["schema"]) ? parameter["schema"] : {};
    const deprecated = schema["deprecated"] === true || parameter["deprecated"] === true;
    docs.set(
      `${String(parameter["in"])} ${String(parameter["name"])}`,
      docComment(schemaDoc({ ...schema, deprecated }, parameter["description"] ?? schema["description"])),
    );
  }
  return docs;
}

const interfaceDocs: Readonly<Record<string, string>> = {
  paths: "Every path of the API, and the operation of each method: for `createClient` of openapi-fetch.",
  webhooks: "Every webhook by its name in the description, as an operation that the API calls.",
  components: "The named parts of the description; `schemas` are the models.",
  operations:
    "Every operation by its id, those of the webhooks included: parameters, body, answers by status.",
};

/** `openapi.ts`: the whole API in openapi-typescript's form, over the models. */
export function writeOpenapi(document: OpenApiDocument, { interfaces, helpers }: Transformed): string {
  const version = literal(objectAt(document, "info")["version"] ?? "");
  const present = new Set(interfaces.map((each) => each.name.text));
  const aliases = ["paths", "webhooks", "components", "operations"]
    .filter((name) => !present.has(name))
    .map((name) => `${interfaceDoc(name)}export type ${name} = Record<string, never>;\n`);
  const written = interfaces.map((each) => `${interfaceDoc(each.name.text)}${print(dropNever(each))}\n`);
  const body = [...written, ...aliases].join("\n");
  const models = /\bmodels\./.test(body) ? `import type * as models from "./models.js";\n\n` : "";
  return (
    `${models}/** The version of the API description that this was generated from. */\n` +
    `export const apiVersion: ${version} = ${version};\n\n${helperText(helpers, body)}${body}`
  );
}

function interfaceDoc(name: string): string {
  return docComment([interfaceDocs[name]]);
}

import { httpMethods, isObject, type JsonObject, type OpenApiDocument, objectAt } from "../document.js";
import { CodegenError } from "../errors.js";
import { resolveRef } from "../normalize/operations.js";
import { camelCase } from "../words.js";

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
  const answers = [...successes(document, operation).values()];
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

/** The answers with a status of 200 to 299, by status; the default one where there is no other. */
export function successes(document: OpenApiDocument, operation: JsonObject): Map<string, JsonObject> {
  const answers = new Map<string, JsonObject>();
  for (const [status, value] of Object.entries(objectAt(operation, "responses"))) {
    const answer = resolveRef(document, value);
    if (/^2/.test(status) && isObject(answer)) answers.set(status, answer);
  }
  const fallback = resolveRef(document, objectAt(operation, "responses")["default"]);
  if (answers.size === 0 && isObject(fallback) && isObject(fallback["content"]))
    answers.set("default", fallback);
  return answers;
}

import { httpMethods, isObject, type JsonObject, type OpenApiDocument, objectAt } from "../document.js";
import { follow, type Part, partAt } from "./parts.js";
import { below } from "./schema-site.js";
import { compareText, sortedKeys } from "./text.js";

export interface Operation {
  /** Its id, or `GET /path` where it has none. */
  readonly name: string;
  readonly id: string | undefined;
  readonly method: string;
  readonly path: string;
  readonly value: JsonObject;
  readonly part: Part;
  readonly item: Part;
}

export interface OperationMatching {
  readonly pairs: readonly (readonly [Operation, Operation])[];
  readonly removed: readonly Operation[];
  readonly added: readonly Operation[];
}

export function listOperations(document: OpenApiDocument): Operation[] {
  const paths = objectAt(document, "paths");
  return sortedKeys(paths).flatMap((path) => {
    const item = partAt(document, paths[path], "paths", path);
    return httpMethods.flatMap((method): Operation[] => {
      const value = item.value[method];
      if (!isObject(value)) return [];
      const given = value["operationId"];
      const id = typeof given === "string" && given !== "" ? given : undefined;
      const name = id ?? route({ method, path });
      return [
        { name, id, method, path, value, part: follow(document, below(item.site, value, method)), item },
      ];
    });
  });
}

/** Which operation became which: by id, then by method and path. An id that two operations share says nothing. */
export function matchOperations(old: readonly Operation[], next: readonly Operation[]): OperationMatching {
  const pairs: (readonly [Operation, Operation])[] = [];
  let removed = [...old];
  let added = [...next];
  const keys: ((operation: Operation) => string | undefined)[] = [
    (operation) => operation.id,
    (operation) => `${operation.method} ${operation.path}`,
    // Another name for a path parameter is the same path to whoever calls it.
    (operation) => `${operation.method} ${operation.path.replaceAll(/\{[^}]*\}/g, "{}")}`,
  ];
  for (const key of keys) {
    const before = uniqueBy(removed, key);
    const after = uniqueBy(added, key);
    for (const [text, operation] of before) {
      const partner = after.get(text);
      if (partner) pairs.push([operation, partner]);
    }
    const taken = new Set(pairs.flat());
    removed = removed.filter((operation) => !taken.has(operation));
    added = added.filter((operation) => !taken.has(operation));
  }
  return { pairs: pairs.sort(([a], [b]) => compareText(a.name, b.name)), removed, added };
}

function uniqueBy(
  operations: readonly Operation[],
  key: (operation: Operation) => string | undefined,
): Map<string, Operation> {
  const found = new Map<string, Operation | undefined>();
  for (const operation of operations) {
    const text = key(operation);
    if (text !== undefined) found.set(text, found.has(text) ? undefined : operation);
  }
  return new Map([...found].flatMap(([text, operation]) => (operation ? [[text, operation]] : [])));
}

export function route(operation: { readonly method: string; readonly path: string }): string {
  return `${operation.method.toUpperCase()} ${operation.path}`;
}

/** The names in the path's braces, in the order in which a call fills them. */
export function pathNames(path: string): string[] {
  return [...path.matchAll(/\{([^}]*)\}/g)].map((match) => match[1]!);
}

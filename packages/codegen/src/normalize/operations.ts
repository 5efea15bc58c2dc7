import {
  atPointer,
  httpMethods,
  isObject,
  type Json,
  type JsonObject,
  type OpenApiDocument,
} from "../document.js";
import { CodegenError } from "../errors.js";
import { mapValues } from "../schemas.js";
import { singular, splitWords } from "../words.js";

/** A copy of the document with every operation (and every webhook's) changed. */
export function mapOperations(
  document: OpenApiDocument,
  change: (operation: JsonObject, where: { method: string; path: string; isEvent: boolean }) => JsonObject,
): OpenApiDocument {
  const section = (value: Json, isEvent: boolean): Json =>
    isObject(value)
      ? mapValues(value, (item, path) =>
          isObject(item)
            ? mapValues(item, (member, method) =>
                (httpMethods as readonly string[]).includes(method) && isObject(member)
                  ? change(member, { method, path, isEvent })
                  : member,
              )
            : item,
        )
      : value;
  return mapValues(document, (value, key) =>
    key === "paths" || key === "webhooks" ? section(value, key === "webhooks") : value,
  );
}

/** Follows `$ref`s inside the document until something else stands there. */
export function resolveRef(document: OpenApiDocument, value: Json | undefined): Json | undefined {
  let current = value;
  for (let hops = 0; hops < 50 && isObject(current) && typeof current["$ref"] === "string"; hops++) {
    current = atPointer(document, current["$ref"]);
  }
  return current;
}

/** Puts path items that are only a `$ref` in place. */
export function inlinePathItems(document: OpenApiDocument): OpenApiDocument {
  return mapValues(document, (section, key) =>
    (key === "paths" || key === "webhooks") && isObject(section)
      ? mapValues(section, (item) => {
          if (!isObject(item) || typeof item["$ref"] !== "string") return item;
          const { $ref, ...beside } = item;
          const target = resolveRef(document, item);
          return { ...(isObject(target) ? target : {}), ...beside };
        })
      : section,
  );
}

/**
 * Writes every parameter out where it is used: those that a path item shares go down into each of its operations (an
 * operation's own ones win), and a `$ref` to a parameter is replaced by the parameter.
 */
export function parametersOnOperations(document: OpenApiDocument): OpenApiDocument {
  const list = (value: Json | undefined): JsonObject[] =>
    Array.isArray(value) ? value.map((parameter) => resolveRef(document, parameter)).filter(isObject) : [];
  const identity = (parameter: JsonObject) =>
    `${String(parameter["in"])} ${String(parameter["name"]).toLowerCase()}`;
  const spread = mapValues(document, (section, key) => {
    if ((key !== "paths" && key !== "webhooks") || !isObject(section)) return section;
    return mapValues(section, (item) => {
      if (!isObject(item)) return item;
      const { parameters: shared, ...rest } = item;
      return mapValues(rest, (member, method) => {
        if (!(httpMethods as readonly string[]).includes(method) || !isObject(member)) return member;
        const { parameters: own, ...operation } = member;
        const mine = list(own);
        const taken = new Set(mine.map(identity));
        const all = [...list(shared).filter((parameter) => !taken.has(identity(parameter))), ...mine];
        return all.length === 0 ? operation : { ...operation, parameters: all };
      });
    });
  });
  return withoutComponents(spread, ["parameters"]);
}

/** Takes out sections whose every use has been written out. */
function withoutComponents(document: OpenApiDocument, sections: readonly string[]): OpenApiDocument {
  const components = document["components"];
  if (!isObject(components)) return document;
  const kept = mapValues(components, (section, name) => (sections.includes(name) ? undefined : section));
  return { ...document, components: kept };
}

/** Writes a shared request body, and a shared answer that means success, out where it is used: errors stay shared. */
export function bodiesOnOperations(document: OpenApiDocument): OpenApiDocument {
  const written = (value: Json): Json => (isObject(value) ? (resolveRef(document, value) ?? value) : value);
  const result = mapOperations(document, (operation) =>
    mapValues(operation, (member, key) => {
      if (key === "requestBody") return written(member);
      if (key !== "responses" || !isObject(member)) return member;
      return mapValues(member, (answer, status) => (/^2|^default$/.test(status) ? written(answer) : answer));
    }),
  );
  return withoutComponents(result, ["requestBodies", "pathItems"]);
}

/** Gives every operation an id. A missing one is derived from method and path; one given twice is refused. */
export function operationIds(document: OpenApiDocument): OpenApiDocument {
  const places = new Map<string, string>();
  const derived: string[] = [];
  const claim = (id: string, where: string) => {
    const before = places.get(id);
    if (before !== undefined) {
      throw new CodegenError(
        "DUPLICATE_OPERATION_ID",
        `The operation id ${JSON.stringify(id)} is given to both ${before} and ${where}: ids name the generated constants, so give one of them another id.`,
      );
    }
    places.set(id, where);
  };
  mapOperations(document, (operation, { method, path }) => {
    const id = operation["operationId"];
    if (typeof id === "string" && id.trim() !== "") claim(id, `${method.toUpperCase()} ${path}`);
    return operation;
  });
  const result = mapOperations(document, (operation, { method, path, isEvent }) => {
    const id = operation["operationId"];
    if (typeof id === "string" && id.trim() !== "") return operation;
    const made = freeId(isEvent ? "" : deriveId(method, path), method, path, isEvent, places);
    places.set(made, `${method.toUpperCase()} ${path}`);
    derived.push(made);
    return { ...operation, operationId: made };
  });
  return derived.length === 0 ? document : result;
}

/** An id that nothing has yet: the short one, else one of the whole path, else that with a letter. */
function freeId(
  short: string,
  method: string,
  path: string,
  isEvent: boolean,
  taken: ReadonlyMap<string, string>,
): string {
  const words = splitWords(path).map((word) => word.toLowerCase());
  const whole = isEvent ? [...words, "event"].join("_") : [method, ...words].join("_");
  for (const id of [short, whole]) if (id !== "" && !taken.has(id)) return id;
  for (let letter = 0; ; letter++) {
    const id = `${whole}_${String.fromCharCode(97 + (letter % 26)).repeat(1 + Math.floor(letter / 26))}`;
    if (!taken.has(id)) return id;
  }
}

const verbs: Record<string, string> = {
  get: "retrieve",
  post: "create",
  put: "replace",
  patch: "update",
  delete: "delete",
};

/** `GET /users/{user_id}/accounts` -> `list_user_accounts`, as the API's own ids are made. */
function deriveId(method: string, path: string): string {
  const steps = path.split("/").filter((step) => step !== "");
  const fixed = steps.filter((step) => !/^\{.*\}$/.test(step));
  const endsInParameter = /^\{.*\}$/.test(steps.at(-1) ?? "");
  const words = fixed.flatMap((step, index) => {
    const parts = splitWords(step);
    const followedByParameter = index < fixed.length - 1 || endsInParameter || method === "post";
    return followedByParameter ? [...parts.slice(0, -1), singular(parts.at(-1) ?? "")] : parts;
  });
  const verb =
    method === "get" && !endsInParameter && singular(fixed.at(-1) ?? "") !== (fixed.at(-1) ?? "")
      ? "list"
      : verbs[method];
  const by = steps.filter((step, index) => /^\{.*\}$/.test(step) && /^\{.*\}$/.test(steps[index - 1] ?? ""));
  return [verb ?? method, ...words, ...by.flatMap((step) => ["by", ...splitWords(step)])]
    .map((word) => word.toLowerCase())
    .join("_");
}

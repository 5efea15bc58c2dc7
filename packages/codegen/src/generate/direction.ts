import { isObject, type Json, type OpenApiDocument } from "../document.js";
import { mapSchemas } from "../schemas.js";

/** Models that only ever come from the API: no request and no parameter has them. */
export function answerOnlyModels(document: OpenApiDocument): Set<string> {
  const components = isObject(document["components"]) ? document["components"] : {};
  const schemas = isObject(components["schemas"]) ? components["schemas"] : {};
  const requested = new Set<string>();
  const answered = new Set<string>();
  const reach = (value: Json | undefined, into: Set<string>) => {
    const waiting = [...referencesIn(value)];
    for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
      if (into.has(name)) continue;
      into.add(name);
      waiting.push(...referencesIn(schemas[name]));
    }
  };
  mapSchemas(document, (schema, place) => {
    if (place.in === "response" || place.in === "event") reach(schema, answered);
    else if (place.in === "shared" && (place.section === "responses" || place.section === "headers"))
      reach(schema, answered);
    else if (place.in !== "component") reach(schema, requested);
    return schema;
  });
  return new Set([...answered].filter((name) => !requested.has(name)));
}

/** The names of the models that a schema refers to. */
function referencesIn(value: Json | undefined): Set<string> {
  const found = new Set<string>();
  const visit = (each: Json | undefined) => {
    if (Array.isArray(each)) for (const item of each) visit(item);
    else if (isObject(each)) {
      for (const [key, member] of Object.entries(each)) {
        const name = key === "$ref" && typeof member === "string" ? modelOfRef(member) : undefined;
        if (name !== undefined) found.add(name);
        else if (!dataKeywords.has(key)) visit(member);
      }
    }
  };
  visit(value);
  return found;
}

/** Keywords whose value is data, in which `$ref` means nothing. */
const dataKeywords: ReadonlySet<string> = new Set(["example", "examples", "default", "const", "enum"]);

export function modelOfRef(ref: string): string | undefined {
  return /^#\/components\/schemas\/([^/]+)$/.exec(ref)?.[1];
}

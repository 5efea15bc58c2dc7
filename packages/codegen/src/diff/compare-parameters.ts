import type { Json, OpenApiDocument } from "../document.js";
import { firstMedia } from "./compare-content.js";
import { compareDeprecated } from "./compare-schemas.js";
import { type Operation, pathNames } from "./list-operations.js";
import { type Part, partsIn } from "./parts.js";
import { below, type Site } from "./schema-site.js";
import type { SharedParts } from "./shared-parts.js";
import { canonical, code } from "./text.js";
import { both, breaks, fine, type Place, type Sink, tell, type Walk } from "./walk.js";

interface Parameter {
  readonly part: Part;
  readonly label: string;
  readonly required: boolean;
}

/** The parameters of two operations: their own, and those of their path that they do not override. */
export function compareParameters(
  walk: Walk,
  shared: SharedParts,
  operations: readonly [Operation, Operation],
  sink: Sink,
): void {
  const [old, next] = operations;
  const before = parametersOf(walk.old, old);
  const after = renamedBack(parametersOf(walk.next, next), old, next);
  for (const [key, parameter] of after) {
    const was = before.get(key);
    if (was === undefined) tellAdded(parameter, place(sink, parameter));
    else {
      shared.compare(was.part, parameter.part, sink, (target, note) => {
        compareParameter(walk, was, parameter, {
          ...place(target, parameter),
          label: parameter.label + note,
        });
      });
    }
  }
  for (const [key, parameter] of before) {
    if (after.has(key)) continue;
    const refused = breaks("the types refuse calls that send it");
    tell(place(sink, parameter), "removed", parameter.part.site.pointer, "was removed", both(refused));
  }
}

function place(sink: Sink, parameter: Parameter): Place {
  return { sink, direction: "request", label: parameter.label, path: "" };
}

function tellAdded(parameter: Parameter, there: Place): void {
  const what = parameter.required ? "was added and is required" : "was added";
  const verdict = parameter.required ? breaks("calls without it are refused") : fine();
  tell(there, "added", parameter.part.site.pointer, what, both(verdict));
}

function compareParameter(walk: Walk, old: Parameter, next: Parameter, there: Place): void {
  const { pointer } = next.part.site;
  if (!old.required && next.required) {
    tell(there, "changed", pointer, "became required", both(breaks("calls without it are refused")));
  } else if (old.required && !next.required) {
    tell(there, "changed", pointer, "became optional", both(fine()));
  }
  compareDeprecated(
    old.part.value["deprecated"] === true,
    next.part.value["deprecated"] === true,
    pointer,
    there,
  );
  if (writing(old.part) !== writing(next.part)) {
    const what = "is written into the request another way";
    tell(there, "changed", pointer, what, both(breaks("the type stays the same, but what is sent does not")));
  }
  walk.compareAt(schemaOf(old.part), schemaOf(next.part), there);
}

/** How values are written, with what OpenAPI takes for granted filled in. */
function writing(part: Part): string {
  const { value } = part;
  const style = value["style"] ?? (value["in"] === "query" || value["in"] === "cookie" ? "form" : "simple");
  return canonical([style, value["explode"] ?? style === "form", value["allowReserved"] ?? false]);
}

/** A parameter has either a schema or a single media type with one. */
function schemaOf(part: Part): Site {
  if (part.value["schema"] !== undefined) return below(part.site, part.value["schema"], "schema");
  return firstMedia(part)?.schema ?? { ...part.site, schema: true };
}

/** By place and name. Names of headers have no case. */
function parametersOf(document: OpenApiDocument, operation: Operation): Map<string, Parameter> {
  const found = new Map<string, Parameter>();
  for (const part of [
    ...partsIn(document, operation.item, "parameters"),
    ...partsIn(document, operation.part, "parameters"),
  ]) {
    const where = text(part.value["in"]);
    const name = text(part.value["name"]);
    const required = part.value["required"] === true || where === "path";
    found.set(keyOf(where, name), { part, label: `${where} parameter ${code(name)}`, required });
  }
  return found;
}

/** The new parameters with those of the path under the names that the old path gives to the same places. */
function renamedBack(
  parameters: Map<string, Parameter>,
  old: Operation,
  next: Operation,
): Map<string, Parameter> {
  const before = pathNames(old.path);
  const after = pathNames(next.path);
  if (before.length !== after.length) return parameters;
  const names = new Map(after.map((name, index) => [keyOf("path", name), keyOf("path", before[index]!)]));
  return new Map([...parameters].map(([key, parameter]) => [names.get(key) ?? key, parameter]));
}

function keyOf(where: string, name: string): string {
  return `${where}:${where === "header" ? name.toLowerCase() : name}`;
}

function text(value: Json | undefined): string {
  return typeof value === "string" ? value : "";
}

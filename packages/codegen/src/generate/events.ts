import {
  httpMethods,
  isObject,
  type Json,
  type JsonObject,
  type OpenApiDocument,
  objectAt,
} from "../document.js";
import { readEnumProse } from "../normalize/enum-prose.js";
import { resolveRef } from "../normalize/operations.js";
import { byCodePoint } from "../words.js";
import { modelOfRef } from "./direction.js";
import { docComment, docText, literal } from "./docs.js";

/** One type of event, and the models of the events that have it: one, unless several webhooks carry it. */
export interface EventInfo {
  type: string;
  models: string[];
  /** When it is sent, if the description says so. */
  meaning: string | undefined;
}

/** The event types that the webhooks of a normal document list. */
export function listEvents(document: OpenApiDocument): EventInfo[] {
  const found = new Map<string, EventInfo>();
  const add = (schema: Json | undefined, depth: number) => {
    const model =
      isObject(schema) && typeof schema["$ref"] === "string" ? modelOfRef(schema["$ref"]) : undefined;
    const target = resolveRef(document, schema);
    if (!isObject(target) || depth > 5) return;
    const members = target["oneOf"] ?? target["anyOf"];
    if (Array.isArray(members)) for (const member of members) add(member, depth + 1);
    else if (target["type"] === "array") add(target["items"], depth + 1);
    else if (model !== undefined) {
      for (const [type, meaning] of typesOf(document, typeProperty(document, target))) {
        const known = found.get(type);
        if (known === undefined) found.set(type, { type, models: [model], meaning });
        else if (!known.models.includes(model)) known.models = [...known.models, model].sort(byCodePoint);
      }
    }
  };
  for (const item of Object.values(objectAt(document, "webhooks"))) {
    for (const method of httpMethods) {
      const operation = isObject(item) ? item[method] : undefined;
      const body = resolveRef(document, objectAt(operation, "requestBody"));
      for (const media of Object.values(objectAt(body, "content")))
        if (isObject(media)) add(media["schema"], 0);
    }
  }
  return [...found.values()].sort((a, b) => byCodePoint(a.type, b.type));
}

/** The property `type` of a schema, or of a part of it. */
function typeProperty(document: OpenApiDocument, schema: JsonObject): JsonObject {
  const parts = Array.isArray(schema["allOf"])
    ? schema["allOf"].map((part) => resolveRef(document, part))
    : [];
  const declared = [schema, ...parts].map((part) => objectAt(objectAt(part, "properties"), "type"));
  return declared.findLast((type) => typesOf(document, type).length > 0) ?? {};
}

/** The event types that a property lists, each with its meaning. */
function typesOf(document: OpenApiDocument, type: JsonObject): [string, string | undefined][] {
  const target = resolveRef(document, type);
  const schema = isObject(target) ? target : {};
  const values = Array.isArray(schema["enum"]) ? schema["enum"] : [schema["const"]];
  const texts = [schema["description"], type["description"]].filter(
    (text): text is string => typeof text === "string",
  );
  const prose = texts.map((text) => readEnumProse(text, values));
  // Of a single value, what is said of the property is said of it.
  const said = values.length === 1 ? prose.find(({ text }) => text !== "")?.text : undefined;
  return values
    .filter((value): value is string => typeof value === "string")
    .map((value) => [
      value,
      prose.map((each) => each.values.get(value)).find((text) => text !== undefined) ?? said,
    ]);
}

/** `events.ts`: which model belongs to which type of event. */
export function writeEvents(events: readonly EventInfo[]): string {
  const imported = [...new Set(events.flatMap(({ models }) => models))].sort(byCodePoint);
  const imports =
    imported.length === 0
      ? ""
      : `import type {\n${imported.map((name) => `  ${name},\n`).join("")}} from "./models.js";\n\n`;
  const entries = events
    .map(
      ({ type, models, meaning }) =>
        `${docComment([meaning === undefined ? undefined : docText(meaning)], "  ")}  ${literal(type)}: ${models.join(" | ")};\n`,
    )
    .join("");
  return (
    `${imports}/** The model of the events of each type. */\nexport interface EventMap {\n${entries}}\n\n` +
    "/** The type of an event, such as `ORDER.FILLED`. */\nexport type EventType = keyof EventMap;\n\n" +
    "/** The event of one type (or of several). */\nexport type EventOf<T extends EventType> = EventMap[T] & {\n  /** The type of the event. */\n  type: T;\n};\n\n" +
    "/** Every event that a webhook may carry, one member a type. A `switch` on `type` narrows `object`. */\n" +
    "export type WebhookEvent = { [T in EventType]: EventOf<T> }[EventType];\n\n" +
    `/** Every type of event. */\nexport const eventTypes: readonly EventType[] = [\n${events.map(({ type }) => `  ${literal(type)},\n`).join("")}];\n`
  );
}

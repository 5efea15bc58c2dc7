import { httpMethods, isObject, type JsonObject, type OpenApiDocument, objectAt } from "../document.js";
import { readEnumProse } from "../normalize/enum-prose.js";
import { resolveRef } from "../normalize/operations.js";
import { byCodePoint } from "../words.js";
import { modelOfRef } from "./direction.js";
import { docComment, docText, literal } from "./docs.js";

/** One type of event, and the model of the events that have it. */
export interface EventInfo {
  type: string;
  model: string;
  /** When it is sent, if the description says so. */
  meaning: string | undefined;
}

/** The event types that the webhooks of a normal document list. */
export function listEvents(document: OpenApiDocument): EventInfo[] {
  const found = new Map<string, EventInfo>();
  for (const item of Object.values(objectAt(document, "webhooks"))) {
    for (const method of httpMethods) {
      const operation = isObject(item) ? item[method] : undefined;
      const body = resolveRef(document, objectAt(operation, "requestBody"));
      for (const media of Object.values(objectAt(body, "content"))) {
        const schema = isObject(media) ? media["schema"] : undefined;
        const model =
          isObject(schema) && typeof schema["$ref"] === "string" ? modelOfRef(schema["$ref"]) : undefined;
        if (model === undefined) continue;
        const type = objectAt(objectAt(resolveRef(document, schema), "properties"), "type");
        for (const info of typesOf(document, type, model))
          if (!found.has(info.type)) found.set(info.type, info);
      }
    }
  }
  return [...found.values()].sort((a, b) => byCodePoint(a.type, b.type));
}

function typesOf(document: OpenApiDocument, type: JsonObject, model: string): EventInfo[] {
  const target = resolveRef(document, type);
  const schema = isObject(target) ? target : {};
  const values = Array.isArray(schema["enum"]) ? schema["enum"] : [schema["const"]];
  const texts = [schema["description"], type["description"]].filter(
    (text): text is string => typeof text === "string",
  );
  const meanings = texts.map((text) => readEnumProse(text, values).values);
  return values
    .filter((value): value is string => typeof value === "string")
    .map((value) => ({
      type: value,
      model,
      meaning: meanings.map((each) => each.get(value)).find((text) => text !== undefined),
    }));
}

/** `events.ts`: which model belongs to which type of event. */
export function writeEvents(events: readonly EventInfo[]): string {
  const models = [...new Set(events.map(({ model }) => model))].sort(byCodePoint);
  const imports =
    models.length === 0
      ? ""
      : `import type {\n${models.map((name) => `  ${name},\n`).join("")}} from "./models.js";\n\n`;
  const entries = events
    .map(
      ({ type, model, meaning }) =>
        `${docComment([meaning === undefined ? undefined : docText(meaning)], "  ")}  ${literal(type)}: ${model};\n`,
    )
    .join("");
  return (
    `${imports}/** The model of the events of each type. */\nexport interface EventMap {\n${entries}}\n\n` +
    "/** The type of an event, such as `ORDER.FILLED`. */\nexport type EventType = keyof EventMap;\n\n" +
    "/** The event of one type (or of several). */\nexport type EventOf<T extends EventType> = EventMap[T] & { type: T };\n\n" +
    "/** Every event that a webhook may carry, one member a type. A `switch` on `type` narrows `object`. */\n" +
    "export type WebhookEvent = { [T in EventType]: EventOf<T> }[EventType];\n\n" +
    `/** Every type of event. */\nexport const eventTypes: readonly EventType[] = [\n${events.map(({ type }) => `  ${literal(type)},\n`).join("")}];\n`
  );
}

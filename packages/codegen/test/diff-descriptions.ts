import { compare } from "../src/diff/compare.js";
import type { Change } from "../src/diff/index.js";
import type { Json, JsonObject, OpenApiDocument } from "../src/document.js";

/** A small description in normal form. */
export function description(parts: JsonObject): OpenApiDocument {
  return { openapi: "3.1.0", info: { title: "An API", version: "1" }, ...parts };
}

export function ref(name: string): JsonObject {
  return { $ref: `#/components/schemas/${name}` };
}

export function jsonContent(schema: Json): JsonObject {
  return { content: { "application/json": { schema } } };
}

/** One operation, `POST /things`, with these members. */
export function withOperation(operation: JsonObject, rest: JsonObject = {}): OpenApiDocument {
  const responses = { "204": {} };
  return description({
    paths: { "/things": { post: { operationId: "do_thing", responses, ...operation } } },
    ...rest,
  });
}

/** `Thing` is what callers send. */
export function asRequest(thing: Json, others: JsonObject = {}): OpenApiDocument {
  const requestBody = { required: true, ...jsonContent(ref("Thing")) };
  return withOperation({ requestBody }, { components: { schemas: { Thing: thing, ...others } } });
}

/** `Thing` is what callers get. */
export function asAnswer(thing: Json, others: JsonObject = {}): OpenApiDocument {
  const responses = { "200": jsonContent(ref("Thing")) };
  return withOperation({ responses }, { components: { schemas: { Thing: thing, ...others } } });
}

/** `Thing` is both. */
export function asBoth(thing: Json, others: JsonObject = {}): OpenApiDocument {
  const requestBody = { required: true, ...jsonContent(ref("Thing")) };
  const responses = { "200": jsonContent(ref("Thing")) };
  return withOperation({ requestBody, responses }, { components: { schemas: { Thing: thing, ...others } } });
}

/** The kind of each change, with a mark for those that break, and the bump: `["removed!", "added", "major"]`. */
export function outcome(old: OpenApiDocument, next: OpenApiDocument): string[] {
  const { changes, bump } = compare(old, next);
  return [...changes.map(mark), bump];
}

function mark(change: Change): string {
  return change.breaking ? `${change.kind}!` : change.kind;
}

export function messages(old: OpenApiDocument, next: OpenApiDocument): string[] {
  return compare(old, next).changes.map((change) => change.message);
}

import type { Json, JsonObject, OpenApiDocument } from "../../src/document.js";

/** A small document: what a test says, and the rest that every document has. */
export function documentWith(parts: JsonObject): OpenApiDocument {
  return { openapi: "3.1.0", info: { title: "Test", version: "1.0.0" }, paths: {}, ...parts };
}

/** A document of component schemas alone. */
export function withSchemas(schemas: JsonObject, openapi = "3.1.0"): OpenApiDocument {
  return { ...documentWith({ components: { schemas } }), openapi };
}

export function schemasOf(document: OpenApiDocument): Record<string, JsonObject> {
  const components = document["components"] as { schemas?: Record<string, JsonObject> } | undefined;
  return components?.schemas ?? {};
}

/** An operation that answers with the schema. */
export function answering(operationId: string, schema: Json, more: JsonObject = {}): JsonObject {
  return {
    operationId,
    responses: { "200": { description: "Fine.", content: { "application/json": { schema } } } },
    ...more,
  };
}

/** An operation that takes one schema and answers with another. */
export function taking(operationId: string, request: Json, answer: Json, more: JsonObject = {}): JsonObject {
  return answering(operationId, answer, {
    requestBody: { required: true, content: { "application/json": { schema: request } } },
    ...more,
  });
}

/** A webhook with an event of these types. */
export function delivering(operationId: string, title: string, types: string[], object: Json): JsonObject {
  return {
    post: {
      operationId,
      requestBody: {
        content: {
          "application/json": {
            schema: {
              title,
              type: "object",
              properties: { id: { type: "string" }, type: { type: "string", enum: types }, object },
              required: ["id", "type", "object"],
            },
          },
        },
      },
      responses: { "200": { description: "Taken." } },
    },
  };
}

/** The same value with the members of every object in another order. */
export function shuffled(value: Json, by: (length: number) => number[]): Json {
  if (Array.isArray(value)) return value.map((item) => shuffled(item, by));
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value);
  return Object.fromEntries(
    by(entries.length).map((at) => {
      const [key, member] = entries[at] as [string, Json];
      return [key, shuffled(member, by)];
    }),
  );
}

/** A way to put any number of things in another order, the same for the same seed. */
export function permutations(seed: number): (length: number) => number[] {
  let state = seed | 0;
  const random = (below: number) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    return (state >>> 8) % below;
  };
  return (length) => {
    const order = Array.from({ length }, (_, index) => index);
    for (let index = length - 1; index > 0; index--) {
      const other = random(index + 1);
      [order[index], order[other]] = [order[other] as number, order[index] as number];
    }
    return order;
  };
}

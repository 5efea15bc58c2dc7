import { describe, expect, test } from "vitest";
import type { JsonObject } from "../../src/document.js";
import { fold } from "../../src/normalize/fold.js";
import { schemasOf, withSchemas } from "../support/document.js";

const meta = {
  type: "object",
  description: "A page.",
  properties: { sort: { type: "string" }, count: { type: "integer" } },
  required: ["count"],
};
const folded = (schema: JsonObject) => schemasOf(fold(withSchemas({ A: schema, Meta: meta })))["A"];

describe("fold", () => {
  test("allOf of a schema and a description is the schema with that description", () => {
    expect(
      folded({ allOf: [{ type: "string", pattern: "^a$", description: "old" }, { description: "new" }] }),
    ).toEqual({
      type: "string",
      pattern: "^a$",
      description: "new",
    });
  });

  test("what stands around allOf wins over what stands in it", () => {
    expect(folded({ description: "outer", allOf: [{ type: "string" }, { description: "inner" }] })).toEqual({
      type: "string",
      description: "outer",
    });
  });

  test("a reference keeps its prose beside it", () => {
    expect(folded({ allOf: [{ $ref: "#/components/schemas/Meta" }, { description: "new" }] })).toEqual({
      $ref: "#/components/schemas/Meta",
      description: "new",
    });
  });

  test("allOf of a model and required fields is the model with those required", () => {
    expect(folded({ allOf: [{ $ref: "#/components/schemas/Meta" }, { required: ["sort"] }] })).toEqual({
      type: "object",
      properties: meta.properties,
      required: ["count", "sort"],
    });
    expect(folded({ allOf: [{ $ref: "#/components/schemas/Meta" }], required: ["sort"] })).toMatchObject({
      required: ["count", "sort"],
    });
  });

  test("allOf of two models stays", () => {
    const schema = {
      allOf: [
        { $ref: "#/components/schemas/Meta" },
        { type: "object", properties: { x: { type: "string" } } },
      ],
    };
    expect(folded(schema)).toEqual(schema);
  });

  test("allOf beside properties stays", () => {
    const schema = {
      type: "object",
      properties: { x: { type: "string" } },
      allOf: [{ $ref: "#/components/schemas/Meta" }],
    };
    expect(folded(schema)).toEqual(schema);
  });

  test("a union of one is that one", () => {
    expect(folded({ title: "Outer", oneOf: [{ title: "Inner", type: "string" }] })).toEqual({
      title: "Outer",
      type: "string",
    });
    expect(folded({ anyOf: [{ type: "string" }, { type: "null" }] })).toEqual({
      anyOf: [{ type: "string" }, { type: "null" }],
    });
  });

  test("an enum of one is a constant; one of two is not", () => {
    expect(folded({ type: "string", enum: ["EUR"], default: "EUR" })).toEqual({
      type: "string",
      const: "EUR",
      default: "EUR",
    });
    expect(folded({ type: "string", enum: ["EUR", "GBP"] })).toEqual({
      type: "string",
      enum: ["EUR", "GBP"],
    });
  });

  test("a union of constants is an enum that says what its values mean", () => {
    const low = { const: "LOW", description: "Seldom." };
    expect(folded({ description: "How often.", oneOf: [low, { const: "HIGH" }] })).toEqual({
      type: "string",
      description: "How often.\n\n* LOW - Seldom.",
      enum: ["LOW", "HIGH"],
    });
  });

  test("fields beside a union hold for each of its members", () => {
    const fields = { type: "object", properties: { id: { type: "string" } }, required: ["id"] };
    const members = [{ $ref: "#/components/schemas/Meta" }, { type: "object", properties: { x: {} } }];
    expect(folded({ ...fields, description: "Both.", anyOf: members })).toEqual({
      description: "Both.",
      allOf: [fields, { anyOf: members }],
    });
    expect(folded({ ...fields, anyOf: [{ required: ["a"] }, { required: ["b"] }] })).toEqual(fields);
  });

  test("a list that may be empty needs no member for the empty list", () => {
    const list = (minItems: number) => ({ type: "array", items: { type: "string" }, minItems });
    const empty = { type: "array", maxItems: 0, items: {} };
    expect(folded({ oneOf: [list(1), empty] })).toEqual({ type: "array", items: { type: "string" } });
    expect(folded({ oneOf: [{ anyOf: [list(1), list(1)] }, empty] })).toEqual({
      anyOf: [
        { type: "array", items: { type: "string" } },
        { type: "array", items: { type: "string" } },
      ],
    });
    expect(folded({ oneOf: [list(2), empty] })).toEqual({ oneOf: [list(2), empty] });
  });
});

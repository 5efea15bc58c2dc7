import { describe, expect, test } from "vitest";
import type { JsonObject } from "../../src/document.js";
import { narrowRefs } from "../../src/normalize/narrow-refs.js";
import { schemasOf, withSchemas } from "../support/document.js";

const others = {
  Currency: { type: "string", description: "ISO 4217.", enum: ["EUR", "GBP", "USD"] },
  Amount: { type: "string", title: "Amount", pattern: "^[0-9]+$" },
  Meta: { type: "object", properties: { sort: { type: "string" } }, required: [] },
};
const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });
const narrowed = (schema: JsonObject) => schemasOf(narrowRefs(withSchemas({ A: schema, ...others })))["A"];

describe("narrowRefs", () => {
  test("prose beside a reference stays there", () => {
    const schema = { ...ref("Currency"), description: "Of the order.", default: "EUR", deprecated: true };
    expect(narrowed(schema)).toEqual(schema);
  });

  test("an enum narrowed to one value is that value", () => {
    expect(narrowed({ ...ref("Currency"), enum: ["EUR"], description: "Always euro." })).toEqual({
      type: "string",
      const: "EUR",
      description: "Always euro.",
    });
    expect(narrowed({ ...ref("Currency"), const: "EUR" })).toEqual({ type: "string", const: "EUR" });
  });

  test("an enum narrowed to some values takes those that both take", () => {
    expect(narrowed({ ...ref("Currency"), enum: ["USD", "EUR", "CHF"] })).toEqual({
      type: "string",
      enum: ["EUR", "USD"],
    });
  });

  test("limits beside a plain value are written out", () => {
    expect(narrowed({ ...ref("Amount"), maxLength: 5 })).toEqual({
      type: "string",
      pattern: "^[0-9]+$",
      maxLength: 5,
    });
  });

  test("required beside an object is written out", () => {
    expect(narrowed({ ...ref("Meta"), required: ["sort"] })).toEqual({
      type: "object",
      properties: { sort: { type: "string" } },
      required: ["sort"],
    });
  });

  test("anything else is both", () => {
    const more = { properties: { extra: { type: "string" } } };
    expect(narrowed({ ...ref("Meta"), ...more, description: "More." })).toEqual({
      allOf: [ref("Meta"), more],
      description: "More.",
    });
  });
});

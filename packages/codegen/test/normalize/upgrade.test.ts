import { describe, expect, test } from "vitest";
import { upgrade } from "../../src/normalize/upgrade.js";
import { documentWith, schemasOf, withSchemas } from "../support/document.js";

const upgraded = (schema: Record<string, unknown>) =>
  schemasOf(upgrade(withSchemas({ A: schema as never }, "3.0.3")))["A"];

describe("upgrade", () => {
  test("says 3.1, and leaves the input alone", () => {
    const input = withSchemas({ A: { type: "string", nullable: true } }, "3.0.3");
    const before = JSON.stringify(input);
    expect(upgrade(input)["openapi"]).toBe("3.1.0");
    expect(JSON.stringify(input)).toBe(before);
  });

  test("nullable becomes a type", () => {
    expect(upgraded({ type: "string", nullable: true })).toEqual({ type: ["string", "null"] });
    expect(upgraded({ type: "string", nullable: false })).toEqual({ type: "string" });
  });

  test("a nullable enum takes null", () => {
    expect(upgraded({ type: "string", enum: ["A"], nullable: true })).toEqual({
      type: ["string", "null"],
      enum: ["A", null],
    });
  });

  test("a nullable union gets a member for null, once", () => {
    const members = [{ type: "string" }, { type: "integer" }];
    expect(upgraded({ oneOf: members, nullable: true })).toEqual({ oneOf: [...members, { type: "null" }] });
    expect(upgraded({ anyOf: [{ type: "null" }], nullable: true })).toEqual({ anyOf: [{ type: "null" }] });
  });

  test("nullable beside allOf lets null in, also where every part takes it already", () => {
    expect(upgraded({ allOf: [{ $ref: "#/components/schemas/B" }], nullable: true })).toEqual({
      oneOf: [{ allOf: [{ $ref: "#/components/schemas/B" }] }, { type: "null" }],
    });
    expect(upgraded({ allOf: [{ type: "string", nullable: true }], nullable: true })).toEqual({
      allOf: [{ type: ["string", "null"] }],
    });
  });

  test("nullable beside a union that says its type as well", () => {
    const members = [{ type: "object" }, { type: "object", properties: {} }];
    expect(upgraded({ type: "object", nullable: true, oneOf: members })).toEqual({
      oneOf: [...members, { type: "null" }],
    });
    expect(upgraded({ type: "object", nullable: true, allOf: members })).toEqual({
      oneOf: [{ allOf: members }, { type: "null" }],
    });
  });

  test("nullable deep inside", () => {
    expect(
      upgraded({
        type: "object",
        properties: { a: { type: "array", items: { type: "string", nullable: true } } },
      }),
    ).toEqual({
      type: "object",
      properties: { a: { type: "array", items: { type: ["string", "null"] } } },
    });
  });

  test("a property that is called nullable stays", () => {
    const schema = { type: "object", properties: { nullable: { type: "boolean" } } };
    expect(upgraded(schema)).toEqual(schema);
  });

  test("exclusive limits become numbers", () => {
    expect(upgraded({ type: "number", minimum: 0, exclusiveMinimum: true })).toEqual({
      type: "number",
      exclusiveMinimum: 0,
    });
    expect(upgraded({ type: "number", maximum: 9, exclusiveMaximum: false })).toEqual({
      type: "number",
      maximum: 9,
    });
  });

  test("an example becomes examples", () => {
    expect(upgraded({ type: "string", example: "x" })).toEqual({ type: "string", examples: ["x"] });
  });

  test("x-webhooks become webhooks, in 3.1 as well", () => {
    const hooks = { a: { post: { responses: {} } } };
    for (const openapi of ["3.0.3", "3.1.0"]) {
      const result = upgrade({ ...documentWith({ "x-webhooks": hooks }), openapi });
      expect(result["webhooks"]).toEqual(hooks);
      expect(result).not.toHaveProperty("x-webhooks");
    }
  });

  test("3.1 is not touched: nullable has no meaning there", () => {
    expect(schemasOf(upgrade(withSchemas({ A: { type: "string", nullable: true } })))["A"]).toEqual({
      type: "string",
      nullable: true,
    });
  });
});

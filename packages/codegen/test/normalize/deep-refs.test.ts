import { describe, expect, test } from "vitest";
import { deepRefs } from "../../src/normalize/deep-refs.js";
import { schemasOf, withSchemas } from "../support/document.js";

describe("deepRefs", () => {
  test("a part of a schema, and a definition, are written out where they are used", () => {
    const inner = { type: "object", properties: { x: { type: "string" } } };
    const schemas = schemasOf(
      deepRefs(
        withSchemas({
          Order: { type: "object", properties: { side: { type: "string", enum: ["BUY", "SELL"] } } },
          Fill: {
            type: "object",
            properties: {
              side: { $ref: "#/components/schemas/Order/properties/side", description: "Of the order." },
              inner: { $ref: "#/components/schemas/Fill/$defs/inner" },
              order: { $ref: "#/components/schemas/Order" },
            },
            $defs: { inner },
          },
        }),
      ),
    );
    expect(schemas["Fill"]).toEqual({
      type: "object",
      properties: {
        side: { type: "string", enum: ["BUY", "SELL"], description: "Of the order." },
        inner,
        order: { $ref: "#/components/schemas/Order" },
      },
    });
  });

  test("a part that is made of itself is refused", () => {
    const a = {
      type: "object",
      properties: { x: { items: { $ref: "#/components/schemas/A/properties/x" } } },
    };
    expect(() => deepRefs(withSchemas({ A: a }))).toThrow(
      expect.objectContaining({ code: "INVALID_DESCRIPTION" }),
    );
  });
});

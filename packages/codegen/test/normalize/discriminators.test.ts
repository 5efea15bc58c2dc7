import { describe, expect, test } from "vitest";
import { discriminators } from "../../src/normalize/discriminators.js";
import { schemasOf, withSchemas } from "../support/document.js";

const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });
const animal = { type: "object", properties: { kind: { type: "string" }, name: { type: "string" } } };

describe("discriminators", () => {
  test("the value that a mapping gives is written into the member, and is required", () => {
    const result = schemasOf(
      discriminators(
        withSchemas({
          Pet: {
            oneOf: [ref("Cat"), ref("Dog")],
            discriminator: {
              propertyName: "kind",
              mapping: {
                CAT: "#/components/schemas/Cat",
                HOUND: "#/components/schemas/Dog",
                PUPPY: "#/components/schemas/Dog",
              },
            },
          },
          Cat: animal,
          Dog: animal,
        }),
      ),
    );
    expect(result["Cat"]).toMatchObject({
      properties: { kind: { type: "string", const: "CAT" } },
      required: ["kind"],
    });
    expect(result["Dog"]).toMatchObject({
      properties: { kind: { type: "string", enum: ["HOUND", "PUPPY"] } },
    });
  });

  test("without a mapping the value is the name of the schema", () => {
    const result = schemasOf(
      discriminators(
        withSchemas({
          Pet: { oneOf: [ref("Cat"), ref("Dog")], discriminator: { propertyName: "kind" } },
          Cat: animal,
          Dog: animal,
        }),
      ),
    );
    expect(result["Cat"]).toMatchObject({ properties: { kind: { const: "Cat" } } });
  });

  test("a member that inherits, and one that does not name the property", () => {
    const pet = { $ref: "#/components/schemas/Pet" };
    const result = schemasOf(
      discriminators(
        withSchemas({
          Any: {
            oneOf: [ref("Cat"), ref("Fish")],
            discriminator: {
              propertyName: "kind",
              mapping: { cat: "#/components/schemas/Cat", fish: "#/components/schemas/Fish" },
            },
          },
          Pet: animal,
          Cat: { allOf: [pet, { type: "object", properties: { meow: { type: "string" } } }] },
          Fish: { type: "object", properties: { depth: { type: "number" } } },
        }),
      ),
    );
    expect(result["Cat"]).toEqual({
      allOf: [
        pet,
        {
          type: "object",
          properties: { meow: { type: "string" }, kind: { type: "string", const: "cat" } },
          required: ["kind"],
        },
      ],
    });
    expect(result["Fish"]).toMatchObject({ properties: { kind: { const: "fish" } }, required: ["kind"] });
  });

  test("a constant that is there already stays", () => {
    const cat = { type: "object", properties: { kind: { const: "cat" } }, required: ["kind"] };
    const result = schemasOf(
      discriminators(
        withSchemas({
          Pet: {
            oneOf: [ref("Cat")],
            discriminator: { propertyName: "kind", mapping: { CAT: "#/components/schemas/Cat" } },
          },
          Cat: cat,
        }),
      ),
    );
    expect(result["Cat"]).toEqual(cat);
  });
});

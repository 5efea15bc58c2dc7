import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readEnumProse, writeEnumProse } from "../../src/normalize/enum-prose.js";

const read = (description: string, values: unknown[]) => {
  const { text, values: meanings } = readEnumProse(description, values);
  return { text, meanings: Object.fromEntries(meanings) };
};

describe("readEnumProse", () => {
  test("the list is split off, and meanings that are empty are none", () => {
    expect(read("Side of the order.\n* BUY - takes cash\n* SELL - ", ["BUY", "SELL"])).toEqual({
      text: "Side of the order.",
      meanings: { BUY: "takes cash" },
    });
  });

  test.each([
    "* `BUY` - takes cash",
    "- BUY: takes cash",
    '* "BUY" – takes cash',
    "  * BUY - takes\n    cash",
  ])("reads %j", (list) => {
    expect(read(`Side.\n\n${list}`, ["BUY", "SELL"])).toEqual({
      text: "Side.",
      meanings: { BUY: "takes cash" },
    });
  });

  test("a list of something else is text", () => {
    const text = "Either\n* one thing\n* or another";
    expect(read(text, ["BUY"])).toEqual({ text, meanings: {} });
  });

  test("values with dots, dashes and digits", () => {
    expect(read("* ORDER.NEW - taken in\n* P-521 - a curve\n* 1 - one", ["ORDER.NEW", "P-521", 1])).toEqual({
      text: "",
      meanings: { "ORDER.NEW": "taken in", "P-521": "a curve", "1": "one" },
    });
  });

  test("what is written is read again", () => {
    const value = fc.stringMatching(/^[A-Z][A-Z_.]{0,12}[A-Z]$/);
    const meaning = fc.stringMatching(/^[a-z][a-z ,;.()]{0,30}[a-z.]$/);
    fc.assert(
      fc.property(fc.dictionary(value, meaning, { maxKeys: 6 }), meaning, (meanings, text) => {
        const values = Object.keys(meanings);
        const written = writeEnumProse({ text, values: new Map(Object.entries(meanings)) }, values);
        expect(read(written, values)).toEqual({ text, meanings });
      }),
    );
  });
});

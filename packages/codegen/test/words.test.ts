import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { camelCase, joinWords, pascalCase, singular, splitWords } from "../src/words.js";

describe("words", () => {
  test.each([
    ["account_group", "AccountGroup"],
    ["Account Group", "AccountGroup"],
    ["User (BYOL)", "UserByol"],
    ["TaxIDNumber", "TaxIdNumber"],
    ["AddressV2", "AddressVTwo"],
    ["2fa", "The2fa"],
    ["straße", "StraUDFe"],
    ["café", "Cafe"],
  ])("%s is %s", (text, name) => {
    expect(pascalCase(splitWords(text))).toBe(name);
  });

  test("any text gives a name that TypeScript takes and that does not end in a digit, or none", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 30 }), (text) => {
        expect(pascalCase(splitWords(text))).toMatch(/^$|^[A-Za-z]$|^[A-Za-z][A-Za-z0-9]*[A-Za-z]$/);
      }),
    );
  });

  test("a name is a name again", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 30 }), (text) => {
        const name = camelCase(text);
        expect(camelCase(name).toLowerCase()).toBe(name.toLowerCase());
      }),
    );
  });

  test.each([
    ["orders", "order"],
    ["residencies", "residency"],
    ["addresses", "address"],
    ["fees", "fee"],
    ["status", "status"],
    ["taxes", "tax"],
    ["data", "data"],
    ["savings", "saving"],
    ["news", "news"],
  ])("the singular of %s is %s", (plural, one) => {
    expect(singular(plural)).toBe(one);
  });

  test.each([
    [["Order"], ["order", "type"], "OrderType"],
    [["Fee", "Collection"], ["status"], "FeeCollectionStatus"],
    [["Tax", "Exemption", "Details"], ["tax", "exemption", "type"], "TaxExemptionType"],
    [["Accounts"], ["account"], "Accounts"],
  ])("%j and %j are %s", (head, tail, name) => {
    expect(pascalCase(joinWords(head, tail))).toBe(name);
  });
});

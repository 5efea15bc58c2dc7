import { describe, expect, test } from "vitest";
import type { Json, JsonObject } from "../src/document.js";
import { asAnswer, asBoth, asRequest, messages, outcome } from "./diff-descriptions.js";
import { fields, type Rule, refA, refB, refC, tagged, text } from "./diff-rules.js";

/** Two ways to write the same: nothing but prose differs. */
const spellingRules: Rule[] = [
  {
    rule: "constant and enum of one",
    old: { ...text, const: "A" },
    new: { ...text, enum: ["A"] },
    request: ["changed", "patch"],
    answer: ["changed", "patch"],
  },
  {
    rule: "nullable in 3.0 and in 3.1",
    old: fields({ x: { ...text, nullable: true } }),
    new: fields({ x: { type: ["string", "null"] } }),
    request: ["changed", "patch"],
    answer: ["changed", "patch"],
  },
  {
    rule: "allOf of one and its member",
    old: fields({ x: { allOf: [refA, { description: "An A" }] } }),
    new: fields({ x: refA }),
    others: tagged,
    request: ["changed", "patch"],
    answer: ["changed", "patch"],
  },
  {
    rule: "allOf and the same written out",
    old: { allOf: [refA, fields({ d: text }, ["a"])] },
    new: fields({ type: { const: "A" }, a: text, d: text }, ["type", "a"]),
    others: tagged,
    request: ["changed", "patch"],
    answer: ["changed", "patch"],
  },
  {
    rule: "limit that says nothing",
    old: text,
    new: { ...text, minLength: 0 },
    request: ["changed", "patch"],
    answer: ["changed", "patch"],
  },
  {
    rule: "type implied by the properties",
    old: { properties: { x: text } },
    new: fields({ x: text }),
    request: ["changed", "patch"],
    answer: ["changed", "patch"],
  },
  {
    rule: "prose",
    old: fields({ x: text }),
    new: { ...fields({ x: { ...text, description: "An x", examples: ["x"] } }), title: "A thing" },
    request: ["changed", "patch"],
    answer: ["changed", "patch"],
  },
  {
    rule: "union within a union",
    old: { oneOf: [refA, refB, refC] },
    new: { oneOf: [refA, { oneOf: [refB, refC] }] },
    others: tagged,
    request: ["changed", "patch"],
    answer: ["changed", "patch"],
  },
];

describe("spellings of the same", () => {
  test.each(spellingRules)("$rule", ({ old, new: next, others = {}, request, answer }) => {
    expect(outcome(asRequest(old, others), asRequest(next, others))).toEqual(request);
    expect(outcome(asAnswer(old, others), asAnswer(next, others))).toEqual(answer);
    expect(messages(asBoth(old, others), asBoth(next, others))).toEqual([
      "only descriptions, examples, titles and the like differ",
    ]);
  });
});

describe("messages", () => {
  test("a new enum value in an answer is called out, one in a request is not", () => {
    const [old, next] = [{ enum: ["A"] }, { enum: ["A", "B"] }];
    const told = "the model has the new enum value `B`";
    const why = "an exhaustive `switch` over it now misses a case";
    expect(messages(asAnswer(old), asAnswer(next))).toEqual([`${told}: ${why}`]);
    expect(messages(asRequest(old), asRequest(next))).toEqual([told]);
    expect(messages(asBoth(old), asBoth(next))).toEqual([`${told}: in answers ${why}`]);
  });

  test("a limit that breaks calls says that the type stays the same", () => {
    const [told] = messages(asRequest({ ...text, maxLength: 5 }), asRequest({ ...text, maxLength: 3 }));
    expect(told).toContain("changed its limit `maxLength` from `5` to `3`: the type stays the same");
  });

  test("a field deep down is named by its path", () => {
    const deep = (x: Json): JsonObject => fields({ list: { type: "array", items: fields({ x }) } });
    const [told] = messages(asAnswer(deep(text)), asAnswer(deep({ type: "number" })));
    expect(told).toContain("field `list[].x` changed its type from `string` to `number`");
  });

  test("a hostile name cannot end its quotes or its line", () => {
    const [told] = messages(asAnswer(fields({})), asAnswer(fields({ "a`\n# b\u202e": text })));
    expect(told).toBe("field `a' # b\\u202e` was added");
  });
});

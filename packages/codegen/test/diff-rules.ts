import { describe, expect, test } from "vitest";
import type { Json, JsonObject } from "../src/document.js";
import { asAnswer, asBoth, asRequest, outcome, ref } from "./diff-descriptions.js";

/** A rule: the schema `Thing` before and after, what is told when callers send it, and when they get it. */
export interface Rule {
  readonly rule: string;
  readonly old: Json;
  readonly new: Json;
  readonly request: readonly string[];
  readonly answer: readonly string[];
  /** Other models of both descriptions. */
  readonly others?: JsonObject;
}

export const breaking: readonly string[] = ["changed!", "major"];
export const fine: readonly string[] = ["changed", "minor"];

export function fields(properties: JsonObject, required: string[] = []): JsonObject {
  return { type: "object", properties, required };
}

export const text: JsonObject = { type: "string" };
export const a: JsonObject = fields({ type: { const: "A" }, a: text }, ["type"]);
const b = fields({ type: { const: "B" }, b: text }, ["type"]);
const c = fields({ type: { const: "C" }, c: text }, ["type"]);

/** Models that are told apart by their `type`, and models that are not. */
export const tagged: JsonObject = { A: a, B: b, C: c };
export const untagged: JsonObject = {
  A: fields({ a: text }),
  B: fields({ b: text }),
  C: fields({ c: { type: "number" } }),
};
export const refA: JsonObject = ref("A");
export const refB: JsonObject = ref("B");
export const refC: JsonObject = ref("C");

/** Tries each rule for what callers send, for what they get, and for both at once. */
export function testRules(title: string, rules: readonly Rule[]): void {
  describe(title, () => {
    test.each(rules)("$rule", (rule) => {
      const { others = {} } = rule;
      expect(outcome(asRequest(rule.old, others), asRequest(rule.new, others))).toEqual(rule.request);
      expect(outcome(asAnswer(rule.old, others), asAnswer(rule.new, others))).toEqual(rule.answer);
    });

    test.each(rules)("$rule, in both directions, is told of once and breaks when either does", (rule) => {
      const { others = {} } = rule;
      const found = outcome(asBoth(rule.old, others), asBoth(rule.new, others));
      expect(found).toHaveLength(rule.request.length);
      const breaks = rule.request.includes("major") || rule.answer.includes("major");
      expect(found.at(-1) === "major").toBe(breaks);
    });
  });
}

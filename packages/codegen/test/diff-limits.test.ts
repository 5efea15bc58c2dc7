import type { Json, JsonObject } from "../src/document.js";
import { breaking, fields, fine, type Rule, testRules, text } from "./diff-rules.js";

const limitRules: Rule[] = [
  ["maxLength", 20, 10],
  ["minLength", 1, 5],
  ["maximum", 20, 10],
  ["minimum", 1, 5],
  ["exclusiveMaximum", 20, 10],
  ["exclusiveMinimum", 1, 5],
  ["maxItems", 20, 10],
  ["minItems", 1, 5],
  ["maxProperties", 20, 10],
  ["minProperties", 1, 5],
  ["multipleOf", 5, 10],
].flatMap(([keyword, wide, narrow]): Rule[] => {
  const limited = (value: Json | undefined): JsonObject => fields({ x: { [String(keyword)]: value } });
  return [
    {
      rule: `${keyword} narrowed`,
      old: limited(wide),
      new: limited(narrow),
      request: breaking,
      answer: fine,
    },
    { rule: `${keyword} widened`, old: limited(narrow), new: limited(wide), request: fine, answer: fine },
    {
      rule: `${keyword} added`,
      old: fields({ x: {} }),
      new: limited(narrow),
      request: breaking,
      answer: fine,
    },
    { rule: `${keyword} removed`, old: limited(narrow), new: fields({ x: {} }), request: fine, answer: fine },
  ];
});

const patternRules: Rule[] = [
  { rule: "pattern added", old: text, new: { ...text, pattern: "^a" }, request: breaking, answer: fine },
  { rule: "pattern removed", old: { ...text, pattern: "^a" }, new: text, request: fine, answer: fine },
  {
    rule: "pattern changed",
    old: { ...text, pattern: "^a" },
    new: { ...text, pattern: "^b" },
    request: breaking,
    answer: fine,
  },
  { rule: "format added", old: text, new: { ...text, format: "uuid" }, request: breaking, answer: fine },
  { rule: "format removed", old: { ...text, format: "uuid" }, new: text, request: fine, answer: fine },
  {
    rule: "format changed",
    old: { ...text, format: "date" },
    new: { ...text, format: "date-time" },
    request: breaking,
    answer: fine,
  },
  {
    rule: "items must be unique",
    old: { type: "array" },
    new: { type: "array", uniqueItems: true },
    request: breaking,
    answer: fine,
  },
  {
    rule: "a keyword that no rule knows",
    old: text,
    new: { ...text, not: { const: "A" } },
    request: breaking,
    answer: fine,
  },
];

testRules("limits", limitRules);
testRules("patterns and formats", patternRules);

import { ref } from "./diff-descriptions.js";
import { breaking, fields, fine, type Rule, testRules, text } from "./diff-rules.js";

const typeRules: Rule[] = [
  {
    rule: "type changed",
    old: fields({ x: text }),
    new: fields({ x: { type: "number" } }),
    request: breaking,
    answer: breaking,
  },
  {
    rule: "type widened",
    old: fields({ x: text }),
    new: fields({ x: { type: ["string", "number"] } }),
    request: fine,
    answer: breaking,
  },
  {
    rule: "type narrowed",
    old: fields({ x: { type: ["string", "number"] } }),
    new: fields({ x: text }),
    request: breaking,
    answer: fine,
  },
  {
    rule: "type no longer said",
    old: fields({ x: text }),
    new: fields({ x: {} }),
    request: fine,
    answer: breaking,
  },
  {
    rule: "type said now",
    old: fields({ x: {} }),
    new: fields({ x: text }),
    request: breaking,
    answer: fine,
  },
  {
    rule: "integer to number",
    old: fields({ x: { type: "integer" } }),
    new: fields({ x: { type: "number" } }),
    request: fine,
    answer: fine,
  },
  {
    rule: "number to integer",
    old: fields({ x: { type: "number" } }),
    new: fields({ x: { type: "integer" } }),
    request: breaking,
    answer: fine,
  },
  {
    rule: "single to array",
    old: fields({ x: text }),
    new: fields({ x: { type: "array", items: text } }),
    request: breaking,
    answer: breaking,
  },
  {
    rule: "array to single",
    old: fields({ x: { type: "array", items: text } }),
    new: fields({ x: text }),
    request: breaking,
    answer: breaking,
  },
  {
    rule: "items changed",
    old: { type: "array", items: text },
    new: { type: "array", items: { type: "number" } },
    request: breaking,
    answer: breaking,
  },
  {
    rule: "tuple grew",
    old: { type: "array", prefixItems: [text] },
    new: { type: "array", prefixItems: [text, text] },
    request: breaking,
    answer: breaking,
  },
  {
    rule: "place of a tuple changed",
    old: { type: "array", prefixItems: [text] },
    new: { type: "array", prefixItems: [{ type: "number" }] },
    request: breaking,
    answer: breaking,
  },
  {
    rule: "string to enum",
    old: fields({ x: text }),
    new: fields({ x: { ...text, enum: ["A"] } }),
    request: breaking,
    answer: fine,
  },
  {
    rule: "enum to string",
    old: fields({ x: { ...text, enum: ["A"] } }),
    new: fields({ x: text }),
    request: fine,
    answer: breaking,
  },
  {
    rule: "string to a named enum",
    old: fields({ x: text }),
    new: fields({ x: ref("Other") }),
    others: { Other: { ...text, enum: ["A"] } },
    request: breaking,
    answer: fine,
  },
];

const enumRules: Rule[] = [
  {
    rule: "enum value added",
    old: { ...text, enum: ["A"] },
    new: { ...text, enum: ["A", "B"] },
    request: ["added", "minor"],
    answer: ["added", "minor"],
  },
  {
    rule: "enum value removed",
    old: { ...text, enum: ["A", "B"] },
    new: { ...text, enum: ["A"] },
    request: ["removed!", "major"],
    answer: ["removed!", "major"],
  },
  {
    rule: "enum value replaced",
    old: { ...text, enum: ["A", "B"] },
    new: { ...text, enum: ["A", "C"] },
    request: ["removed!", "added", "major"],
    answer: ["removed!", "added", "major"],
  },
  {
    rule: "no enum value left",
    old: { ...text, enum: ["A"] },
    new: { ...text, enum: ["B"] },
    request: breaking,
    answer: breaking,
  },
  {
    rule: "constant grew to an enum",
    old: { const: "A" },
    new: { enum: ["A", "B"] },
    request: ["added", "minor"],
    answer: ["added", "minor"],
  },
  {
    rule: "null joined the values",
    old: { enum: ["A"] },
    new: { enum: ["A", null] },
    request: fine,
    answer: breaking,
  },
];

testRules("types", typeRules);
testRules("enums", enumRules);

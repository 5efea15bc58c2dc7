import { ref } from "./diff-descriptions.js";
import { a, breaking, fields, fine, type Rule, testRules, text } from "./diff-rules.js";

const fieldRules: Rule[] = [
  {
    rule: "optional field added",
    old: fields({}),
    new: fields({ x: text }),
    request: ["added", "minor"],
    answer: ["added", "minor"],
  },
  {
    rule: "required field added",
    old: fields({}),
    new: fields({ x: text }, ["x"]),
    request: ["added!", "major"],
    answer: ["added", "minor"],
  },
  {
    rule: "optional field removed",
    old: fields({ x: text }),
    new: fields({}),
    request: ["removed!", "major"],
    answer: ["removed!", "major"],
  },
  {
    rule: "required field removed",
    old: fields({ x: text }, ["x"]),
    new: fields({}),
    request: ["removed!", "major"],
    answer: ["removed!", "major"],
  },
  {
    rule: "field became required",
    old: fields({ x: text }),
    new: fields({ x: text }, ["x"]),
    request: breaking,
    answer: fine,
  },
  {
    rule: "field became optional",
    old: fields({ x: text }, ["x"]),
    new: fields({ x: text }),
    request: fine,
    answer: breaking,
  },
  {
    rule: "field became nullable",
    old: fields({ x: text }),
    new: fields({ x: { type: ["string", "null"] } }),
    request: fine,
    answer: breaking,
  },
  {
    rule: "field became non-null",
    old: fields({ x: { type: ["string", "null"] } }),
    new: fields({ x: text }),
    request: breaking,
    answer: fine,
  },
  {
    rule: "reference became nullable",
    old: fields({ x: ref("Other") }),
    new: fields({ x: { oneOf: [ref("Other"), { type: "null" }] } }),
    others: { Other: a },
    request: fine,
    answer: breaking,
  },
  {
    rule: "reference became non-null",
    old: fields({ x: { anyOf: [ref("Other"), { type: "null" }] } }),
    new: fields({ x: ref("Other") }),
    others: { Other: a },
    request: breaking,
    answer: fine,
  },
  {
    rule: "field deprecated",
    old: fields({ x: text }),
    new: fields({ x: { ...text, deprecated: true } }),
    request: ["deprecated", "patch"],
    answer: ["deprecated", "patch"],
  },
  {
    rule: "field un-deprecated",
    old: fields({ x: { ...text, deprecated: true } }),
    new: fields({ x: text }),
    request: fine,
    answer: fine,
  },
  {
    rule: "model deprecated",
    old: a,
    new: { ...a, deprecated: true },
    request: ["deprecated", "patch"],
    answer: ["deprecated", "patch"],
  },
  {
    rule: "default added",
    old: fields({ x: text }),
    new: fields({ x: { ...text, default: "a" } }),
    request: fine,
    answer: fine,
  },
  {
    rule: "default removed",
    old: fields({ x: { ...text, default: "a" } }),
    new: fields({ x: text }),
    request: fine,
    answer: fine,
  },
  {
    rule: "default changed",
    old: fields({ x: { ...text, default: "a" } }),
    new: fields({ x: { ...text, default: "b" } }),
    request: breaking,
    answer: fine,
  },
];

const open = { type: "object", additionalProperties: true };
const unstated = { type: "object" };
const closed = { type: "object", additionalProperties: false };
const ofText = { type: "object", additionalProperties: text };

const extraRules: Rule[] = [
  {
    rule: "other fields refused, where nothing was said",
    old: unstated,
    new: closed,
    request: breaking,
    answer: fine,
  },
  { rule: "other fields no longer refused", old: closed, new: unstated, request: fine, answer: fine },
  { rule: "other fields taken", old: closed, new: open, request: fine, answer: fine },
  { rule: "other fields no longer taken", old: open, new: closed, request: breaking, answer: breaking },
  { rule: "other fields limited", old: open, new: ofText, request: breaking, answer: fine },
  { rule: "other fields no longer limited", old: ofText, new: open, request: fine, answer: breaking },
  {
    rule: "other fields of another type",
    old: ofText,
    new: { ...open, additionalProperties: { type: "number" } },
    request: breaking,
    answer: breaking,
  },
];

testRules("fields", fieldRules);
testRules("other fields", extraRules);

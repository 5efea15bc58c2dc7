import { type Description, join, operations, type Parameter, type Schema, webhooks } from "./description.js";

/** A text, what it describes, and where it stands. */
interface Text {
  pointer: string;
  name: string;
  text: string | undefined;
}

/** The values of an enum and the text that describes them. */
interface Enum {
  pointer: string;
  name: string;
  values: unknown[];
  text: string;
}

const maxSummary = 60;

/** What is wrong with the prose, one line each. */
export function proseProblems(description: Description): string[] {
  const { summaries, texts, enums } = collect(description);
  return [
    ...[...summaries, ...texts].flatMap(({ pointer, name, text }) =>
      textProblems(name, text).map((p) => `${pointer}: ${p}`),
    ),
    ...summaries.flatMap(({ pointer, text = "" }) => summaryProblems(text).map((p) => `${pointer}: ${p}`)),
    ...texts.flatMap(({ pointer, text = "" }) => sentenceProblems(text).map((p) => `${pointer}: ${p}`)),
    ...enums.flatMap((found) => enumProblems(found).map((p) => `${found.pointer}: ${p}`)),
  ];
}

/** A text that is missing, says only what the name says, or holds what no reader should see. */
function textProblems(name: string, text: string | undefined): string[] {
  if (text === undefined || text.trim() === "") return ["is not described"];
  const problems: string[] = [];
  if (saysOnlyItsName(name, text)) problems.push(`only repeats its name: ${text}`);
  if (/<\/?[a-z][^<>]*>/.test(text.replace(/`[^`]*`/g, ""))) problems.push("has HTML");
  if (text.includes("*/")) problems.push("would end a comment");
  if (/\[[DOSCI?]\]/.test(text)) problems.push("names its sources");
  for (const [open, close] of ["()", "[]", "``", '""'])
    if (!balanced(text, open!, close!)) problems.push(`is cut off: ${open} without ${close}`);
  return problems;
}

function summaryProblems(summary: string): string[] {
  const problems: string[] = [];
  if (summary.endsWith(".")) problems.push("a summary has no full stop");
  if (summary.length > maxSummary) problems.push(`a summary has at most ${maxSummary} characters`);
  return problems;
}

/** A description is whole sentences, then perhaps a list of them. */
function sentenceProblems(text: string): string[] {
  const { lead, bullets } = readBullets(text);
  const parts = [lead, ...bullets.map(({ meaning }) => meaning)].map((part) => part.trim());
  return parts
    .filter((part) => part !== "" && !/[.:]$/.test(part))
    .map((part) => `does not end: ${part.slice(-40)}`);
}

/**
 * Every value of an enum has its bullet `* VALUE - meaning` at the end of the description, save those that a rule explains: codes of a
 * standard that the text names, reversals when the text says what the suffix means, and the empty text when the text speaks of it.
 */
function enumProblems({ name, values, text }: Enum): string[] {
  const problems: string[] = [];
  const { bullets } = readBullets(text);
  const described = new Set(bullets.map(({ value }) => value));
  for (const { value, meaning } of bullets) {
    if (!values.map(String).includes(value)) problems.push(`describes ${value}, which is not in the enum`);
    else if (meaning === "") problems.push(`says nothing about ${value}`);
    else if (saysOnlyItsName(value, meaning)) problems.push(`only repeats the name of ${value}`);
  }
  if (described.size < bullets.length) problems.push("describes a value twice");
  if (values.length < 2 || isFieldList(name) || isCodeList(values, text)) return problems;
  const explained = (value: string) =>
    described.has(value) ||
    (value === "" && /\bempty\b/i.test(text)) ||
    (value.endsWith(reversal) &&
      text.includes(`\`${reversal}\``) &&
      described.has(value.slice(0, -reversal.length)));
  const missing = values.map(String).filter((value) => !explained(value));
  if (missing.length > 0)
    problems.push(`does not describe ${missing.map((value) => value || '""').join(", ")}`);
  return problems;
}

const reversal = "_CANCELLATION";

/** `sort` takes names of fields, which are described where they stand. */
function isFieldList(name: string): boolean {
  return name === "sort";
}

function isCodeList(values: unknown[], text: string): boolean {
  const all = (pattern: RegExp) => values.every((value) => pattern.test(String(value)));
  return (
    (text.includes("ISO 3166") && all(/^[A-Z]{2}$/)) ||
    (text.includes("ISO 4217") && all(/^([A-Z]{3}|UNSPECIFIED)$/))
  );
}

/** The text before the list, and the list `* VALUE - meaning` at its end. */
export function readBullets(text: string): { lead: string; bullets: { value: string; meaning: string }[] } {
  const lines = text.split("\n");
  const first = lines.findIndex((line) => line.startsWith("* "));
  if (first < 0) return { lead: text, bullets: [] };
  const bullets = lines.slice(first).map((line) => {
    const [, value = line, meaning = ""] = /^\* (.*?) -(?: (.*))?$/.exec(line) ?? [];
    return { value, meaning: meaning.trim() };
  });
  return { lead: lines.slice(0, first).join("\n"), bullets };
}

/** Whether all words of a text, less the small ones, occur in the name it describes. */
export function saysOnlyItsName(name: string, text: string): boolean {
  const known = new Set(words(name).map(stem));
  return words(text).every((word) => stopWords.has(word) || known.has(stem(word)));
}

const stopWords = new Set(
  "a an and are as at be been by can for from has have in into is it its may no not of on or s so that the their them these this those to was were which who whose will with".split(
    " ",
  ),
);

function words(text: string): string[] {
  return text
    .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== "");
}

/** Enough of a stemmer that "accounts", "listing" and "listed" count as "account" and "list". */
function stem(word: string): string {
  return word.length < 4 ? word : word.replace(/(ations?|ions?|ings?|ies|ed|es|er|[sey])$/, "");
}

function balanced(text: string, open: string, close: string): boolean {
  const count = (mark: string) => text.split(mark).length - 1;
  return open === close ? count(open) % 2 === 0 : count(open) === count(close);
}

function collect(description: Description): { summaries: Text[]; texts: Text[]; enums: Enum[] } {
  const summaries: Text[] = [];
  const texts: Text[] = [];
  const enums: Enum[] = [];

  const parameter = (pointer: string, { name, description: text, schema }: Parameter) => {
    texts.push({ pointer, name, text });
    if (schema?.enum) enums.push({ pointer, name, values: schema.enum, text: text ?? "" });
  };
  const schema = (pointer: string, name: string, node: Schema, wantsText: boolean) => {
    const text = node.description;
    if (wantsText || text !== undefined) texts.push({ pointer, name, text });
    if (node.enum) enums.push({ pointer, name, values: node.enum, text: text ?? "" });
    for (const [key, property] of Object.entries(node.properties ?? {}))
      schema(join(pointer, "properties", key), key, property, true);
    if (node.items) schema(join(pointer, "items"), name, node.items, false);
    for (const kind of ["oneOf", "anyOf", "allOf"] as const)
      for (const [i, member] of (node[kind] ?? []).entries())
        schema(join(pointer, kind, i), name, member, false);
  };

  for (const { name, description: text } of description.tags ?? [])
    texts.push({ pointer: join("/tags", name), name, text });
  for (const [scheme, { flows }] of Object.entries(description.components.securitySchemes ?? {}))
    for (const { scopes } of Object.values(flows ?? {}))
      for (const [name, text] of Object.entries(scopes ?? {}))
        texts.push({ pointer: join("", scheme, name), name, text });
  for (const { pointer, operation } of [...operations(description), ...webhooks(description)]) {
    const name = operation.operationId;
    summaries.push({ pointer: join(pointer, "summary"), name, text: operation.summary });
    texts.push({ pointer: join(pointer, "description"), name, text: operation.description });
    for (const each of operation.parameters ?? [])
      if (!("$ref" in each)) parameter(join(pointer, "parameters", each.name), each);
    for (const [code, response] of Object.entries(operation.responses))
      if (!("$ref" in response))
        texts.push({ pointer: join(pointer, "responses", code), name: code, text: response.description });
  }
  for (const [name, each] of Object.entries(description.components.parameters ?? {}))
    parameter(join("/components/parameters", name), each);
  for (const section of ["responses", "headers"] as const)
    for (const [name, each] of Object.entries(description.components[section] ?? {}))
      texts.push({ pointer: join("/components", section, name), name, text: each.description });
  for (const [name, each] of Object.entries(description.components.schemas ?? {}))
    schema(join("/components/schemas", name), name, each, true);
  return { summaries, texts, enums };
}

import type { Json, JsonObject } from "../document.js";
import { readEnumProse } from "../normalize/enum-prose.js";

/** Text that is safe inside a comment: it cannot end it, nor begin a tag. Control characters and odd line ends go. */
export function docText(text: string): string {
  return text
    .replace(/\r\n?|[\u2028\u2029]/g, "\n")
    .replace(/\p{Cc}/gu, (char) => (char === "\n" || char === "\t" ? char : ""))
    .replaceAll("*/", "*\\/")
    .split("\n")
    .map((line) => line.trimEnd().replace(/^(\s*)@/, "$1\\@"))
    .join("\n")
    .replace(/\n{3,}/g, "\n\n")
    .trim();
}

/** The lines of a doc comment, or none. `parts` are paragraphs; a part that begins with `@` is a tag. */
export function docComment(parts: readonly (string | undefined)[], indent = ""): string {
  const lines = parts
    .filter((part) => part !== undefined && part !== "")
    .join("\n")
    .split("\n");
  if (lines.length === 1 && lines[0] === "") return "";
  if (lines.length === 1) return `${indent}/** ${lines[0]} */\n`;
  return `${indent}/**\n${lines.map((line) => `${indent} *${line === "" ? "" : ` ${line}`}\n`).join("")}${indent} */\n`;
}

/** What a doc comment says of a schema where it is used: its prose, its format, its default, whether it is on its way out. */
export function schemaDoc(
  schema: JsonObject,
  text: Json | undefined = schema["description"],
): (string | undefined)[] {
  const prose = typeof text === "string" ? docText(constantProse(text, schema["const"])) : "";
  const format = typeof schema["format"] === "string" ? docText(schema["format"]) : "";
  const fallback = schema["default"];
  return [
    withFormat(prose, format),
    fallback === undefined ? undefined : `@default ${docText(JSON.stringify(fallback))}`,
    schema["deprecated"] === true ? "@deprecated" : undefined,
  ];
}

/** The list of values says no more of a constant than what its one item means. */
function constantProse(text: string, value: Json | undefined): string {
  if (value === undefined) return text;
  const prose = readEnumProse(text, [value]);
  return [prose.text, ...prose.values.values()].filter((part) => part !== "").join("\n\n");
}

function withFormat(prose: string, format: string): string {
  if (format === "") return prose;
  if (prose === "") return `(${format})`;
  return prose.includes("\n") ? `${prose}\n\n(${format})` : `${prose} (${format})`;
}

/** A value as a literal of TypeScript, on one line whatever it holds. */
export function literal(value: unknown): string {
  return (JSON.stringify(value) ?? "undefined").replace(
    /[\u2028\u2029]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16)}`,
  );
}

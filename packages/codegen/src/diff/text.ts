import { isObject, type Json } from "../document.js";

/** Order by code units: the same on every machine, unlike `localeCompare`. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

export function sortedKeys(value: object): string[] {
  return Object.keys(value).sort(compareText);
}

/** What would leave the line, the code span, or the reading direction. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for.
const unprintable = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** The text on one line, with nothing invisible in it. */
export function oneLine(text: string): string {
  return text.replace(unprintable, (character) =>
    character === "\n" || character === "\r" || character === "\t"
      ? " "
      : `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

const longestName = 120;

/** A name or value from a description, quoted for a message. Names come from the outside, so it cannot end its own quotes. */
export function code(text: string): string {
  const line = oneLine(text).replaceAll("`", "'");
  return `\`${line.length > longestName ? `${line.slice(0, longestName)}…` : line}\``;
}

/** The first few of the texts, quoted, and how many more there are. */
export function codeList(texts: readonly string[], most = 5): string {
  const shown = texts.slice(0, most).map(code).join(", ");
  return texts.length > most ? `${shown} and ${texts.length - most} more` : shown;
}

/** JSON text that is the same for the same value, whatever the order of its keys. */
export function canonical(value: Json | undefined): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (isObject(value)) return objectText(value, canonical);
  return JSON.stringify(value ?? null);
}

/** As `canonical`, with every list taken for a set: how two descriptions are compared as a whole. */
export function canonicalUnordered(value: Json | undefined): string {
  if (Array.isArray(value)) return `[${value.map(canonicalUnordered).sort(compareText).join(",")}]`;
  if (isObject(value)) return objectText(value, canonicalUnordered);
  return JSON.stringify(value ?? null);
}

const prose = new Set([
  "$comment",
  "description",
  "example",
  "examples",
  "externalDocs",
  "summary",
  "title",
  "xml",
]);
const data = new Set(["const", "default", "mapping"]);
const mapsOfSchemas = new Set([
  "$defs",
  "definitions",
  "dependentSchemas",
  "patternProperties",
  "properties",
]);

export function isProse(key: string): boolean {
  return prose.has(key) || key.startsWith("x-");
}

/** A schema (or an object that holds schemas) as canonical text without its prose. */
export function structureText(value: Json | undefined): string {
  if (Array.isArray(value)) return `[${value.map(structureText).sort(compareText).join(",")}]`;
  if (!isObject(value)) return JSON.stringify(value ?? null);
  const kept = Object.fromEntries(Object.entries(value).filter(([key]) => !isProse(key)));
  return objectText(kept, (member, key) => {
    if (data.has(key)) return canonical(member);
    // The keys of these are names that the description chose: a field may well be called `title`.
    if (mapsOfSchemas.has(key) && isObject(member)) return objectText(member, structureText);
    if (key === "prefixItems" && Array.isArray(member)) return `[${member.map(structureText).join(",")}]`;
    return structureText(member);
  });
}

function objectText(value: object, text: (member: Json | undefined, key: string) => string): string {
  const members = Object.entries(value as Record<string, Json | undefined>)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => compareText(a, b))
    .map(([key, member]) => `${JSON.stringify(key)}:${text(member, key)}`);
  return `{${members.join(",")}}`;
}

/** The text of an enum's description, and what its list says about single values. */
export interface EnumProse {
  text: string;
  values: Map<string, string>;
}

/** Splits the list `* VALUE - meaning` off a description. Values without a meaning have no entry. */
export function readEnumProse(description: string, values: readonly unknown[]): EnumProse {
  const names = new Set(values.map(String));
  const meanings = new Map<string, string>();
  const text: string[] = [];
  let current: string | undefined;
  for (const line of description.split(/\r?\n/)) {
    const name = bulletName(line, names);
    if (name !== undefined) {
      const meaning = line
        .slice(line.indexOf(name) + name.length)
        .replace(/^[`'"]?\s*[-–—:]?\s*/, "")
        .trim();
      if (meaning !== "") meanings.set(name, meaning);
      else meanings.delete(name);
      current = name;
    } else if (current !== undefined && /^\s+\S/.test(line)) {
      meanings.set(current, `${meanings.get(current) ?? ""} ${line.trim()}`.trim());
    } else {
      if (line.trim() !== "") current = undefined;
      text.push(line);
    }
  }
  return { text: text.join("\n").trim(), values: meanings };
}

/** The longest value that a list item begins with. */
function bulletName(line: string, names: ReadonlySet<string>): string | undefined {
  const start = /^\s*[*-]\s+[`'"]?/.exec(line)?.[0];
  if (start === undefined) return undefined;
  const rest = line.slice(start.length);
  const word = /^[^\s`'"]+/.exec(rest)?.[0] ?? "";
  for (const candidate of [word, word.replace(/[:-]+$/, "")]) {
    if (candidate !== "" && names.has(candidate)) return candidate;
  }
  return undefined;
}

/** The description in its one form: the text, then the list. */
export function writeEnumProse({ text, values }: EnumProse, order: readonly unknown[]): string {
  const list = order.map(String).filter((value) => values.has(value));
  return [text, list.map((value) => `* ${value} - ${values.get(value)}`).join("\n")]
    .filter((part) => part !== "")
    .join("\n\n");
}

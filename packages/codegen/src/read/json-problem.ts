type Expected = "value" | "value or ]" | "key" | "key or }" | ":" | "comma" | "end";

const space = /[ \t\n\r]*/y;
const text = /"[ !#-[\]-\uffff]*(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[ !#-[\]-\uffff]*)*"/y;
const scalar = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;

/**
 * The first error in a JSON text, with its offset. `JSON.parse` does not always say where an error is, and
 * silently keeps the last of two equal keys.
 */
export function jsonProblem(json: string): { offset: number; problem: string } | undefined {
  // The keys of each open object; undefined for an open list.
  const open: (Set<string> | undefined)[] = [];
  let expected: Expected = "value";
  let offset = 0;

  const take = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = offset;
    const found = pattern.exec(json)?.[0];
    if (found !== undefined) offset += found.length;
    return found;
  };
  const next = (): Expected => (open.length === 0 ? "end" : "comma");

  for (;;) {
    take(space);
    const keys = open.at(-1);
    const char = json[offset];
    if (expected === "end")
      return char === undefined ? undefined : { offset, problem: "something follows the end" };

    const closes = keys === undefined ? "]" : "}";
    const mayClose = expected === "comma" || expected === "value or ]" || expected === "key or }";
    if (mayClose && char === closes) {
      offset++;
      open.pop();
      expected = next();
    } else if (expected === "comma") {
      if (char !== ",") return { offset, problem: `a comma or ${closes} is missing` };
      offset++;
      expected = keys === undefined ? "value" : "key";
    } else if (expected === ":") {
      if (char !== ":") return { offset, problem: "a colon is missing" };
      offset++;
      expected = "value";
    } else if (expected === "key" || expected === "key or }") {
      const start = offset;
      const found = take(text);
      if (found === undefined) return { offset, problem: "a key in double quotes is missing" };
      const key: string = JSON.parse(found);
      if (keys?.has(key)) return { offset: start, problem: `the key ${found} stands twice in one object` };
      keys?.add(key);
      expected = ":";
    } else if (char === "{" || char === "[") {
      offset++;
      open.push(char === "{" ? new Set() : undefined);
      expected = char === "{" ? "key or }" : "value or ]";
    } else {
      if (take(char === '"' ? text : scalar) === undefined)
        return { offset, problem: "a value is missing or wrong" };
      expected = next();
    }
  }
}

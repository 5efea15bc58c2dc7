import { escapePointer, type Json } from "../document.js";
import { CodegenError } from "../errors.js";
import { maxCharacters, maxDepth, maxNodes } from "./limits.js";

interface Size {
  nodes: number;
  characters: number;
  depth: number;
}

/**
 * Returns the value if it is a JSON tree of a size that can be worked on. YAML aliases make one object stand in
 * many places, so a small text can describe a tree of billions of nodes, or one without end.
 */
export function checkComplexity(value: unknown, name: string): Json {
  // Each shared object is measured once, so that measuring is linear in the size of the text.
  const sizes = new Map<object, Size | "open">();
  const path: string[] = [];
  const fail = (problem: string): never => {
    throw new CodegenError("TOO_COMPLEX", `${name} ${problem} (at ${pointer()}); simplify it.`);
  };
  const pointer = (): string => (path.length > 20 ? `${toPointer(path.slice(0, 20))}/...` : toPointer(path));

  const measure = (node: unknown): Size => {
    if (typeof node === "string") return { nodes: 1, characters: node.length, depth: 0 };
    if (node === null || typeof node === "boolean" || Number.isFinite(node)) return leaf;
    if (typeof node !== "object") {
      throw new CodegenError(
        "INVALID_DESCRIPTION",
        `${name} holds ${String(node)} at ${pointer()}, which JSON cannot say; write a finite number or text.`,
      );
    }
    const known = sizes.get(node);
    if (known === "open") return fail("contains itself through a YAML alias");
    if (known !== undefined) {
      if (path.length + known.depth > maxDepth) fail(`nests deeper than ${maxDepth} levels`);
      return known;
    }
    if (path.length >= maxDepth) fail(`nests deeper than ${maxDepth} levels`);
    sizes.set(node, "open");
    const size = { nodes: 1, characters: 0, depth: 1 };
    for (const [key, child] of Object.entries(node)) {
      path.push(key);
      const part = measure(child);
      path.pop();
      size.nodes += part.nodes;
      size.characters += part.characters + key.length;
      size.depth = Math.max(size.depth, part.depth + 1);
      if (size.nodes > maxNodes) fail(`describes more than ${maxNodes} values`);
      if (size.characters > maxCharacters) fail(`describes more than ${maxCharacters} characters`);
    }
    sizes.set(node, size);
    return size;
  };

  measure(value);
  return value as Json;
}

const leaf: Size = { nodes: 1, characters: 0, depth: 0 };

function toPointer(path: string[]): string {
  return `#${path.map((key) => `/${escapePointer(key)}`).join("")}`;
}

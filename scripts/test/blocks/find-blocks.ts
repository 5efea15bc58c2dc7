import { readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";

export const root: string = fileURLToPath(new URL("../../../", import.meta.url));

/** A fenced code block of a page. */
export interface Block {
  /** Page, language and number, from 1 on: `docs/amounts.md ts 2`. */
  readonly name: string;
  /** From the root of the repository. */
  readonly page: string;
  readonly language: string;
  /** Of its first line of code. */
  readonly line: number;
  readonly code: string;
}

// Made by programs, or not for people who read.
const skipped = /^(node_modules|dist|dist-docs|fixtures|changes|CHANGELOG\.md|\..*)$/;

/** Every Markdown page for people: READMEs, guides, what contributors read. */
export function findPages(folder: string = root): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter(({ name }) => !skipped.test(name))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return findPages(path);
      return entry.name.endsWith(".md") ? [relative(root, path).split(sep).join("/")] : [];
    })
    .sort();
}

/** All blocks of a page, in their order. */
export function findBlocks(page: string): Block[] {
  const blocks: Block[] = [];
  const counts = new Map<string, number>();
  const lines = readFileSync(join(root, page), "utf8").split("\n");
  for (let at = 0; at < lines.length; at++) {
    const [, indent, fence, language] = /^( *)(`{3,}|~{3,})(\S*)/.exec(lines[at]!) ?? [];
    if (indent === undefined || fence === undefined || language === undefined) continue;
    const end = lines.findIndex((line, index) => index > at && line.trim() === fence);
    if (end < 0) throw new Error(`${page}:${at + 1}: the block has no end`);
    const number = (counts.get(language) ?? 0) + 1;
    counts.set(language, number);
    const code = lines.slice(at + 1, end).map((line) => line.slice(indent.length));
    blocks.push({
      name: `${page} ${language || "text"} ${number}`,
      page,
      language: language || "text",
      line: at + 2,
      code: code.join("\n"),
    });
    at = end;
  }
  return blocks;
}

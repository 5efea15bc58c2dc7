import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

const root = new URL("../", import.meta.url);

/** What answers may be marked with. */
export function assumptions(): string[] {
  const found = new Set<string>();
  for (const folder of ["src/", "src/resources/"])
    for (const name of readdirSync(new URL(folder, root)).filter((one) => one.endsWith(".ts"))) {
      const text = readFileSync(new URL(folder + name, root), "utf8");
      for (const call of text.matchAll(/\bassumed\(((?:[^()"`]|"[^"]*"|`[^`]*`|\([^()]*\))*)\)/g))
        for (const [, plain, template] of call[1]!.matchAll(/"([^"]*)"|`([^`]*)`/g))
          found.add((plain ?? template!.replace(/\$\{[^}]*\}/g, "...")).replace(/\.$/, ""));
    }
  return [...found].sort((a, b) => a.localeCompare(b, "en"));
}

test("everything that is assumed is in the README, and nothing else", () => {
  const readme = readFileSync(new URL("README.md", root), "utf8");
  const listed = readme.slice(readme.indexOf("<summary>All assumptions"), readme.indexOf("</details>"));
  expect([...listed.matchAll(/^- (.*)$/gm)].map((match) => match[1])).toEqual(assumptions());
  expect(assumptions().length).toBeGreaterThan(50);
});

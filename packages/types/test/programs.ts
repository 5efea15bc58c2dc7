/** The programs that a consumer might write: good ones, and wrong ones whose wrong lines are marked. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { packageFolder, programsFolder } from "./consumer.js";

export interface Program {
  readonly name: string;
  readonly text: string;
  /** The lines that a compiler must refuse, with the codes it may give. */
  readonly errors: readonly Marked[];
}

export interface Marked {
  readonly line: number;
  readonly codes: readonly string[];
  /** Refused only with `exactOptionalPropertyTypes`. */
  readonly exact: boolean;
}

const mark = /\/\/ error: (TS\d+(?:\|TS\d+)*)( \(exact\))?$/;

/** All programs of the folder, the wrong ones also in a version without their wrong lines. */
export function readPrograms(): Program[] {
  const programs: Program[] = [];
  for (const name of readdirSync(programsFolder).sort()) {
    const text = readFileSync(join(programsFolder, name), "utf8");
    const errors = markedLines(text);
    programs.push({ name, text, errors });
    if (errors.length === 0) continue;
    const wrong = new Set(errors.map((error) => error.line));
    const kept = text.split("\n").map((line, index) => (wrong.has(index + 1) ? "" : line));
    programs.push({ name: name.replace(/^(\w+-)?wrong/, "$1righted"), text: kept.join("\n"), errors: [] });
  }
  return programs;
}

function markedLines(text: string): Marked[] {
  return text.split("\n").flatMap((line, index) => {
    const [, codes, exact] = mark.exec(line) ?? [];
    return codes === undefined
      ? []
      : [{ line: index + 1, codes: codes.split("|"), exact: exact !== undefined }];
  });
}

/** The TypeScript code of the package's README, one program for each fence. */
export function readmePrograms(): Program[] {
  const readme = readFileSync(join(packageFolder, "README.md"), "utf8");
  return [...readme.matchAll(/^```(?:ts|typescript)\n(.*?)^```$/gms)].map((fence, index) => ({
    name: `readme-${index + 1}.ts`,
    text: `${fence[1]}\nexport {};\n`,
    errors: [],
  }));
}

/** `file:line code` for each marked line, in the wording of what was found where several codes would do. */
export function expectedOf(programs: readonly Program[], exact: boolean, found: readonly string[]): string[] {
  return programs.flatMap((program) =>
    program.errors
      .filter((error) => exact || !error.exact)
      .map((error) => {
        const wordings = error.codes.map((code) => `${program.name}:${error.line} ${code}`);
        return wordings.find((wording) => found.includes(wording)) ?? wordings[0]!;
      }),
  );
}

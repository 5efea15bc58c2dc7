import { execFile } from "node:child_process";
import { copyFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import type { Block } from "./find-blocks.js";
import type { Place } from "./place.js";

/** How a block of TypeScript is run where it is no whole program. */
export interface Program {
  /** Values of what it declares, as JavaScript expressions; what is not here, `given.mjs` has. */
  readonly given?: Readonly<Record<string, string>>;
  /** JavaScript that comes first. */
  readonly before?: string;
  /** JavaScript that uses what it exports, as `block`, and ends with an error if that is wrong; `assert` is there. */
  readonly check?: string;
  /** What it prints, the output of `check` included. */
  readonly prints?: RegExp;
  readonly argv?: readonly string[];
  /** Texts that stand for something of the reader's. */
  readonly replace?: (place: Place) => Readonly<Record<string, string>>;
  /** Variables of the environment, besides the vendor's. */
  readonly environment?: (place: Place) => Readonly<Record<string, string>>;
}

export interface Ran {
  readonly code: number;
  readonly output: string;
}

const here = (file: string): string => fileURLToPath(new URL(file, import.meta.url));

/** Runs a block in a process of its own, in a folder with the files that pages name, against the sandbox. */
export async function runProgram(block: Block, program: Program, place: Place): Promise<Ran> {
  const { given = {}, before = "", check = "", argv = [] } = program;
  const folder = place.folder();
  for (const file of ["setup.mjs", "given.mjs"]) copyFileSync(here(file), join(folder, file));
  const { outputText } = ts.transpileModule(fill(block.code, program, place), {
    compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 },
  });
  writeFileSync(join(folder, "block.mjs"), outputText);
  // Those of the table first, and in its order: one may need another.
  const names = [...new Set([...Object.keys(given), ...declared(block.code)])];
  writeFileSync(
    join(folder, "main.mjs"),
    [
      `import "./setup.mjs";`,
      `import assert from "node:assert/strict";`,
      before,
      names.length || check ? `const given = await import("./given.mjs");` : "",
      names.length || check
        ? `const { client, signer, receiver, keys, signedFetch, event, body } = given;`
        : "",
      ...names.map(
        (name) =>
          `globalThis.${name} = ${given[name] ?? `given.${name} ?? assert.fail("the block declares ${name}: give it a value in programs.ts")`};`,
      ),
      `const block = await import("./block.mjs");`,
      check,
      // Servers, timers and connections are left to whoever runs the program.
      "process.exit();",
    ].join("\n"),
  );
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      ["main.mjs", ...argv],
      {
        cwd: folder,
        timeout: 60_000,
        env: {
          ...process.env,
          ...place.environment,
          ACCOUNT_ID: place.resources.account_id,
          TOKEN: place.token,
          ...program.environment?.(place),
        },
      },
      (error, stdout, stderr) =>
        resolve({ code: error ? Number(error.code ?? 1) : 0, output: stdout + stderr }),
    );
  });
}

/** Names that a block declares without giving them a value. */
function declared(code: string): string[] {
  return [...code.matchAll(/^declare (?:const|let|function) (\w+)/gm)].map(([, name]) => name!);
}

/** A block with the ids and secrets of the sandbox in place of those of the page. */
function fill(code: string, { replace }: Program, place: Place): string {
  let filled = code;
  for (const [from, to] of Object.entries(replace?.(place) ?? {})) {
    if (!filled.includes(from)) throw new Error(`there is no ${from} in the block any more`);
    filled = filled.replaceAll(from, to);
  }
  const { resources, token, privateKeyPem } = place;
  return filled
    .replace(
      /\b(\w+)( = |: )"[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}"/g,
      (whole, name: keyof typeof resources, between) =>
        resources[name] === undefined ? whole : `${name}${between}"${resources[name]}"`,
    )
    .replaceAll("Bearer ...", `Bearer ${token}`)
    .replaceAll(`"upvest-client-id": "..."`, `"upvest-client-id": "${resources.clientId}"`)
    .replaceAll(`"-----BEGIN PRIVATE KEY-----..."`, JSON.stringify(privateKeyPem));
}

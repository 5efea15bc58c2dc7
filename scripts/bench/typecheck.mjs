import { mkdir, symlink } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { alternate, inFolder, openapiTypescript, packageFile, runNode, shipped } from "./run.mjs";
import { row, runs } from "./table.mjs";

const flags = "--noEmit --strict --skipLibCheck --target es2022 --lib es2022 --module nodenext";

/** What the compiler needs to check the same program with either package's types, less what it needs for nothing. */
export function measureTypecheck(/** @type {number} */ rounds) {
  return inFolder(async (folder) => {
    await openapiTypescript(shipped, path.join(folder, "api.d.ts"));
    await mkdir(path.join(folder, "node_modules/@upvest-sdk"), { recursive: true });
    const link = path.join(folder, "node_modules/@upvest-sdk/types");
    await symlink(packageFile("@upvest-sdk/types", "."), link, "junction");
    const programs = fileURLToPath(new URL("typecheck-programs.mjs", import.meta.url));
    await runNode([programs, shipped, folder], folder);

    const check = async (/** @type {string} */ program) => {
      const tsc = packageFile("typescript", "bin/tsc");
      const run = await runNode([tsc, ...flags.split(" "), "--extendedDiagnostics", program], folder);
      return { ...diagnostics(run.stdout), userMs: run.userMs };
    };
    const { empty, named, raw } = await alternate(rounds, {
      empty: () => check("empty.ts"),
      named: () => check("named.ts"),
      raw: () => check("raw.ts"),
    });
    const compared = (/** @type {keyof typeof empty[number]} */ figure) => {
      const more = (/** @type {typeof empty} */ runs) =>
        runs.map((run, round) => Math.max(0, run[figure] - (empty[round]?.[figure] ?? 0)));
      return /** @type {const} */ ([more(named), more(raw)]);
    };
    return {
      title: "Type check: a program with the inputs and outputs of 20 operations, less an empty program",
      against: "operations[...] of openapi-typescript 7, of the shipped description",
      runs: `${runs(rounds)} of each, by turns`,
      rows: [
        row("instantiations", "count", ...compared("instantiations"), { of: "ours", atMost: 200 }),
        row("types", "count", ...compared("types")),
        row("check time", "ms", ...compared("checkMs")),
        row("total time", "ms", ...compared("totalMs")),
        row("user CPU time", "ms", ...compared("userMs")),
        row("memory", "MB", ...compared("memoryMb")),
      ],
    };
  });
}

function diagnostics(/** @type {string} */ stdout) {
  const figure = (/** @type {string} */ name) => {
    const text = new RegExp(`^${name}:\\s+([\\d.]+)`, "m").exec(stdout)?.[1];
    if (text === undefined) throw new Error(`The compiler gave no ${JSON.stringify(name)}:\n${stdout}`);
    return Number(text);
  };
  return {
    instantiations: figure("Instantiations"),
    types: figure("Types"),
    checkMs: 1000 * figure("Check time"),
    totalMs: 1000 * figure("Total time"),
    memoryMb: (figure("Memory used") * 1024) / 1e6,
  };
}

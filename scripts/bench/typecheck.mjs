import { mkdir, symlink } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { alternate, heyApi, inFolder, openapiTypescript, packageFile, runNode, shipped } from "./run.mjs";
import { row, runs } from "./table.mjs";

const flags = "--noEmit --strict --skipLibCheck --target es2022 --lib es2022 --module nodenext";

/** What the compiler needs to check the same program with either package's types, less what it needs for nothing. */
export function measureTypecheck(/** @type {number} */ rounds) {
  return inFolder(async (folder) => {
    await openapiTypescript(shipped, path.join(folder, "api.d.ts"));
    await heyApi(shipped, path.join(folder, "hey"));
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
    const results = await alternate(rounds, {
      empty: () => check("empty.ts"),
      named: () => check("named.ts"),
      hey: () => check("hey.ts"),
      raw: () => check("raw.ts"),
    });
    /** @typedef {(typeof results)["empty"][number]} Cost */
    /** @param {"named" | "hey"} which @param {keyof Cost} figure */
    const against = (which, figure) => {
      const more = (/** @type {Cost[]} */ runs) =>
        runs.map((run, round) => Math.max(0, run[figure] - (results.empty[round]?.[figure] ?? 0)));
      return /** @type {const} */ ([more(results[which]), more(results.raw)]);
    };
    /** @type {[name: string, unit: import("./table.mjs").Unit, figure: keyof Cost][]} */
    const costs = [
      ["types", "count", "types"],
      ["check time", "ms", "checkMs"],
      ["total time", "ms", "totalMs"],
      ["user CPU time", "ms", "userMs"],
      ["memory", "MB", "memoryMb"],
    ];
    return {
      title: "Type check: a program with the inputs and outputs of 20 operations, less an empty program",
      against:
        "operations[...] of openapi-typescript 7, of the shipped description; @hey-api/openapi-ts writes a .ts, which is checked itself",
      runs: `${runs(rounds)} of each, by turns`,
      peers: ["typescript", "openapi-typescript", "@hey-api/openapi-ts"],
      rows: [
        row("instantiations", "count", ...against("named", "instantiations"), {
          of: "measured",
          atMost: 200,
        }),
        ...costs.map(([name, unit, figure]) => row(name, unit, ...against("named", figure))),
        row("  @hey-api/openapi-ts, instantiations", "count", ...against("hey", "instantiations")),
        ...costs.map(([name, unit, figure]) =>
          row(`  @hey-api/openapi-ts, ${name}`, unit, ...against("hey", figure)),
        ),
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

import { cp, mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { baseline, ourBar } from "./chart.mjs";
import { inFolder, openapiTypescript, packageFile, runNode, shipped } from "./run.mjs";
import { row } from "./table.mjs";

const programs = fileURLToPath(new URL("client-types/", import.meta.url));
const flags = "--noEmit --strict --skipLibCheck --target es2022 --lib es2022,dom --module nodenext";
/** @type {[version: string, name: string][]} */
const compilers = [
  ["5.9", "typescript"],
  ["7", "typescript-7"],
];

/** The same calls by path, through each of these. */
const clients = {
  ours: 'export type { UpvestClient as Client } from "@upvest-sdk/client";\n',
  openapiFetch: openapiFetch("@upvest-sdk/types/openapi"),
  raw: openapiFetch("../api.js"),
};

/** What every request needs by openapi-typescript's raw output. */
const header = `declare const header: {
  authorization: string; signature: string; "signature-input": string;
  "upvest-client-id": string; "idempotency-key": string;
};
`;

/** @param {string} paths the module that has them */
function openapiFetch(paths) {
  return `import type createClient from "openapi-fetch";
import type { paths } from "${paths}";
export type Client = ReturnType<typeof createClient<paths>>;
`;
}

/** What 20 calls cost the type checker, beyond an empty program that imports the same. */
export async function measureClientTypes() {
  const atMost = 0.95;
  const versions = (await clientTypes()).map(({ version, call, ours, openapiFetch, raw }) => ({
    version,
    call: row(`TypeScript ${version}: call`, "count", [call], [raw], { of: "measured", atMost: 500 }),
    paths: row("  GET, POST, DELETE", "count", [ours], [raw], { of: "ratio", atMost }),
    openapiFetch: row("  openapi-fetch over our paths", "count", [openapiFetch], [raw], {
      of: "ratio",
      atMost,
    }),
  }));
  return {
    title:
      "Type check of calls: 20 by an operation's constant, the same 20 by path; instantiations, less an empty program's",
    against: "openapi-fetch over the raw output of openapi-typescript 7, of the shipped description",
    runs: "measured once: it does not vary",
    peers: ["typescript", "typescript-7", "openapi-fetch", "openapi-typescript"],
    rows: versions.flatMap(({ call, paths, openapiFetch }) => [call, paths, openapiFetch]),
    // The versions hardly differ.
    charts: versions.slice(0, 1).map(({ version, call, paths, openapiFetch }) => ({
      title: `Type check of 20 calls, TypeScript ${version}: instantiations`,
      better: /** @type {const} */ ("less"),
      bars: [
        baseline("openapi-fetch, raw types"),
        ourBar("client.call", call),
        ourBar("client.GET, POST, DELETE", paths),
        ourBar("openapi-fetch, our types", openapiFetch),
      ],
    })),
  };
}

/** @returns {Promise<{ version: string, call: number, ours: number, openapiFetch: number, raw: number }[]>} */
export function clientTypes() {
  return inFolder(async (folder) => {
    await prepare(folder);
    const results = [];
    for (const [version, compiler] of compilers) {
      const tsc = packageFile(compiler, "bin/tsc");
      const count = async (/** @type {string} */ program) => {
        const { stdout } = await runNode(
          [tsc, ...flags.split(" "), "--extendedDiagnostics", program],
          folder,
        );
        return Number(/^Instantiations:\s+(\d+)/m.exec(stdout)?.[1]);
      };
      const more = async (/** @type {string} */ program) =>
        (await count(program)) - (await count(program.replace(".ts", "-empty.ts")));
      results.push({
        version,
        call: await more("ours/call.ts"),
        ours: await more("ours/paths.ts"),
        openapiFetch: await more("openapiFetch/paths.ts"),
        raw: await more("raw/paths.ts"),
      });
    }
    return results;
  });
}

/** @param {string} folder */
async function prepare(folder) {
  await writeFile(path.join(folder, "package.json"), '{ "type": "module" }\n');
  await openapiTypescript(shipped, path.join(folder, "api.d.ts"));
  for (const name of ["@upvest-sdk/client", "@upvest-sdk/types", "openapi-fetch"]) {
    const link = path.join(folder, "node_modules", name);
    await mkdir(path.dirname(link), { recursive: true });
    await symlink(packageFile(name, "."), link, "junction");
  }
  for (const [name, client] of Object.entries(clients)) {
    const file = (/** @type {string} */ base) => path.join(folder, name, base);
    await cp(programs, path.join(folder, name), { recursive: true });
    await writeFile(file("client.ts"), client);
    for (const program of ["call.ts", "paths.ts"]) {
      const text = await readFile(file(program), "utf8");
      await writeFile(
        file(program.replace(".ts", "-empty.ts")),
        text.replace(/^export async function .*/ms, ""),
      );
      if (name === "raw") {
        await writeFile(file(program), header + text.replaceAll("params: {", "params: { header,"));
      }
    }
  }
}

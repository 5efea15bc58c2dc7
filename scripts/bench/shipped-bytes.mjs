import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { heyApi, inFolder, openapiTypescript, packageFile, shipped } from "./run.mjs";
import { row } from "./table.mjs";

/** What @upvest-sdk/types takes on a disk and on the way there, against the output that users would keep instead. */
export function measureShippedBytes() {
  return inFolder(async (folder) => {
    const output = path.join(folder, "api.d.ts");
    await openapiTypescript(shipped, output);
    const theirs = await readFile(output);
    const hey = path.join(folder, "hey");
    await heyApi(shipped, hey);
    const heys = Buffer.concat(
      await Promise.all((await readdir(hey)).map((name) => readFile(path.join(hey, name)))),
    );
    const packed = await packedFiles(packageFile("@upvest-sdk/types", "."));
    const all = Buffer.concat([...packed.values()]);
    const types = Buffer.concat(
      [...packed].filter(([name]) => name.endsWith(".d.ts")).map(([, content]) => content),
    );
    const zipped = (/** @type {Buffer} */ content) => gzipSync(content, { level: 9 }).length;
    return {
      title: "Bytes shipped: @upvest-sdk/types, from the shipped description",
      against: "the raw output of openapi-typescript 7, which users keep in their own repository",
      runs: "measured once: it does not vary",
      peers: ["openapi-typescript", "@hey-api/openapi-ts"],
      rows: [
        row("package, unpacked", "bytes", [all.length], [theirs.length]),
        row("package, gzip", "bytes", [zipped(all)], [zipped(theirs)]),
        row("only its .d.ts files", "bytes", [types.length], [theirs.length]),
        row("only its .d.ts files, gzip", "bytes", [zipped(types)], [zipped(theirs)]),
        row("  @hey-api/openapi-ts, types only", "bytes", [heys.length], [theirs.length]),
        row("  @hey-api/openapi-ts, types only, gzip", "bytes", [zipped(heys)], [zipped(theirs)]),
      ],
    };
  });
}

/** What npm would put into the package's archive. */
async function packedFiles(/** @type {string} */ folder) {
  const manifest = JSON.parse(await readFile(path.join(folder, "package.json"), "utf8"));
  const listed = (await readdir(folder, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)).replaceAll("\\", "/"))
    .filter(
      (name) =>
        /^(package\.json|readme(\.md)?|licen[cs]e(\.md)?)$/i.test(name) ||
        manifest.files.some((/** @type {string} */ part) => name === part || name.startsWith(`${part}/`)),
    );
  /** @type {Map<string, Buffer>} */
  const files = new Map();
  for (const name of listed.sort()) files.set(name, await readFile(path.join(folder, name)));
  return files;
}

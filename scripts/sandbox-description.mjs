import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { normalize, readDescription, readNames } from "@upvest-sdk/codegen";

const prose = new Set(["description", "summary"]);

/**
 * What the sandbox serves: the normal form of a description, without prose and examples. A property may well be called
 * `description`: only text of that name is prose.
 *
 * @param {unknown} value
 * @returns {unknown}
 */
function bare(value) {
  if (Array.isArray(value)) return value.map(bare);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(
        ([key, one]) =>
          !(prose.has(key) && typeof one === "string") && key !== "examples" && key !== "example",
      )
      .map(([key, one]) => [key, bare(one)]),
  );
}

/**
 * @param {import("@upvest-sdk/codegen").OpenApiDocument} document
 * @param {Record<string, string>} names
 * @returns {string} packages/sandbox/description.json
 */
export function sandboxDescription(document, names) {
  return `${JSON.stringify(bare(normalize(document, { names })))}\n`;
}

/**
 * The one of the description in `openapi/`.
 *
 * @param {string} root
 * @returns {Promise<string>}
 */
export async function shippedSandboxDescription(root) {
  const { document } = await readDescription(path.join(root, "openapi/upvest-investment-api.yaml"));
  return sandboxDescription(document, await readNames(path.join(root, "openapi/names.yaml")));
}

/**
 * @param {string} root
 * @param {boolean} check only says whether it is up to date
 */
export async function writeSandboxDescription(root, check) {
  const file = path.join(root, "packages/sandbox/description.json");
  const text = await shippedSandboxDescription(root);
  const old = await readFile(file, "utf8").catch(() => undefined);
  if (old === text) return console.log("Up to date: packages/sandbox/description.json");
  if (check) throw new Error("packages/sandbox/description.json is stale: run `pnpm generate`.");
  await writeFile(file, text);
  console.log("Written: packages/sandbox/description.json");
}

import { readFile } from "node:fs/promises";
import path from "node:path";
import {
  bumpFor,
  CodegenError,
  diff,
  diffMarkdown,
  diffSummary,
  generate,
  normalize,
  readDescription,
  readNames,
  writeFiles,
} from "@upvest-sdk/codegen";
import { dump } from "js-yaml";
import { sandboxDescription } from "../sandbox-description.mjs";
import { compareVersions } from "./versions.mjs";

/**
 * What came of it.
 *
 * @typedef {object} Outcome
 * @property {boolean} changed
 * @property {string} from the version of the description that was there
 * @property {string} to the version of the new one
 * @property {string[]} files what was written, relative to the root
 * @property {string} summary a few lines for people
 * @property {string[]} unused models that `openapi/names.yaml` renames and that are not there
 */

/**
 * Puts a description in the place of the one in `openapi/`, generates the types from it, writes a report of what changed,
 * and a changeset with the bump that follows. Without a change it writes nothing; if anything fails it writes nothing.
 *
 * @param {string} source a file, an https URL, or "-"
 * @param {{ root: string, force?: boolean }} options `force`: take an older version as well
 * @returns {Promise<Outcome>}
 */
export async function regenerate(source, { root, force = false }) {
  const description = "openapi/upvest-investment-api.yaml";
  const current = await readDescription(path.join(root, description));
  const next = await readDescription(source);
  const from = versionOf(current.document);
  const to = versionOf(next.document);
  if (compareVersions(to, from) < 0 && !force) {
    throw new CodegenError(
      "INVALID_DESCRIPTION",
      `${source} is version ${to}, older than the ${from} that is in openapi/: nothing was changed; add --force to go back.`,
    );
  }
  const result = diff(current.document, next.document);
  if (result.bump === "none" && from === to) {
    return {
      changed: false,
      from,
      to,
      files: [],
      unused: [],
      summary: `Nothing changed: the description is version ${to} already.`,
    };
  }
  // A description from elsewhere may not have the models that the names file renames: those lines have no effect on it.
  const known = modelsOf(next.document);
  const wanted = Object.entries(await readNames(path.join(root, "openapi/names.yaml")));
  const names = Object.fromEntries(wanted.filter(([name]) => known.has(name)));
  const unused = wanted.map(([name]) => name).filter((name) => !known.has(name));
  const { files } = await generate(next.document, { names, inputBytes: next.bytes });
  const { version } = JSON.parse(await readFile(path.join(root, "packages/types/package.json"), "utf8"));
  const bump = bumpFor(result.bump === "none" ? "patch" : result.bump, version);
  const summary = diffSummary(result, { from, to });
  const output = new Map([
    [description, dump(next.document, { lineWidth: 110, noRefs: true })],
    [`openapi/changes/${fileName(to)}.md`, diffMarkdown(result, { from, to })],
    [
      `.changeset/api-${fileName(to).toLowerCase()}.md`,
      `---\n"@upvest-sdk/types": ${bump}\n---\n\nAPI version ${to}.\n\n${summary}\n`,
    ],
  ]);
  for (const [name, text] of files) output.set(`packages/types/src/generated/${name}`, text);
  output.set("packages/sandbox/description.json", sandboxDescription(next.document, names));
  await writeFiles(root, output);
  return { changed: true, from, to, files: [...output.keys()], summary, unused };
}

/**
 * The automatic names of the models of a description.
 *
 * @param {import("@upvest-sdk/codegen").OpenApiDocument} document
 */
function modelsOf(document) {
  const { components } = /** @type {{ components?: { schemas?: object } }} */ (normalize(document));
  return new Set(Object.keys(components?.schemas ?? {}));
}

/**
 * @param {import("@upvest-sdk/codegen").OpenApiDocument} document
 * @returns {string}
 */
function versionOf(document) {
  const info = /** @type {{ version?: unknown } | undefined} */ (document["info"]);
  const version = info?.version;
  if (typeof version !== "string" || version === "") {
    throw new CodegenError(
      "INVALID_DESCRIPTION",
      "The description has no info.version, so it cannot be told from others: give it one.",
    );
  }
  return version;
}

/** @param {string} version */
function fileName(version) {
  return version.replace(/[^A-Za-z0-9.-]+/g, "-");
}

import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";

/**
 * @typedef {object} PublicEntry
 * @property {string} name what users import, such as `@upvest-sdk/signing/node`
 * @property {string} source the file that it is built from
 * @property {string} packageName
 * @property {string} folder the folder of its package
 */

/**
 * What can be imported from the packages of a folder, as their `exports` maps say.
 *
 * @param {string} packages
 * @returns {PublicEntry[]}
 */
export function publicEntries(packages) {
  return readdirSync(packages)
    .sort()
    .flatMap((each) => {
      const folder = path.join(packages, each);
      const { name: packageName, exports } = JSON.parse(
        readFileSync(path.join(folder, "package.json"), "utf8"),
      );
      return Object.entries(exports ?? {})
        .filter(([subpath]) => subpath !== "./package.json")
        .map(([subpath, target]) => ({
          name: `${packageName}${subpath.slice(1)}`,
          source: sourceOf(folder, target),
          packageName,
          folder,
        }));
    });
}

/**
 * @param {string} folder
 * @param {{ types?: string }} target
 */
function sourceOf(folder, { types }) {
  const [, built] = /^\.\/dist\/(.+)\.d\.ts$/.exec(types ?? "") ?? [];
  if (built === undefined) throw new Error(`${folder}: an entry of exports has no types in dist`);
  return path.join(folder, "src", `${built}.ts`);
}

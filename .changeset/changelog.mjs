// Changelog entries as usual, and in each the API version that the packages were generated from.
import { readFile } from "node:fs/promises";
import changelog from "@changesets/cli/changelog";

const { getReleaseLine, getDependencyReleaseLine } = changelog;

async function apiVersion() {
  const file = new URL("../packages/types/src/generated/openapi.ts", import.meta.url);
  const found = /^export const apiVersion: "([^"\s]+)"/m.exec(await readFile(file, "utf8"));
  if (found === null) throw new Error("packages/types/src/generated/openapi.ts has no apiVersion");
  return found[1];
}

export default {
  getReleaseLine,
  /** Asked for once an entry, with dependencies or without. @type {typeof getDependencyReleaseLine} */
  async getDependencyReleaseLine(...args) {
    const dependencies = await getDependencyReleaseLine(...args);
    return [`- API ${await apiVersion()}`, dependencies].filter(Boolean).join("\n");
  },
};

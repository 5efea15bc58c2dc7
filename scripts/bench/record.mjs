// What was measured last, kept in docs/benchmarks.json. The page, the chart and the table of the README are made of it.
import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { draw } from "./chart.mjs";
import { page, sizesTable } from "./page.mjs";
import { root } from "./run.mjs";

/**
 * @typedef {object} Measured
 * @property {string} name of the measurement
 * @property {string} date
 * @property {string} machine
 * @property {string} versions of the packages of others that took part
 * @property {import("./table.mjs").Section} section
 */

/** @param {string} [folder] of the repository @returns {Promise<Measured[]>} */
export async function readRecord(folder = root) {
  const file = path.join(folder, "docs/benchmarks.json");
  return existsSync(file) ? JSON.parse(await readFile(file, "utf8")).measured : [];
}

/**
 * The files that follow from what was measured, by their paths in the repository.
 *
 * @param {readonly Measured[]} measured
 * @param {string} [folder] of the repository
 * @returns {Promise<Map<string, string>>}
 */
export async function filesOf(measured, folder = root) {
  const text = figures(measured);
  /** @type {Measured[]} */
  const kept = JSON.parse(text).measured;
  const readme = await readFile(path.join(folder, "README.md"), "utf8");
  const grid = kept.find(({ name }) => name === "sizes")?.section.grid;
  return new Map([
    ["docs/benchmarks.json", text],
    ["docs/benchmarks.md", page(kept)],
    ["docs/benchmarks.svg", draw(kept.flatMap(({ section }) => section.charts ?? []))],
    ["README.md", grid === undefined ? readme : filled(readme, "sizes", sizesTable(grid))],
  ]);
}

/**
 * Keeps what was measured now, and of the rest what was measured before.
 *
 * @param {readonly Measured[]} now
 * @param {readonly string[]} order the names of all measurements
 * @param {string} [folder] of the repository
 * @returns {Promise<string[]>} the files that changed
 */
export async function writeRecord(now, order, folder = root) {
  const before = await readRecord(folder);
  const measured = order.flatMap(
    (name) => now.find((one) => one.name === name) ?? before.find((one) => one.name === name) ?? [],
  );
  const changed = [];
  for (const [name, text] of await filesOf(measured, folder)) {
    const file = path.join(folder, name);
    if (existsSync(file) && (await readFile(file, "utf8")) === text) continue;
    await writeFile(file, text);
    changed.push(name);
  }
  return changed;
}

/** Parts of a figure beyond six digits would differ in every run. @param {readonly Measured[]} measured */
function figures(measured) {
  const rounded = (/** @type {string} */ _, /** @type {unknown} */ value) =>
    typeof value === "number" && !Number.isInteger(value) ? Number(value.toPrecision(6)) : value;
  return `${JSON.stringify({ measured }, rounded, 2)}\n`;
}

/**
 * The text with something else between two marks, or as it is if it has none.
 *
 * @param {string} text
 * @param {string} mark
 * @param {string} content
 */
export function filled(text, mark, content) {
  const [start, end] = [`<!-- ${mark} -->\n`, `<!-- /${mark} -->`];
  const from = text.indexOf(start);
  const to = text.indexOf(end);
  if (from < 0 || to < from) return text;
  return text.slice(0, from + start.length) + content + text.slice(to);
}

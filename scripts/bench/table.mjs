import { median, ratio } from "./run.mjs";

/**
 * @typedef {"ms" | "µs" | "/s" | "bytes" | "MB" | "count"} Unit
 *
 * @typedef {{ of: "ratio" | "ours", atMost: number } | { of: "ratio" | "ours", atLeast: number }} Target
 *
 * @typedef {object} Row One line of the table.
 * @property {string} name
 * @property {Unit} unit
 * @property {number} ours
 * @property {number} other what ours is compared with
 * @property {number | undefined} ratio
 * @property {Target} [target]
 * @property {boolean} [met] there if there is a target
 *
 * @typedef {object} Section What one measurement found.
 * @property {string} title
 * @property {string} against what the second column is
 * @property {string} runs how often it was measured
 * @property {Row[]} rows
 */

/**
 * @param {string} name
 * @param {Unit} unit
 * @param {readonly number[]} ours of each round
 * @param {readonly number[]} others of each round
 * @param {Target} [target]
 * @returns {Row}
 */
export function row(name, unit, ours, others, target) {
  const result = { name, unit, ours: median(ours), other: median(others), ratio: ratio(ours, others) };
  if (target === undefined) return result;
  const value = target.of === "ratio" ? result.ratio : result.ours;
  return { ...result, target, met: value !== undefined && meets(value, target) };
}

/** @param {number} value @param {Target} target */
function meets(value, target) {
  return "atMost" in target ? value <= target.atMost : value >= target.atLeast;
}

/** @param {number} number */
export const runs = (number) => (number === 1 ? "1 run" : `${number} runs`);

/** @param {readonly Section[]} sections */
export function table(sections) {
  const heads = ["", "ours", "other", "ratio", "target", ""];
  const bodies = sections.map(({ rows }) => rows.map(cells));
  const all = [heads, ...bodies.flat()];
  const widths = heads.map((_, column) => Math.max(...all.map((line) => line[column]?.length ?? 0)));
  const write = (/** @type {string[]} */ line) =>
    line
      .map((cell, column) =>
        column === 0 || column > 3 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join("  ")
      .trimEnd();
  return sections
    .map(({ title, against, runs: howOften }, index) =>
      [
        title,
        `  ours against ${against}; ${howOften}`,
        "",
        write(heads),
        ...(bodies[index] ?? []).map(write),
        "",
      ].join("\n"),
    )
    .join("\n");
}

/** @param {Row} row */
function cells(row) {
  const { target, met } = row;
  return [
    `  ${row.name}`,
    amount(row.ours, row.unit),
    amount(row.other, row.unit),
    row.ratio?.toFixed(2) ?? "-",
    target === undefined ? "" : limit(target, row.unit),
    met === undefined ? "" : met ? "met" : "MISSED",
  ];
}

/** @param {Target} target @param {Unit} unit */
function limit(target, unit) {
  const [sign, value] = "atMost" in target ? ["<=", target.atMost] : [">=", target.atLeast];
  return `${sign} ${target.of === "ratio" ? value.toFixed(2) : amount(value, unit)}`;
}

/** @param {number} value @param {Unit} unit */
function amount(value, unit) {
  if (unit === "µs") return `${value.toFixed(1)} µs`;
  const number = Math.round(value).toLocaleString("en-US");
  return unit === "ms" || unit === "MB" ? `${number} ${unit}` : unit === "/s" ? `${number}/s` : number;
}

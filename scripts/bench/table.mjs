import { median, ratio } from "./run.mjs";

/**
 * @typedef {"ms" | "µs" | "/s" | "bytes" | "MB" | "count"} Unit
 *
 * @typedef {{ of: "ratio" | "measured", atMost: number } | { of: "ratio" | "measured", atLeast: number }} Target
 *
 * @typedef {object} Row One line of the table.
 * @property {string} name what is measured; indented if it is another's, or another look at the line above
 * @property {Unit} unit
 * @property {number} measured
 * @property {number} other what it is compared with
 * @property {number | undefined} ratio
 * @property {Target} [target]
 * @property {boolean} [met] there if there is a target
 *
 * @typedef {object} Grid Figures of one unit, by two things.
 * @property {string} unit
 * @property {{ name: string, cells: Record<string, number | null> }[]} rows cells by the names of their columns, the same in each row; null where there is none
 * @property {string} note
 *
 * @typedef {object} Section What one measurement found.
 * @property {string} title
 * @property {string} against what the second column is
 * @property {string} runs how often it was measured
 * @property {Row[]} rows
 * @property {Grid} [grid]
 * @property {string[]} [peers] the packages of others that took part
 * @property {import("./chart.mjs").Chart[]} [charts]
 */

/**
 * @param {string} name
 * @param {Unit} unit
 * @param {readonly number[]} measured of each round
 * @param {readonly number[]} others of each round
 * @param {Target} [target]
 * @returns {Row}
 */
export function row(name, unit, measured, others, target) {
  const result = {
    name,
    unit,
    measured: median(measured),
    other: median(others),
    ratio: ratio(measured, others),
  };
  if (target === undefined) return result;
  const value = target.of === "ratio" ? result.ratio : result.measured;
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
  const bodies = sections.map(({ rows }) => rows.map((row) => [`  ${row.name}`, ...cells(row)]));
  const head = ["", ...heads];
  const widths = widthsOf([head, ...bodies.flat()]);
  return sections
    .map(({ title, against, runs: howOften, grid }, index) =>
      [
        title,
        `  other: ${against}; ${howOften}`,
        "",
        ...[head, ...(bodies[index] ?? [])].map((line) => aligned(line, widths, 3)),
        "",
        ...(grid === undefined ? [] : alignedGrid(grid)),
      ].join("\n"),
    )
    .join("\n");
}

/** What is above the cells of a row. */
export const heads = ["measured", "other", "ratio", "target", ""];

/** @param {Row} row */
export function cells(row) {
  const { target, met } = row;
  return [
    amount(row.measured, row.unit),
    amount(row.other, row.unit),
    row.ratio?.toFixed(2) ?? "-",
    target === undefined ? "" : limit(target, row.unit),
    met === undefined ? "" : met ? "met" : "MISSED",
  ];
}

/** The lines of a grid, the first of them its head. @param {Grid} grid */
export function gridLines({ unit, rows }) {
  const cell = (/** @type {number | null} */ value) => (value === null ? "-" : amount(value, "count"));
  return [
    [unit, ...Object.keys(rows[0]?.cells ?? {})],
    ...rows.map(({ name, cells }) => [name, ...Object.values(cells).map(cell)]),
  ];
}

/** @param {Grid} grid */
function alignedGrid(grid) {
  const lines = gridLines(grid).map(([name, ...cells]) => [`  ${name}`, ...cells]);
  const widths = widthsOf(lines);
  return [...lines.map((line) => aligned(line, widths, widths.length)), `  ${grid.note}`, ""];
}

/** @param {readonly string[][]} lines */
function widthsOf(lines) {
  const columns = Math.max(...lines.map((line) => line.length));
  return Array.from({ length: columns }, (_, column) =>
    Math.max(...lines.map((line) => line[column]?.length ?? 0)),
  );
}

/** A name, so many figures, which go to the right, and words. @param {string[]} line @param {number[]} widths @param {number} figures */
function aligned(line, widths, figures) {
  return line
    .map((cell, column) => {
      const width = widths[column] ?? 0;
      return column === 0 || column > figures ? cell.padEnd(width) : cell.padStart(width);
    })
    .join("  ")
    .trimEnd();
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

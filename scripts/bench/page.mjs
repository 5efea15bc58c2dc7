import { cells, gridLines, heads } from "./table.mjs";

/** @typedef {import("./record.mjs").Measured} Measured */

/**
 * docs/benchmarks.md.
 *
 * @param {readonly Measured[]} measured
 */
export function page(measured) {
  return `# Benchmarks

Made by \`pnpm bench\`, which also drew the chart and wrote the table of sizes in the README. Not edited by hand.

![Ratios of this SDK and of other packages to a baseline](benchmarks.svg)

In each table the second figure is what the first is compared with, and above the table is what that is. An indented row is
another package, or another look at the row above it. Figures are medians of the runs. A ratio is the median of the ratios of
runs that were made side by side: it says more than the figures, which are those of one machine.

${targets(measured)}
${measured.map(chapter).join("\n")}`;
}

/** The table of what imports of this SDK, and of other packages, become. @param {import("./table.mjs").Grid} grid */
export function sizesTable(grid) {
  const [head = [], ...body] = gridLines(grid);
  return `${markdown(head, body, head.length)}\n${grid.note}\n`;
}

/** Which are met, and by how much the others are not. @param {readonly Measured[]} measured */
function targets(measured) {
  const rows = measured.flatMap(({ section }) => section.rows.map((row) => ({ row, section })));
  const all = rows.filter(({ row }) => row.met !== undefined);
  const missed = all.filter(({ row }) => !row.met);
  const line = `Targets met: ${all.length - missed.length} of ${all.length}.`;
  if (missed.length === 0) return `${line}\n`;
  const list = missed.map(({ row, section }) => {
    const [value, , ratio, limit] = cells(row);
    const figure = row.target?.of === "ratio" ? ratio : value;
    return `- ${section.title.split(/[:;,]/)[0]}, ${row.name.split(";")[0]?.trim()}: ${figure}, where the target is ${limit}\n`;
  });
  return `${line} Missed:\n\n${list.join("")}`;
}

/** @param {Measured} measured */
function chapter({ name, date, machine, versions, section }) {
  const { title, against, runs, rows, grid } = section;
  const body = rows.map((row) => [row.name.replace(/^ +/, "&emsp;"), ...cells(row)]);
  return `## ${title}

The other figure: ${against}. ${upper(runs)}.

${markdown(["", ...heads], body, 3)}${grid === undefined ? "" : `\n<!-- sizes -->\n${sizesTable(grid)}<!-- /sizes -->\n`}
\`pnpm bench --only ${name}\`, ${date}, ${machine}${versions === "" ? "" : `; ${versions}`}
`;
}

/** @param {string} text */
const upper = (text) => text.charAt(0).toUpperCase() + text.slice(1);

/**
 * @param {string[]} head
 * @param {string[][]} body
 * @param {number} figures how many columns after the first go to the right
 */
function markdown(head, body, figures) {
  const rule = head.map((_, column) => (column > 0 && column <= figures ? "---:" : "---"));
  return [head, rule, ...body].map((line) => `| ${line.join(" | ")} |\n`).join("");
}

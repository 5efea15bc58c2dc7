/**
 * @typedef {object} Bar
 * @property {string} name
 * @property {number} ratio to the baseline
 * @property {boolean} [ours]
 *
 * @typedef {object} Chart Ratios to one baseline.
 * @property {string} title
 * @property {"less" | "more"} better
 * @property {Bar[]} bars
 */

/**
 * The bar of a row of the table.
 *
 * @param {string} name
 * @param {import("./table.mjs").Row} row
 * @returns {Bar}
 */
export function bar(name, { ratio }) {
  if (ratio === undefined) throw new RangeError(`There is no ratio to draw of ${name}.`);
  return { name, ratio };
}

/** @param {string} name @param {import("./table.mjs").Row} row @returns {Bar} */
export const ourBar = (name, row) => ({ ...bar(name, row), ours: true });

/** What the others are compared with. @param {string} name @returns {Bar} */
export const baseline = (name) => ({ name, ratio: 1 });

const width = 760;
const labels = 250;
const figures = 60;
const lineHeight = 24;
const barHeight = 16;
const titleHeight = 38;
const margin = 16;

const style = `
    svg { color-scheme: light dark }
    text { font: 13px system-ui, sans-serif; fill: #1f2328 }
    .title { font-weight: 600 }
    .bar { fill: #8c959f }
    .ours { fill: #0969da }
    .ground { fill: #ffffff }
    @media (prefers-color-scheme: dark) {
      text { fill: #e6edf3 }
      .bar { fill: #6e7681 }
      .ours { fill: #4493f8 }
      .ground { fill: #0d1117 }
    }
  `;

/**
 * All charts, one below the other, each on a scale of its own.
 *
 * @param {readonly Chart[]} charts
 * @returns {string} SVG
 */
export function draw(charts) {
  let y = margin;
  const parts = charts.map(({ title, better, bars }) => {
    const scale = (width - labels - figures - 2 * margin) / Math.max(...bars.map(({ ratio }) => ratio));
    const lines = [text(margin, y + 14, heading(title, better), "title")];
    y += titleHeight;
    for (const { name, ratio, ours } of bars) {
      // A bar that is there is seen.
      const length = Math.max(1, ratio * scale);
      lines.push(
        text(margin, y, name),
        `<rect class="bar${ours ? " ours" : ""}" x="${labels + margin}" y="${y - barHeight + 4}" width="${length.toFixed(1)}" height="${barHeight}"/>`,
        text(labels + margin + length + 6, y, ratio.toFixed(2)),
      );
      y += lineHeight;
    }
    y += margin;
    return `  <g>\n${lines.map((line) => `    ${line}\n`).join("")}  </g>\n`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${y}" width="${width}" height="${y}" role="img" aria-labelledby="title desc">
  <title id="title">This SDK beside others</title>
  <desc id="desc">${escaped(charts.map(described).join(" "))}</desc>
  <style>${style}</style>
  <rect class="ground" width="${width}" height="${y}"/>
${parts.join("")}</svg>
`;
}

/** @param {string} title @param {Chart["better"]} better */
const heading = (title, better) => `${title} (${better} is better)`;

/** @param {Chart} chart */
const described = ({ title, better, bars }) =>
  `${heading(title, better)}: ${bars.map(({ name, ratio }) => `${name} ${ratio.toFixed(2)}`).join(", ")}.`;

/** @param {number} x @param {number} y @param {string} content @param {string} [kind] */
const text = (x, y, content, kind) =>
  `<text${kind === undefined ? "" : ` class="${kind}"`} x="${x.toFixed(0)}" y="${y}">${escaped(content)}</text>`;

/** @param {string} content */
const escaped = (content) => content.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

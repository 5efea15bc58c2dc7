import { table } from "./table.mjs";

/**
 * What a run found, for people.
 *
 * @param {string} machine
 * @param {readonly import("./table.mjs").Section[]} sections
 * @param {readonly { name: string, missing: string }[]} skipped measurements, and the file that each needs
 */
export function report(machine, sections, skipped) {
  const missed = missedIn(sections);
  return [
    ...(sections.length === 0 ? [] : [table(sections)]),
    ...skipped.map(({ name, missing }) => `SKIPPED: ${name}, because there is no ${missing}`),
    `${machine}. Figures are medians; a ratio is the median of the rounds' ratios.`,
    missed === 0
      ? "No measured target is missed."
      : `${missed} ${missed === 1 ? "target is" : "targets are"} MISSED.`,
    "",
  ].join("\n");
}

/** @param {readonly import("./table.mjs").Section[]} sections */
export const missedIn = (sections) =>
  sections.flatMap(({ rows }) => rows).filter(({ met }) => met === false).length;

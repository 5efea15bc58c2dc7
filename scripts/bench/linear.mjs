import { fileURLToPath } from "node:url";
import { download, inFolder, runNode } from "./run.mjs";
import { row, runs } from "./table.mjs";

const sizes = [1, 2, 4, 8];

/** Whether twice the paths take no more than twice the time. */
export function measureLinear(/** @type {number} */ rounds) {
  return inFolder(async (folder) => {
    const child = fileURLToPath(new URL("linear-child.mjs", import.meta.url));
    /** @type {{ size: string, wallMs: number, userMs: number }[]} */
    const results = [];
    for (let round = 0; round < rounds; round++) {
      const args = ["--expose-gc", child, download, folder, ...sizes.map(String)];
      results.push(...JSON.parse((await runNode(args, folder)).stdout));
    }
    const times = (/** @type {number} */ size, /** @type {"wallMs" | "userMs"} */ figure) =>
      results.filter((result) => result.size === String(size)).map((result) => result[figure]);
    const compared = (/** @type {number} */ size, /** @type {"wallMs" | "userMs"} */ figure) =>
      /** @type {const} */ ([times(size, figure), times(1, figure).map((time) => time * size)]);
    return {
      title: "Linearity: the downloaded description with its paths 1, 2, 4 and 8 times, read and generated",
      against: "as many times the time of one",
      runs: `${runs(2 * rounds)} of each size, by turns, after a run to warm up`,
      rows: sizes.flatMap((size) => [
        row(
          `${size}x, wall time`,
          "ms",
          ...compared(size, "wallMs"),
          size === 8 ? { of: "ratio", atMost: 1.5 } : undefined,
        ),
        row(`${size}x, user CPU time`, "ms", ...compared(size, "userMs")),
      ]),
    };
  });
}

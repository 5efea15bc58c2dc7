import type { Report } from "./generate/index.js";

/** The report as a table for people. */
export function reportTable(report: Report): string {
  const number = (value: number) => String(value).replace(/\B(?=(\d{3})+(?!\d))/g, ",");
  const rows: [string, string][] = [
    ["API version", report.apiVersion],
    ["operations", number(report.operations)],
    ["webhooks", number(report.webhooks)],
    ["event types", number(report.eventTypes)],
    [
      "models",
      `${number(report.models)} (${number(report.inPlaceSchemas)} schemas were written out in place)`,
    ],
    ["read", `${number(report.inputBytes)} bytes`],
    ["written", `${number(report.outputBytes)} bytes`],
    ["time", `${number(report.milliseconds)} ms`],
  ];
  const width = Math.max(...rows.map(([label]) => label.length));
  return rows.map(([label, value]) => `  ${label.padEnd(width)}  ${value}\n`).join("");
}

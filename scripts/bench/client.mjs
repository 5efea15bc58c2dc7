import { fileURLToPath } from "node:url";
import { bar, baseline, ourBar } from "./chart.mjs";
import { root, runNode } from "./run.mjs";
import { row, runs } from "./table.mjs";

/** Calls through the client against bare `fetch`, beside clients that sign nothing and know nothing of what was sent. */
export async function measureClient(/** @type {number} */ rounds) {
  const child = fileURLToPath(new URL("client-child.mjs", import.meta.url));
  /** @type {Record<string, Record<string, number[]>>} */
  const rates = JSON.parse((await runNode([child, String(rounds)], root)).stdout);
  const against = (/** @type {string} */ comparison, work = "ours") =>
    /** @type {const} */ ([rates[comparison]?.[work] ?? [], rates[comparison]?.["bare"] ?? []]);
  const rate = (/** @type {number} */ atLeast) => /** @type {const} */ ({ of: "ratio", atLeast });
  /** @param {string} comparison @param {string[]} names */
  const peers = (comparison, names) =>
    names.map((name) => row(`  ${name}`, "/s", ...against(comparison, name)));
  const local = [
    row("GET from a server on this machine", "/s", ...against("local"), rate(0.85)),
    ...peers("local", ["openapi-fetch", "ky", "axios"]),
  ];
  const stubbed = (/** @type {string} */ name, /** @type {string} */ comparison) => [
    row(`${name}, \`fetch\` stubbed`, "/s", ...against(comparison), rate(0.55)),
    ...peers(comparison, ["by path", "openapi-fetch", "ky", "axios"]),
  ];
  const get = stubbed("GET", "get");
  /** @param {string} title @param {import("./table.mjs").Row[]} rows the first of them ours */
  const chart = (title, [ours, ...others]) => ({
    title,
    better: /** @type {const} */ ("more"),
    bars: [
      baseline("bare fetch"),
      ...(ours ? [ourBar("@upvest-sdk/client", ours)] : []),
      ...others.filter(({ name }) => name !== "  by path").map((row) => bar(row.name.trim(), row)),
    ],
  });
  return {
    title: "Calls: `client.call` with a signer that signs nothing; GET and POST of an account group",
    against:
      "bare `fetch` with the same headers and body, and `.json()`; signed: also digest and Ed25519 signature; axios: over `node:http`, and stubbed with its `fetch` adapter",
    runs: `${runs(rounds)} of each, by turns, after some to warm up`,
    peers: ["openapi-fetch", "ky", "axios"],
    rows: [
      ...local,
      row("POST to it, signed", "/s", ...against("signed"), rate(0.75)),
      ...get,
      ...stubbed("POST", "post"),
    ],
    charts: [
      chart("GET from a server on the same machine: calls a second", local),
      chart("GET without a network: calls a second", get),
    ],
  };
}

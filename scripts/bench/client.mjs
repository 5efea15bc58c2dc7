import { fileURLToPath } from "node:url";
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
  const peers = (/** @type {string} */ comparison) =>
    ["by path", "openapi-fetch", "ky"].map((peer) => row(`  ${peer}`, "/s", ...against(comparison, peer)));
  return {
    title: "Calls: `client.call` with a signer that signs nothing; GET and POST of an account group",
    against:
      "bare `fetch` with the same headers and body, and `.json()`; signed: also digest and Ed25519 signature",
    runs: `${runs(rounds)} of each, by turns, after some to warm up`,
    rows: [
      row("GET from a server on this machine", "/s", ...against("local"), rate(0.85)),
      row("POST to it, signed", "/s", ...against("signed"), rate(0.75)),
      row("GET, `fetch` stubbed", "/s", ...against("get"), rate(0.55)),
      ...peers("get"),
      row("POST, `fetch` stubbed", "/s", ...against("post"), rate(0.55)),
      ...peers("post"),
    ],
  };
}

import { fileURLToPath } from "node:url";
import { root, runNode } from "./run.mjs";
import { row, runs } from "./table.mjs";

/** Verifying and parsing a delivery against the bare primitives that it needs, in one process. */
export async function measureWebhooks(/** @type {number} */ rounds) {
  const child = fileURLToPath(new URL("webhooks-child.mjs", import.meta.url));
  /** @type {Record<string, Record<string, number[]>>} */
  const rates = JSON.parse((await runNode([child, String(rounds)], root)).stdout);
  return {
    title: "Webhooks: `receiver.verify` of a signed delivery, P-521, with its events parsed",
    against:
      "the bare primitives on the same bytes: SHA-256 and verifying by WebCrypto, as ours, and `JSON.parse`; standardwebhooks, for scale: another algorithm, with a shared secret (HMAC-SHA256)",
    runs: `${runs(rounds)} of each, by turns, after some to warm up`,
    peers: ["standardwebhooks"],
    rows: Object.entries(rates).flatMap(
      ([size, { ours = [], webCrypto = [], native = [], standardWebhooks = [] }]) => [
        row(size, "/s", ours, webCrypto, { of: "ratio", atLeast: 0.9 }),
        row("  other: by node:crypto", "/s", ours, native),
        row("  standardwebhooks, HMAC", "/s", standardWebhooks, webCrypto),
      ],
    ),
  };
}

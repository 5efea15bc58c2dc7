import { fileURLToPath } from "node:url";
import { bar, baseline, ourBar } from "./chart.mjs";
import { root, runNode } from "./run.mjs";
import { row, runs } from "./table.mjs";

/** Signing and verifying against the bare primitives that they need, in one process. */
export async function measureSigning(/** @type {number} */ rounds) {
  const child = fileURLToPath(new URL("signing-child.mjs", import.meta.url));
  /** @type {Record<string, Record<string, number[]>>} */
  const rates = JSON.parse((await runNode([child, String(rounds)], root)).stdout);
  const of = (/** @type {string} */ comparison, work = "ours") => rates[comparison]?.[work] ?? [];
  const against = (/** @type {string} */ comparison, work = "ours", other = "bare") =>
    /** @type {const} */ ([of(comparison, work), of(comparison, other)]);
  /** Of one operation, in µs, besides its signature. */
  const besides = (/** @type {string} */ comparison, work = "ours") => {
    const cost = (/** @type {string} */ what) =>
      of(comparison, what).map((rate, round) => 1e6 / rate - 1e6 / (of(comparison, "signature")[round] ?? 0));
    return /** @type {const} */ ([cost(work), cost("bare")]);
  };
  const rate = (/** @type {number} */ atLeast) => /** @type {const} */ ({ of: "ratio", atLeast });
  const ed25519 = row("Ed25519", "/s", ...against("ed25519"), rate(0.75));
  /** @param {string} name */
  const peer = (name) => row(`  ${name}`, "/s", ...against("peers", name));
  const httpMessageSig = peer("http-message-sig");
  const httpMessageSignatures = peer("http-message-signatures");
  return {
    title:
      "Signing: a POST with a JSON body of 300 bytes through `signer.headers`; verifying: a webhook of 1 KB",
    against:
      "the bare primitive: digest, and signing or verifying as many bytes; portable: WebCrypto, else node:crypto",
    runs: `${runs(rounds)} of each, by turns, after some to warm up`,
    peers: ["http-message-sig", "http-message-signatures"],
    rows: [
      ed25519,
      row("  besides the signature", "µs", ...besides("ed25519"), { of: "measured", atMost: 12 }),
      httpMessageSig,
      row("  http-message-sig, besides", "µs", ...besides("peers", "http-message-sig")),
      httpMessageSignatures,
      row("  http-message-signatures, besides", "µs", ...besides("peers", "http-message-signatures")),
      row("Ed25519; other: P-521", "/s", of("ed25519"), of("p521")),
      row("P-521", "/s", ...against("p521"), rate(0.95)),
      row(
        "  eight at a time; other: one at a time",
        "/s",
        of("p521", "eight").map((eights) => 8 * eights),
        of("p521"),
        rate(1.3),
      ),
      row("portable, Ed25519", "/s", ...against("portableEd25519"), rate(0.75)),
      row("portable, P-521", "/s", ...against("portableP521")),
      row("verify a webhook, P-521", "/s", ...against("webhook"), rate(0.95)),
      row("  other: bare, blocking the event loop", "/s", ...against("webhook", "ours", "blocking")),
      row("portable, verify a webhook, P-521", "/s", ...against("portableWebhook"), rate(0.95)),
    ],
    charts: [
      {
        title: "Signing a request, Ed25519: requests a second",
        better: /** @type {const} */ ("more"),
        bars: [
          baseline("bare digest and signature"),
          ourBar("@upvest-sdk/signing", ed25519),
          bar("http-message-sig", httpMessageSig),
          bar("http-message-signatures", httpMessageSignatures),
        ],
      },
    ],
  };
}

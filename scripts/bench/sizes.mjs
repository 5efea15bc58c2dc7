import { fileURLToPath } from "node:url";
import { bar, baseline, ourBar } from "./chart.mjs";
import { root, runNode } from "./run.mjs";
import { row } from "./table.mjs";

/**
 * @typedef {object} Import What a user of this SDK bundles.
 * @property {string} name
 * @property {string} exports as a reader knows them
 * @property {string} code
 * @property {number} budget in bytes, minified and gzipped: what none of the bundlers may exceed. A few percent above what it is
 * @property {number} [aim] what it is to be
 * @property {Peer} other what it is compared with
 * @property {Peer[]} [more] what is compared with the same
 *
 * @typedef {keyof typeof peers} Peer
 */

const client = 'export { createUpvestClient } from "@upvest-sdk/client";';
const operation = 'export { placeOrder } from "@upvest-sdk/client/operations";';
const signer = 'export { createSigner } from "@upvest-sdk/signing";';

/** @type {Import[]} */
export const imports = [
  {
    name: "signing",
    exports: "`createSigner`",
    code: signer,
    budget: 5_650,
    aim: 4_000,
    other: "http-message-sig: sign",
    more: ["http-message-signatures"],
  },
  {
    name: "verifying",
    exports: "`verifyRequest`",
    code: 'export { verifyRequest } from "@upvest-sdk/signing";',
    budget: 5_200,
    aim: 5_500,
    other: "http-message-sig: verify",
  },
  {
    name: "verifying, reading keys",
    exports: "`verifyRequest`, `importPublicKeys`",
    code: 'export { importPublicKeys, verifyRequest } from "@upvest-sdk/signing";',
    budget: 6_700,
    other: "http-message-sig: verify",
  },
  {
    name: "client",
    exports: "`createUpvestClient`, one operation",
    code: client + operation,
    budget: 7_750,
    aim: 7_500,
    other: "openapi-fetch",
    more: ["ky", "axios"],
  },
  {
    name: "client, signing",
    exports: "`createUpvestClient`, one operation, `createSigner`",
    code: client + operation + signer,
    budget: 12_900,
    aim: 11_000,
    other: "openapi-fetch, http-message-sig",
  },
  {
    name: "webhooks",
    exports: "`createWebhookReceiver`, `staticKeys`",
    code: 'export { createWebhookReceiver, staticKeys } from "@upvest-sdk/webhooks";',
    budget: 9_350,
    aim: 8_000,
    other: "standardwebhooks",
  },
];

const bundlerPackages = ["esbuild", "rollup", "webpack", "vite"];
const peerPackages = [
  "http-message-sig",
  "http-message-signatures",
  "openapi-fetch",
  "ky",
  "axios",
  "standardwebhooks",
];

const openapiFetch = 'export { default } from "openapi-fetch";';
const messageSigner = 'export { createSignature, webcrypto } from "http-message-sig";';

/** What users of others bundle. */
const peers = {
  "http-message-sig: sign": messageSigner,
  "http-message-sig: verify": 'export { verifySignature, webcrypto } from "http-message-sig";',
  "http-message-signatures": 'export { httpbis } from "http-message-signatures";',
  "openapi-fetch": openapiFetch,
  "openapi-fetch, http-message-sig": openapiFetch + messageSigner,
  ky: 'export { default } from "ky";',
  axios: 'export { default } from "axios";',
  standardwebhooks: 'export { Webhook } from "standardwebhooks";',
};
/** Bundles of real imports, as a browser or a worker gets them. */
export async function measureSizes() {
  const codes = { ...Object.fromEntries(imports.map(({ name, code }) => [name, code])), ...peers };
  // The bundlers take memory, which no measured process should have of its parent: see runNode.
  const child = fileURLToPath(new URL("sizes-child.mjs", import.meta.url));
  const { stdout } = await runNode([child, JSON.stringify(codes)], root);
  /** @type {Record<string, Record<string, number | null>>} */
  const sizes = JSON.parse(stdout);
  const cells = (/** @type {string} */ name) => sizes[name] ?? {};
  const size = (/** @type {string} */ name) => [cells(name)["esbuild"] ?? Number.NaN];
  const compared = imports.map(({ name, aim, other, more = [] }) => ({
    name,
    other,
    ours: row(`${name}; other: ${other}`, "bytes", size(name), size(other), target(aim)),
    more: more.map((peer) => ({ peer, row: row(`  ${peer}`, "bytes", size(peer), size(other)) })),
  }));
  /** @param {string} name @param {string} ours */
  const charts = (name, ours) =>
    compared
      .filter((one) => one.name === name)
      .map((one) => ({
        title: `Bundle, ${name}: bytes`,
        better: /** @type {const} */ ("less"),
        bars: [
          baseline(one.other),
          ourBar(ours, one.ours),
          ...one.more.map(({ peer, row }) => bar(peer, row)),
        ],
      }));
  return {
    title: "Bundles of real imports, minified and gzipped: by esbuild, and by each bundler",
    against:
      "what users of another package bundle; standardwebhooks does less: HMAC, and no event is kept from being handled twice",
    runs: "measured once: it does not vary",
    peers: [...bundlerPackages, ...peerPackages],
    rows: compared.flatMap(({ ours, more }) => [ours, ...more.map(({ row }) => row)]),
    grid: {
      unit: "bytes, minified and gzipped",
      rows: [
        ...imports.map(({ name, exports }) => ({ name: `${name}: ${exports}`, cells: cells(name) })),
        ...Object.keys(peers).map((name) => ({ name, cells: cells(name) })),
      ],
      note: "One minifier for all. rollup alone reads no CommonJS. `node:crypto`, which http-message-signatures needs, is not counted.",
    },
    charts: [...charts("signing", "@upvest-sdk/signing"), ...charts("client", "@upvest-sdk/client")],
  };
}

/** @param {number | undefined} aim @returns {import("./table.mjs").Target | undefined} */
const target = (aim) => (aim === undefined ? undefined : { of: "measured", atMost: aim });

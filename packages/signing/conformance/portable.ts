import * as signing from "../src/index.js";
import { type Report, thrownBy } from "./check.js";
import { keyId, plainKeys } from "./fixtures.js";
import { runSuite } from "./suite.js";
import { sendWireRequests } from "./wire-requests.js";
import { callable } from "./worker.js";

const importAes192 = () => crypto.subtle.importKey("raw", new Uint8Array(24), "AES-CBC", false, ["decrypt"]);

export const run = async (): Promise<Report> => {
  const lacksAes192 = (await thrownBy(importAes192)) !== undefined;
  return runSuite({ signing, entry: "portable", lacksAes192 });
};
export const send = (origin: string): Promise<string[]> => sendWireRequests(signing, origin);

// While a Worker loads, its runtime refuses clock, timers, randomness and network: making a signer there needs none.
const early = Promise.all(
  plainKeys.map(({ privateKeyPem }) => signing.createSigner({ keyId, privateKey: privateKeyPem })),
).then(
  () => undefined,
  (error: unknown) => String(error),
);

/** As a Worker it is asked for both; the report says of that signer, too. */
export default callable({
  async run() {
    const report = await run();
    const message = await early;
    if (message === undefined) report.passed++;
    else report.failures.push({ name: "a signer made while the Worker loads", message });
    return report;
  },
  send,
});

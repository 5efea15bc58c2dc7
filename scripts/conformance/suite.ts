import type { Report } from "../../packages/signing/conformance/check.js";
import { callable } from "../../packages/signing/conformance/worker.js";
import { callChecks } from "./checks/calls.js";
import { errorChecks } from "./checks/errors.js";
import { faultChecks } from "./checks/faults.js";
import { handle, listeningChecks } from "./checks/listening.js";
import { orderChecks } from "./checks/order.js";
import { signingChecks } from "./checks/signing.js";
import { verifyingChecks } from "./checks/verifying.js";
import { webhookChecks } from "./checks/webhooks.js";
import type { Facts } from "./facts.js";
import { createScene } from "./scene.js";

const all = [
  signingChecks,
  verifyingChecks,
  callChecks,
  errorChecks,
  faultChecks,
  orderChecks,
  webhookChecks,
  listeningChecks,
];

/** Runs every check, one after the other, in whatever runtime this is. */
export async function run(facts: Facts): Promise<Report> {
  const scene = createScene(facts);
  for (const checks of all) await scene.check(`all of ${checks.name} ran`, () => checks(scene));
  return scene.report;
}

export { handle };

/** As a Worker it takes deliveries, too. */
export default {
  async fetch(request: Request): Promise<Response> {
    const { origin, pathname } = new URL(request.url);
    if (pathname !== "/") return handle(request);
    return callable({ run: (facts: Facts) => run({ ...facts, listening: origin }) }).fetch(request);
  },
};

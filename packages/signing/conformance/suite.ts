import type { Report } from "./check.js";
import { edgeChecks } from "./checks/edges.js";
import { fetchRequestChecks } from "./checks/fetch-requests.js";
import { keyChecks } from "./checks/keys.js";
import { nobleChecks } from "./checks/noble.js";
import { allRefusals, keyRefusals, signRefusals, verifyRefusals } from "./checks/refusals.js";
import { signChecks } from "./checks/sign.js";
import { vectorChecks, verifyChecks } from "./checks/verify.js";
import { createSuite, type Traits } from "./create-suite.js";

const all = [
  keyChecks,
  signChecks,
  fetchRequestChecks,
  nobleChecks,
  verifyChecks,
  vectorChecks,
  edgeChecks,
  keyRefusals,
  signRefusals,
  verifyRefusals,
  allRefusals,
];

/** Runs every check, one after the other, in whatever runtime this is. */
export async function runSuite(traits: Traits): Promise<Report> {
  const suite = createSuite(traits);
  for (const checks of all) await suite.check(`all of ${checks.name} ran`, () => checks(suite));
  return suite.report;
}

import { type Outcome, UpvestError } from "@upvest-sdk/client";
import { describe, equal, ok, thrownBy } from "../../packages/signing/conformance/check.js";

/** What was thrown, which is one of ours, with this code and outcome. */
export async function failing(run: () => unknown, code: string, outcome: Outcome): Promise<UpvestError> {
  const error = await thrownBy(run);
  ok(error instanceof UpvestError, `threw ${describe(error)}`);
  equal([error.code, error.outcome], [code, outcome]);
  return error;
}

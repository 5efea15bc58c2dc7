import { type AbortSignalLike, aborted, timedOut } from "./clock.js";
import { UpvestError, UpvestTimeoutError } from "./errors.js";

/**
 * What was thrown, as an error of ours.
 *
 * @param timeout of the attempt, in ms; 0 if it was not that but the call's time which is over
 */
export function asError(thrown: unknown, timeout: number, signal?: AbortSignalLike | undefined): UpvestError {
  if (thrown instanceof UpvestError) return thrown;
  if (thrown === timedOut) {
    return timeout
      ? new UpvestTimeoutError("TIMEOUT", `no answer in ${timeout} ms`)
      : new UpvestTimeoutError("DEADLINE", "the deadline has passed");
  }
  return thrown === aborted
    ? new UpvestError("ABORTED", "the caller's signal was aborted", { cause: signal?.reason })
    : new UpvestError("UNEXPECTED", "an error in the client, see the cause", { cause: thrown });
}

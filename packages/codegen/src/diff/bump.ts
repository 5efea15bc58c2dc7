import type { Bump, Change } from "./types.js";

/** Where the one change points that says that nothing but prose differs. No other change points at the whole document. */
export const wholeDocument = "#";

/**
 * What the changes demand, read from the changes alone. Prose and deprecations change nothing that compiles or
 * that is sent, so they are a patch; a withdrawn deprecation is a promise that was not there before, so it is minor.
 */
export function bumpOf(changes: readonly Change[]): Bump {
  if (changes.some((change) => change.breaking)) return "major";
  if (changes.some((change) => change.kind !== "deprecated" && change.pointer !== wholeDocument))
    return "minor";
  return changes.length > 0 ? "patch" : "none";
}

/** The bump for a package that is at `currentVersion`: before 1.0 a breaking change moves the minor version. */
export function bumpFor(bump: Bump, currentVersion: string): Bump {
  return bump === "major" && /^v?0+(\.|$)/.test(currentVersion.trim()) ? "minor" : bump;
}

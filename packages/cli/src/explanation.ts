import type { Explanation } from "@upvest-sdk/signing";
import { indent, table } from "./output.js";

/** What a signature covers, for people. */
export function explanationText(
  { keyId, algorithm, base, uncovered }: Explanation,
  { method, url }: { method: string; url: string },
): string {
  const left = uncovered.map(({ name, reason }) => [name, reason]);
  return `${method} ${url}
signed with key ${keyId} (${algorithm}); the signature base, authorization blanked:

${indent(base)}
${left.length ? `\nnot covered:\n${indent(table(left))}\n` : ""}`;
}

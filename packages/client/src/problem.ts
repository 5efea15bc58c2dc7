import type { Error as ProblemDetails } from "@upvest-sdk/types";

/** Problem details (RFC 7807), if the text is that. */
export function problemOf(text: string): ProblemDetails | undefined {
  try {
    const problem = JSON.parse(text);
    return typeof problem.type === "string" || typeof problem.title === "string" ? problem : undefined;
  } catch {
    return undefined;
  }
}

/** One code for both forms of `type`, a short code and a URL, and for both spellings of the same. */
export function codeOf(type: unknown): string | undefined {
  return /(?:^|\/)([\w-]+)\/?$/.exec(String(type ?? ""))?.[1]?.replace("unauthorised", "unauthorized");
}

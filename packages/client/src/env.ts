import type { Scope } from "@upvest-sdk/types";
import { refuse } from "./errors.js";

/** What the environment says of a client. */
export interface EnvironmentOptions {
  /** `UPVEST_API_BASE_URL`, such as `https://sandbox.upvest.co`. */
  baseUrl: string;
  /** `UPVEST_API_CLIENT_ID`. */
  clientId: string;
  /** `UPVEST_API_CLIENT_SECRET`: a secret. */
  clientSecret: string;
  /** `UPVEST_API_SCOPES`, separated by commas or spaces. */
  scopes: Scope[];
}

const names = {
  baseUrl: "UPVEST_API_BASE_URL",
  clientId: "UPVEST_API_CLIENT_ID",
  clientSecret: "UPVEST_API_CLIENT_SECRET",
  scopes: "UPVEST_API_SCOPES",
};

/**
 * Options from the vendor's environment variables: `UPVEST_API_BASE_URL`, `UPVEST_API_CLIENT_ID`,
 * `UPVEST_API_CLIENT_SECRET` and `UPVEST_API_SCOPES` (a list with commas). Whether it is sandbox or live is never guessed:
 * the URL has to be there. The key is the signer's, and is not read.
 *
 * @param env Default `process.env`, where there is one.
 * @throws UpvestConfigurationError `INVALID_OPTION`, which names the variables that are missing
 */
export function clientOptionsFromEnv(
  env: Readonly<Record<string, string | undefined>> = (
    globalThis as { process?: { env?: Record<string, string> } }
  ).process?.env ?? {},
): EnvironmentOptions {
  const missing = Object.values(names).filter((name) => !env[name]?.trim());
  if (missing.length) refuse("INVALID_OPTION", `not set in the environment: ${missing.join(", ")}`);
  const read = (name: keyof typeof names) => env[names[name]]!.trim();
  return {
    baseUrl: read("baseUrl"),
    clientId: read("clientId"),
    clientSecret: read("clientSecret"),
    scopes: read("scopes")
      .split(/[\s,]+/)
      .filter(Boolean) as Scope[],
  };
}

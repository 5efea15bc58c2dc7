import type { AxiosInstance } from "axios";
import { toApiError } from "./errors.js";
import { repeat } from "./repeat.js";

export interface Credentials {
  readonly clientId: string;
  readonly clientSecret: string;
  /** With a space between. */
  readonly scope: string;
}

/** In ms: a token is not used up to its last moment. */
const margin = 60_000;

/** The access token: one for all requests, until it is about to expire. */
export function tokenSource(http: AxiosInstance, { clientId, clientSecret, scope }: Credentials) {
  let current: Promise<string> | undefined;
  let until = 0;

  const fetchToken = async (): Promise<string> => {
    const asked = performance.now();
    const form = {
      grant_type: "client_credentials",
      client_id: clientId,
      client_secret: clientSecret,
      scope,
    };
    const { data } = await repeat(() =>
      http.post<{ access_token: string; expires_in: number }>("/auth/token", new URLSearchParams(form)),
    );
    until = asked + data.expires_in * 1000 - margin;
    return data.access_token;
  };

  return {
    get(): Promise<string> {
      if (current === undefined || performance.now() >= until) {
        until = Number.POSITIVE_INFINITY; // while it is asked for, all wait for the same
        current = fetchToken().catch((error: unknown) => {
          current = undefined;
          throw toApiError(error);
        });
      }
      return current;
    },
    forget(): void {
      current = undefined;
    },
  };
}

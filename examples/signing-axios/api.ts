import type { Signer } from "@upvest-sdk/signing";
import axios, { type AxiosRequestConfig, isAxiosError } from "axios";
import { toApiError } from "./errors.js";
import { repeat } from "./repeat.js";
import { signRequests } from "./signing.js";
import { type Credentials, tokenSource } from "./token.js";

export interface Api {
  /**
   * Sends a request and gives the body of the answer.
   * @throws {ApiError}
   */
  request<T>(config: AxiosRequestConfig): Promise<T>;
}

export function createApi(options: Credentials & { readonly baseURL: string; readonly signer: Signer }): Api {
  const { baseURL, signer, clientId } = options;
  const http = axios.create({
    baseURL,
    timeout: 30_000,
    headers: { accept: "application/json", "upvest-api-version": "1", "upvest-client-id": clientId },
  });
  signRequests(http, signer);
  const token = tokenSource(http, options);

  return {
    async request<T>(config: AxiosRequestConfig): Promise<T> {
      const send = async () => {
        const authorization = `Bearer ${await token.get()}`;
        return (await http.request<T>({ ...config, headers: { ...config.headers, authorization } })).data;
      };
      try {
        return await (isRepeatable(config) ? repeat(send) : send()).catch((error: unknown) => {
          if (!isAxiosError(error) || error.response?.status !== 401) throw error;
          // Refused, perhaps since the token was revoked.
          token.forget();
          return send();
        });
      } catch (error) {
        throw toApiError(error);
      }
    },
  };
}

/** With an idempotency key the API carries a POST out once, however often it comes. */
function isRepeatable({ method = "get", headers = {} }: AxiosRequestConfig): boolean {
  return /^(get|put|delete)$/i.test(method) || "idempotency-key" in headers;
}

import type { Signer } from "@upvest-sdk/signing";
import type { AxiosInstance, InternalAxiosRequestConfig } from "axios";

/**
 * Signs each request of an instance of axios. Add it before all other request interceptors: axios runs the last one first, and
 * what comes after the signature is not covered by it. A request that is sent again goes through here again, and is signed
 * afresh.
 *
 * @param instance its `baseURL` is the API's; no other origin is given a signature
 */
export function signRequests(instance: AxiosInstance, signer: Signer): void {
  instance.interceptors.request.use(async (config) => {
    // As axios would put it together, `params` and all; then only this is left.
    const url = new URL(instance.getUri(config)).href;
    if (new URL(url).origin !== new URL(instance.defaults.baseURL ?? "").origin)
      throw new TypeError("requests go to the origin of baseURL only");
    delete config.params;
    delete config.baseURL;
    config.url = url;
    config.maxRedirects = 0;

    const body = serialize(config);
    const headers = await signer.headers({
      method: (config.method ?? "get").toUpperCase(),
      url,
      // Accept and whatever else is set by now. Behind our back axios only sets what is not covered: User-Agent, ...
      headers: config.headers.toJSON(true) as Record<string, string>,
      body,
    });
    config.headers.set(headers);
    config.data = body;
    // axios would write JSON once more.
    config.transformRequest = [];
    return config;
  });
}

/** The text of the body, which is signed and sent as it is; sets its type. */
function serialize({ data, headers }: InternalAxiosRequestConfig): string | undefined {
  if (data === undefined || data === null) {
    // Else axios gives a POST without a body a content-type, which nobody signed.
    headers.setContentType(false);
    return undefined;
  }
  if (data instanceof URLSearchParams) {
    headers.setContentType("application/x-www-form-urlencoded");
    return data.toString();
  }
  if (typeof data === "string") {
    // JSON that is written already, or a request that was signed before and is sent once more.
    headers.setContentType("application/json", false);
    return data;
  }
  if (!Array.isArray(data) && Object.getPrototypeOf(data) !== Object.prototype)
    throw new TypeError("a body is JSON or URLSearchParams");
  headers.setContentType("application/json");
  return JSON.stringify(data);
}

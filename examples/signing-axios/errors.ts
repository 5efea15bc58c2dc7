import { isAxiosError } from "axios";

/**
 * What went wrong, for logs. An error of axios has its request in it, and with that the token or the client secret: it does not
 * leave this program.
 */
export class ApiError extends Error {
  override readonly name = "ApiError";

  constructor(
    message: string,
    /** HTTP status; none: there was no answer. */
    readonly status: number | undefined,
    /** Of axios or Node, such as `ECONNREFUSED`. */
    readonly code: string | undefined,
    /** To quote to the support. */
    readonly requestId: string | undefined,
  ) {
    super(message);
  }
}

export function toApiError(error: unknown): unknown {
  if (!isAxiosError(error)) return error;
  const { response, code, config } = error;
  const { title, detail } = Object(response?.data) as { title?: string; detail?: string };
  const what = response
    ? [response.status, title, detail].filter(Boolean).join(" ")
    : `no answer (${code ?? "UNKNOWN"})`;
  const requestId: unknown = response?.headers["upvest-request-id"];
  const path = new URL(config?.url ?? "/", "http://unknown").pathname;
  return new ApiError(
    `${config?.method?.toUpperCase()} ${path}: ${what}`,
    response?.status,
    code,
    typeof requestId === "string" ? requestId : undefined,
  );
}

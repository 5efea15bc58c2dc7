/** What a request is refused with: problem details (RFC 9457), thrown by whatever finds it. */
export class Problem extends Error {
  override readonly name = "Problem";
  /** Headers of the answer, besides those that every answer has. */
  headers: Record<string, string> = {};

  /** @param type the last part of the documented `type`, e.g. `not_found` */
  constructor(
    readonly status: number,
    readonly type: string,
    readonly detail: string,
    readonly more: Readonly<Record<string, unknown>> = {},
  ) {
    super(`${status} ${type}: ${detail}`);
  }
}

const titles: Readonly<Record<number, string>> = {
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  406: "Not Acceptable",
  409: "Conflict",
  413: "Content Too Large",
  422: "Unprocessable Entity",
  426: "Upgrade Required",
  429: "Too Many Requests",
  500: "Internal Server Error",
  502: "Bad Gateway",
  503: "Service Unavailable",
  504: "Gateway Timeout",
};

/** The body of the answer. */
export function problemDetails({ status, type, detail, more }: Problem, requestId: string): object {
  return {
    type: `https://docs.upvest.co/errors/${type}`,
    title: titles[status] ?? "Error",
    status,
    detail,
    request_id: requestId,
    ...more,
  };
}

/** 400: a value is missing or not allowed. */
export const invalid = (detail: string): Problem => new Problem(400, "invalid_request", detail);
/** 404: there is no such resource, or it is another parent's. */
export const notFound = (what: string, id: string): Problem =>
  new Problem(
    404,
    "not_found",
    `There is no ${what} ${id}. Nothing was created under that id, or it belongs to another parent.`,
  );
/** 409: the state of the resource forbids the operation. */
export const conflict = (detail: string): Problem => new Problem(409, "conflict", detail);
/** 422: well-formed, but makes no sense for the resource. */
export const unprocessable = (detail: string): Problem => new Problem(422, "unprocessable_entity", detail);

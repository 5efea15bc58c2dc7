import { buildCall, type CallOptions, checkNames } from "./build-call.js";
import type { Connection } from "./connection.js";
import { UpvestConfigurationError } from "./errors.js";
import type { PathMethod } from "./path-types.js";
import { run } from "./run.js";
import type { As, ResponseLike } from "./wire.js";

/** Calls by path, in openapi-fetch's form. */
export interface PathSurface {
  /** Gets by path. `error` is an `UpvestError`; only misuse, which sends nothing, is thrown. */
  GET: PathMethod<"get">;
  /** Posts by path, with an idempotency key: your own as `params.header["idempotency-key"]`. */
  POST: PathMethod<"post">;
  /** Puts by path. */
  PUT: PathMethod<"put">;
  /** Patches by path. */
  PATCH: PathMethod<"patch">;
  /** Deletes by path. */
  DELETE: PathMethod<"delete">;
}

interface Init extends CallOptions {
  readonly params?: {
    readonly path?: object;
    readonly query?: object;
    readonly header?: { readonly "idempotency-key"?: string; readonly accept?: string };
  };
  readonly body?: unknown;
  readonly parseAs?: As;
}

// Without a table of all operations: a key has no effect where none is taken.
const keyedPatch = "PATCH /portfolios/configurations/{account_id}";

/** As openapi-fetch has it: a path of the description, `params` and `body` in, `data`, `error` and `response` out. */
export function pathSurface(connection: Connection): PathSurface {
  const method =
    (method: string) =>
    async (path: string, init: Init = {}): Promise<unknown> => {
      checkNames(init, /^(params|body|parseAs|signal|timeout|deadline)$/);
      const { params = {}, body, parseAs, ...options } = init;
      checkNames(params, /^(path|query|header)$/);
      const { header = {}, ...input } = params;
      checkNames(header, /^(idempotency-key|accept)$/);
      let response: ResponseLike | undefined;
      const call = buildCall(
        connection,
        method,
        path,
        method === "POST" || `${method} ${path}` === keyedPatch,
        {
          ...options,
          ...input,
          body,
          as: parseAs,
          accept: header.accept,
          idempotencyKey: header["idempotency-key"],
        },
        undefined,
        (one) => {
          response = one;
        },
      );
      try {
        const { answer } = await run(connection, call);
        return { data: answer.data, response };
      } catch (error) {
        if (error instanceof UpvestConfigurationError) throw error;
        return { error, response };
      }
    };
  const surface: Record<string, unknown> = {};
  for (const name of ["GET", "POST", "PUT", "PATCH", "DELETE"]) surface[name] = method(name);
  return surface as unknown as PathSurface;
}

import type { paths } from "@upvest-sdk/types/openapi";
import type { CallOptions } from "./build-call.js";
import type { Nothing, Unread } from "./call.js";
import type { UpvestError } from "./errors.js";
import type { As, ResponseLike } from "./wire.js";

/** The methods that the API has. */
type Method = "get" | "post" | "put" | "patch" | "delete";

/** The paths that know the method. */
export type PathsWith<M extends Method> = {
  [P in keyof paths]: paths[P] extends { readonly [K in M]: object } ? P : never;
}[keyof paths];

/** The operation at a path and a method. */
type OperationAt<P extends keyof paths, M extends Method> = paths[P] extends { readonly [K in M]: infer O }
  ? O
  : never;

/** `params` and `body` of the operation; either may be left out where nothing in it must be given. */
export type PathInput<O> = (O extends { parameters: infer Q }
  ? Nothing extends Pick<Q, keyof Q & ("path" | "query")>
    ? { params?: Q }
    : { params: Q }
  : unknown) &
  (O extends { requestBody: { content: infer C } }
    ? { body: C[keyof C] }
    : O extends { requestBody?: { content: infer C } }
      ? { body?: C[keyof C] }
      : { body?: undefined });

/** What a call by path takes besides. The idempotency key goes into `params.header`. */
export interface PathOptions extends Omit<CallOptions, "idempotencyKey"> {}

/** The body of the operation's 2xx. */
type SuccessOf<O> = O extends { responses: infer R }
  ? R[keyof R & (200 | 201 | 202 | 204)] extends { content: infer C }
    ? C[keyof C]
    : undefined
  : never;

/** The `Response`, where the runtime's types know it. Its body is read already. */
export type PathResponse = typeof globalThis extends { Response: { prototype: infer R } } ? R : ResponseLike;

/** As openapi-fetch gives it; `error` says by its `outcome` whether the call happened. */
export type PathResult<T> =
  | {
      /** The body of the 2xx. */
      data: T;
      /** There is none. */
      error?: undefined;
      /** The answer; its body is read already. */
      response: PathResponse;
    }
  | {
      /** There is none. */
      data?: undefined;
      /** Why it failed, and whether it happened. */
      error: UpvestError;
      /** The last answer, if there was one. */
      response: PathResponse | undefined;
    };

/** The second argument of a call by path. */
type PathInit<O, A> = PathInput<O> &
  PathOptions & {
    /** How the body of the answer is given. Default `json`. */
    parseAs?: A | undefined;
  };

/** One method of the surface by paths; its second argument may be left out where nothing in it must be given. */
export type PathMethod<M extends Method> = <P extends PathsWith<M>, A extends As = "json">(
  path: P,
  ...init: Nothing extends PathInput<OperationAt<P, M>>
    ? [init?: PathInit<OperationAt<P, M>, A>]
    : [init: PathInit<OperationAt<P, M>, A>]
) => Promise<PathResult<A extends "json" ? SuccessOf<OperationAt<P, M>> : Unread<A>>>;

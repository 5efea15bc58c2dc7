import type { Scope } from "@upvest-sdk/types";
import { type CallFunction, callFunction } from "./call.js";
import { type Connection, connect } from "./connection.js";
import { type ClientOptions, readOptions } from "./options.js";
import { type PaginateFunction, paginateFunction } from "./paginate.js";
import { type PathSurface, pathSurface } from "./path-surface.js";

/** A client of the API: what `createUpvestClient` gives. */
export interface UpvestClient extends PathSurface {
  /** Calls an operation by its constant. */
  readonly call: CallFunction;
  /** What the token is asked for. */
  readonly scopes: readonly Scope[];
  /** Goes through the items, or the pages, of a list. */
  readonly paginate: PaginateFunction;
  /** Forgets token, client secret and signer: functions that give them are asked again, at the next call. */
  refreshCredentials(): void;
}

const connections = /* @__PURE__ */ new WeakMap<UpvestClient, Connection>();

/** What a client of ours is made of, for functions beside it. */
export const connectionOf = (client: UpvestClient): Connection | undefined => connections.get(client);

/**
 * A client of the API. Does nothing yet: the first call gets a token. All its methods may be passed on by themselves.
 *
 * @throws {UpvestConfigurationError} `INVALID_OPTION`, `BROWSER`
 */
export function createUpvestClient(options: ClientOptions): UpvestClient {
  const connection = connect(readOptions(options));
  const { scopes } = connection.options;
  const call = callFunction(connection);
  const client: UpvestClient = {
    ...pathSurface(connection),
    call,
    scopes,
    paginate: paginateFunction(call),
    refreshCredentials: connection.refresh,
  };
  connections.set(client, connection);
  return client;
}

// What a user may write, with nothing in the global scope but the language.
import {
  type Callable,
  type CallOptions,
  type CallResult,
  type ClientOptions,
  createUpvestClient,
  diagnose,
  type Hooks,
  idempotencyKeyFrom,
  redisTokenStore,
  type Signer,
  UpvestApiError,
  type UpvestClient,
  UpvestConfigurationError,
  UpvestConnectionError,
  UpvestError,
  UpvestTimeoutError,
} from "@upvest-sdk/client";
import * as operations from "@upvest-sdk/client/operations";
import {
  accountGroupClosure,
  createAccountGroup,
  listAccountOrders,
  listUsers,
  retrieveReport,
  retrieveUser,
} from "@upvest-sdk/client/operations";
import type { AccountGroup, Order, OrderListResponse, Scope, User, UserList } from "@upvest-sdk/types";

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const same = <A, B>(..._: Equal<A, B> extends true ? [] : ["these types differ"]): void => {};

// Options may be there and undefined, also where the two are told apart.
export function make(given: Partial<ClientOptions>, signer: Signer, scopes: Scope[]): UpvestClient {
  const hooks: Hooks = {
    onRequest: undefined,
    onResponse: ({ method, path, status, duration }) =>
      `${method} ${path} ${status} ${duration.toFixed()} ms`,
    onRetry: async ({ code, delay }) => `${code} ${delay}`,
  };
  createUpvestClient({
    environment: "live",
    clientId: "",
    clientSecret: () => "",
    scopes,
    signer: () => signer,
  });
  createUpvestClient({
    environment: "sandbox",
    clientId: "",
    clientSecret: async () => "",
    scopes: ["accounts:admin", "users:read"],
    signer: async () => signer,
    fetch: async (url, init) => ({ status: 200, headers: new Map() as never, body: [url, init], text, blob }),
  });
  return createUpvestClient({
    baseUrl: "https://api.example",
    environment: undefined,
    clientId: "",
    clientSecret: "",
    scopes,
    signer,
    fetch: given.fetch,
    retry: { maxRetries: undefined, baseDelay: undefined, maxDelay: undefined, budget: undefined },
    timeout: given.timeout,
    deadline: undefined,
    tokenStore: undefined,
    idempotency: undefined,
    hooks,
    dangerouslyAllowBrowser: undefined,
  });
}
const text = async (): Promise<string> => "";
const blob = async (): Promise<unknown> => undefined;

export async function calls(client: UpvestClient, signal: AbortSignalOfSomeRuntime): Promise<unknown> {
  const group = await client.call(createAccountGroup, { body: { user_id: "u", type: "PERSONAL" } });
  same<typeof group, AccountGroup>();
  const user: User = await client.call(retrieveUser, { path: { user_id: "u" } });
  const users = await client.call(listUsers);
  same<typeof users, UserList>();
  const few: UserList = await client.call(listUsers, {
    query: { limit: 1, order: "ASC" },
    signal,
    timeout: 1_000,
  });
  const closed = await client.call(accountGroupClosure, { path: { account_group_id: "g" } });
  same<typeof closed, undefined>();
  await client.call(createAccountGroup, {
    body: { user_id: "u", type: "PERSONAL" },
    idempotencyKey: await idempotencyKeyFrom(createAccountGroup, "order", 1),
    accept: undefined,
    as: undefined,
    signal: undefined,
    timeout: undefined,
    deadline: undefined,
  });

  const { data, status, headers, requestId, attempts, idempotencyKey } = await client.call.withResponse(
    createAccountGroup,
    { body: { user_id: "u", type: "PERSONAL" } },
  );
  same<typeof data, AccountGroup>();
  const all: CallResult<UserList> = await client.call.withResponse(listUsers);
  const log = [
    status.toFixed(),
    headers.get("date"),
    requestId,
    idempotencyKey,
    attempts.at(-1)?.duration,
    all,
  ];

  for await (const order of client.paginate(listAccountOrders, { path: { account_id: "a" } })) {
    same<typeof order, Order>();
    break;
  }
  for await (const page of client.paginate(listUsers).pages()) same<typeof page, UserList>();
  return [group, user, few, log, (await diagnose(client)).failed, client.refreshCredentials()];
}

interface AbortSignalOfSomeRuntime {
  readonly aborted: boolean;
  readonly reason: unknown;
  addEventListener(type: "abort", listener: (event: { readonly type: string }) => void): void;
  removeEventListener(type: "abort", listener: (event: { readonly type: string }) => void): void;
}

// A function of one's own over any operation.
export async function audited<I, O>(
  client: UpvestClient,
  operation: Callable<I, O>,
  input: I & CallOptions,
): Promise<O> {
  const { data, requestId } = await client.call.withResponse(operation, input);
  return requestId === undefined ? client.call(operation, input) : data;
}
export const auditedGroup = (client: UpvestClient): Promise<AccountGroup> =>
  audited(client, createAccountGroup, { body: { user_id: "u", type: "PERSONAL" } });

// By path.
export async function paths(client: UpvestClient): Promise<unknown> {
  const { data, error, response } = await client.GET("/accounts/{account_id}/orders", {
    params: { path: { account_id: "a" }, query: { limit: 1 } },
  });
  if (error) {
    same<typeof data, undefined>();
    return [error.outcome, error.code, response?.status];
  }
  same<typeof data, OrderListResponse>();
  const group = await client.POST("/account_groups", {
    params: { header: { "idempotency-key": "k" } },
    body: { user_id: "u", type: "PERSONAL" },
  });
  const gone = await client.DELETE("/webhooks/{webhook_id}", { params: { path: { webhook_id: "w" } } });
  const users: UserList | undefined = (await client.GET("/users")).data;
  const { GET } = client;
  return [
    response.status,
    group.data?.id,
    gone.data,
    users,
    GET("/users", { deadline: 1, signal: undefined }),
  ];
}

// Errors are told apart by their class and by their code.
export function what(error: unknown): string {
  if (error instanceof UpvestApiError) return `${error.status} ${error.problem?.title} ${error.retryable}`;
  if (error instanceof UpvestTimeoutError || error instanceof UpvestConnectionError) return error.outcome;
  if (error instanceof UpvestConfigurationError) return error.message;
  if (!(error instanceof UpvestError)) throw error;
  switch (error.code) {
    case "ABORTED":
    case "not_found":
      return error.attempts.map(({ status, outcome }) => `${status} ${outcome}`).join();
    default:
      return `${error.operationId} ${error.idempotencyKey} ${error.environment}`;
  }
}

// Whatever has the shape of a Redis client.
declare const oneRedis: { call(command: string, ...args: (string | number)[]): Promise<unknown> };
declare const otherRedis: { sendCommand(args: readonly string[]): Promise<string | number | null> };
export const stores = [redisTokenStore(oneRedis), redisTokenStore(otherRedis, { prefix: undefined })];

// Any operation at all.
export const everyId: string[] = Object.values(operations).map(({ id }) => id);

export const report = async (client: UpvestClient): Promise<unknown[]> => [
  await client.call(retrieveReport, { path: { report_id: "r" }, accept: "application/pdf", as: "blob" }),
  await client.call(retrieveReport, { path: { report_id: "r" }, as: "stream" }),
  (await client.GET("/reports/{report_id}", { params: { path: { report_id: "r" } }, parseAs: "blob" })).data,
];

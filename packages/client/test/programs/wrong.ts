// Each of these lines is wrong, at the place that the line below points to.
import { createUpvestClient, type Signer, type UpvestClient } from "@upvest-sdk/client";
import {
  createAccountGroup,
  listAccountOrders,
  listUsers,
  retrieveUser,
} from "@upvest-sdk/client/operations";

declare const client: UpvestClient;
declare const signer: Signer;
const body = { user_id: "u", type: "PERSONAL" } as const;
const options = { environment: "live", clientId: "", clientSecret: "", scopes: [], signer } as const;

// Options.
createUpvestClient({ ...options, scopes: ["account:read"] });
//                                        ^ TS2820
createUpvestClient({ ...options, scopes: ["users:read", "users:write"] });
//                                                      ^ TS2322|TS2820
createUpvestClient({ ...options, environment: "production" });
//                               ^ TS2322
createUpvestClient({ ...options, clientID: "" });
//                               ^ TS2561
createUpvestClient({ ...options, retry: { retries: 1 } });
//                                        ^ TS2353
createUpvestClient({ ...options, fetch: "fetch" });
//                               ^ TS2322
createUpvestClient({ ...options, hooks: { onAnswer() {} } });
//                                        ^ TS2353

// What an operation must be given.
client.call();
//     ^ TS2554
client.call(createAccountGroup);
//          ^ TS2345|TS2741
client.call.withResponse(createAccountGroup);
//                       ^ TS2345|TS2741
client.call(createAccountGroup, {});
//                              ^ TS2345
client.call(retrieveUser, { path: {} });
//                          ^ TS2741
client.paginate(listAccountOrders);
//              ^ TS2345|TS2741
client.paginate(listAccountOrders, { query: { limit: 1 } });
//                                 ^ TS2345

// What it does not take.
client.call(retrieveUser, { path: { user_id: "u", id: "u" } });
//                                                ^ TS2353
client.call(createAccountGroup, { body: { user_id: "u", type: "PERSONAL", usr: 1 } });
//                                                                        ^ TS2353
client.call(createAccountGroup, { body: { user_id: "u", typ: "PERSONAL" } });
//                                                      ^ TS2561
client.call(createAccountGroup, { body: { user_id: "u", type: "PERSONA" } });
//                                                      ^ TS2820
client.call(listUsers, { query: { limt: 1 } });
//                                ^ TS2561
client.call(listUsers, { query: { order: "UP" } });
//                                ^ TS2322
client.call(listUsers, { path: { user_id: "u" } });
//                       ^ TS2322
client.call(listUsers, { headers: { authorization: "" } });
//                       ^ TS2353
client.call(listUsers, { baseUrl: "https://elsewhere.example" });
//                       ^ TS2353
client.call(listUsers, { as: "text" });
//                       ^ TS2322
client.call({ ...listUsers, id: "list_all" });
//                          ^ TS2322
client.paginate(retrieveUser, { path: { user_id: "u" } });
//              ^ TS2345|TS2379|TS2741
client.paginate(listUsers, { idempotencyKey: "k" });
//                           ^ TS2353

// By path.
client.GET("/user");
//         ^ TS2345
client.PUT("/users", {});
//         ^ TS2345
client.GET("/users/{user_id}");
//     ^ TS2554
client.GET("/users/{user_id}", { params: { path: {} } });
//                                         ^ TS2741
client.GET("/users/{user_id}", { params: { path: { id: "u" } } });
//                                                 ^ TS2353
client.GET("/users", { params: { query: { limt: 1 } } });
//                                        ^ TS2561
client.GET("/users", { params: { query: { order: "UP" } } });
//                                        ^ TS2322
client.GET("/users", { params: { header: { authorization: "" } } });
//                               ^ TS2322
client.POST("/account_groups", { params: { header: { "upvest-client-id": "" } }, body });
//                                                   ^ TS2353
client.GET("/users", { headers: { authorization: "" } });
//                     ^ TS2353
client.GET("/users", { baseUrl: "https://elsewhere.example" });
//                     ^ TS2353
client.POST("/account_groups");
//     ^ TS2554
client.POST("/account_groups", { body: { user_id: "u", type: "PERSONAL", usr: 1 } });
//                                                                       ^ TS2353
client.GET("/users", { body });
//                     ^ TS2322

// What comes of it.
client.call(retrieveUser, { path: { user_id: "u" } }).then(({ name }) => name);
//                                                            ^ TS2339
client.GET("/users").then(({ data }) => data.meta);
//                                      ^ TS18048

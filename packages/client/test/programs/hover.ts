// What an editor shows of these names, and what a declaration file says of them.
import type { UpvestClient } from "@upvest-sdk/client";
import {
  accountGroupClosure,
  createAccountGroup,
  listAccountOrders,
  listUsers,
} from "@upvest-sdk/client/operations";

declare const client: UpvestClient;
const body = { user_id: "u", type: "PERSONAL" } as const;
const path = { account_group_id: "g" };

export const group = client.call(createAccountGroup, { body });
export const users = client.call(listUsers);
export const closed = client.call(accountGroupClosure, { path });
export const result = client.call.withResponse(createAccountGroup, { body });
export const pages = client.paginate(listUsers);
export const orders = client.paginate(listAccountOrders, { path: { account_id: "a" } });
export const byPath = client.GET("/account_groups/{account_group_id}", { params: { path } });
export const posted = client.POST("/account_groups", { body });
export const removed = client.DELETE("/webhooks/{webhook_id}", { params: { path: { webhook_id: "w" } } });

import type { Error as ApiError, Order } from "@upvest-sdk/types";
import type { paths } from "@upvest-sdk/types/openapi";
import createClient from "openapi-fetch";
import type { Equal, Expect } from "./expect.js";

const client = createClient<paths>({ baseUrl: "https://api.example" });

export async function trade(): Promise<string> {
  // No header to pass: not the version, not the signature's, not even a key.
  const placed = await client.POST("/orders", {
    body: { account_id: "a", side: "BUY", instrument_id: "US0378331005", instrument_id_type: "ISIN" },
  });
  if (placed.error) {
    const problem: ApiError = placed.error;
    return `${problem.status} ${placed.response.status}`;
  }
  const order: Order = placed.data;

  // A key may be passed.
  await client.POST("/orders", {
    params: { header: { "idempotency-key": "5f0c7a1e-8d4f-4a0b-9a53-0d8f7a2f1c11" } },
    body: { account_id: "a", side: "SELL", instrument_id: "US0378331005", instrument_id_type: "ISIN" },
  });

  const { data } = await client.GET("/orders/{order_id}", { params: { path: { order_id: order.id } } });
  type Read = Expect<Equal<typeof data, Order | undefined>>;
  const checked: Read = true;

  const users = await client.GET("/users", { params: { query: { limit: 1, order: "DESC" } } });
  const everyone = await client.GET("/users");
  const gone = await client.DELETE("/webhooks/{webhook_id}", { params: { path: { webhook_id: "w" } } });
  const token = await client.POST("/auth/token", {
    body: { client_id: "c", client_secret: "s", grant_type: "client_credentials", scope: "orders:read" },
    bodySerializer: (body) => new URLSearchParams({ ...body }).toString(),
    headers: { "content-type": "application/x-www-form-urlencoded" },
  });
  const pdf = await client.GET("/reports/{report_id}", {
    params: { path: { report_id: "r" }, header: { accept: "application/pdf" } },
    parseAs: "arrayBuffer",
  });
  return [
    checked,
    data?.executions.length,
    users.data?.meta.total_count,
    everyone.data?.data[0]?.status,
    gone.response.status,
    token.data?.expires_in,
    pdf.response.ok,
  ].join();
}

import type { paths } from "@upvest-sdk/types/openapi";
import createClient from "openapi-fetch";

const client = createClient<paths>({ baseUrl: "https://api.example" });

await client.GET("/accounts");
await client.GET("/account", {}); // error: TS2345
await client.PUT("/accounts", {}); // error: TS2345
await client.GET("/orders/{order_id}"); // error: TS2554
await client.GET("/orders/{order_id}", { params: { path: { orderId: "o" } } }); // error: TS2353|TS2561
await client.GET("/users", {
  params: {
    query: {
      limit: 10,
      offset: "0", // error: TS2322
      order: "UP", // error: TS2322
    },
  },
});
await client.POST("/orders", {
  body: {
    account_id: "a",
    side: "BUY",
    instrument_id: "US0378331005",
    instrument_id_type: "ISIN",
    order_typ: "MARKET", // error: TS2353|TS2561
  },
});

// What an operation does not take.
await client.GET("/orders/{order_id}", { params: { path: { order_id: "o" }, query: { limit: 1 } } }); // error: TS2322
await client.GET("/auth/verify_keys", { params: { query: { limit: 1 } } }); // error: TS2322|TS2353
await client.GET("/users", { params: { path: { user_id: "u" } } }); // error: TS2322
await client.GET("/users", { body: {} }); // error: TS2322
await client.GET("/orders/{order_id}", { params: { path: { order_id: "o" } }, body: {} }); // error: TS2322
await client.PATCH("/users", {}); // error: TS2345

const { data } = await client.GET("/orders/{order_id}", { params: { path: { order_id: "o" } } });
data?.executions;
data?.execution; // error: TS2551|TS2339
data.executions; // error: TS18048

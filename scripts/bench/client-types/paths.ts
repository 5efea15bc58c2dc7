// Twenty operations by path: what the type checker has to do for them is counted.
import type { Client } from "./client.js";

export async function all(client: Client, id: string): Promise<unknown[]> {
  const created = await client.POST("/users", {
    params: {},
    body: {
      first_name: "Ada",
      last_name: "Lovelace",
      birth_date: "1990-12-10",
      nationalities: ["DE"],
      address: { address_line1: "Street 1", postcode: "10115", city: "Berlin", country: "DE" },
    },
  });
  const user = await client.GET("/users/{user_id}", { params: { path: { user_id: id } } });
  const users = await client.GET("/users", { params: { query: { limit: 10, order: "DESC" } } });
  const group = await client.POST("/account_groups", { params: {}, body: { user_id: id, type: "PERSONAL" } });
  const sameGroup = await client.GET("/account_groups/{account_group_id}", {
    params: { path: { account_group_id: id } },
  });
  const account = await client.POST("/accounts", {
    params: {},
    body: { user_id: id, account_group_id: id, type: "TRADING" },
  });
  const sameAccount = await client.GET("/accounts/{account_id}", { params: { path: { account_id: id } } });
  const accounts = await client.GET("/accounts", { params: {} });
  const order = await client.POST("/orders", {
    params: {},
    body: { account_id: id, side: "BUY", instrument_id: "US0378331005", instrument_id_type: "ISIN" },
  });
  const sameOrder = await client.GET("/orders/{order_id}", { params: { path: { order_id: id } } });
  const cancelled = await client.DELETE("/orders/{order_id}", { params: { path: { order_id: id } } });
  const orders = await client.GET("/accounts/{account_id}/orders", {
    params: { path: { account_id: id }, query: { limit: 10 } },
  });
  const positions = await client.GET("/accounts/{account_id}/positions", {
    params: { path: { account_id: id } },
  });
  const balance = await client.GET("/account_groups/{account_group_id}/payments/cash_balance", {
    params: { path: { account_group_id: id } },
  });
  const debit = await client.POST("/payments/direct_debits", {
    params: {},
    body: { account_group_id: id, mandate_id: id, cash_amount: "1.00", currency: "EUR" },
  });
  const withdrawal = await client.POST("/payments/withdrawals", {
    params: {},
    body: { reference_account_id: id, account_group_id: id, amount: "1.00" },
  });
  const webhook = await client.POST("/webhooks", {
    params: {},
    body: { title: "All", url: "https://e.example", type: ["ALL"] },
  });
  const plan = await client.POST("/savings_plans", {
    params: {},
    body: {
      user_id: id,
      account_id: id,
      type: "INSTRUMENT",
      instrument_id: "US0378331005",
      instrument_id_type: "ISIN",
      cash_amount: "25.00",
      currency: "EUR",
      start_date: "2025-03-01",
      period: "MONTH",
      interval: 1,
    },
  });
  const fee = await client.POST("/fees/collections", {
    params: {},
    body: {
      account_id: id,
      type: "SERVICE_FEE",
      collection_amount: "1.00",
      currency: "EUR",
      period_start: "2025-01-01",
      period_end: "2025-01-31",
    },
  });
  const instrument = await client.GET("/instruments/{instrument_id}", {
    params: { path: { instrument_id: "US0378331005" } },
  });
  return [
    created.data?.id,
    user.data?.id,
    users.data?.data,
    group.data?.id,
    sameGroup.data?.id,
    account.data?.id,
    sameAccount.data?.id,
    accounts.data?.data,
    order.data?.id,
    sameOrder.data?.id,
    cancelled.data,
    orders.data?.data,
    positions.data?.data,
    balance.data,
    debit.data?.id,
    withdrawal.data?.id,
    webhook.data?.id,
    plan.data,
    fee.data?.id,
    instrument.data?.id,
  ];
}

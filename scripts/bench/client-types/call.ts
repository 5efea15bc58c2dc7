// Twenty operations by `call`: what the type checker has to do for them is counted.
import type { UpvestClient } from "@upvest-sdk/client";
import {
  cancelOrder,
  createAccount,
  createAccountGroup,
  createCashWithdrawal,
  createDirectDebit,
  createFeeCollection,
  createSavingsPlan,
  createUser,
  createWebhook,
  listAccountOrders,
  listAccounts,
  listPositions,
  listUsers,
  placeOrder,
  retrieveAccount,
  retrieveAccountGroup,
  retrieveCashBalance,
  retrieveInstrument,
  retrieveOrder,
  retrieveUser,
} from "@upvest-sdk/client/operations";

export async function all(client: UpvestClient, id: string): Promise<unknown[]> {
  const created = await client.call(createUser, {
    body: {
      first_name: "Ada",
      last_name: "Lovelace",
      birth_date: "1990-12-10",
      nationalities: ["DE"],
      address: { address_line1: "Street 1", postcode: "10115", city: "Berlin", country: "DE" },
    },
  });
  const user = await client.call(retrieveUser, { path: { user_id: id } });
  const users = await client.call(listUsers, { query: { limit: 10, order: "DESC" } });
  const group = await client.call(createAccountGroup, { body: { user_id: id, type: "PERSONAL" } });
  const sameGroup = await client.call(retrieveAccountGroup, { path: { account_group_id: id } });
  const account = await client.call(createAccount, {
    body: { user_id: id, account_group_id: id, type: "TRADING" },
  });
  const sameAccount = await client.call(retrieveAccount, { path: { account_id: id } });
  const accounts = await client.call(listAccounts);
  const order = await client.call(placeOrder, {
    body: { account_id: id, side: "BUY", instrument_id: "US0378331005", instrument_id_type: "ISIN" },
  });
  const sameOrder = await client.call(retrieveOrder, { path: { order_id: id } });
  const cancelled = await client.call(cancelOrder, { path: { order_id: id } });
  const orders = await client.call(listAccountOrders, { path: { account_id: id }, query: { limit: 10 } });
  const positions = await client.call(listPositions, { path: { account_id: id } });
  const balance = await client.call(retrieveCashBalance, { path: { account_group_id: id } });
  const debit = await client.call(createDirectDebit, {
    body: { account_group_id: id, mandate_id: id, cash_amount: "1.00", currency: "EUR" },
  });
  const withdrawal = await client.call(createCashWithdrawal, {
    body: { reference_account_id: id, account_group_id: id, amount: "1.00" },
  });
  const webhook = await client.call(createWebhook, {
    body: { title: "All", url: "https://e.example", type: ["ALL"] },
  });
  const plan = await client.call(createSavingsPlan, {
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
  const fee = await client.call(createFeeCollection, {
    body: {
      account_id: id,
      type: "SERVICE_FEE",
      collection_amount: "1.00",
      currency: "EUR",
      period_start: "2025-01-01",
      period_end: "2025-01-31",
    },
  });
  const instrument = await client.call(retrieveInstrument, { path: { instrument_id: "US0378331005" } });
  return [
    created.id,
    user.id,
    users.data,
    group.id,
    sameGroup.id,
    account.id,
    sameAccount.id,
    accounts.data,
    order.id,
    sameOrder.id,
    cancelled,
    orders.data,
    positions.data,
    balance,
    debit.id,
    withdrawal.id,
    webhook.id,
    plan,
    fee.id,
    instrument.id,
  ];
}

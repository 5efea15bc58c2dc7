// Twenty operations: what goes in and what comes out by the constants alone.
import type { InputOf, OutputOf } from "@upvest-sdk/types";
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
} from "@upvest-sdk/types/operations";

declare function send(
  operation: { method: string; path: string },
  path?: object,
  query?: object,
  body?: object,
): Promise<unknown>;

export async function createUserNow(input: InputOf<typeof createUser>): Promise<OutputOf<typeof createUser>> {
  return (await send(createUser, input.path, input.query, input.body)) as OutputOf<typeof createUser>;
}

export async function retrieveUserNow(
  input: InputOf<typeof retrieveUser>,
): Promise<OutputOf<typeof retrieveUser>> {
  return (await send(retrieveUser, input.path, input.query, input.body)) as OutputOf<typeof retrieveUser>;
}

export async function listUsersNow(input: InputOf<typeof listUsers>): Promise<OutputOf<typeof listUsers>> {
  return (await send(listUsers, input.path, input.query, input.body)) as OutputOf<typeof listUsers>;
}

export async function createAccountGroupNow(
  input: InputOf<typeof createAccountGroup>,
): Promise<OutputOf<typeof createAccountGroup>> {
  return (await send(createAccountGroup, input.path, input.query, input.body)) as OutputOf<
    typeof createAccountGroup
  >;
}

export async function retrieveAccountGroupNow(
  input: InputOf<typeof retrieveAccountGroup>,
): Promise<OutputOf<typeof retrieveAccountGroup>> {
  return (await send(retrieveAccountGroup, input.path, input.query, input.body)) as OutputOf<
    typeof retrieveAccountGroup
  >;
}

export async function createAccountNow(
  input: InputOf<typeof createAccount>,
): Promise<OutputOf<typeof createAccount>> {
  return (await send(createAccount, input.path, input.query, input.body)) as OutputOf<typeof createAccount>;
}

export async function retrieveAccountNow(
  input: InputOf<typeof retrieveAccount>,
): Promise<OutputOf<typeof retrieveAccount>> {
  return (await send(retrieveAccount, input.path, input.query, input.body)) as OutputOf<
    typeof retrieveAccount
  >;
}

export async function listAccountsNow(
  input: InputOf<typeof listAccounts>,
): Promise<OutputOf<typeof listAccounts>> {
  return (await send(listAccounts, input.path, input.query, input.body)) as OutputOf<typeof listAccounts>;
}

export async function placeOrderNow(input: InputOf<typeof placeOrder>): Promise<OutputOf<typeof placeOrder>> {
  return (await send(placeOrder, input.path, input.query, input.body)) as OutputOf<typeof placeOrder>;
}

export async function retrieveOrderNow(
  input: InputOf<typeof retrieveOrder>,
): Promise<OutputOf<typeof retrieveOrder>> {
  return (await send(retrieveOrder, input.path, input.query, input.body)) as OutputOf<typeof retrieveOrder>;
}

export async function cancelOrderNow(
  input: InputOf<typeof cancelOrder>,
): Promise<OutputOf<typeof cancelOrder>> {
  return (await send(cancelOrder, input.path, input.query, input.body)) as OutputOf<typeof cancelOrder>;
}

export async function listAccountOrdersNow(
  input: InputOf<typeof listAccountOrders>,
): Promise<OutputOf<typeof listAccountOrders>> {
  return (await send(listAccountOrders, input.path, input.query, input.body)) as OutputOf<
    typeof listAccountOrders
  >;
}

export async function listPositionsNow(
  input: InputOf<typeof listPositions>,
): Promise<OutputOf<typeof listPositions>> {
  return (await send(listPositions, input.path, input.query, input.body)) as OutputOf<typeof listPositions>;
}

export async function retrieveCashBalanceNow(
  input: InputOf<typeof retrieveCashBalance>,
): Promise<OutputOf<typeof retrieveCashBalance>> {
  return (await send(retrieveCashBalance, input.path, input.query, input.body)) as OutputOf<
    typeof retrieveCashBalance
  >;
}

export async function createDirectDebitNow(
  input: InputOf<typeof createDirectDebit>,
): Promise<OutputOf<typeof createDirectDebit>> {
  return (await send(createDirectDebit, input.path, input.query, input.body)) as OutputOf<
    typeof createDirectDebit
  >;
}

export async function createCashWithdrawalNow(
  input: InputOf<typeof createCashWithdrawal>,
): Promise<OutputOf<typeof createCashWithdrawal>> {
  return (await send(createCashWithdrawal, input.path, input.query, input.body)) as OutputOf<
    typeof createCashWithdrawal
  >;
}

export async function createWebhookNow(
  input: InputOf<typeof createWebhook>,
): Promise<OutputOf<typeof createWebhook>> {
  return (await send(createWebhook, input.path, input.query, input.body)) as OutputOf<typeof createWebhook>;
}

export async function createSavingsPlanNow(
  input: InputOf<typeof createSavingsPlan>,
): Promise<OutputOf<typeof createSavingsPlan>> {
  return (await send(createSavingsPlan, input.path, input.query, input.body)) as OutputOf<
    typeof createSavingsPlan
  >;
}

export async function createFeeCollectionNow(
  input: InputOf<typeof createFeeCollection>,
): Promise<OutputOf<typeof createFeeCollection>> {
  return (await send(createFeeCollection, input.path, input.query, input.body)) as OutputOf<
    typeof createFeeCollection
  >;
}

export async function retrieveInstrumentNow(
  input: InputOf<typeof retrieveInstrument>,
): Promise<OutputOf<typeof retrieveInstrument>> {
  return (await send(retrieveInstrument, input.path, input.query, input.body)) as OutputOf<
    typeof retrieveInstrument
  >;
}

// Twenty operations through one function that takes any of them.
import type { InputOf, Operation, OutputOf } from "@upvest-sdk/types";
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

declare function call<O extends Operation>(operation: O, input: InputOf<O>): Promise<OutputOf<O>>;

export const createUserNow = (input: InputOf<typeof createUser>): Promise<OutputOf<typeof createUser>> =>
  call(createUser, input);
export const retrieveUserNow = (
  input: InputOf<typeof retrieveUser>,
): Promise<OutputOf<typeof retrieveUser>> => call(retrieveUser, input);
export const listUsersNow = (input: InputOf<typeof listUsers>): Promise<OutputOf<typeof listUsers>> =>
  call(listUsers, input);
export const createAccountGroupNow = (
  input: InputOf<typeof createAccountGroup>,
): Promise<OutputOf<typeof createAccountGroup>> => call(createAccountGroup, input);
export const retrieveAccountGroupNow = (
  input: InputOf<typeof retrieveAccountGroup>,
): Promise<OutputOf<typeof retrieveAccountGroup>> => call(retrieveAccountGroup, input);
export const createAccountNow = (
  input: InputOf<typeof createAccount>,
): Promise<OutputOf<typeof createAccount>> => call(createAccount, input);
export const retrieveAccountNow = (
  input: InputOf<typeof retrieveAccount>,
): Promise<OutputOf<typeof retrieveAccount>> => call(retrieveAccount, input);
export const listAccountsNow = (
  input: InputOf<typeof listAccounts>,
): Promise<OutputOf<typeof listAccounts>> => call(listAccounts, input);
export const placeOrderNow = (input: InputOf<typeof placeOrder>): Promise<OutputOf<typeof placeOrder>> =>
  call(placeOrder, input);
export const retrieveOrderNow = (
  input: InputOf<typeof retrieveOrder>,
): Promise<OutputOf<typeof retrieveOrder>> => call(retrieveOrder, input);
export const cancelOrderNow = (input: InputOf<typeof cancelOrder>): Promise<OutputOf<typeof cancelOrder>> =>
  call(cancelOrder, input);
export const listAccountOrdersNow = (
  input: InputOf<typeof listAccountOrders>,
): Promise<OutputOf<typeof listAccountOrders>> => call(listAccountOrders, input);
export const listPositionsNow = (
  input: InputOf<typeof listPositions>,
): Promise<OutputOf<typeof listPositions>> => call(listPositions, input);
export const retrieveCashBalanceNow = (
  input: InputOf<typeof retrieveCashBalance>,
): Promise<OutputOf<typeof retrieveCashBalance>> => call(retrieveCashBalance, input);
export const createDirectDebitNow = (
  input: InputOf<typeof createDirectDebit>,
): Promise<OutputOf<typeof createDirectDebit>> => call(createDirectDebit, input);
export const createCashWithdrawalNow = (
  input: InputOf<typeof createCashWithdrawal>,
): Promise<OutputOf<typeof createCashWithdrawal>> => call(createCashWithdrawal, input);
export const createWebhookNow = (
  input: InputOf<typeof createWebhook>,
): Promise<OutputOf<typeof createWebhook>> => call(createWebhook, input);
export const createSavingsPlanNow = (
  input: InputOf<typeof createSavingsPlan>,
): Promise<OutputOf<typeof createSavingsPlan>> => call(createSavingsPlan, input);
export const createFeeCollectionNow = (
  input: InputOf<typeof createFeeCollection>,
): Promise<OutputOf<typeof createFeeCollection>> => call(createFeeCollection, input);
export const retrieveInstrumentNow = (
  input: InputOf<typeof retrieveInstrument>,
): Promise<OutputOf<typeof retrieveInstrument>> => call(retrieveInstrument, input);

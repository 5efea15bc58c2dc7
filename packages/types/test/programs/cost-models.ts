// Twenty operations: their constants, and the models that go in and come out by name.
import type {
  Account,
  AccountCreateRequest,
  AccountGroup,
  AccountGroupCreateRequest,
  AccountList,
  CashBalance,
  DirectDebit,
  DirectDebitCreateRequest,
  FeeCollection,
  FeeCollectionCreateRequest,
  Instrument,
  ListAccountOrdersQuery,
  ListAccountsQuery,
  ListPositionsQuery,
  ListUsersQuery,
  Order,
  OrderCancelResponse,
  OrderCreateRequest,
  OrderListResponse,
  PositionListResponse,
  SavingsPlan,
  SavingsPlanCreateRequest,
  User,
  UserCreateRequest,
  UserList,
  WebhookSubscription,
  WebhookSubscriptionCreateRequest,
  Withdrawal,
  WithdrawalCreateRequest,
} from "@upvest-sdk/types";
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
  path: object,
  query?: object,
  body?: object,
): Promise<unknown>;

export async function createUserNow(body: UserCreateRequest): Promise<User> {
  return (await send(createUser, {}, {}, body)) as User;
}

export async function retrieveUserNow(userId: string): Promise<User> {
  return (await send(retrieveUser, { user_id: userId })) as User;
}

export async function listUsersNow(query: ListUsersQuery): Promise<UserList> {
  return (await send(listUsers, {}, query)) as UserList;
}

export async function createAccountGroupNow(body: AccountGroupCreateRequest): Promise<AccountGroup> {
  return (await send(createAccountGroup, {}, {}, body)) as AccountGroup;
}

export async function retrieveAccountGroupNow(accountGroupId: string): Promise<AccountGroup> {
  return (await send(retrieveAccountGroup, { account_group_id: accountGroupId })) as AccountGroup;
}

export async function createAccountNow(body: AccountCreateRequest): Promise<Account> {
  return (await send(createAccount, {}, {}, body)) as Account;
}

export async function retrieveAccountNow(accountId: string): Promise<Account> {
  return (await send(retrieveAccount, { account_id: accountId })) as Account;
}

export async function listAccountsNow(query: ListAccountsQuery): Promise<AccountList> {
  return (await send(listAccounts, {}, query)) as AccountList;
}

export async function placeOrderNow(body: OrderCreateRequest): Promise<Order> {
  return (await send(placeOrder, {}, {}, body)) as Order;
}

export async function retrieveOrderNow(orderId: string): Promise<Order> {
  return (await send(retrieveOrder, { order_id: orderId })) as Order;
}

export async function cancelOrderNow(orderId: string): Promise<OrderCancelResponse> {
  return (await send(cancelOrder, { order_id: orderId })) as OrderCancelResponse;
}

export async function listAccountOrdersNow(
  accountId: string,
  query: ListAccountOrdersQuery,
): Promise<OrderListResponse> {
  return (await send(listAccountOrders, { account_id: accountId }, query)) as OrderListResponse;
}

export async function listPositionsNow(
  accountId: string,
  query: ListPositionsQuery,
): Promise<PositionListResponse> {
  return (await send(listPositions, { account_id: accountId }, query)) as PositionListResponse;
}

export async function retrieveCashBalanceNow(accountGroupId: string): Promise<CashBalance> {
  return (await send(retrieveCashBalance, { account_group_id: accountGroupId })) as CashBalance;
}

export async function createDirectDebitNow(body: DirectDebitCreateRequest): Promise<DirectDebit> {
  return (await send(createDirectDebit, {}, {}, body)) as DirectDebit;
}

export async function createCashWithdrawalNow(body: WithdrawalCreateRequest): Promise<Withdrawal> {
  return (await send(createCashWithdrawal, {}, {}, body)) as Withdrawal;
}

export async function createWebhookNow(body: WebhookSubscriptionCreateRequest): Promise<WebhookSubscription> {
  return (await send(createWebhook, {}, {}, body)) as WebhookSubscription;
}

export async function createSavingsPlanNow(body: SavingsPlanCreateRequest): Promise<SavingsPlan> {
  return (await send(createSavingsPlan, {}, {}, body)) as SavingsPlan;
}

export async function createFeeCollectionNow(body: FeeCollectionCreateRequest): Promise<FeeCollection> {
  return (await send(createFeeCollection, {}, {}, body)) as FeeCollection;
}

export async function retrieveInstrumentNow(): Promise<Instrument> {
  return (await send(retrieveInstrument, {})) as Instrument;
}

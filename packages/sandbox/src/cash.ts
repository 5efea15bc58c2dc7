import type {
  CashBalance,
  CashTransaction,
  CashTransactionReference,
  CashTransactionType,
  Currency,
  InstrumentReference,
  TransactionFee,
  VirtualCashDecrease,
} from "@upvest-sdk/types";
import { type BigNumber, decimal, minus, money, plus } from "./amounts.js";
import type { Cash } from "./tables.js";
import { step, type World } from "./world.js";

/** The key of a row of `tables.cash`. */
export const cashId = (account_group_id: string, currency: Currency): string =>
  `${account_group_id}/${currency}`;

/** The money of an account group in a currency; nothing, if there was none yet. */
export function cashOf(world: World, account_group_id: string, currency: Currency): Cash {
  const id = cashId(account_group_id, currency);
  return (
    world.tables.cash.get(id) ??
    world.tables.cash.set(id, { account_group_id, currency, balance: "0", locked: "0", pending: "0" })
  );
}

/** The balance as the API answers it. */
export function cashBalance({ account_group_id, currency, balance, locked, pending }: Cash): CashBalance {
  const forTrading = decimal(balance).minus(locked);
  return {
    account_group_id,
    currency,
    balance: money(decimal(balance)),
    locked_for_trading: money(decimal(locked)),
    pending_settlement: money(decimal(pending)),
    available_for_trading: money(forTrading),
    available_for_withdrawal: money(forTrading.minus(pending)),
  };
}

/** Cash of a group, without making a row of it. */
export const readCash = ({ tables }: World, account_group_id: string, currency: Currency): CashBalance =>
  cashBalance(
    tables.cash.get(cashId(account_group_id, currency)) ?? {
      account_group_id,
      currency,
      balance: "0",
      locked: "0",
      pending: "0",
    },
  );

/** What can be traded with. */
export const tradableCash = ({ balance, locked }: Cash): BigNumber => decimal(balance).minus(locked);
/** What can be withdrawn; negative, while proceeds that are not settled were traded with. */
export const withdrawableCash = (cash: Cash): BigNumber => tradableCash(cash).minus(cash.pending);

/**
 * Virtual cash decreases that wait for money, oldest first. As long as there is one, orders and withdrawals of the
 * same cash are held back.
 */
export const queuedDecreases = (
  { tables }: World,
  { account_group_id, currency }: Cash,
): VirtualCashDecrease[] =>
  tables.cashDecreases.list(
    (row) =>
      row.status === "QUEUED" && row.account_group_id === account_group_id && row.currency === currency,
  );

/** There is more to withdraw than before: what waits for it is looked at again. */
function moreToWithdraw(world: World, cash: Cash): void {
  if (queuedDecreases(world, cash).length > 0)
    world.later(step, "virtual-cash.drain", cashId(cash.account_group_id, cash.currency));
}

/** Sets money aside, or frees it (a negative amount). CASH_BALANCE.UPDATED. */
export function lockCash(world: World, cash: Cash, amount: string | BigNumber): void {
  if (decimal(amount).isZero()) return;
  cash.locked = plus(cash.locked, amount);
  world.emit("CASH_BALANCE.UPDATED", cashBalance(cash));
  if (decimal(amount).isNegative()) moreToWithdraw(world, cash);
}

/** Proceeds have settled: they can be withdrawn. CASH_BALANCE.UPDATED. */
export function settleCash(world: World, cash: Cash, amount: string | BigNumber): void {
  if (decimal(amount).isZero()) return;
  cash.pending = minus(cash.pending, amount);
  world.emit("CASH_BALANCE.UPDATED", cashBalance(cash));
  moreToWithdraw(world, cash);
}

export interface Booking {
  type: CashTransactionType;
  /** Signed: what the balance changes by, taxes and fees included. Decimal text, two decimals. */
  amount: string;
  references: CashTransactionReference[];
  account_id?: string | undefined;
  instrument?: InstrumentReference | undefined;
  /** Part of `amount` that was taxes and fees: not negative, decimal text. Left out where there can be none. */
  tax?: string | undefined;
  fee?: string | undefined;
  charge_method?: TransactionFee["charge_method"] | undefined;
  /** Freed at the same time, decimal text. */
  unlock?: string | undefined;
  /** The money can be traded with, but not withdrawn before `settleCash`. With a negative amount: such money goes. */
  pending?: boolean | undefined;
}

/** Books money in or out. CASH_BALANCE.UPDATED and CASH_TRANSACTION.EXECUTED. */
export function bookCash(world: World, cash: Cash, booking: Booking): CashTransaction {
  const {
    type,
    amount,
    references,
    account_id,
    instrument,
    tax,
    fee,
    unlock = "0",
    charge_method = "COLLECTED_BY_UPVEST",
  } = booking;
  const { account_group_id, currency } = cash;
  cash.balance = plus(cash.balance, amount);
  cash.locked = minus(cash.locked, unlock);
  if (booking.pending) cash.pending = plus(cash.pending, amount);
  const now = world.time();
  const transaction: CashTransaction = {
    id: world.ids.uuid(),
    created_at: now,
    updated_at: now,
    type,
    account_group_id,
    ...(account_id !== undefined && { account_id }),
    ...(instrument && { instrument }),
    delta: { amount: money(decimal(amount)), currency },
    taxes: tax === undefined ? [] : [{ amount: money(decimal(tax)), currency, type: "TOTAL" }],
    ...(fee !== undefined && {
      fees: decimal(fee).isZero()
        ? []
        : [{ amount: money(decimal(fee)), currency, type: "TOTAL", charge_method }],
    }),
    references,
    booking_date: now,
    value_date: now,
  };
  world.tables.cashTransactions.set(transaction.id, transaction);
  world.emit("CASH_BALANCE.UPDATED", cashBalance(cash));
  world.emit("CASH_TRANSACTION.EXECUTED", transaction);
  if (decimal(amount).plus(unlock).gt(0)) moreToWithdraw(world, cash);
  return transaction;
}

import type {
  InstrumentReference,
  Position,
  SecurityTransaction,
  SecurityTransactionReference,
  SecurityTransactionType,
} from "@upvest-sdk/types";
import { type BigNumber, decimal, minus, plus, units } from "./amounts.js";
import type { Holding } from "./tables.js";
import type { World } from "./world.js";

/** The units of an instrument on an account; none, if there were none yet. */
export function holdingOf(world: World, account_id: string, isin: string): Holding {
  const id = `${account_id}/${isin}`;
  return (
    world.tables.holdings.get(id) ??
    world.tables.holdings.set(id, { account_id, isin, quantity: "0", locked: "0", pending: "0" })
  );
}

export const tradableUnits = ({ quantity, locked }: Holding): BigNumber => decimal(quantity).minus(locked);

/** The position as the API answers it. */
export function position(holding: Holding, instrument: InstrumentReference): Position {
  const { account_id, quantity, locked, pending } = holding;
  return {
    account_id,
    instrument,
    quantity: units(decimal(quantity)),
    locked_for_trading: units(decimal(locked)),
    pending_settlement: units(decimal(pending)),
    available_for_trading: units(tradableUnits(holding)),
    settled_quantity: units(decimal(quantity).minus(pending)),
  };
}

/** Sets units aside, or frees them (a negative number). POSITION.UPDATED. */
export function lockUnits(
  world: World,
  holding: Holding,
  instrument: InstrumentReference,
  quantity: string | BigNumber,
): void {
  if (decimal(quantity).isZero()) return;
  holding.locked = plus(holding.locked, quantity);
  world.emit("POSITION.UPDATED", position(holding, instrument));
}

/** A buy has settled. POSITION.UPDATED. */
export function settleUnits(
  world: World,
  holding: Holding,
  instrument: InstrumentReference,
  quantity: string | BigNumber,
): void {
  if (decimal(quantity).isZero()) return;
  holding.pending = minus(holding.pending, quantity);
  world.emit("POSITION.UPDATED", position(holding, instrument));
}

export interface UnitsBooking {
  type: SecurityTransactionType;
  /** Signed decimal text. */
  quantity: string;
  account_group_id: string;
  references: SecurityTransactionReference[];
  instrument: InstrumentReference;
  /** Freed at the same time, decimal text. */
  unlock?: string | undefined;
  /** A buy that `settleUnits` settles. */
  pending?: boolean | undefined;
}

/** Books units in or out. POSITION.UPDATED and SECURITY_TRANSACTION.EXECUTED. */
export function bookUnits(world: World, holding: Holding, booking: UnitsBooking): SecurityTransaction {
  const { type, quantity, account_group_id, references, instrument, unlock = "0" } = booking;
  holding.quantity = plus(holding.quantity, quantity);
  holding.locked = minus(holding.locked, unlock);
  if (booking.pending) holding.pending = plus(holding.pending, quantity);
  const now = world.time();
  const transaction: SecurityTransaction = {
    id: world.ids.uuid(),
    created_at: now,
    updated_at: now,
    type,
    account_group_id,
    account_id: holding.account_id,
    instrument,
    delta: { amount: units(decimal(quantity)) },
    references,
    booking_date: now,
    value_date: now,
  };
  world.tables.securityTransactions.set(transaction.id, transaction);
  world.emit("POSITION.UPDATED", position(holding, instrument));
  world.emit("SECURITY_TRANSACTION.EXECUTED", transaction);
  return transaction;
}

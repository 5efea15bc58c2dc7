import type { Currency } from "@upvest-sdk/types";
import fc from "fast-check";
import { expect, test } from "vitest";
import { bouncingCents } from "../src/mock-values.js";
import { createBank, transfer } from "./support/bank.js";

const money = fc
  .tuple(fc.integer({ min: 0, max: 60 }), fc.constantFrom("", ".00", ".01", ".50", ".99", bouncingCents))
  .map(([whole, cents]) => `${whole}${cents}`)
  .filter((amount) => !/^0(\.00)?$/.test(amount));
const currency = fc.constantFrom<Currency>("EUR", "EUR", "EUR", "GBP");
const pay = (kind: "debit" | "withdraw" | "topUp" | "transfer" | "increase" | "decrease") =>
  fc.record({ kind: fc.constant(kind), amount: money, currency });
const pick = (kind: "settleTopUp" | "cancelTopUp" | "cancelWithdrawal" | "cancelDecrease") =>
  fc.record({ kind: fc.constant(kind), at: fc.nat() });
const operations = fc.array(
  fc.oneof(
    ...[pay("debit"), pay("withdraw"), pay("topUp"), pay("transfer"), pay("increase"), pay("decrease")],
    ...[pick("settleTopUp"), pick("cancelTopUp"), pick("cancelWithdrawal"), pick("cancelDecrease")],
    fc.record({ kind: fc.constant("wait" as const), ms: fc.integer({ min: 0, max: 120 }) }),
  ),
  { maxLength: 40 },
);

/** Decimal text as cents: a way to count that has nothing to do with that of the sandbox. */
const cents = (amount: string): bigint => {
  const [whole, rest = "00"] = amount.split(".");
  return BigInt(`${whole}${rest}`);
};
const sum = (amounts: string[]): bigint => amounts.reduce((all, amount) => all + cents(amount), 0n);

function checks(bank: ReturnType<typeof createBank>) {
  const { world, path, call, events } = bank;
  const { tables } = world;
  // What the events say of the balances.
  const told = new Map<unknown, object>();
  return () => {
    for (const { type, object } of events())
      if (type === "CASH_BALANCE.UPDATED") told.set(object["currency"], object);

    const booked = tables.cashTransactions.list();
    for (const currency of ["EUR", "GBP"] as const) {
      const of = <Row extends { currency?: unknown }>(rows: Row[]) =>
        rows.filter((row) => row.currency === currency);
      const balance = call("retrieveCashBalanceWithCurrency", { path: { ...path, currency } });
      const deltas = booked.filter(({ delta }) => delta.currency === currency);
      const open = of(tables.withdrawals.list(({ status }) => status === "NEW" || status === "PROCESSING"));
      const awaited = of(tables.topUps.list(({ status }) => status === "CONFIRMED"));
      const locked = sum(open.map(({ amount }) => amount));
      const pending = sum(awaited.map(({ cash_amount }) => cash_amount));
      const all = sum(deltas.map(({ delta }) => delta.amount));
      expect(cents(balance.balance)).toBe(all);
      expect(cents(balance.locked_for_trading)).toBe(locked);
      expect(cents(balance.pending_settlement)).toBe(pending);
      expect(cents(balance.available_for_trading)).toBe(all - locked);
      expect(cents(balance.available_for_withdrawal)).toBe(all - locked - pending);
      // Nothing but what a bank took back takes more than there is.
      const back = deltas.filter(({ type }) => type === "SEPA_DIRECT_DEBIT_CHARGE_BACK");
      expect(all - locked - pending >= sum(back.map(({ delta }) => delta.amount))).toBe(true);
      if (told.has(currency)) expect(told.get(currency)).toEqual(balance);
      else expect(deltas).toEqual([]);
    }

    const bookings = new Map<string, bigint[]>();
    for (const { references, delta } of booked) {
      const { id } = references[0]!;
      bookings.set(id, [...(bookings.get(id) ?? []), cents(delta.amount)]);
    }
    const made = (id: string) => bookings.get(id) ?? [];
    for (const { id, status, cash_amount } of tables.directDebits.list()) {
      const amount = cents(cash_amount);
      if (status === "CANCELLED") expect(made(id)).toEqual([amount, -amount]);
      else expect(made(id)).toEqual(status === "CONFIRMED" ? [amount] : []);
    }
    for (const { id, status, cash_amount } of tables.topUps.list()) {
      const amount = cents(cash_amount);
      expect(made(id)).toEqual(status === "CANCELLED" ? [amount, -amount] : [amount]);
    }
    for (const { id, status, amount } of tables.withdrawals.list()) {
      const out = -cents(amount);
      // Stopped before it was paid, or refused by the bank after that.
      if (status === "CANCELLED") expect([[], [out, -out]]).toContainEqual(made(id));
      else expect(made(id)).toEqual(status === "CONFIRMED" ? [out] : []);
    }
    for (const { id, status, amount } of tables.cashIncreases.list())
      expect(made(id)).toEqual(status === "CONFIRMED" ? [cents(amount)] : []);
    for (const { id, status, amount } of tables.cashDecreases.list())
      expect(made(id)).toEqual(status === "CONFIRMED" ? [-cents(amount)] : []);
  };
}

test("whatever is paid and whenever: balances are the sum of what was booked and set aside", async () => {
  await fc.assert(
    fc.asyncProperty(operations, async (list) => {
      const bank = createBank();
      const { world, path, mandate, reference, call, refused } = bank;
      const { tables } = world;
      const check = checks(bank);
      const one = <Row>(rows: Row[], at: number) => rows[at % rows.length];

      for (const operation of list) {
        if (operation.kind === "wait") await world.clock.advance(operation.ms);
        else if ("amount" in operation) {
          const { kind, amount, currency } = operation;
          const cash = { ...path, cash_amount: amount, currency };
          const virtual = { ...path, amount, currency };
          if (kind === "debit") call("createDirectDebit", { body: { ...cash, mandate_id: mandate.id } });
          if (kind === "topUp") call("createTopup", { body: cash });
          if (kind === "transfer")
            call("createBankTransaction", { body: { ...transfer(amount, "CF960253053"), currency } });
          if (kind === "increase") call("createVirtualCashIncrease", { body: virtual });
          if (kind === "decrease") call("createVirtualCashDecrease", { body: virtual });
          if (kind === "withdraw") {
            const body = { ...virtual, reference_account_id: reference.id };
            const { available_for_withdrawal } = call("retrieveCashBalanceWithCurrency", {
              path: { ...path, currency },
            });
            if (cents(amount) <= cents(available_for_withdrawal)) call("createCashWithdrawal", { body });
            else expect(refused("createCashWithdrawal", { body })[0]).toBe(400);
          }
        } else if (operation.kind === "cancelWithdrawal") {
          const row = one(tables.withdrawals.list(), operation.at);
          const input = { path: { withdrawal_id: row?.id ?? "" } };
          if (row?.status === "NEW") call("cancelCashWithdrawal", input);
          else if (row) expect(refused("cancelCashWithdrawal", input)[0]).toBe(422);
        } else if (operation.kind === "cancelDecrease") {
          const row = one(tables.cashDecreases.list(), operation.at);
          const input = { path: { virtual_cash_decrease_id: row?.id ?? "" } };
          if (row?.status === "ISSUED" || row?.status === "QUEUED") call("cancelVirtualCashDecrease", input);
          else if (row) expect(refused("cancelVirtualCashDecrease", input)[0]).toBe(422);
        } else {
          const row = one(tables.topUps.list(), operation.at);
          if (!row) continue;
          const input = { path: { topup_id: row.id } };
          const body = {
            ...transfer(row.cash_amount, `topup ${row.settlement_reference}`),
            currency: row.currency,
          };
          if (operation.kind === "cancelTopUp") {
            if (row.status === "CONFIRMED") call("cancelTopup", input);
            else expect(refused("cancelTopup", input)[0]).toBe(422);
          } else if (row.status === "CONFIRMED") call("createBankTransaction", { body });
          else expect(refused("createBankTransaction", { body })[0]).toBe(400);
        }
        check();
      }

      // All comes to an end, but for what waits for cash.
      await world.clock.advance(60_000);
      check();
      expect(world.clock.tasks).toEqual([]);
      const states = (rows: { status?: string; currency?: unknown }[]) => rows.map(({ status }) => status);
      expect(states(tables.directDebits.list())).not.toContain("PROCESSING");
      expect(states(tables.directDebits.list())).not.toContain("NEW");
      expect(states(tables.withdrawals.list())).not.toContain("PROCESSING");
      for (const currency of ["EUR", "GBP"] as const) {
        const [first] = tables.cashDecreases.list(
          (row) => row.status === "QUEUED" && row.currency === currency,
        );
        const held = tables.withdrawals.list((row) => row.status === "NEW" && row.currency === currency);
        if (!first) expect(held).toEqual([]);
        else {
          const balance = call("retrieveCashBalanceWithCurrency", { path: { ...path, currency } });
          expect(cents(first.amount) > cents(balance.available_for_withdrawal)).toBe(true);
        }
      }
    }),
    { numRuns: 150 },
  );
});

import type { AccountGroup, User } from "@upvest-sdk/types";
import { bankAccounts } from "../../src/resources/bank-accounts.js";
import { bankTransfers } from "../../src/resources/bank-transfers.js";
import { cashBalances } from "../../src/resources/cash-balances.js";
import { directDebits } from "../../src/resources/direct-debits.js";
import { topUps } from "../../src/resources/top-ups.js";
import { transactions } from "../../src/resources/transactions.js";
import { virtualCash } from "../../src/resources/virtual-cash.js";
import { withdrawals } from "../../src/resources/withdrawals.js";
import { describedWorld } from "./described.js";

/** All of payments. */
export const payments = [bankAccounts, directDebits, topUps, withdrawals, bankTransfers, cashBalances];

export const confirmed_at = "2026-01-02T10:00:00Z";
export const iban = "DE89370400440532013000";

/** A user with an account group, who has a reference account and a mandate. */
export function createBank() {
  const { world, call, refused, news, steps } = describedWorld([...payments, virtualCash, transactions]);

  function addUser(status: User["status"] = "ACTIVE"): User {
    const id = world.ids.uuid();
    return world.tables.users.set(id, {
      id,
      created_at: world.time(),
      updated_at: world.time(),
      first_name: "Lena",
      last_name: "Vogt",
      birth_date: "1990-05-14",
      nationalities: ["DE"],
      address: { address_line1: "Lindenstrasse 12", postcode: "10969", city: "Berlin", country: "DE" },
      status,
    });
  }

  function addGroup(user: User, securities_account_number: string): AccountGroup {
    const id = world.ids.uuid();
    return world.tables.accountGroups.set(id, {
      id,
      created_at: world.time(),
      updated_at: world.time(),
      users: [{ id: user.id, type: "OWNER" }],
      status: "ACTIVE",
      type: "PERSONAL",
      securities_account_number,
    });
  }

  const user = addUser();
  const group = addGroup(user, "960253053");
  const reference = call("createReferenceAccount", {
    body: { user_id: user.id, account_owner: "Lena Vogt", iban, bic: "COBADEFFXXX", confirmed_at },
  });
  const mandate = call("createMandate", {
    body: { user_id: user.id, iban, bic: "COBADEFFXXX", confirmed_at },
  });
  const path = { account_group_id: group.id };

  return {
    world,
    user,
    group,
    reference,
    mandate,
    path,
    call,
    refused,
    events: news,
    addUser,
    addGroup,
    /** Types of events since the last look. */
    types: () => news().map(({ type }) => type),
    steps,
    debit: (cash_amount: string) =>
      call("createDirectDebit", {
        body: { ...path, mandate_id: mandate.id, cash_amount, currency: "EUR" },
      }),
    withdraw: (amount: string) =>
      call("createCashWithdrawal", {
        body: { ...path, reference_account_id: reference.id, amount, currency: "EUR" },
      }),
    topUp: (cash_amount: string) => call("createTopup", { body: { ...path, cash_amount, currency: "EUR" } }),
    increase: (amount: string) =>
      call("createVirtualCashIncrease", { body: { ...path, amount, currency: "EUR" } }),
    decrease: (amount: string) =>
      call("createVirtualCashDecrease", { body: { ...path, amount, currency: "EUR" } }),
    transfer: (amount: string, remittance_information = "CF960253053") =>
      call("createBankTransaction", { body: transfer(amount, remittance_information) }),
    balance() {
      const { account_group_id, currency, ...amounts } = call("retrieveCashBalanceWithCurrency", {
        path: { ...path, currency: "EUR" },
      });
      return amounts;
    },
    bookings: () =>
      call("listCashTransactions", { query: path }).data.map(
        ({ type, delta, references }) => `${type} ${delta.amount} ${references[0]?.type}`,
      ),
  };
}

/** A simulated transfer from the reference account. */
export const transfer = (amount: string, remittance_information: string, to = "NL70ABNA0106295004") => ({
  account: { iban: to },
  amount,
  currency: "EUR" as const,
  remittance_information,
  client_reference: "test",
  counterparty_name: "Lena Vogt",
  counterparty_account: { iban },
});

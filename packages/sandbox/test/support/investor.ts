import type { Account, AccountStatus, AccountType } from "@upvest-sdk/types";
import { cashBalance, cashOf } from "../../src/cash.js";
import { holdingOf } from "../../src/positions.js";
import { allocations } from "../../src/resources/allocations.js";
import { fees } from "../../src/resources/fees.js";
import { orders } from "../../src/resources/orders.js";
import { portfolios } from "../../src/resources/portfolios.js";
import { savingsPlans } from "../../src/resources/savings-plans.js";
import { describedWorld } from "./described.js";

export const nobody = "00000000-0000-4000-8000-000000000000";
/** Bought and sold at 100. */
export const fund = "IE0032077012";
/** Bought at 85.22, sold at 81.77. */
export const share = "DE0005933931";
/** Bought at 41.25, sold at 38.45. */
export const bond = "IE00BM8QRZ79";

/** A user with a portfolio account and a trading account in one group. */
export function createInvestor() {
  const { world, call, refused, news, steps } = describedWorld([
    allocations,
    orders,
    portfolios,
    savingsPlans,
    fees,
  ]);

  const now = world.time();
  const user_id = world.ids.uuid();
  world.tables.users.set(user_id, {
    id: user_id,
    created_at: now,
    updated_at: now,
    first_name: "Lena",
    last_name: "Vogt",
    birth_date: "1990-05-14",
    nationalities: ["DE"],
    address: { address_line1: "Lindenstrasse 12", postcode: "10969", city: "Berlin", country: "DE" },
    status: "ACTIVE",
  });
  const account_group_id = world.ids.uuid();
  world.tables.accountGroups.set(account_group_id, {
    id: account_group_id,
    created_at: now,
    updated_at: now,
    users: [{ id: user_id, type: "OWNER" }],
    status: "ACTIVE",
    type: "PERSONAL",
    securities_account_number: "960253053",
  });

  function addAccount(type: AccountType, status: AccountStatus = "ACTIVE"): Account {
    const id = world.ids.uuid();
    return world.tables.accounts.set(id, {
      id,
      created_at: now,
      updated_at: now,
      account_group_id,
      type,
      users: [{ id: user_id, type: "OWNER" }],
      account_number: 1 + world.tables.accounts.size,
      name: "",
      status,
    });
  }

  const account = addAccount("PORTFOLIO");
  const trading = addAccount("TRADING");

  /** An allocation: pairs of ISIN and weight. */
  const allocate = (...items: [instrument_id: string, weight: string][]) =>
    call("createPortfoliosAllocation", {
      body: {
        name: "Mix",
        allocation: items.map(([instrument_id, weight]) => ({
          instrument_id,
          instrument_id_type: "ISIN",
          weight,
        })),
      },
    });

  return {
    world,
    user_id,
    account_group_id,
    account,
    trading,
    addAccount,
    call,
    refused,
    events: news,
    allocate,
    /** Types of events since the last look, without those of cash, positions and reports. */
    log: () =>
      news()
        .filter(({ type }) => !/^(CASH|POSITION|REPORT|SECURITY)/.test(type))
        .map(({ type }) => type),
    steps,
    /** Moves the clock to a time, e.g. `2026-02-02T09:00:00.000Z`. */
    until: (time: string) => world.clock.advance(Date.parse(time) - world.clock.now()),
    /** The portfolio account follows a new allocation. */
    follow(...items: [instrument_id: string, weight: string][]) {
      const { id } = allocate(...items);
      call("createPortfoliosConfiguration", { body: { account_id: account.id, allocation_id: id } });
      return id;
    },
    money(amount: string) {
      cashOf(world, account_group_id, "EUR").balance = amount;
    },
    balance() {
      const { balance, locked_for_trading, pending_settlement } = cashBalance(
        cashOf(world, account_group_id, "EUR"),
      );
      return { balance, locked_for_trading, pending_settlement };
    },
    hold(isin: string, quantity: string, account_id = account.id) {
      holdingOf(world, account_id, isin).quantity = quantity;
    },
    units: (isin: string, account_id = account.id) => holdingOf(world, account_id, isin).quantity,
    /** The single orders of an object, in short. */
    singles: (id: string) =>
      world.tables.orders
        .list(({ client_reference }) => client_reference === id)
        .map(
          ({ side, cash_amount, quantity, instrument_id, initiation_flow }) =>
            `${initiation_flow} ${side} ${cash_amount === "0" ? `${quantity} units` : cash_amount} ${instrument_id}`,
        ),
    order: (side: "BUY" | "SELL", cash_amount: string, account_id = account.id) =>
      call("createPortfoliosOrder", { body: { user_id, account_id, cash_amount, currency: "EUR", side } }),
  };
}

import type { DirectDebit, Withdrawal } from "@upvest-sdk/types";
import { describe, expect, test } from "vitest";
import { cashOf } from "../src/cash.js";
import { holdingOf } from "../src/positions.js";
import { accounts } from "../src/resources/accounts.js";
import { taxExemptions } from "../src/resources/tax-exemptions.js";
import { taxResidencies } from "../src/resources/tax-residencies.js";
import { taxWrappers } from "../src/resources/tax-wrappers.js";
import { users } from "../src/resources/users.js";
import { describedWorld } from "./support/described.js";
import { byol } from "./support/people.js";

function sandbox() {
  const sand = describedWorld([users, accounts, taxResidencies, taxExemptions, taxWrappers]);
  const { call } = sand;
  const { id: user_id } = call("createUser", { body: byol });
  return { ...sand, user_id };
}

/** With an account group and an account. */
async function opened() {
  const sand = sandbox();
  const { call, events, steps, user_id } = sand;
  const { id: account_group_id } = call("createAccountGroup", { body: { user_id, type: "PERSONAL" } });
  const { id: account_id } = call("createAccount", {
    body: { user_id, account_group_id, type: "TRADING", name: "Rainy days" },
  });
  await steps();
  events();
  return { ...sand, account_group_id, account_id };
}

const nobody = "5a9ed0b2-4c4e-4a5e-8a3b-1d7c6f2e9b10";

describe("opening", () => {
  test("waits for the user", async () => {
    const { call, events, steps, user_id } = sandbox();
    const group = call("createAccountGroup", { body: { user_id, type: "PERSONAL" } });
    expect(group).toEqual({
      id: group.id,
      created_at: "2026-01-05T09:00:00.000Z",
      updated_at: "2026-01-05T09:00:00.000Z",
      users: [{ id: user_id, type: "OWNER" }],
      status: "PENDING_APPROVAL",
      type: "PERSONAL",
      securities_account_number: expect.stringMatching(/^[1-9]\d{8}$/),
    });
    const account_group_id = group.id;
    const account = call("createAccount", {
      body: { user_id, account_group_id, type: "TRADING", name: "Rainy days" },
    });
    expect(account).toEqual({
      id: account.id,
      created_at: "2026-01-05T09:00:00.000Z",
      updated_at: "2026-01-05T09:00:00.000Z",
      account_group_id,
      type: "TRADING",
      users: [{ id: user_id, type: "OWNER" }],
      account_number: 1,
      name: "Rainy days",
      status: "PENDING_APPROVAL",
    });
    expect(call("createAccount", { body: { user_id, account_group_id, type: "PORTFOLIO" } })).toMatchObject({
      account_number: 2,
      name: "",
    });
    await steps();
    expect(events()).toEqual([
      "USER.CREATED",
      "ACCOUNT_GROUP.CREATED",
      "ACCOUNT.CREATED",
      "ACCOUNT.CREATED",
      "USER.ACTIVATED",
      "ACCOUNT_GROUP.ACTIVATED",
      "ACCOUNT.ACTIVATED",
      "ACCOUNT.ACTIVATED",
    ]);
    expect(call("retrieveAccount", { path: { account_id: account.id } })).toEqual({
      ...account,
      status: "ACTIVE",
      updated_at: "2026-01-05T09:00:00.050Z",
    });
  });

  test("goes on when the user becomes ACTIVE later", async () => {
    const { call, events, steps } = sandbox();
    const { id: user_id } = call("createUser", { body: { ...byol, nationalities: ["GB"] } });
    const { id: account_group_id } = call("createAccountGroup", { body: { user_id, type: "PERSONAL" } });
    call("createAccount", { body: { user_id, account_group_id, type: "TRADING" } });
    await steps(100);
    events();
    expect(call("retrieveAccountGroup", { path: { account_group_id } }).status).toBe("PENDING_APPROVAL");
    call("createIdentifier", {
      path: { user_id },
      body: { type: "NATIONAL_ID", issuing_country: "GB", identifier: "QQ123456C" },
    });
    await steps(3);
    expect(events()).toEqual(["USER.ACTIVATED", "ACCOUNT_GROUP.ACTIVATED", "ACCOUNT.ACTIVATED"]);
  });

  test("needs what it refers to", async () => {
    const { call, refused, account_group_id, user_id } = await opened();
    const other = call("createUser", { body: byol }).id;
    expect(refused("createAccountGroup", { body: { user_id: nobody, type: "PERSONAL" } })[0]).toBe(404);
    const body = { user_id, account_group_id, type: "TRADING" } as const;
    expect(refused("createAccount", { body: { ...body, user_id: nobody } })[0]).toBe(404);
    expect(refused("createAccount", { body: { ...body, account_group_id: nobody } })[0]).toBe(404);
    expect(refused("createAccount", { body: { ...body, user_id: other } })).toEqual([
      400,
      `The account group ${account_group_id} is not the user's: send its owner ${user_id} as user_id.`,
    ]);
    expect(refused("createAccountGroup", { body: { user_id, type: "PERSONAL" } })).toEqual([
      400,
      expect.stringContaining(account_group_id),
    ]);
    call("createAccountGroup", { body: { user_id, type: "CHILD" } });
    call("createAccountGroup", { body: { user_id, type: "CHILD" } });
  });

  test("is listed, by user too", async () => {
    const { call, account_group_id, account_id, user_id, refused } = await opened();
    const other = call("createUser", { body: byol }).id;
    const group = call("createAccountGroup", { body: { user_id: other, type: "PERSONAL" } }).id;
    const body = { user_id: other, account_group_id: group, type: "TRADING" } as const;
    const account = call("createAccount", { body }).id;
    const ids = ({ data }: { data: { id: string }[] }) => data.map(({ id }) => id);
    expect(ids(call("listAccountGroups"))).toEqual([account_group_id, group]);
    expect(ids(call("listAccounts"))).toEqual([account_id, account]);
    expect(ids(call("listAccounts", { query: { order: "DESC" } }))).toEqual([account, account_id]);
    expect(ids(call("listUserAccountGroups", { path: { user_id } }))).toEqual([account_group_id]);
    expect(ids(call("listUserAccounts", { path: { user_id: other } }))).toEqual([account]);
    expect(refused("listUserAccounts", { path: { user_id: nobody } })[0]).toBe(404);
    expect(refused("retrieveAccountGroup", { path: { account_group_id: account_id } })[0]).toBe(404);
  });
});

describe("renaming", () => {
  test("is for accounts that are ACTIVE", async () => {
    const { call, events, refused, steps, account_id, account_group_id, user_id } = await opened();
    await steps();
    const path = { account_id };
    expect(call("updateAccount", { path, body: { name: "Car" } })).toMatchObject({
      name: "Car",
      updated_at: "2026-01-05T09:00:00.100Z",
    });
    expect(events()).toEqual(["ACCOUNT.UPDATED"]);
    expect(call("updateAccount", { path, body: {} }).name).toBe("Car");
    expect(events()).toEqual([]);
    const { id } = call("createAccount", { body: { user_id, account_group_id, type: "TRADING" } });
    expect(refused("updateAccount", { path: { account_id: id }, body: { name: "Car" } })).toEqual([
      400,
      `The account ${id} is PENDING_APPROVAL, so it can only be read: rename it when it is ACTIVE.`,
    ]);
  });
});

describe("closing an account", () => {
  test("waits until nothing is held and nothing is ordered", async () => {
    const { call, events, refused, world, account_id } = await opened();
    const holding = holdingOf(world, account_id, "IE00BK5BQT80");
    holding.quantity = "0.0000000001";
    const path = { account_id };
    call("accountClosure", { path });
    expect(events()).toEqual(["ACCOUNT.CLOSING_INITIATED"]);
    expect(refused("accountClosure", { path })[0]).toBe(409);
    await world.clock.advance(3_600_000);
    expect(events()).toEqual([]);
    holding.quantity = "0";
    const now = world.time();
    const order = world.tables.orders.set("1", {
      id: "1",
      created_at: now,
      updated_at: now,
      account_id,
      cash_amount: "0",
      currency: "EUR",
      side: "SELL",
      instrument_id: "IE00BK5BQT80",
      instrument_id_type: "ISIN",
      order_type: "MARKET",
      quantity: "1",
      status: "PROCESSING",
      fee: "0.0",
      initiation_flow: "API",
      executions: [],
    });
    await world.clock.advance(60_000);
    expect(events()).toEqual([]);
    order.status = "FILLED";
    await world.clock.advance(60_000);
    expect(events()).toEqual(["ACCOUNT.CLOSED"]);
    expect(call("retrieveAccount", { path }).status).toBe("CLOSED");
    expect(refused("accountClosure", { path })).toEqual([409, expect.stringContaining("is CLOSED")]);
    expect(refused("updateAccount", { path, body: { name: "Car" } })[0]).toBe(400);
    expect(world.clock.tasks).toEqual([]);
  });

  test("is refused while a withdrawal is under way", async () => {
    const { call, refused, world, account_group_id, account_id } = await opened();
    const now = world.time();
    const withdrawal: Withdrawal = world.tables.withdrawals.set("1", {
      id: "1",
      created_at: now,
      updated_at: now,
      reference_account_id: nobody,
      account_group_id,
      amount: "1.00",
      currency: "EUR",
      remittance_information: "",
      status: "NEW",
    });
    for (const status of ["NEW", "PROCESSING"] as const) {
      withdrawal.status = status;
      expect(refused("accountClosure", { path: { account_id } })[0]).toBe(409);
      expect(refused("accountGroupClosure", { path: { account_group_id } })[0]).toBe(409);
    }
    withdrawal.status = "CONFIRMED";
    call("accountClosure", { path: { account_id } });
  });

  test("is refused while it is locked, and possible before it is ACTIVE", async () => {
    const { call, events, refused, steps, world, account_id, account_group_id, user_id } = await opened();
    world.tables.accounts.need(account_id).status = "LOCKED";
    expect(refused("accountClosure", { path: { account_id } })[0]).toBe(409);
    const { id } = call("createAccount", { body: { user_id, account_group_id, type: "TRADING" } });
    call("accountClosure", { path: { account_id: id } });
    await steps(2);
    expect(events()).toEqual(["ACCOUNT.CREATED", "ACCOUNT.CLOSING_INITIATED", "ACCOUNT.CLOSED"]);
  });
});

describe("closing an account group", () => {
  test("waits for its accounts, its money and fees", async () => {
    const { call, events, refused, world, account_group_id, account_id, user_id } = await opened();
    const cash = cashOf(world, account_group_id, "GBP");
    cash.balance = "0.01";
    const path = { account_group_id };
    const now = world.time();
    world.tables.feeCollections.set("1", {
      id: "1",
      created_at: now,
      updated_at: now,
      account_id,
      account_group_id,
      type: "SERVICE_FEE",
      collection_amount: "1.00",
      processed_amount: { cash_balance: "0.00", sell_to_cover: "0.00" },
      currency: "EUR",
      status: "PROCESSING",
      period_start: "2026-01-01",
      period_end: "2026-01-02",
    });
    call("accountGroupClosure", { path, query: { closure_reason: "user_initiated" } });
    expect(events()).toEqual(["ACCOUNT_GROUP.CLOSING_INITIATED"]);
    expect(refused("accountGroupClosure", { path })[0]).toBe(409);
    expect(refused("createAccount", { body: { user_id, account_group_id, type: "TRADING" } })[0]).toBe(400);
    await world.clock.advance(60_000);
    call("accountClosure", { path: { account_id } });
    await world.clock.advance(60_000);
    expect(events()).toEqual(["ACCOUNT.CLOSING_INITIATED", "ACCOUNT.CLOSED"]);
    cash.balance = "0";
    await world.clock.advance(60_000);
    expect(events()).toEqual([]);
    world.tables.feeCollections.need("1").status = "FINALISED";
    await world.clock.advance(60_000);
    expect(events()).toEqual(["ACCOUNT_GROUP.CLOSED"]);
    // Now there is room for another one.
    expect(call("createAccountGroup", { body: { user_id, type: "PERSONAL" } }).status).toBe(
      "PENDING_APPROVAL",
    );
  });

  test("waits for money that the bank sends back", async () => {
    const { call, events, world, account_group_id, account_id } = await opened();
    call("accountClosure", { path: { account_id } });
    call("accountGroupClosure", { path: { account_group_id } });
    const { withdrawals, directDebits } = world.tables;
    const both = { account_group_id, currency: "EUR", status: "CONFIRMED" } as const;
    withdrawals.set("1", { ...both, amount: "10.13" } as Withdrawal);
    directDebits.set("1", { ...both, cash_amount: "10.13" } as DirectDebit);
    withdrawals.set("2", { ...both, amount: "10.14" } as Withdrawal);
    await world.clock.advance(60_000);
    expect(events()).toEqual([
      "ACCOUNT.CLOSING_INITIATED",
      "ACCOUNT_GROUP.CLOSING_INITIATED",
      "ACCOUNT.CLOSED",
    ]);
    withdrawals.need("1").status = "CANCELLED";
    await world.clock.advance(60_000);
    expect(events()).toEqual([]);
    directDebits.need("1").status = "CANCELLED";
    await world.clock.advance(60_000);
    expect(events()).toEqual(["ACCOUNT_GROUP.CLOSED"]);
  });

  test("is not begun by a notice", async () => {
    const { call, events, steps, world, account_group_id } = await opened();
    call("accountGroupClosure", { path: { account_group_id }, query: { notification_only: true } });
    expect(world.assumed).toEqual(["notification_only leaves the account group as it is"]);
    await steps(5);
    expect(events()).toEqual([]);
    expect(call("retrieveAccountGroup", { path: { account_group_id } }).status).toBe("ACTIVE");
  });
});

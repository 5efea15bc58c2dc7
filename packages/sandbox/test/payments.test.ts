import { describe, expect, test } from "vitest";
import { bouncingCents, virtualTransferIban } from "../src/mock-values.js";
import { virtualCash } from "../src/resources/virtual-cash.js";
import { confirmed_at, createBank, iban, payments, transfer } from "./support/bank.js";

const nobody = "00000000-0000-4000-8000-000000000000";
const nothing = {
  balance: "0.00",
  locked_for_trading: "0.00",
  pending_settlement: "0.00",
  available_for_trading: "0.00",
  available_for_withdrawal: "0.00",
};
const allFree = (balance: string) => ({
  ...nothing,
  balance,
  available_for_trading: balance,
  available_for_withdrawal: balance,
});

describe("reference accounts", () => {
  test("are answered as sent, the IBAN masked", () => {
    const { call, user, world } = createBank();
    const sent = {
      user_id: user.id,
      account_owner: "lena  vogt",
      name: "Savings",
      bic: "DEUTDEFF",
      confirmed_at,
    };
    const made = call("createReferenceAccount", { body: { ...sent, iban: "FR1420041010050500013M02606" } });
    expect(made).toEqual({
      ...sent,
      id: made.id,
      created_at: world.time(),
      updated_at: world.time(),
      iban: "FR1420**********2606",
    });
    expect(call("retrieveReferenceAccount", { path: { reference_account_id: made.id } })).toEqual(made);
  });

  test("are listed for their user, a page at a time", () => {
    const { call, refused, user, addUser, reference } = createBank();
    const body = { account_owner: "Lena Vogt", iban, bic: "COBADEFFXXX", confirmed_at };
    const second = call("createReferenceAccount", { body: { ...body, user_id: user.id } });
    call("createReferenceAccount", { body: { ...body, user_id: addUser().id } });
    expect(
      call("listReferenceAccounts", { path: { user_id: user.id }, query: { limit: 1, order: "DESC" } }),
    ).toEqual({ meta: { offset: 0, limit: 1, count: 1, total_count: 2, order: "DESC" }, data: [second] });
    expect(
      call("listReferenceAccounts", { path: { user_id: user.id }, query: { offset: 0, limit: 1 } }).data,
    ).toEqual([reference]);
    expect(refused("listReferenceAccounts", { path: { user_id: nobody } })[0]).toBe(404);
  });

  test("must be the user's own, within SEPA", () => {
    const { refused, user } = createBank();
    const body = { user_id: user.id, account_owner: "Lena Vogt", iban, bic: "COBADEFFXXX", confirmed_at };
    expect(refused("createReferenceAccount", { body: { ...body, account_owner: "Max Vogt" } })).toEqual([
      400,
      'account_owner is "Max Vogt", but the user\'s name is "Lena Vogt"; only the user\'s own bank account can be registered.',
    ]);
    expect(refused("createReferenceAccount", { body: { ...body, iban: "US12345678901234567" } })[0]).toBe(
      400,
    );
    expect(refused("createReferenceAccount", { body: { ...body, user_id: nobody } })[0]).toBe(404);
    const { user_id, ...without } = body;
    expect(refused("createReferenceAccount", { body: without })[0]).toBe(400);
  });

  test("can be deleted but for the last", () => {
    const { call, refused, user, reference, addUser } = createBank();
    const body = { account_owner: "Lena Vogt", iban, bic: "COBADEFFXXX", confirmed_at };
    const first = { path: { reference_account_id: reference.id } };
    // Another user's does not count.
    call("createReferenceAccount", { body: { ...body, user_id: addUser().id } });
    expect(refused("deleteReferenceAccount", first)[0]).toBe(422);
    call("createReferenceAccount", { body: { ...body, user_id: user.id } });
    expect(call("deleteReferenceAccount", first)).toBeUndefined();
    expect(refused("retrieveReferenceAccount", first)[0]).toBe(404);
    expect(refused("deleteReferenceAccount", first)[0]).toBe(404);
  });
});

describe("mandates", () => {
  test("need an ACTIVE user; are masked, listed, and gone when deleted", () => {
    const { call, refused, user, addUser, mandate, group } = createBank();
    expect(mandate).toMatchObject({ user_id: user.id, iban: "DE8937**********3000", type: "RECURRENT" });
    expect(call("listMandates", { path: { user_id: user.id } })).toEqual({
      meta: { offset: 0, limit: 100, count: 1, total_count: 1 },
      data: [mandate],
    });
    const body = { user_id: addUser("INACTIVE").id, iban, bic: "COBADEFFXXX", confirmed_at };
    expect(refused("createMandate", { body })[0]).toBe(400);
    expect(refused("createMandate", { body: { ...body, user_id: nobody } })[0]).toBe(404);
    const path = { mandate_id: mandate.id };
    expect(call("retrieveMandate", { path })).toEqual(mandate);
    call("deleteMandate", { path });
    expect(refused("retrieveMandate", { path })[0]).toBe(404);
    const debit = { account_group_id: group.id, mandate_id: mandate.id, cash_amount: "10" };
    expect(refused("createDirectDebit", { body: debit })[0]).toBe(404);
  });
});

describe("direct debits", () => {
  test("go NEW, PROCESSING, CONFIRMED; then the cash is there", async () => {
    const { call, debit, path, user, mandate, steps, events, balance, bookings, world } = createBank();
    const made = debit("1500");
    expect(made).toEqual({
      ...path,
      id: made.id,
      created_at: world.time(),
      user_id: user.id,
      mandate_id: mandate.id,
      cash_amount: "1500",
      currency: "EUR",
      status: "NEW",
    });
    await steps(1);
    const retrieve = () => call("retrieveDirectDebit", { path: { direct_debit_id: made.id } });
    expect(retrieve().status).toBe("PROCESSING");
    expect(balance()).toEqual(nothing);
    await steps(1);
    expect(retrieve()).toEqual({ ...made, status: "CONFIRMED" });
    expect(balance()).toEqual(allFree("1500.00"));
    await steps(100);
    expect(
      events().map(({ type, object }) => [type, object["status"] ?? object["balance"] ?? object["delta"]]),
    ).toEqual([
      ["DIRECT_DEBIT.NEW", "NEW"],
      ["DIRECT_DEBIT.PROCESSING", "PROCESSING"],
      ["CASH_BALANCE.UPDATED", "1500.00"],
      ["CASH_TRANSACTION.EXECUTED", { amount: "1500.00", currency: "EUR" }],
      ["DIRECT_DEBIT.CONFIRMED", "CONFIRMED"],
    ]);
    expect(bookings()).toEqual(["SEPA_DIRECT_DEBIT 1500.00 DIRECT_DEBIT"]);
    expect(call("listDirectDebits", { path }).data).toEqual([{ ...made, status: "CONFIRMED" }]);
    expect(call("listCashTransactions", { query: path }).data[0]).toMatchObject({
      taxes: [],
      references: [{ type: "DIRECT_DEBIT", id: made.id }],
      booking_date: "2026-01-05T09:00:00.100Z",
    });
  });

  test("come back from the bank when their amount says so", async () => {
    const { call, debit, steps, types, balance, bookings } = createBank();
    const { id } = debit(`10${bouncingCents}`);
    await steps(2);
    expect(balance()).toEqual(allFree("10.13"));
    types();
    await steps(1);
    expect(types()).toEqual(["CASH_BALANCE.UPDATED", "CASH_TRANSACTION.EXECUTED", "DIRECT_DEBIT.CANCELLED"]);
    expect(call("retrieveDirectDebit", { path: { direct_debit_id: id } }).status).toBe("CANCELLED");
    expect(balance()).toEqual(nothing);
    expect(bookings()).toEqual([
      "SEPA_DIRECT_DEBIT 10.13 DIRECT_DEBIT",
      "SEPA_DIRECT_DEBIT_CHARGE_BACK -10.13 DIRECT_DEBIT",
    ]);
  });

  test("need an ACTIVE group and user, and the mandate of the group's owner", async () => {
    const { call, refused, debit, steps, types, path, group, user, mandate, addUser, addGroup } =
      createBank();
    const body = { ...path, mandate_id: mandate.id, cash_amount: "10.00" };
    expect(refused("createDirectDebit", { body: { ...body, account_group_id: nobody } })[0]).toBe(404);
    expect(refused("createDirectDebit", { body: { ...body, mandate_id: nobody } })[0]).toBe(404);
    expect(refused("createDirectDebit", { body: { ...body, cash_amount: "0.00" } })[0]).toBe(400);
    expect(refused("createDirectDebit", { body: { ...body, user_id: addUser().id } })[0]).toBe(400);
    const other = addGroup(addUser(), "100000001");
    expect(refused("createDirectDebit", { body: { ...body, account_group_id: other.id } })[0]).toBe(400);
    group.status = "LOCKED";
    expect(refused("createDirectDebit", { body })[0]).toBe(400);
    group.status = "ACTIVE";
    user.status = "INACTIVE";
    expect(refused("createDirectDebit", { body })[0]).toBe(400);
    user.status = "ACTIVE";
    expect(call("createDirectDebit", { body: { ...body, user_id: user.id } }).currency).toBe("EUR");
    // A group that was locked meanwhile gets no money.
    debit("10.00");
    group.status = "LOCKED";
    types();
    await steps(3);
    expect(types()).toEqual(["DIRECT_DEBIT.CANCELLED", "DIRECT_DEBIT.CANCELLED"]);
  });
});

describe("top-ups", () => {
  test("can be traded with at once, withdrawn when the transfer is there", () => {
    const { call, refused, topUp, transfer, types, balance, bookings, path } = createBank();
    const made = topUp("250.00");
    expect(made).toMatchObject({ ...path, cash_amount: "250.00", currency: "EUR", status: "CONFIRMED" });
    expect(types()).toEqual(["CASH_BALANCE.UPDATED", "CASH_TRANSACTION.EXECUTED", "TOPUP.CONFIRMED"]);
    expect(balance()).toEqual({
      ...allFree("250.00"),
      pending_settlement: "250.00",
      available_for_withdrawal: "0.00",
    });
    transfer("250", `topup ${made.settlement_reference}`);
    expect(types()).toEqual(["CASH_BALANCE.UPDATED", "TOPUP.SETTLED"]);
    expect(balance()).toEqual(allFree("250.00"));
    expect(bookings()).toEqual(["TOPUP 250.00 TOPUP"]);
    expect(call("retrieveTopup", { path: { topup_id: made.id } })).toEqual({ ...made, status: "SETTLED" });
    expect(refused("cancelTopup", { path: { topup_id: made.id } })[0]).toBe(422);
    expect(call("listTopups", { path }).data).toEqual([{ ...made, status: "SETTLED" }]);
  });

  test("can be cancelled while CONFIRMED", () => {
    const { call, refused, topUp, types, balance, bookings } = createBank();
    const path = { topup_id: topUp("250.00").id };
    types();
    expect(call("cancelTopup", { path })).toBeUndefined();
    expect(types()).toEqual(["CASH_BALANCE.UPDATED", "CASH_TRANSACTION.EXECUTED", "TOPUP.CANCELLED"]);
    expect(balance()).toEqual(nothing);
    expect(bookings()).toEqual(["TOPUP 250.00 TOPUP", "TOPUP_CANCELLATION -250.00 TOPUP"]);
    expect(refused("cancelTopup", { path })[0]).toBe(422);
    expect(refused("cancelTopup", { path: { topup_id: nobody } })[0]).toBe(404);
  });

  test("await exactly their amount, once", () => {
    const { call, refused, topUp } = createBank();
    const { id, settlement_reference } = topUp("250.00");
    const text = `topup ${settlement_reference}`;
    const send = (amount: string, more = {}) =>
      refused("createBankTransaction", { body: { ...transfer(amount, text), ...more } })[0];
    expect(send("249.99")).toBe(400);
    expect(send("250.00", { currency: "GBP" })).toBe(400);
    expect(send("250.00", { remittance_information: "topup 1" })).toBe(400);
    call("cancelTopup", { path: { topup_id: id } });
    expect(send("250.00")).toBe(400);
  });
});

describe("withdrawals", () => {
  test("lock the cash from NEW and book it out at CONFIRMED", async () => {
    const { call, withdraw, transfer, steps, types, balance, bookings, path, user, reference, world } =
      createBank();
    transfer("500");
    types();
    const made = withdraw("200");
    expect(made).toEqual({
      ...path,
      id: made.id,
      created_at: world.time(),
      updated_at: world.time(),
      user_id: user.id,
      reference_account_id: reference.id,
      amount: "200",
      currency: "EUR",
      remittance_information: "",
      status: "NEW",
    });
    const locked = {
      ...allFree("300.00"),
      balance: "500.00",
      locked_for_trading: "200.00",
    };
    expect(balance()).toEqual(locked);
    await steps(1);
    expect(balance()).toEqual(locked);
    await steps(1);
    expect(balance()).toEqual(allFree("300.00"));
    await steps(100);
    expect(types()).toEqual([
      "WITHDRAWAL.NEW",
      "CASH_BALANCE.UPDATED",
      "WITHDRAWAL.PROCESSING",
      "CASH_BALANCE.UPDATED",
      "CASH_TRANSACTION.EXECUTED",
      "WITHDRAWAL.CONFIRMED",
    ]);
    expect(bookings()[1]).toBe("WITHDRAWAL -200.00 WITHDRAWAL");
    const done = { ...made, status: "CONFIRMED", updated_at: "2026-01-05T09:00:00.100Z" };
    expect(call("retrieveCashWithdrawal", { path: { withdrawal_id: made.id } })).toEqual(done);
    expect(call("listCashWithdrawals", { path }).data).toEqual([done]);
  });

  test("can be cancelled while NEW only", async () => {
    const { call, refused, withdraw, transfer, steps, types, balance, bookings } = createBank();
    transfer("500");
    const first = { path: { withdrawal_id: withdraw("200.00").id } };
    types();
    expect(call("cancelCashWithdrawal", first)).toBeUndefined();
    expect(types()).toEqual(["CASH_BALANCE.UPDATED", "WITHDRAWAL.CANCELLED"]);
    expect(balance()).toEqual(allFree("500.00"));
    await steps(5);
    expect(types()).toEqual([]);
    expect(bookings()).toHaveLength(1);
    expect(refused("cancelCashWithdrawal", first)[0]).toBe(422);
    const second = { path: { withdrawal_id: withdraw("200.00").id } };
    await steps(1);
    expect(refused("cancelCashWithdrawal", second)).toEqual([
      422,
      `The withdrawal ${second.path.withdrawal_id} is PROCESSING; only a NEW one can be cancelled.`,
    ]);
    expect(refused("cancelCashWithdrawal", { path: { withdrawal_id: nobody } })[0]).toBe(404);
  });

  test("are refused by the bank when their amount says so", async () => {
    const { call, withdraw, transfer, steps, types, balance, bookings } = createBank();
    transfer("500");
    const { id } = withdraw(`20${bouncingCents}`);
    await steps(2);
    expect(balance()).toEqual(allFree("479.87"));
    types();
    await steps(1);
    expect(types()).toEqual(["CASH_BALANCE.UPDATED", "CASH_TRANSACTION.EXECUTED", "WITHDRAWAL.CANCELLED"]);
    expect(call("retrieveCashWithdrawal", { path: { withdrawal_id: id } }).status).toBe("CANCELLED");
    expect(balance()).toEqual(allFree("500.00"));
    expect(bookings().slice(1)).toEqual([
      "WITHDRAWAL -20.13 WITHDRAWAL",
      "WITHDRAWAL_CANCELLATION 20.13 WITHDRAWAL",
    ]);
  });

  test("take at most what is available, to the last cent", () => {
    const { refused, withdraw, transfer, topUp, balance, path, reference, world } = createBank();
    transfer("100.00");
    topUp("50.00");
    withdraw("40.00");
    const body = { ...path, reference_account_id: reference.id, currency: "EUR" as const };
    expect(refused("createCashWithdrawal", { body: { ...body, amount: "60.01" } })).toEqual([
      400,
      "amount is 60.01 EUR, but available_for_withdrawal of the cash balance is 60.00; send at most that.",
    ]);
    expect(world.assumed).toHaveLength(1);
    expect(refused("createCashWithdrawal", { body: { ...body, amount: "1.00", currency: "GBP" } })[0]).toBe(
      400,
    );
    withdraw("60.00");
    expect(balance()).toMatchObject({ available_for_withdrawal: "0.00", available_for_trading: "50.00" });
  });

  test("go to an account of the group's owner, also while the group is closing", () => {
    const { call, refused, transfer, withdraw, path, group, reference, addUser, addGroup } = createBank();
    transfer("100.00");
    const body = { ...path, reference_account_id: reference.id, amount: "10.00" };
    const other = addUser();
    const foreign = call("createReferenceAccount", {
      body: { user_id: other.id, account_owner: "Lena Vogt", iban, bic: "COBADEFFXXX", confirmed_at },
    });
    const why = (more: object) => refused("createCashWithdrawal", { body: { ...body, ...more } })[0];
    expect(why({ reference_account_id: foreign.id })).toBe(400);
    expect(why({ account_group_id: addGroup(other, "100000001").id })).toBe(400);
    expect(why({ reference_account_id: nobody })).toBe(404);
    expect(why({ account_group_id: nobody })).toBe(404);
    expect(why({ user_id: other.id })).toBe(400);
    expect(why({ amount: "0" })).toBe(400);
    group.status = "PENDING_APPROVAL";
    expect(why({})).toBe(400);
    group.status = "CLOSING";
    expect(withdraw("10.00").status).toBe("NEW");
  });
});

test("a step of a life cycle that comes again, or too late, does nothing", async () => {
  const { world, debit, withdraw, increase, decrease, transfer, steps, types, bookings } = createBank();
  transfer("500");
  const ids = [debit("10.00").id, withdraw("10.00").id, increase("10").id, decrease("10").id];
  await steps(5);
  const before = bookings();
  expect(before).toHaveLength(5);
  types();
  for (const name of [...payments, virtualCash].flatMap(({ tasks = {} }) => Object.keys(tasks)))
    if (!name.includes("return")) for (const id of ids) world.later(0, name, id);
  await steps(5);
  expect(types()).toEqual([]);
  expect(bookings()).toEqual(before);
});

describe("virtual bank accounts", () => {
  test("have an IBAN of their own, which receives transfers", () => {
    const { call, refused, group, path, events, balance } = createBank();
    const made = call("createVirtualBankAccount", { body: { ...path, name: "Savings" } });
    expect(made).toMatchObject({ ...path, name: "Savings", owner: { name: "Lena Vogt" } });
    expect(events()).toMatchObject([{ type: "VIRTUAL_BANK_ACCOUNT.CREATED", object: made }]);
    const own = made.identification.swift!.iban;
    // ISO 13616: the number that it makes leaves 1.
    const number = `${own.slice(4)}${own.slice(0, 4)}`.replace(/[A-Z]/g, (letter) =>
      String(letter.charCodeAt(0) - 55),
    );
    expect(BigInt(number) % 97n).toBe(1n);
    const second = call("createVirtualBankAccount", { body: { ...path, name: "Savings" } });
    expect(second.identification.swift!.iban).not.toBe(own);
    call("createBankTransaction", { body: transfer("12.34", "whatever", own) });
    expect(balance()).toEqual(allFree("12.34"));
    expect(call("listVirtualBankAccounts", { path }).data).toEqual([made, second]);
    expect(call("retrieveVirtualBankAccount", { path: { virtual_bank_account_id: made.id } })).toEqual(made);
    expect(refused("retrieveVirtualBankAccount", { path: { virtual_bank_account_id: nobody } })[0]).toBe(404);
    group.status = "CLOSED";
    expect(refused("createVirtualBankAccount", { body: { ...path, name: "Savings" } })[0]).toBe(400);
  });

  test("are named by their id in the form of later versions", () => {
    const { world, call, path, balance } = createBank();
    const { id } = call("createVirtualBankAccount", { body: { ...path, name: "Savings" } });
    const body = { ...transfer("5.00", "ignored", virtualTransferIban), virtual_bank_account_id: id };
    world.call("createBankTransaction", { body });
    expect(balance()).toEqual(allFree("5.00"));
    const unknown = { ...body, virtual_bank_account_id: nobody };
    expect(() => world.call("createBankTransaction", { body: unknown })).toThrow("404");
  });
});

describe("simulated transfers", () => {
  test("arrive at once at the group that their text names", () => {
    const { call, path, group, events, user, addGroup, balance } = createBank();
    addGroup(user, "960253054");
    const body = transfer("250.00", "CF960253053");
    const { id, bank_reference } = call("createBankTransaction", { body });
    expect(id).not.toBe(bank_reference);
    expect(balance()).toEqual(allFree("250.00"));
    expect(events()).toMatchObject([
      { type: "CASH_BALANCE.UPDATED", object: { ...path, balance: "250.00" } },
      {
        type: "CASH_TRANSACTION.EXECUTED",
        object: {
          ...path,
          delta: { amount: "250.00", currency: "EUR" },
          references: [{ type: "ACCOUNT_GROUP", id: group.id }],
        },
      },
    ]);
  });

  test("are refused when they belong to nobody", () => {
    const { world, refused, group, user, addUser, addGroup } = createBank();
    const send = (body: ReturnType<typeof transfer>) => refused("createBankTransaction", { body })[0];
    expect(send(transfer("1.00", "CF960253054"))).toBe(400);
    expect(send(transfer("1.00", "960253053"))).toBe(400);
    expect(send(transfer("1.00", "CF9602530531"))).toBe(400);
    expect(send(transfer("0.00", "CF960253053"))).toBe(400);
    expect(send(transfer("1.00", "CF960253053", iban))).toBe(400);
    expect(send(transfer("1.00", "CF960253053", virtualTransferIban))).toBe(400);
    expect(
      refused("createBankTransaction", { body: { ...transfer("1.00", "CF960253053"), currency: "USD" } })[0],
    ).toBe(400);
    addGroup(addUser(), "100000001");
    expect(refused("createBankTransaction", { body: transfer("1.00", "CF100000001") })[1]).toContain(
      "reference account",
    );
    group.status = "LOCKED";
    expect(send(transfer("1.00", "CF960253053"))).toBe(400);
    expect(world.tables.cashTransactions.size).toBe(0);
    expect(user.status).toBe("ACTIVE");
  });
});

describe("cash balances", () => {
  test("are kept by currency", () => {
    const { call, refused, path, transfer: arrive, world } = createBank();
    expect(call("retrieveCashBalances", { path }).data).toEqual([{ ...path, currency: "EUR", ...nothing }]);
    expect(world.tables.cash.size).toBe(0);
    arrive("10");
    call("createBankTransaction", { body: { ...transfer("7.50", "CF960253053"), currency: "GBP" } });
    expect(call("retrieveCashBalances", { path })).toEqual({
      meta: { offset: 0, limit: 100, count: 2, total_count: 2 },
      data: [
        { ...path, currency: "EUR", ...allFree("10.00") },
        { ...path, currency: "GBP", ...allFree("7.50") },
      ],
    });
    expect(call("retrieveCashBalance", { path })).toEqual({ ...path, currency: "EUR", ...allFree("10.00") });
    expect(call("retrieveCashBalanceWithCurrency", { path: { ...path, currency: "GBP" } }).balance).toBe(
      "7.50",
    );
    const unknown = { account_group_id: nobody };
    expect(refused("retrieveCashBalances", { path: unknown })[0]).toBe(404);
    expect(refused("retrieveCashBalance", { path: unknown })[0]).toBe(404);
    expect(refused("retrieveCashBalanceWithCurrency", { path: { ...unknown, currency: "EUR" } })[0]).toBe(
      404,
    );
  });

  test.each(["listDirectDebits", "listTopups", "listCashWithdrawals", "listVirtualBankAccounts"] as const)(
    "%s has the group's only, and a page of them",
    (name) => {
      const { call, refused, path, user, addGroup, debit, topUp, transfer: arrive, withdraw } = createBank();
      arrive("100");
      for (let count = 0; count < 3; count++) {
        debit("1.00");
        topUp("1.00");
        withdraw("1.00");
        call("createVirtualBankAccount", { body: { ...path, name: "Savings" } });
      }
      const all = call(name, { path }).data;
      expect(all).toHaveLength(3);
      expect(call(name, { path, query: { offset: 1, limit: 1 } })).toEqual({
        meta: { offset: 1, limit: 1, count: 1, total_count: 3 },
        data: [all[1]],
      });
      expect(call(name, { path: { account_group_id: addGroup(user, "100000001").id } }).data).toEqual([]);
      expect(refused(name, { path: { account_group_id: nobody } })[0]).toBe(404);
    },
  );
});

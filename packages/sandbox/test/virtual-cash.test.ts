import { expect, test } from "vitest";
import { createBank } from "./support/bank.js";

const nobody = "00000000-0000-4000-8000-000000000000";

test("an increase is ISSUED, then CONFIRMED", async () => {
  const { increase, steps, events, balance, bookings, world, path } = createBank();
  const made = increase("100");
  expect(made).toEqual({
    ...path,
    id: made.id,
    created_at: world.time(),
    updated_at: world.time(),
    amount: "100",
    currency: "EUR",
    status: "ISSUED",
  });
  expect(balance().balance).toBe("0.00");
  await steps(5);
  expect(balance()).toMatchObject({ balance: "100.00", available_for_trading: "100.00" });
  expect(world.tables.cashIncreases.need(made.id)).toEqual({
    ...made,
    status: "CONFIRMED",
    updated_at: "2026-01-05T09:00:00.050Z",
  });
  expect(bookings()).toEqual(["VIRTUAL_CASH_INCREASE 100.00 VIRTUAL_CASH_INCREASE"]);
  expect(events().map(({ type, object }) => [type, object["status"]])).toEqual([
    ["VIRTUAL_CASH_INCREASE.ISSUED", "ISSUED"],
    ["CASH_BALANCE.UPDATED", undefined],
    ["CASH_TRANSACTION.EXECUTED", undefined],
    ["VIRTUAL_CASH_INCREASE.CONFIRMED", "CONFIRMED"],
  ]);
});

test("a decrease is ISSUED, then CONFIRMED", async () => {
  const { increase, decrease, steps, types, balance, bookings } = createBank();
  increase("100");
  await steps(1);
  types();
  expect(decrease("100.00").status).toBe("ISSUED");
  expect(balance().balance).toBe("100.00");
  await steps(5);
  expect(balance().balance).toBe("0.00");
  expect(bookings()[1]).toBe("VIRTUAL_CASH_DECREASE -100.00 VIRTUAL_CASH_DECREASE");
  expect(types()).toEqual([
    "VIRTUAL_CASH_DECREASE.ISSUED",
    "CASH_BALANCE.UPDATED",
    "CASH_TRANSACTION.EXECUTED",
    "VIRTUAL_CASH_DECREASE.CONFIRMED",
  ]);
});

test("decreases queue for cash in their order, none overtakes", async () => {
  const { increase, decrease, steps, world, types, balance } = createBank();
  increase("50");
  await steps(1);
  const first = decrease("60").id;
  const second = decrease("10").id;
  const status = (id: string) => world.tables.cashDecreases.need(id).status;
  types();
  await steps(1);
  expect(types()).toEqual(["VIRTUAL_CASH_DECREASE.QUEUED", "VIRTUAL_CASH_DECREASE.QUEUED"]);
  await steps(100);
  expect(balance().balance).toBe("50.00");
  increase("15");
  await steps(2);
  expect([status(first), status(second), balance().balance]).toEqual(["CONFIRMED", "QUEUED", "5.00"]);
  increase("5");
  await steps(2);
  expect([status(second), balance().balance]).toEqual(["CONFIRMED", "0.00"]);
});

test("cash that arrives or is freed by any way serves the queue", async () => {
  const { call, increase, decrease, withdraw, topUp, transfer, steps, balance, world } = createBank();
  increase("10");
  await steps(1);
  const held = withdraw("10.00");
  const freed = decrease("10").id;
  const status = (id: string) => world.tables.cashDecreases.need(id).status;
  // The withdrawal comes before it is queued, at the bank it is paid.
  await steps(3);
  expect([status(freed), balance().balance]).toEqual(["QUEUED", "0.00"]);
  expect(call("retrieveCashWithdrawal", { path: { withdrawal_id: held.id } }).status).toBe("CONFIRMED");
  const { settlement_reference } = topUp("10.00");
  await steps(2);
  // Pending: not to be taken out.
  expect([status(freed), balance().balance]).toEqual(["QUEUED", "10.00"]);
  transfer("10.00", `topup ${settlement_reference}`);
  await steps(1);
  expect([status(freed), balance().balance]).toEqual(["CONFIRMED", "0.00"]);
});

test("a queue holds withdrawals back until it is through", async () => {
  const { call, increase, decrease, withdraw, steps, balance, world } = createBank();
  increase("50");
  await steps(1);
  const waiting = decrease("60");
  await steps(1);
  const status = (id: string) => call("retrieveCashWithdrawal", { path: { withdrawal_id: id } }).status;
  const first = withdraw("20.00").id;
  const second = withdraw("5.00").id;
  await steps(100);
  expect([status(first), status(second)]).toEqual(["NEW", "NEW"]);
  // One is given up: its money is free, but not enough.
  call("cancelCashWithdrawal", { path: { withdrawal_id: first } });
  await steps(5);
  expect(status(second)).toBe("NEW");
  increase("15");
  await steps(2);
  expect(world.tables.cashDecreases.need(waiting.id).status).toBe("CONFIRMED");
  await steps(2);
  expect(status(second)).toBe("CONFIRMED");
  expect(balance()).toMatchObject({ balance: "0.00", locked_for_trading: "0.00" });
});

test("a cancelled withdrawal frees cash for the queue", async () => {
  const { call, increase, decrease, withdraw, steps, balance, world } = createBank();
  increase("50");
  await steps(1);
  const { id } = decrease("60");
  await steps(1);
  const withdrawal_id = withdraw("20.00").id;
  increase("20");
  await steps(5);
  expect(world.tables.cashDecreases.need(id).status).toBe("QUEUED");
  call("cancelCashWithdrawal", { path: { withdrawal_id } });
  await steps(1);
  expect(world.tables.cashDecreases.need(id).status).toBe("CONFIRMED");
  expect(balance().balance).toBe("10.00");
});

test("a decrease can be cancelled while ISSUED or QUEUED; what was behind it goes on", async () => {
  const { call, refused, increase, decrease, withdraw, steps, types, world, balance } = createBank();
  increase("50");
  await steps(1);
  const cancel = (id: string) =>
    call("cancelVirtualCashDecrease", { path: { virtual_cash_decrease_id: id } });
  const issued = decrease("10").id;
  types();
  expect(cancel(issued)).toBeUndefined();
  await steps(3);
  expect(types()).toEqual(["VIRTUAL_CASH_DECREASE.CANCELLED"]);
  const first = decrease("60").id;
  const second = decrease("10").id;
  await steps(1);
  const withdrawal = withdraw("20.00");
  await steps(5);
  cancel(first);
  await steps(3);
  expect(world.tables.cashDecreases.need(second).status).toBe("CONFIRMED");
  await steps(3);
  expect(world.tables.withdrawals.need(withdrawal.id).status).toBe("CONFIRMED");
  expect(balance().balance).toBe("20.00");
  for (const id of [issued, first, second])
    expect(refused("cancelVirtualCashDecrease", { path: { virtual_cash_decrease_id: id } })[0]).toBe(422);
  expect(refused("cancelVirtualCashDecrease", { path: { virtual_cash_decrease_id: nobody } })[0]).toBe(404);
});

test("a queue of another currency or group is another queue", async () => {
  const { call, decrease, increase, steps, world, path, user, addGroup } = createBank();
  const waiting = decrease("10").id;
  await steps(1);
  const other = { account_group_id: addGroup(user, "100000001").id, amount: "10", currency: "EUR" as const };
  call("createVirtualCashIncrease", { body: other });
  call("createVirtualCashIncrease", { body: { ...path, amount: "10", currency: "GBP" } });
  await steps(5);
  const gbp = call("createVirtualCashDecrease", { body: { ...path, amount: "10", currency: "GBP" } }).id;
  const foreign = call("createVirtualCashDecrease", { body: other }).id;
  await steps(5);
  const status = (id: string) => world.tables.cashDecreases.need(id).status;
  expect([status(waiting), status(gbp), status(foreign)]).toEqual(["QUEUED", "CONFIRMED", "CONFIRMED"]);
  increase("10");
  await steps(2);
  expect(status(waiting)).toBe("CONFIRMED");
});

test("both need a group whose state allows it, and an amount", () => {
  const { refused, decrease, group, path } = createBank();
  const body = { ...path, amount: "10", currency: "EUR" as const };
  for (const name of ["createVirtualCashIncrease", "createVirtualCashDecrease"] as const) {
    expect(refused(name, { body: { ...body, account_group_id: nobody } })[0]).toBe(404);
    expect(refused(name, { body: { ...body, amount: "0.00" } })[0]).toBe(400);
    group.status = "PENDING_APPROVAL";
    expect(refused(name, { body })[0]).toBe(400);
    group.status = "ACTIVE";
  }
  group.status = "CLOSING";
  expect(refused("createVirtualCashIncrease", { body })[0]).toBe(400);
  expect(decrease("10").status).toBe("ISSUED");
});

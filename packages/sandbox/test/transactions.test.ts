import { expect, test } from "vitest";
import { bookUnits, holdingOf } from "../src/positions.js";
import { createBank } from "./support/bank.js";

const nobody = "00000000-0000-4000-8000-000000000000";
const day = 24 * 60 * 60 * 1000;

test("cash transactions are listed by group and booking date, oldest first", async () => {
  const { call, refused, world, path, group, transfer, increase, steps, user, addGroup } = createBank();
  transfer("1.00");
  await world.clock.advance(day);
  transfer("2.00");
  await world.clock.advance(day);
  transfer("3.00");
  const other = addGroup(user, "100000001");
  transfer("4.00", "CF100000001");
  increase("5.00");
  await steps(1);
  const amounts = (query: object) =>
    call("listCashTransactions", { query }).data.map(({ delta }) => delta.amount);
  expect(amounts({})).toEqual(["1.00", "2.00", "3.00", "4.00", "5.00"]);
  expect(amounts(path)).toEqual(["1.00", "2.00", "3.00", "5.00"]);
  expect(amounts({ account_group_id: other.id })).toEqual(["4.00"]);
  expect(amounts({ ...path, start_date: "2026-01-06" })).toEqual(["2.00", "3.00", "5.00"]);
  expect(amounts({ ...path, end_date: "2026-01-06" })).toEqual(["1.00", "2.00"]);
  expect(amounts({ start_date: "2026-01-06", end_date: "2026-01-06" })).toEqual(["2.00"]);
  expect(amounts({ start_date: "2026-01-08" })).toEqual([]);
  const query = {
    account_group_id: group.id,
    sort: "booking_date" as const,
    order: "DESC" as const,
    offset: 1,
    limit: 2,
  };
  const { meta, data } = call("listCashTransactions", { query });
  expect(meta).toEqual({
    offset: 1,
    limit: 2,
    count: 2,
    total_count: 4,
    sort: "booking_date",
    order: "DESC",
  });
  expect(data.map(({ delta }) => delta.amount)).toEqual(["3.00", "2.00"]);
  expect(refused("listCashTransactions", { query: { account_group_id: nobody } })[0]).toBe(404);
});

test("security transactions are listed by group, account and booking date", async () => {
  const { call, refused, world, path, group, user, addGroup } = createBank();
  const other = addGroup(user, "100000001");
  const instrument = { isin: "IE00B3XXRP09", uuid: world.ids.uuid() };
  const addAccount = (account_group_id: string, account_number: number) => {
    const id = world.ids.uuid();
    world.tables.accounts.set(id, {
      id,
      created_at: world.time(),
      updated_at: world.time(),
      account_group_id,
      type: "TRADING",
      users: [{ id: user.id, type: "OWNER" }],
      account_number,
      name: "Account",
      status: "ACTIVE",
    });
    return id;
  };
  const accounts = [addAccount(group.id, 1), addAccount(group.id, 2), addAccount(other.id, 1)];
  for (const [at, account_id] of accounts.entries()) {
    bookUnits(world, holdingOf(world, account_id, instrument.isin), {
      type: "ORDER_EXECUTION",
      quantity: String(at + 1),
      account_group_id: at < 2 ? group.id : other.id,
      references: [{ type: "ORDER", id: nobody }],
      instrument,
    });
    await world.clock.advance(day);
  }
  const quantities = (query: object) =>
    call("listSecuritiesTransactions", { query }).data.map(({ delta }) => delta.amount);
  expect(quantities({})).toEqual(["1", "2", "3"]);
  expect(quantities(path)).toEqual(["1", "2"]);
  expect(quantities({ account_id: accounts[1] })).toEqual(["2"]);
  expect(quantities({ ...path, account_id: accounts[0] })).toEqual(["1"]);
  expect(quantities({ start_date: "2026-01-06", end_date: "2026-01-06" })).toEqual(["2"]);
  expect(quantities({ order: "DESC", limit: 1 })).toEqual(["3"]);
  const status = (query: object) => refused("listSecuritiesTransactions", { query })[0];
  expect(status({ account_group_id: nobody })).toBe(404);
  expect(status({ account_id: nobody })).toBe(404);
  expect(status({ ...path, account_id: accounts[2] })).toBe(404);
});

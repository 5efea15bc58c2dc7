import type { AccountLiquidation } from "@upvest-sdk/types";
import { describe, expect, test } from "vitest";
import { mockIsins } from "../src/mock-values.js";
import { createMarket } from "./support/market.js";

const isin = "IE00B3XXRP09"; // 113.03

function createPortfolio() {
  const market = createMarket();
  const account = market.addAccount(market.group, { type: "PORTFOLIO" });
  const path = { account_id: account.id };
  return {
    ...market,
    portfolio: account,
    path,
    give: (what: string, quantity: string) => market.give(what, quantity, account),
    liquidate: () => market.call("createAccountLiquidation", { path, body: { user_id: market.user.id } }),
    read: (id: string): AccountLiquidation =>
      market.call("retrieveAccountLiquidation", { path: { ...path, account_liquidation_id: id } }),
  };
}

describe("a liquidation", () => {
  test("sells all positions by units, until all is settled", async () => {
    const market = createPortfolio();
    market.give(isin, "2.1234567891");
    market.give("IE0032077012", "3");
    market.events();
    const made = market.liquidate();
    expect(made).toEqual({
      id: made.id,
      created_at: "2026-01-05T09:00:00.000Z",
      updated_at: "2026-01-05T09:00:00.000Z",
      user_id: market.user.id,
      account_id: market.portfolio.id,
      cash_amount: "0.00",
      currency: "EUR",
      status: "NEW",
      orders: [],
    });
    expect(market.events()).toEqual(["ACCOUNT_LIQUIDATION.NEW"]);

    await market.steps(1);
    expect(market.events()).toEqual(["ORDER.NEW", "ORDER.NEW", "ACCOUNT_LIQUIDATION.PROCESSING"]);
    const { orders } = market.read(made.id);
    expect(orders.map(({ side, status }) => [side, status])).toEqual([
      ["SELL", "NEW"],
      ["SELL", "NEW"],
    ]);
    expect(market.order(orders[0]!.id)).toMatchObject({
      quantity: "2.1234567891",
      cash_amount: "0",
      initiation_flow: "ACCOUNT_LIQUIDATION",
      client_reference: made.id,
    });

    await market.steps(2);
    expect(market.read(made.id).status).toBe("FILLED");
    await market.steps(1);
    const types = market.events();
    expect(types.filter((type) => type.startsWith("ACCOUNT_LIQUIDATION"))).toEqual([
      "ACCOUNT_LIQUIDATION.FILLED",
      "ACCOUNT_LIQUIDATION.SETTLED",
    ]);
    expect(types.lastIndexOf("EXECUTION.SETTLED")).toBeLessThan(types.indexOf("ACCOUNT_LIQUIDATION.SETTLED"));
    expect(market.read(made.id)).toMatchObject({
      status: "SETTLED",
      // 240.0143..., cut off, and 300.00.
      cash_amount: "540.01",
      orders: [{ status: "FILLED" }, { status: "FILLED" }],
    });
    expect(market.cash()).toMatchObject({ balance: "540.01", pending_settlement: "0.00" });
    expect(market.call("listPositions", { path: market.path }).data).toEqual([]);
    expect(market.portfolio.status).toBe("ACTIVE");
  });

  test("is cancelled when one of its orders is, after the others are done", async () => {
    const market = createPortfolio();
    market.give(mockIsins.cancelledByPartner, "1");
    market.give(mockIsins.inParts, "5");
    const { id } = market.liquidate();
    await market.steps(3);
    expect(market.read(id)).toMatchObject({
      status: "PROCESSING",
      orders: [{ status: "CANCELLED" }, { status: "PROCESSING" }],
    });
    await market.steps(5);
    expect(market.read(id)).toMatchObject({
      status: "CANCELLED",
      cash_amount: "500.00",
      orders: [{ status: "CANCELLED" }, { status: "FILLED" }],
    });
    const types = market.events().filter((type) => type.startsWith("ACCOUNT_LIQUIDATION"));
    expect(types.at(-1)).toBe("ACCOUNT_LIQUIDATION.CANCELLED");
    expect(types).toHaveLength(3);
  });

  test("says how far its orders are, and what they have brought, at any time", async () => {
    const market = createPortfolio();
    market.give(mockIsins.inParts, "5");
    const { id } = market.liquidate();
    const list = () => market.call("listAccountsLiquidations", { path: market.path }).data[0];
    await market.steps(2);
    const running = { status: "PROCESSING", orders: [{ status: "PROCESSING" }], cash_amount: "0.00" };
    expect(market.read(id)).toMatchObject(running);
    expect(list()).toMatchObject(running);
    await market.steps(2);
    expect(market.read(id)).toMatchObject({ ...running, cash_amount: "200.00" });
    expect(list()).toMatchObject({ ...running, cash_amount: "200.00" });
    // It is as old as its last state.
    expect(market.read(id).updated_at).toBe("2026-01-05T09:00:00.050Z");
  });

  test("of an empty account is cancelled", async () => {
    const market = createPortfolio();
    const { id } = market.liquidate();
    await market.steps(1);
    expect(market.read(id).status).toBe("CANCELLED");
    expect(market.events()).toEqual(["ACCOUNT_LIQUIDATION.NEW", "ACCOUNT_LIQUIDATION.CANCELLED"]);
  });

  test("leaves alone what another one sells already", async () => {
    const market = createPortfolio();
    market.give(mockIsins.inParts, "5");
    const first = market.liquidate();
    await market.steps(2);
    const second = market.liquidate();
    await market.steps(8);
    expect([market.read(first.id).status, market.read(second.id).status]).toEqual(["SETTLED", "CANCELLED"]);
  });

  test("can be cancelled while it is NEW", async () => {
    const market = createPortfolio();
    market.give(isin, "1");
    const first = market.liquidate();
    const path = { ...market.path, account_liquidation_id: first.id };
    expect(market.call("cancelAccountLiquidation", { path })).toBeUndefined();
    await market.steps(3);
    expect(market.read(first.id)).toMatchObject({ status: "CANCELLED", orders: [] });
    const second = market.liquidate();
    await market.steps(1);
    const running = { ...market.path, account_liquidation_id: second.id };
    expect(market.refused("cancelAccountLiquidation", { path: running })[0]).toBe(409);
    const list = (query: Record<string, string>) =>
      market.call("listAccountsLiquidations", { path: market.path, query }).data.map(({ id }) => id);
    expect(list({})).toEqual([first.id, second.id].sort());
    expect(list({ start_date: "2026-01-06" })).toEqual([]);
    expect(list({ end_date: "2026-01-05" })).toHaveLength(2);
  });

  test("is refused for another user, a wrong account and a wrong state", async () => {
    const market = createPortfolio();
    const body = { user_id: market.user.id };
    const { path } = market;
    const refused = (given: { path: typeof path; body: typeof body }) =>
      market.refused("createAccountLiquidation", given)[0];
    expect(refused({ path, body: { user_id: market.addUser().id } })).toBe(400);
    expect(refused({ path: { account_id: market.user.id }, body })).toBe(404);
    for (const status of ["PENDING_APPROVAL", "LOCKED", "CLOSED"] as const) {
      market.portfolio.status = status;
      expect(refused({ path, body })).toBe(400);
    }
    market.portfolio.status = "CLOSING";
    const { id } = market.liquidate();
    const elsewhere = { account_id: market.account.id, account_liquidation_id: id };
    expect(market.refused("retrieveAccountLiquidation", { path: elsewhere })[0]).toBe(404);
    expect(market.refused("cancelAccountLiquidation", { path: elsewhere })[0]).toBe(404);
  });
});

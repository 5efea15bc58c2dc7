import type { AccountLiquidation } from "@upvest-sdk/types";
import { decimal, money, units } from "../amounts.js";
import type { Resource } from "../handler.js";
import { page, within } from "../page.js";
import { tradableUnits } from "../positions.js";
import { conflict, invalid, notFound } from "../problem.js";
import { step, type World } from "../world.js";
import { newOrder } from "./orders.js";
import { valuationCurrency } from "./positions.js";

/** A liquidation of the account in the path. */
function liquidationOf(
  world: World,
  { account_id, account_liquidation_id }: { account_id: string; account_liquidation_id: string },
): AccountLiquidation {
  world.tables.accounts.need(account_id);
  const liquidation = world.tables.liquidations.need(account_liquidation_id);
  if (liquidation.account_id !== account_id) throw notFound("liquidation", account_liquidation_id);
  return liquidation;
}

function become(world: World, liquidation: AccountLiquidation, status: AccountLiquidation["status"]): void {
  liquidation.status = status;
  liquidation.updated_at = world.time();
  // NEW is emitted where one is made.
  if (status !== "NEW") world.emit(`ACCOUNT_LIQUIDATION.${status}`, liquidation);
}

/** NEW -> PROCESSING: a sell order for all units of each position that are free. */
function process(world: World, id: string): void {
  const liquidation = world.tables.liquidations.get(id);
  if (liquidation?.status !== "NEW") return;
  const { account_id, currency, user_id } = liquidation;
  const free = world.tables.holdings.list(
    (holding) => holding.account_id === account_id && tradableUnits(holding).gt(0),
  );
  for (const holding of free) {
    const order = newOrder(
      world,
      {
        ...(typeof user_id === "string" && { user_id }),
        account_id,
        side: "SELL",
        instrument_id: holding.isin,
        instrument_id_type: "ISIN",
        quantity: units(tradableUnits(holding)),
        currency,
        order_type: "MARKET",
        // To sell everything is what the user wants, whether it fits or not.
        user_instrument_fit_acknowledgement: true,
        client_reference: id,
      },
      "ACCOUNT_LIQUIDATION",
      `liquidations:${id}`,
    );
    liquidation.orders.push({ id: order.id, side: "SELL", status: order.status });
  }
  become(world, liquidation, free.length ? "PROCESSING" : "CANCELLED");
}

/** The liquidation, with the states that its orders have now, and what they have brought. */
function refreshed(world: World, liquidation: AccountLiquidation): AccountLiquidation {
  const orders = liquidation.orders.map((brief) => world.tables.orders.need(brief.id));
  liquidation.orders = orders.map(({ id, status }) => ({ id, side: "SELL", status }));
  liquidation.cash_amount = money(
    orders
      .flatMap(({ executions }) => executions)
      .reduce((all, { cash_amount }) => all.plus(cash_amount), decimal("0")),
  );
  return liquidation;
}

/** One of its orders has come to its end, or has settled. */
function orderChanged(world: World, id: string): void {
  const liquidation = world.tables.liquidations.get(id);
  if (liquidation?.status !== "PROCESSING" && liquidation?.status !== "FILLED") return;
  const orders = refreshed(world, liquidation).orders.map((brief) => world.tables.orders.need(brief.id));
  const executions = orders.flatMap((order) => order.executions);
  if (orders.some(({ status }) => status === "NEW" || status === "PROCESSING")) return;
  if (liquidation.status === "PROCESSING")
    become(world, liquidation, orders.every(({ status }) => status === "FILLED") ? "FILLED" : "CANCELLED");
  if (liquidation.status === "FILLED" && executions.every(({ status }) => status === "SETTLED"))
    become(world, liquidation, "SETTLED");
}

export const liquidations: Resource = {
  handlers: {
    listAccountsLiquidations: ({ world, path, query, assumed }) => {
      const { id } = world.tables.accounts.need(path.account_id);
      const { start_date, end_date } = query;
      if (start_date !== undefined || end_date !== undefined)
        assumed("start_date and end_date, YYYY-MM-DD, are compared with created_at");
      const rows = world.tables.liquidations.list(
        (row) => row.account_id === id && within(row.created_at, start_date, end_date),
      );
      return page(
        rows.map((row) => refreshed(world, row)),
        query,
        "id",
      );
    },

    createAccountLiquidation: ({ world, path, body, assumed }) => {
      const account = world.tables.accounts.need(path.account_id);
      const { user_id } = body;
      if (!account.users.some(({ id }) => id === user_id))
        throw invalid(`User ${user_id} is not on account ${account.id}. Give its owner.`);
      if (account.status !== "ACTIVE" && account.status !== "CLOSING")
        throw invalid(
          `Account ${account.id} is ${account.status}. Only an ACTIVE or CLOSING one can be liquidated.`,
        );
      if (account.type !== "PORTFOLIO") assumed("an account of type TRADING can be liquidated as well");
      assumed("cash_amount of a liquidation is what its executions have brought so far");
      const now = world.time();
      const liquidation: AccountLiquidation = {
        id: world.ids.uuid(),
        created_at: now,
        updated_at: now,
        user_id,
        account_id: account.id,
        cash_amount: "0.00",
        currency: valuationCurrency(world, account.id),
        status: "NEW",
        orders: [],
      };
      world.tables.liquidations.set(liquidation.id, liquidation);
      world.emit("ACCOUNT_LIQUIDATION.NEW", liquidation);
      world.later(step, "liquidations.process", liquidation.id);
      return liquidation;
    },

    retrieveAccountLiquidation: ({ world, path }) => refreshed(world, liquidationOf(world, path)),

    cancelAccountLiquidation: ({ world, path, assumed }) => {
      const liquidation = liquidationOf(world, path);
      if (liquidation.status !== "NEW") {
        assumed("a liquidation that is not NEW any more can't be cancelled: 409");
        throw conflict(
          `Liquidation ${liquidation.id} is ${liquidation.status}. Only a NEW one can be cancelled.`,
        );
      }
      become(world, liquidation, "CANCELLED");
    },
  },
  tasks: {
    "liquidations.process": process,
    "liquidations.orderChanged": orderChanged,
  },
};

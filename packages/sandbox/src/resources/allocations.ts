import type {
  PortfoliosAllocation,
  PortfoliosAllocationItem,
  PortfoliosConfiguration,
} from "@upvest-sdk/types";
import { decimal } from "../amounts.js";
import type { Resource } from "../handler.js";
import { instrumentsData } from "../instruments-data.js";
import { page, within } from "../page.js";
import { invalid, notFound, unprocessable } from "../problem.js";
import type { World } from "../world.js";
import { instrumentOfPath } from "./instruments.js";

/** Allocations, and the accounts that are configured to follow them. */
export const allocations: Resource = {
  handlers: {
    listPortfoliosAllocations: ({ world, query, assumed }) => {
      const { start_date, end_date, instrument_ids } = query;
      if (start_date !== undefined || end_date !== undefined)
        assumed("start_date and end_date are compared with created_at");
      const wanted = instrument_ids?.split(",") ?? [];
      const rows = world.tables.allocations.list(
        ({ created_at, allocation }) =>
          within(created_at, start_date, end_date) &&
          wanted.every((id) => allocation.some(({ instrument_id }) => instrument_id === id)),
      );
      return page(rows, query, "id");
    },

    createPortfoliosAllocation: ({ world, body, assumed }) => {
      checkAllocation(body.allocation);
      if (body.name === undefined) assumed("an allocation without a name is named by the empty text");
      if (body.rebalancing_strategy_ids) assumed("rebalancing_strategy_ids change nothing");
      const now = world.time();
      const allocation: PortfoliosAllocation = {
        id: world.ids.uuid(),
        created_at: now,
        updated_at: now,
        name: body.name ?? "",
        allocation: body.allocation,
      };
      world.tables.allocations.set(allocation.id, allocation);
      world.emit("PORTFOLIO_ALLOCATION.CREATED", allocation);
      return allocation;
    },

    retrievePortfoliosAllocation: ({ world, path }) => world.tables.allocations.need(path.allocation_id),

    updatePortfoliosAllocation: ({ world, path, body, assumed }) => {
      const allocation = world.tables.allocations.need(path.allocation_id);
      checkAllocation(body.allocation);
      if (body.name === undefined) assumed("a change without a name keeps the name");
      else allocation.name = body.name;
      allocation.allocation = body.allocation;
      allocation.updated_at = world.time();
      world.emit("PORTFOLIO_ALLOCATION.CHANGED", allocation);
      return allocation;
    },

    listPortfoliosAllocationAccounts: ({ world, path, query }) => {
      const { id } = world.tables.allocations.need(path.allocation_id);
      return page(
        accountsOf(world, id).map((account_id) => ({ id: account_id })),
        query,
        "id",
      );
    },

    listPortfoliosConfigurations: ({ world, query, assumed }) => {
      const { start_date, end_date, account_id, allocation_id } = query;
      if (start_date !== undefined || end_date !== undefined)
        assumed("start_date and end_date are compared with created_at");
      const rows = world.tables.configurations.list(
        (configuration) =>
          within(configuration.created_at, start_date, end_date) &&
          (account_id === undefined || configuration.account_id === account_id) &&
          (allocation_id === undefined || configuration.allocation_id === allocation_id),
      );
      return page(rows, query, "account_id");
    },

    createPortfoliosConfiguration: ({ world, body, assumed }) => {
      const account = world.tables.accounts.need(body.account_id);
      world.tables.allocations.need(body.allocation_id);
      if (account.type !== "PORTFOLIO")
        throw unprocessable("The account is of type TRADING: only one of type PORTFOLIO can be configured.");
      if (account.status !== "ACTIVE")
        throw unprocessable(`The account is ${account.status}: only one that is ACTIVE can be configured.`);
      if (world.tables.configurations.get(account.id)) {
        assumed("a second configuration of an account is refused with 422");
        throw unprocessable("The account has a configuration already: change it with PATCH.");
      }
      const now = world.time();
      const configuration: PortfoliosConfiguration = { ...body, created_at: now, updated_at: now };
      return world.tables.configurations.set(account.id, configuration);
    },

    retrievePortfoliosConfiguration: ({ world, path }) => world.tables.configurations.need(path.account_id),

    updatePortfoliosConfiguration: ({ world, path, body }) => {
      const configuration = world.tables.configurations.need(path.account_id);
      if (body.allocation_id !== undefined) world.tables.allocations.need(body.allocation_id);
      Object.assign(configuration, body);
      configuration.updated_at = world.time();
      return configuration;
    },
  },
};

/** What can be bought for an amount, by its ISIN. */
export function investableInstrument(isin: string): void {
  const data = instrumentsData.get(isin);
  if (!data) throw notFound("instrument", isin);
  if (!data.fractional_trading)
    throw invalid(`The instrument ${isin} is traded in whole units: it cannot be bought for an amount.`);
}

/** The ISIN of an item, whichever id it is given by. */
export const isinOf = ({ instrument_id, instrument_id_type }: PortfoliosAllocationItem): string =>
  instrument_id_type === "UPVEST" ? instrumentOfPath(`uuid:${instrument_id}`).isin : instrument_id;

function checkAllocation(items: readonly PortfoliosAllocationItem[]): void {
  const isins = new Set<string>();
  for (const item of items) {
    // An ISIN has 12 characters, a UUID 32 or 36.
    if (item.instrument_id.length > 12 !== (item.instrument_id_type === "UPVEST"))
      throw invalid(
        `instrument_id ${item.instrument_id} is not of the instrument_id_type ${item.instrument_id_type}.`,
      );
    const isin = isinOf(item);
    investableInstrument(isin);
    if (isins.has(isin))
      throw invalid(`The instrument ${isin} is in the allocation twice: add up its weights.`);
    isins.add(isin);
  }
  const total = items.reduce((all, { weight }) => all.plus(weight), decimal("0"));
  if (!total.isEqualTo(100))
    throw invalid(`The weights add up to ${total.toFixed()}: they are percentages that must add up to 100.`);
}

/** The accounts that follow an allocation. */
export const accountsOf = (world: World, allocation_id: string): string[] =>
  world.tables.configurations
    .list((configuration) => configuration.allocation_id === allocation_id)
    .map(({ account_id }) => account_id);

import type {
  CurrencyEurGbp,
  ExAnteCostAmount,
  ExAnteCostFee,
  ExAnteCostUser,
  ExAnteCostUserOrder,
  OrderSide,
  Report,
  ReportReference,
  ReportRetrieveResponse,
  ReportType,
  User,
  UserExAnteCostReport,
} from "@upvest-sdk/types";
import { BigNumber, decimal, money, units } from "../amounts.js";
import type { Resource } from "../handler.js";
import type { InstrumentData } from "../instruments-data.js";
import { page, within } from "../page.js";
import { pdf } from "../pdf.js";
import { invalid } from "../problem.js";
import type { World } from "../world.js";
import { instrumentOfPath, priceOf, venueOf } from "./instruments.js";

export interface NewReport {
  user_id: string;
  type: Exclude<ReportType, "ORDER_EX_ANTE_COST">;
  account_id?: string | undefined;
  references?: ReportReference[] | undefined;
  /** The earlier report that this one replaces. */
  substituted_report_id?: string | undefined;
}

/** A report that Upvest makes by itself. REPORT.CREATED. */
export function addReport(
  world: World,
  { user_id, type, account_id, references, substituted_report_id }: NewReport,
): Report {
  const report: Report = {
    id: world.ids.uuid(),
    created_at: world.time(),
    user_id,
    type,
    substituted_report_id: substituted_report_id ?? null,
    ...((account_id !== undefined || references) && {
      data: {
        ...(account_id !== undefined && { account: { id: account_id } }),
        ...(references && { references }),
      },
    }),
  };
  world.tables.reports.set(report.id, report);
  world.emit("REPORT.CREATED", report);
  return report;
}

const isExAnte = (report: ReportRetrieveResponse): report is UserExAnteCostReport =>
  report.type === "ORDER_EX_ANTE_COST";

/** A report without its contents, as the list and the event give it. */
function withoutContents(report: ReportRetrieveResponse): Report {
  if (!isExAnte(report)) return report;
  const { data, ...rest } = report;
  const id = data?.account?.id;
  return { ...rest, ...(id !== undefined && { data: { account: { id } } }) };
}

function isAbout({ tables }: World, report: ReportRetrieveResponse, isin: string): boolean {
  if (isExAnte(report)) return report.data?.instrument?.isin === isin;
  return (report.data?.references ?? []).some(
    ({ id, type }) =>
      type === "ORDER_ID" && id !== undefined && tables.orders.get(id)?.instrument_id === isin,
  );
}

/** How long the estimate assumes that a purchase is held. */
const years = 3;
/** The largest amount that the API writes. */
const most = "999999999.99";

/** The planned order as the estimate takes it: of amount and quantity the client gives one. */
function estimateOrder(
  world: World,
  { cash_amount, quantity, limit_price, stop_price, ...order }: ExAnteCostUserOrder,
  data: InstrumentData,
) {
  const { order_type, side } = order;
  // The formats allow the empty text; it counts as left out.
  if (!cash_amount === !quantity)
    throw invalid("order must have either cash_amount or quantity: send one of the two.");
  if (order_type !== "MARKET" && !quantity)
    throw invalid(`order has a cash_amount, which only MARKET takes: send a quantity for ${order_type}.`);
  if (order_type !== "MARKET" && quantity && !decimal(quantity).isInteger())
    throw invalid(`order.quantity is ${quantity}, but ${order_type} takes whole units only.`);
  if (!limit_price === (order_type === "LIMIT"))
    throw invalid(`order.limit_price belongs to LIMIT and nothing else: order_type is ${order_type}.`);
  if (!stop_price === (order_type === "STOP"))
    throw invalid(`order.stop_price belongs to STOP and nothing else: order_type is ${order_type}.`);
  const price = decimal(limit_price || stop_price || priceOf(data, side, world.clock.now()));
  const amount = money(quantity ? decimal(quantity).times(price) : decimal(cash_amount!));
  if (price.isZero() || decimal(amount).isZero())
    throw invalid(
      "order comes to less than 0.01: send an amount or a quantity, and a price if any, above 0.",
    );
  if (decimal(amount).isGreaterThan(most))
    throw invalid(`order comes to more than ${most}: send a smaller one.`);
  return {
    ...order,
    cash_amount: amount,
    quantity: quantity || units(decimal(amount).div(price)),
    price: price.toFixed(),
    ...(limit_price && { limit_price }),
    ...(stop_price && { stop_price }),
  };
}

/** What a fee comes to: each time for a fee of a trade, in a year for the annual one. */
function feeOf(fee: ExAnteCostFee, orderAmount: string, currency: CurrencyEurGbp): BigNumber {
  if (fee.value_type === "ABSOLUTE") {
    checkCurrency("fees", fee.currency, currency);
    return decimal(fee.cash_amount);
  }
  // The format allows a minus sign, and no digit at all.
  if (!/^[\d.]/.test(fee.bps)) throw invalid(`fees has the rate "${fee.bps}": send a number from 0 on.`);
  return decimal(money(decimal(orderAmount).times(fee.bps).div(10_000)));
}

function checkCurrency(what: string, currency: CurrencyEurGbp, ofOrder: CurrencyEurGbp): void {
  if (currency !== ofOrder)
    throw invalid(`${what} has an amount in ${currency}: send it in the order's currency, ${ofOrder}.`);
}

const sum = (values: readonly BigNumber[]) => BigNumber.sum(0, ...values);

/** The costs of a planned order, from what the client says that it charges. */
function estimateCosts(
  order: { side: OrderSide; currency: CurrencyEurGbp; cash_amount: string },
  fees: readonly ExAnteCostFee[],
  thirdParty: BigNumber,
) {
  const { side, currency, cash_amount } = order;
  const amounts = fees.map((fee) => ({ type: fee.type, amount: feeOf(fee, cash_amount, currency) }));
  const feesOf = (type: ExAnteCostFee["type"]) =>
    sum(amounts.filter((fee) => fee.type === type).map(({ amount }) => amount));
  // What is bought is held and sold one day; what is sold is gone.
  const isHeld = side === "BUY";
  const none = decimal("0");
  const buying = isHeld ? feesOf("TRANSACTION_FEE_BUY") : none;
  const holding = isHeld ? feesOf("ANNUAL_AUM_BASED_FEE") : none;
  const selling = feesOf("TRANSACTION_FEE_SELL");
  const cost = (value: BigNumber): ExAnteCostAmount => {
    if (value.isGreaterThan(most))
      throw invalid(`The costs come to more than ${most}: send a smaller order or smaller fees.`);
    return { cash_amount: money(value), currency, as_percentage: units(value.times(100).div(cash_amount)) };
  };
  const ongoing = holding.times(years);
  const transaction = buying.plus(selling);
  const service = transaction.plus(ongoing);
  return {
    return_impact: isHeld
      ? {
          year_one: cost(buying.plus(holding)),
          year_two: cost(holding),
          year_three: cost(holding.plus(selling)),
        }
      : { year_one: cost(selling), year_two: cost(none), year_three: cost(none) },
    total_cost: {
      product: cost(none),
      service: cost(service),
      third_party: cost(thirdParty),
      total: cost(service.plus(thirdParty)),
    },
    product_cost: {
      one_off: cost(none),
      ongoing: cost(none),
      transaction: cost(none),
      incidental: cost(none),
      total: cost(none),
    },
    service_cost: {
      one_off: cost(none),
      ongoing: cost(ongoing),
      transaction: cost(transaction),
      ancillary: cost(none),
      incidental: cost(none),
      total: cost(service),
    },
    third_party_payments: {
      total: cost(thirdParty),
      received_by_client: cost(thirdParty),
      received_by_upvest: cost(none),
    },
  };
}

function printedUser({
  first_name,
  last_name,
  salutation,
  title,
  postal_address,
  address,
}: User): ExAnteCostUser {
  return {
    first_name,
    // Users may have a shorter name than reports.
    ...(last_name.length > 1 && { last_name }),
    salutation: salutation ?? "",
    title: title ?? "",
    address: postal_address ?? address,
  };
}

/** What the document says. */
function linesOf({ tables }: World, report: ReportRetrieveResponse): string[] {
  const { id, type, created_at, user_id, substituted_report_id } = report;
  const { first_name, last_name } = tables.users.need(user_id);
  const lines = [type, `Report ${id} of ${created_at}`, `For ${first_name} ${last_name}, user ${user_id}`];
  if (substituted_report_id !== null) lines.push(`Replaces the report ${substituted_report_id}`);
  if (report.data?.account?.id !== undefined) lines.push(`Account ${report.data.account.id}`);
  if (!isExAnte(report))
    return [...lines, ...(report.data?.references ?? []).map((one) => `${one.type} ${one.id}`)];
  const { order, total_cost = {} } = report.data ?? {};
  lines.push(
    `${order?.side} ${order?.quantity} of ${order?.instrument_id} for ${order?.cash_amount} ${order?.currency}`,
  );
  for (const [name, cost] of Object.entries(total_cost))
    lines.push(`Costs, ${name}: ${cost.cash_amount} ${cost.currency}, ${cost.as_percentage} %`);
  return lines;
}

/** Reports and files. */
export const reports: Resource = {
  handlers: {
    listUserReports({ world, path, query }) {
      world.tables.users.need(path.user_id);
      const { type, instrument, start_date, end_date, sort = "created_at", order = "ASC" } = query;
      const isin = instrument === undefined ? undefined : instrumentOfPath(instrument).isin;
      const rows = world.tables.reports.list(
        (report) =>
          report.user_id === path.user_id &&
          (type === undefined || report.type === type) &&
          within(report.created_at, start_date, end_date) &&
          (isin === undefined || isAbout(world, report, isin)),
      );
      const { meta, data } = page(rows.map(withoutContents), { ...query, sort, order });
      return { meta: { ...meta, sort, order }, data };
    },

    createReport({ world, body, assumed }) {
      const { tables } = world;
      const { order, fees = [], inducements = [] } = body;
      const { user_id, account_id, currency, instrument_id } = order;
      const user = tables.users.need(user_id);
      const account = tables.accounts.need(account_id);
      const group = tables.accountGroups.need(account.account_group_id);
      if (!account.users.some(({ id }) => id === user_id))
        throw invalid(`The account ${account_id} is not the user's: send one of the user ${user_id}.`);
      const data = instrumentOfPath(`isin:${instrument_id}`);
      const venue = venueOf(data, currency);
      if (!venue)
        throw invalid(`${instrument_id} is not traded in ${currency}: send the order in another one.`);
      const estimate = estimateOrder(world, order, data);
      for (const { cash_amount, currency: paid } of inducements) {
        checkCurrency("inducements", paid, currency);
        if (decimal(cash_amount).isNegative()) {
          assumed("a negative inducement is refused with 400");
          throw invalid(`inducements has the amount ${cash_amount}: send what is paid to you, from 0 on.`);
        }
      }
      const thirdParty = sum(inducements.map(({ cash_amount }) => decimal(cash_amount)));
      const costs = estimateCosts(estimate, fees, thirdParty);
      assumed("the securities are held for three years, keep their price and cost nothing themselves");
      assumed("third parties pay all inducements to the client, and they lower no return");
      assumed("REPORT.CREATED is sent for a report that was asked for, too");
      const report: UserExAnteCostReport = {
        id: world.ids.uuid(),
        created_at: world.time(),
        user_id,
        type: body.type,
        substituted_report_id: null,
        data: {
          holding_period: { unit: "YEAR", quantity: years },
          instrument: { isin: data.isin, short_name: data.name },
          venue: { name: venue.name },
          account: { id: account_id, account_number: account.account_number },
          account_group: {
            id: group.id,
            securities_account_number: group.securities_account_number,
          },
          user: printedUser(user),
          order: estimate,
          ...costs,
        },
      };
      tables.reports.set(report.id, report);
      world.emit("REPORT.CREATED", withoutContents(report));
      return report;
    },

    retrieveReport({ world, path, accept, assumed }) {
      const report = world.tables.reports.need(path.report_id);
      if (accept === "application/pdf") return pdf(linesOf(world, report));
      if (!isExAnte(report)) assumed("a report without figures is answered in JSON as the list gives it");
      return report;
    },

    fetchingFileMetadata({ world, path, query, assumed }) {
      const { folder, file_name } = path;
      if (query.redirect !== undefined && query.redirect !== "0")
        assumed("redirect is of no effect: the answer is the metadata");
      return world.tables.files.need(`${folder}/${file_name}`);
    },
  },
};

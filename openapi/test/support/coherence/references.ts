import { isObject } from "../description.js";
import { type Resources, resourcesOf, shortFormOf, snapshots } from "./resources.js";
import { type TypedValue, text } from "./values.js";

/** A field that holds ids, and the kind of resource they belong to; `Schema.field` goes before `field`. */
const fields: Record<string, string> = {
  account_group_id: "AccountGroup",
  account_id: "Account",
  accounts: "Account",
  allocation_id: "PortfoliosAllocation",
  allocations: "PortfoliosAllocation",
  mandate_id: "Mandate",
  order_id: "Order",
  "PortfoliosRebalancingExecutionOrder.execution_id": "PortfoliosRebalancingExecution",
  portfolio_order_id: "PortfoliosOrder",
  reference_account_id: "ReferenceAccount",
  savings_plan_id: "SavingsPlan",
  "SavingsPlanExecutionPortfolio.order_id": "PortfoliosOrder",
  substituted_report_id: "Report",
  tax_wrapper_id: "IsaTaxWrapper",
  user_id: "User",
  user_ids: "User",
  venue_id: "InstrumentVenue",
  webhook_id: "WebhookSubscription",
};

/** Fields that end in `_id` and name nothing that the API shows. */
const exceptions: Record<string, string> = {
  branch_id: "Upvest sets up the branches; no operation reads them.",
  client_id: "It names the client, who is no resource.",
  consent_document_id: "It names a version of a document; no operation lists them.",
  creditor_id: "It is the SEPA creditor identifier, whose check digits are tested.",
  fee_model_id: "Upvest hands the ids out; no operation reads a model.",
  request_id: "It names an exchange of messages.",
};

/** What the `type` of a reference `{id, type}` says about its `id`. */
const referenceTypes: Record<string, string> = {
  ACCOUNT_GROUP: "AccountGroup",
  ACCOUNT_GROUP_ID: "AccountGroup",
  ACCOUNT_ID: "Account",
  CORPORATE_ACTION: "CorporateAction",
  DIRECT_DEBIT: "DirectDebit",
  FEE_COLLECTION: "FeeCollection",
  ORDER: "Order",
  ORDER_EXECUTION: "OrderExecution",
  ORDER_ID: "Order",
  TOPUP: "TopUp",
  VIRTUAL_CASH_DECREASE: "VirtualCashDecrease",
  VIRTUAL_CASH_INCREASE: "VirtualCashIncrease",
  WITHDRAWAL: "Withdrawal",
};

/** What an order that the platform began names in its `client_reference`. */
const causes: Record<string, string> = {
  ACCOUNT_LIQUIDATION: "AccountLiquidation",
  PORTFOLIO: "PortfoliosOrder",
  SAVINGS_PLAN: "SavingsPlanExecution",
  SELL_TO_COVER_FEES: "FeeCollection",
  SELL_TO_COVER_TAXES: "TaxCollection",
};

/** An id in an example, and the kind of resource that it should belong to. */
export interface Link {
  from: TypedValue;
  field: string;
  kind: string;
  id: string;
}

/** All ids by which examples refer to resources, and the fields that no rule covers. */
export function linksOf(values: TypedValue[]): { links: Link[]; unruled: string[] } {
  const links: Link[] = [];
  const unruled: string[] = [];
  for (const from of values) {
    const add = (field: string, kind: string, id: unknown) => {
      if (typeof id === "string") links.push({ from, field, kind, id });
    };
    for (const [field, value] of Object.entries(from.value)) {
      const kind = fields[`${from.schema}.${field}`] ?? fields[field];
      const ids = Array.isArray(value) ? value : [value];
      if (kind !== undefined) for (const id of ids) add(field, kind, id);
      else if (/_ids?$/.test(field) && field !== "instrument_id" && !(field in exceptions))
        unruled.push(`${from.title}: no rule for ${field}`);
      if (field === "account" && isObject(value) && from.schema === "ReportData")
        add("account.id", "Account", value["id"]);
    }
    const shortForm = shortFormOf(from.schema);
    if (shortForm) add("id", shortForm, from.value["id"]);
    if (shortForm === "") {
      const type = text(from.value, "type") ?? "";
      if (type in referenceTypes) add("id", referenceTypes[type]!, from.value["id"]);
      else unruled.push(`${from.title}: no rule for a reference of type ${type}`);
    }
    const cause = from.schema === "Order" && causes[text(from.value, "initiation_flow") ?? ""];
    if (cause) add("client_reference", cause, from.value["client_reference"]);
    if (from.schema === "PortfoliosOrder" && from.value["type"] === "REBALANCING")
      add("client_reference", "PortfoliosRebalancingExecution", from.value["client_reference"]);
  }
  return { links, unruled };
}

/** Ids that no example of such a resource has, one line each; an id that two kinds share; instruments that are not shown. */
export function danglingReferences(values: TypedValue[]): string[] {
  const resources = resourcesOf(values);
  const { links, unruled } = linksOf(values);
  const dangling = links
    .filter(({ kind, id }) => snapshots(resources, kind, id).length === 0)
    .map(({ from, field, kind, id }) => `${from.title}: ${field} ${id} is no ${kind} of any example`);
  return [...unruled, ...dangling, ...sharedIds(resources), ...unknownInstruments(values, resources)];
}

function sharedIds(resources: Resources): string[] {
  const kindOfId = new Map<string, string>();
  const problems: string[] = [];
  for (const [kind, byId] of resources)
    for (const id of byId.keys()) {
      const other = kindOfId.get(id);
      if (other !== undefined) problems.push(`${id} is both ${other} and ${kind}`);
      kindOfId.set(id, kind);
    }
  return problems;
}

/** Instruments are named by ISIN, by id, or by both at once. */
function unknownInstruments(values: TypedValue[], resources: Resources): string[] {
  const known = [...(resources.get("Instrument")?.values() ?? [])].flat().map(({ value }) => value);
  const named = (id: string | undefined, isin: string | undefined) =>
    known.some(
      (value) => (id === undefined || value["id"] === id) && (isin === undefined || value["isin"] === isin),
    );
  const problems: string[] = [];
  for (const { schema, value, title } of values) {
    const id = text(value, "instrument_id");
    if (
      id !== undefined &&
      !(value["instrument_id_type"] === "UPVEST" ? named(id, undefined) : named(undefined, id))
    )
      problems.push(`${title}: instrument_id ${id} is no instrument of any example`);
    const reference = schema === "TaxCollection" || schema.endsWith("Data") ? value["instrument"] : value;
    const isReference =
      schema === "InstrumentReference" || schema === "CorporateActionInstrument" || reference !== value;
    if (isReference && reference !== undefined && !named(text(reference, "uuid"), text(reference, "isin")))
      problems.push(`${title}: its uuid and isin are no instrument of any example`);
  }
  return problems;
}

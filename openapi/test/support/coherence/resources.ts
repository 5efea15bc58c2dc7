import { type TypedValue, text } from "./values.js";

/** Schemas whose `id` names a resource that another schema describes. */
const shortForms: Record<string, string> = {
  AccountLiquidationOrder: "Order",
  AccountUser: "User",
  CashTransactionReference: "",
  ExAnteCostAccount: "Account",
  ExAnteCostAccountGroup: "AccountGroup",
  OrderCancelResponse: "Order",
  PortfoliosAllocationAccount: "Account",
  PortfoliosOrderInstrumentOrder: "Order",
  PortfoliosRebalancingTriggerResponse: "PortfoliosRebalancingExecution",
  ReportReference: "",
  SecurityTransactionReference: "",
  UserCheckCreateResponse: "UserCheck",
};

/** Schemas that describe one kind of resource in several shapes. */
const kinds: Record<string, string> = {
  SavingsPlanExecutionInstrument: "SavingsPlanExecution",
  SavingsPlanExecutionPortfolio: "SavingsPlanExecution",
  TaxExemptionFailure: "TaxExemption",
  UserByol: "User",
  UserCheckCompliance: "UserCheck",
  UserCheckInstrumentFit: "UserCheck",
  UserCheckKyc: "UserCheck",
  UserCheckPor: "UserCheck",
  UserExAnteCostReport: "Report",
  UserTol: "User",
};

/** What the `id` of a value of this schema refers to; undefined when it is the value's own. */
export function shortFormOf(schema: string): string | undefined {
  return shortForms[schema];
}

function kindOf(schema: string): string {
  return kinds[schema] ?? schema;
}

/** One state of a resource as an example shows it. */
export interface Snapshot extends TypedValue {
  id: string;
}

/** All resources that examples show: kind, then id, then its snapshots. */
export type Resources = Map<string, Map<string, Snapshot[]>>;

export function resourcesOf(values: TypedValue[]): Resources {
  const resources: Resources = new Map();
  for (const typed of values) {
    const id = text(typed.value, "id");
    if (id === undefined || shortFormOf(typed.schema) !== undefined) continue;
    const kind = kindOf(typed.schema);
    const ofKind = resources.get(kind) ?? new Map<string, Snapshot[]>();
    resources.set(kind, ofKind);
    ofKind.set(id, [...(ofKind.get(id) ?? []), { ...typed, id }]);
  }
  return resources;
}

export function snapshots(resources: Resources, kind: string, id: string | undefined): Snapshot[] {
  return (id === undefined ? undefined : resources.get(kind)?.get(id)) ?? [];
}

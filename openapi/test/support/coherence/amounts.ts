import { isObject } from "../description.js";
import { decimal, quotient, round, show, sum, times } from "./decimal.js";
import { type Resources, resourcesOf, snapshots } from "./resources.js";
import { objects, type TypedValue, text } from "./values.js";

type Value = Record<string, unknown>;
/** Two numbers that should be equal, and what they are. */
type Equation = [what: string, actual: bigint, expected: bigint];
type Rule = (value: Value, resources: Resources) => Equation[];

const amount = (value: unknown, ...path: string[]) => decimal(text(value, ...path));

/** For each schema, the sums that have to add up. */
const rules: Record<string, Rule> = {
  OrderExecution: (value) => [
    [
      "price x share_quantity",
      round(times(amount(value, "price"), amount(value, "share_quantity")), 2),
      amount(value, "cash_amount"),
    ],
  ],

  Order: (value) => {
    if (value["status"] !== "FILLED") return [];
    const executions = objects(value, "executions");
    const total = (field: string) => sum(executions.map((execution) => amount(execution, field)));
    const asked: Equation[] = [
      ["cash_amount of the executions", total("cash_amount"), amount(value, "cash_amount")],
      ["share_quantity of the executions", total("share_quantity"), amount(value, "quantity")],
    ];
    return asked.filter(([, , expected]) => expected !== 0n);
  },

  PortfoliosOrder: (value, resources) => {
    const orders = objects(value, "orders").flatMap(({ id }) =>
      snapshots(resources, "Order", id as string).slice(0, 1),
    );
    if (orders.length === 0 || value["type"] === "REBALANCING") return [];
    return [
      [
        "cash_amount of the single orders",
        sum(orders.map((order) => amount(order.value, "cash_amount"))),
        amount(value, "cash_amount"),
      ],
    ];
  },

  PortfoliosAllocation: weightsOfAllocation,
  PortfoliosAllocationCreateRequest: weightsOfAllocation,
  PortfoliosAllocationUpdateRequest: weightsOfAllocation,

  AccountValuation: (value) => {
    const priced = objects(value, "security_positions").filter((position) => isObject(position["value"]));
    const total = amount(value, "total_security_value", "amount");
    return [
      ["values of the positions", sum(priced.map((position) => amount(position, "value", "amount"))), total],
      ["weights of the positions", sum(priced.map((position) => amount(position, "weight"))), decimal("1")],
      ...priced.map<Equation>((position) => [
        "weight of a position",
        amount(position, "weight"),
        quotient(amount(position, "value", "amount"), total, 10),
      ]),
    ];
  },

  CashBalance: (value) => {
    const free = amount(value, "balance") - amount(value, "locked_for_trading");
    return [
      ["available_for_trading", amount(value, "available_for_trading"), free],
      [
        "available_for_withdrawal",
        amount(value, "available_for_withdrawal"),
        free - amount(value, "pending_settlement"),
      ],
    ];
  },

  Position: (value) => [
    [
      "available_for_trading",
      amount(value, "available_for_trading"),
      amount(value, "quantity") - amount(value, "locked_for_trading"),
    ],
    [
      "settled_quantity",
      amount(value, "settled_quantity"),
      amount(value, "quantity") - amount(value, "pending_settlement"),
    ],
  ],

  CashTransaction: (value, resources) => {
    const executions = referenced(value, "ORDER_EXECUTION").flatMap((id) =>
      snapshots(resources, "OrderExecution", id).slice(0, 1),
    );
    const charges = sum(
      [...objects(value, "taxes"), ...objects(value, "fees")].map((charge) => amount(charge, "amount")),
    );
    const orders = executions.map<Equation>(({ value: execution }) => {
      const paid = amount(execution, "cash_amount");
      return [
        "delta",
        amount(value, "delta", "amount"),
        (execution["side"] === "BUY" ? -paid : paid) - charges,
      ];
    });
    const debits = referenced(value, "DIRECT_DEBIT").flatMap((id) =>
      snapshots(resources, "DirectDebit", id).slice(0, 1),
    );
    return [
      ...orders,
      ...debits.map<Equation>((debit) => [
        "delta",
        amount(value, "delta", "amount"),
        amount(debit.value, "cash_amount"),
      ]),
    ];
  },

  SecurityTransaction: (value, resources) =>
    referenced(value, "ORDER_EXECUTION")
      .flatMap((id) => snapshots(resources, "OrderExecution", id).slice(0, 1))
      .map<Equation>(({ value: execution }) => {
        const units = amount(execution, "share_quantity");
        return ["delta", amount(value, "delta", "amount"), execution["side"] === "BUY" ? units : -units];
      }),

  TaxExemptionDetails: (value) => [
    [
      "utilized_amount + remaining_amount",
      amount(value, "utilized_amount", "amount") + amount(value, "remaining_amount", "amount"),
      amount(value, "tax_exemption_amount", "amount"),
    ],
  ],

  IsaAllowance: (value) => [
    [
      "used_amount + remaining_amount",
      amount(value, "used_amount") + amount(value, "remaining_amount"),
      decimal("20000.00"),
    ],
  ],

  FeeCollection: (value) =>
    collected(
      value,
      text(value, "collection_amount"),
      ["cash_balance", "sell_to_cover"].map((part) => text(value, "processed_amount", part)),
    ),

  TaxCollection: (value) =>
    collected(
      value,
      text(value, "collection_amount", "amount"),
      ["cash_balance", "sell_to_cover", "offset_amount"].map((part) =>
        text(value, "processed_amount", part, "amount"),
      ),
    ),

  UserExAnteCostReportData: (value) => {
    const cost = (...path: string[]) => amount(value, ...path, "cash_amount");
    const total = (group: string) =>
      sum(
        Object.entries(value[group] as Value)
          .filter(([part]) => part !== "total")
          .map(([part]) => cost(group, part)),
      );
    const percent = (group: string): Equation[] =>
      Object.keys(value[group] as Value).map((part) => [
        `as_percentage of ${group}.${part}`,
        amount(value, group, part, "as_percentage"),
        quotient(cost(group, part) * 100n, amount(value, "order", "cash_amount"), 4),
      ]);
    const groups = ["product_cost", "service_cost", "third_party_payments"];
    return [
      ...groups.map<Equation>((group) => [`${group}.total`, cost(group, "total"), total(group)]),
      ["total_cost.product", cost("total_cost", "product"), cost("product_cost", "total")],
      ["total_cost.service", cost("total_cost", "service"), cost("service_cost", "total")],
      ["total_cost.third_party", cost("total_cost", "third_party"), cost("third_party_payments", "total")],
      ["total_cost.total", cost("total_cost", "total"), total("total_cost")],
      ["return_impact", total("return_impact"), cost("total_cost", "total")],
      [
        "order",
        times(amount(value, "order", "quantity"), amount(value, "order", "price")),
        amount(value, "order", "cash_amount"),
      ],
      ...[...groups, "total_cost", "return_impact"].flatMap(percent),
    ];
  },

  InstrumentPriceOhlc: (value) => {
    const prices = ["open", "high", "low", "close"]
      .map((field) => text(value, field))
      .filter((price) => price !== "");
    if (prices.length < 4) return [];
    const [low, ...rest] = prices.map((price) => decimal(price)).sort((a, b) => (a < b ? -1 : 1));
    return [
      ["low", amount(value, "low"), low!],
      ["high", amount(value, "high"), rest.at(-1)!],
    ];
  },
};

function weightsOfAllocation(value: Value): Equation[] {
  return [
    ["weights", sum(objects(value, "allocation").map((item) => amount(item, "weight"))), decimal("100")],
  ];
}

/** What is collected in the end is what was asked for; before that, nothing has to be. */
function collected(value: Value, asked: string | undefined, parts: (string | undefined)[]): Equation[] {
  return value["status"] === "FINALISED"
    ? [["processed_amount", sum(parts.map(decimal)), decimal(asked)]]
    : [];
}

function referenced(value: Value, type: string): string[] {
  return objects(value, "references")
    .filter((reference) => reference["type"] === type)
    .map(({ id }) => id as string);
}

/** Sums that do not add up, one line each. */
export function wrongAmounts(values: TypedValue[]): string[] {
  const resources = resourcesOf(values);
  return values.flatMap(({ schema, value, title }) =>
    (rules[schema]?.(value, resources) ?? [])
      .filter(([, actual, expected]) => actual !== expected)
      .map(([what, actual, expected]) => `${title}: ${what} is ${show(actual)}, not ${show(expected)}`),
  );
}

/** The schemas that have sums; each should occur in an example. */
export const summedSchemas: string[] = Object.keys(rules);

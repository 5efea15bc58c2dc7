import type { SavingsPlan, SavingsPlanExecution } from "@upvest-sdk/types";
import { money } from "../amounts.js";
import { addDays, dueDate, isDate, opening, tradingDayFrom } from "../calendar.js";
import type { Resource } from "../handler.js";
import { page } from "../page.js";
import { conflict, invalid, notFound } from "../problem.js";
import { step, type World } from "../world.js";
import { investableInstrument } from "./allocations.js";
import { newOrder } from "./orders.js";
import { investable, newPortfolioOrder, ownAccount } from "./portfolios.js";

// How long before an execution the reminder is sent; Upvest sets it for each client.
const reminderDays = 2;

export const savingsPlans: Resource = {
  handlers: {
    listSavingsPlans: ({ world, query }) => {
      const { account_id, user_id, instrument_id } = query;
      const rows = world.tables.savingsPlans.list(
        (plan) =>
          (account_id === undefined || plan.account_id === account_id) &&
          (user_id === undefined || plan.user_id === user_id) &&
          (instrument_id === undefined || plan.instrument_id === instrument_id),
      );
      return page(rows, query, "id");
    },

    createSavingsPlan: ({ world, body, assumed }) => {
      const account = ownAccount(world, body.user_id, body.account_id);
      if (account.status !== "ACTIVE")
        throw invalid(`The account is ${account.status}: a savings plan needs one that is ACTIVE.`);
      if (body.type === "PORTFOLIO") {
        if (account.type !== "PORTFOLIO")
          throw invalid("A savings plan of type PORTFOLIO needs an account of type PORTFOLIO.");
        if (!world.tables.configurations.get(account.id)) {
          assumed("a portfolio savings plan on an account without a configuration is refused with 400");
          throw invalid("The account has no portfolio configuration: create one first.");
        }
      } else {
        if (account.type === "PORTFOLIO")
          throw invalid("A savings plan of type INSTRUMENT is not possible on an account of type PORTFOLIO.");
        if (body.instrument_id === undefined)
          throw invalid("A savings plan of type INSTRUMENT needs an instrument_id.");
        if (body.instrument_id_type === "WKN")
          throw invalid("instrument_id is an ISIN: send instrument_id_type ISIN.");
        investableInstrument(body.instrument_id);
      }
      investable(body.cash_amount);
      if (!isDate(body.start_date))
        throw invalid(`start_date ${body.start_date} is not a day of the calendar.`);
      if (body.start_date < world.date()) {
        assumed("a start_date in the past is refused with 400");
        throw invalid(`start_date ${body.start_date} is in the past: send ${world.date()} or a later day.`);
      }

      const now = world.time();
      const plan: SavingsPlan = {
        ...body,
        id: world.ids.uuid(),
        created_at: now,
        updated_at: now,
        instrument_id_type: "ISIN",
        status: "ACTIVE",
      };
      world.tables.savingsPlans.set(plan.id, plan);
      world.emit("SAVINGS_PLAN.CREATED", plan);
      world.later(step, "savings-plans.plan", plan.id);
      return plan;
    },

    retrieveSavingsPlan: ({ world, path }) => world.tables.savingsPlans.need(path.savings_plan_id),

    deleteSavingsPlan: ({ world, path }) => {
      const plan = world.tables.savingsPlans.need(path.savings_plan_id);
      if (plan.status !== "ACTIVE") throw conflict("The savings plan is CANCELLED already.");
      cancelPlan(world, plan, "CANCELLED_BY_CLIENT");
      return undefined;
    },

    listSavingsPlanExecutions: ({ world, path, query, assumed }) => {
      const plan = world.tables.savingsPlans.need(path.savings_plan_id);
      const { start_date, end_date } = query;
      if (start_date !== undefined || end_date !== undefined)
        assumed("start_date and end_date are compared with execution_date");
      const rows = executionsOf(world, plan.id).filter(
        ({ execution_date }) =>
          (start_date === undefined || execution_date >= start_date) &&
          (end_date === undefined || execution_date <= end_date),
      );
      return page(rows, query, "execution_date");
    },

    retrieveSavingsPlanExecution: ({ world, path }) =>
      executionOf(world, path.savings_plan_id, path.savings_plan_execution_id),

    deleteSavingsPlanExecution: ({ world, path }) => {
      const execution = executionOf(world, path.savings_plan_id, path.savings_plan_execution_id);
      if (execution.status !== "NEW")
        throw conflict(`The execution is ${execution.status}: only one that is NEW can be cancelled.`);
      change(world, execution, "CANCELLED");
      return undefined;
    },
  },

  tasks: {
    "savings-plans.plan": planNext,
    "savings-plans.remind": remind,
    "savings-plans.execute": execute,
    "savings-plans.orderChanged": orderChanged,
  },
};

const executionsOf = (world: World, savings_plan_id: string): SavingsPlanExecution[] =>
  world.tables.savingsPlanExecutions.list((execution) => execution.savings_plan_id === savings_plan_id);

function executionOf(world: World, savings_plan_id: string, id: string): SavingsPlanExecution {
  world.tables.savingsPlans.need(savings_plan_id);
  const execution = world.tables.savingsPlanExecutions.need(id);
  if (execution.savings_plan_id !== savings_plan_id)
    throw notFound(world.tables.savingsPlanExecutions.what, id);
  return execution;
}

/** A new state and its event. After FILLED and CANCELLED the plan goes on. */
function change(world: World, execution: SavingsPlanExecution, status: SavingsPlanExecution["status"]): void {
  execution.status = status;
  execution.updated_at = world.time();
  world.emit(`SAVINGS_PLAN_EXECUTION.${status}`, execution);
  if (status === "FILLED" || status === "CANCELLED")
    world.later(step, "savings-plans.plan", execution.savings_plan_id);
}

function cancelPlan(
  world: World,
  plan: SavingsPlan,
  cancellation_reason: NonNullable<SavingsPlan["cancellation_reason"]>,
  cancellation_details?: string,
): void {
  plan.status = "CANCELLED";
  plan.cancellation_reason = cancellation_reason;
  if (cancellation_details !== undefined) plan.cancellation_details = cancellation_details;
  plan.updated_at = world.time();
  for (const execution of executionsOf(world, plan.id))
    if (execution.status === "NEW") change(world, execution, "CANCELLED");
  world.emit("SAVINGS_PLAN.CANCELLED", plan);
}

/** The next execution of a plan, if it goes on and none is open. */
function planNext(world: World, id: string): void {
  const plan = world.tables.savingsPlans.need(id);
  const executions = executionsOf(world, id);
  if (plan.status !== "ACTIVE") return;
  if (executions.some(({ status }) => status === "NEW" || status === "PROCESSING")) return;

  // Due dates that have passed while the one before was still open, are left out.
  const last = executions.at(-1)?.execution_date ?? "";
  const today = world.date();
  let execution_date: string;
  let count = 0;
  do {
    execution_date = tradingDayFrom(dueDate(plan.start_date, plan.period, plan.interval, count++));
  } while (execution_date < today || execution_date <= last);
  // The API has no date after the year 2999.
  if (!/^[12]\d{3}-/.test(execution_date)) return;

  const now = world.time();
  const common = {
    id: world.ids.uuid(),
    created_at: now,
    updated_at: now,
    user_id: plan.user_id,
    account_id: plan.account_id,
    savings_plan_id: plan.id,
    order_id: null,
    cash_amount: plan.cash_amount,
    currency: plan.currency,
    status: "NEW",
    execution_date,
    instrument_id_type: "ISIN",
  } as const;
  const execution: SavingsPlanExecution =
    plan.type === "PORTFOLIO"
      ? { ...common, type: "PORTFOLIO" }
      : {
          ...common,
          type: "INSTRUMENT",
          ...(plan.instrument_id !== undefined && { instrument_id: plan.instrument_id }),
        };
  world.tables.savingsPlanExecutions.set(execution.id, execution);
  world.emit("SAVINGS_PLAN_EXECUTION.NEW", execution);

  const until = (date: string) => Math.max(step, opening(date) - world.clock.now());
  const reminder = addDays(execution_date, -reminderDays);
  if (today <= reminder) world.later(until(reminder), "savings-plans.remind", execution.id);
  world.later(until(execution_date), "savings-plans.execute", execution.id);
}

function remind(world: World, id: string): void {
  const execution = world.tables.savingsPlanExecutions.need(id);
  if (execution.status === "NEW") world.emit("SAVINGS_PLAN_EXECUTION.REMINDER", execution);
}

/** Places the order of an execution that falls due. */
function execute(world: World, id: string): void {
  const { tables } = world;
  const execution = tables.savingsPlanExecutions.need(id);
  if (execution.status !== "NEW") return;
  const { user_id, account_id, cash_amount, currency } = execution;
  const { status } = tables.accounts.need(account_id);
  if (status === "CLOSING" || status === "CLOSED") {
    const plan = tables.savingsPlans.need(execution.savings_plan_id);
    cancelPlan(world, plan, "CANCELLED_BY_UPVEST", `The account is ${status}.`);
    return;
  }
  const configuration = tables.configurations.get(account_id);
  if (status !== "ACTIVE" || (execution.type === "PORTFOLIO" && !configuration)) {
    change(world, execution, "CANCELLED");
    return;
  }

  if (execution.type === "PORTFOLIO") {
    const order = newPortfolioOrder(world, {
      user_id,
      account_id,
      cash_amount,
      type: "BUY",
      client_reference: id,
      initiation_flow: "SAVINGS_PLAN",
    });
    execution.order_id = order.id;
  } else {
    const order = newOrder(
      world,
      {
        user_id,
        account_id,
        cash_amount: money(investable(cash_amount)),
        currency,
        side: "BUY",
        instrument_id: execution.instrument_id!,
        instrument_id_type: "ISIN",
        order_type: "MARKET",
        client_reference: id,
      },
      "SAVINGS_PLAN",
      `savings-plans:${id}`,
    );
    execution.order_id = order.id;
  }
  change(world, execution, "PROCESSING");
}

/** The order of an execution has a new state. */
function orderChanged(world: World, id: string): void {
  const { tables } = world;
  const execution = tables.savingsPlanExecutions.need(id);
  const { order_id } = execution;
  if (order_id === null) return;
  if (execution.status !== "PROCESSING" && execution.status !== "FILLED") return;

  const order =
    execution.type === "PORTFOLIO" ? tables.portfolioOrders.need(order_id) : tables.orders.need(order_id);
  if (order.status === "CANCELLED") {
    change(world, execution, "CANCELLED");
    return;
  }
  const settled =
    order.status === "SETTLED" ||
    ("executions" in order && order.executions.every(({ status }) => status === "SETTLED"));
  if (execution.status === "PROCESSING" && (order.status === "FILLED" || order.status === "SETTLED"))
    change(world, execution, "FILLED");
  if (execution.status === "FILLED" && settled) change(world, execution, "SETTLED");
}

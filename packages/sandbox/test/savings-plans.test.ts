import type { SavingsPlanCreateRequest } from "@upvest-sdk/types";
import { describe, expect, test } from "vitest";
import { dueDate, isDate, nextTradingDay, tradingDayFrom } from "../src/calendar.js";
import { mockIsins } from "../src/mock-values.js";
import { createInvestor, fund, nobody, share } from "./support/investor.js";

type InstrumentPlan = Extract<SavingsPlanCreateRequest, { type: "INSTRUMENT" }>;
type PortfolioPlan = Extract<SavingsPlanCreateRequest, { type: "PORTFOLIO" }>;

// The clock begins on Monday, 2026-01-05, 09:00.
function createSaver() {
  const investor = createInvestor();
  const { account, call, trading, user_id } = investor;
  const common = {
    user_id,
    cash_amount: "50",
    currency: "EUR",
    start_date: "2026-01-12",
    period: "MONTH",
    interval: 1,
  } as const;
  const ofInstrument = (change: Partial<InstrumentPlan> = {}): InstrumentPlan => ({
    ...common,
    account_id: trading.id,
    type: "INSTRUMENT",
    instrument_id: fund,
    instrument_id_type: "ISIN",
    ...change,
  });
  const ofPortfolio = (change: Partial<PortfolioPlan> = {}): PortfolioPlan => ({
    ...common,
    account_id: account.id,
    type: "PORTFOLIO",
    ...change,
  });
  const plan = (body: SavingsPlanCreateRequest) => call("createSavingsPlan", { body });
  const executions = (savings_plan_id: string, query = {}) =>
    call("listSavingsPlanExecutions", { path: { savings_plan_id }, query }).data;
  return {
    ...investor,
    ofInstrument,
    ofPortfolio,
    plan,
    executions,
    dates: (id: string) => executions(id).map(({ execution_date, status }) => `${execution_date} ${status}`),
    /** Events of plans and executions with the time of the clock. */
    told: () =>
      investor
        .events()
        .filter(({ type }) => type.startsWith("SAVINGS_PLAN"))
        .map(({ created_at, type }) => `${created_at.slice(0, 19)} ${type.replace("SAVINGS_PLAN", "")}`),
  };
}

describe("due dates", () => {
  const due = (first: string, period: "WEEK" | "MONTH" | "YEAR", interval: number) =>
    [0, 1, 2, 3].map((count) => dueDate(first, period, interval, count));

  test("follow the cadence from the first one", () => {
    expect(due("2026-01-12", "WEEK", 2)).toEqual(["2026-01-12", "2026-01-26", "2026-02-09", "2026-02-23"]);
    expect(due("2026-11-15", "MONTH", 1)).toEqual(["2026-11-15", "2026-12-15", "2027-01-15", "2027-02-15"]);
    expect(due("2026-01-15", "MONTH", 18)).toEqual(["2026-01-15", "2027-07-15", "2029-01-15", "2030-07-15"]);
    expect(due("2026-01-12", "YEAR", 3)).toEqual(["2026-01-12", "2029-01-12", "2032-01-12", "2035-01-12"]);
  });

  test("stay on last days when the first one is a last day", () => {
    expect(due("2026-01-31", "MONTH", 1)).toEqual(["2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30"]);
    expect(due("2026-02-28", "MONTH", 1)).toEqual(["2026-02-28", "2026-03-31", "2026-04-30", "2026-05-31"]);
    expect(due("2028-02-29", "YEAR", 1)).toEqual(["2028-02-29", "2029-02-28", "2030-02-28", "2031-02-28"]);
  });

  test("come back to their day after a short month", () => {
    expect(due("2026-01-30", "MONTH", 1)).toEqual(["2026-01-30", "2026-02-28", "2026-03-30", "2026-04-30"]);
    expect(due("2028-01-29", "MONTH", 1)[1]).toBe("2028-02-29");
  });

  test("move from a weekend to Monday", () => {
    expect(["2026-01-09", "2026-01-10", "2026-01-11", "2026-01-12"].map(tradingDayFrom)).toEqual([
      "2026-01-09",
      "2026-01-12",
      "2026-01-12",
      "2026-01-12",
    ]);
    expect(["2026-01-08", "2026-01-09", "2026-01-31"].map(nextTradingDay)).toEqual([
      "2026-01-09",
      "2026-01-12",
      "2026-02-02",
    ]);
  });

  test("are days of the calendar", () => {
    expect(["2026-02-28", "2028-02-29"].map(isDate)).toEqual([true, true]);
    expect(["2026-02-29", "2026-02-31", "2026-04-31", "2026-13-01", ""].map(isDate)).toEqual(
      Array(5).fill(false),
    );
  });
});

describe("a plan into an instrument", () => {
  test("is carried out month by month", async () => {
    const {
      balance,
      call,
      dates,
      executions,
      money,
      ofInstrument,
      plan,
      singles,
      told,
      trading,
      units,
      until,
      user_id,
      world,
    } = createSaver();
    money("100.00");
    const sent = ofInstrument({ name: "Holiday" });
    const made = plan(sent);
    expect(made).toEqual({
      ...sent,
      id: made.id,
      created_at: world.time(),
      updated_at: world.time(),
      status: "ACTIVE",
    });
    expect(call("retrieveSavingsPlan", { path: { savings_plan_id: made.id } })).toEqual(made);
    expect(executions(made.id)).toEqual([]);

    await until("2026-01-05T09:00:01.000Z");
    const [first] = executions(made.id);
    expect(first).toEqual({
      id: first?.id,
      created_at: "2026-01-05T09:00:00.050Z",
      updated_at: "2026-01-05T09:00:00.050Z",
      user_id,
      account_id: trading.id,
      savings_plan_id: made.id,
      order_id: null,
      cash_amount: "50",
      currency: "EUR",
      status: "NEW",
      type: "INSTRUMENT",
      execution_date: "2026-01-12",
      instrument_id: fund,
      instrument_id_type: "ISIN",
    });
    expect(told()).toEqual(["2026-01-05T09:00:00 .CREATED", "2026-01-05T09:00:00 _EXECUTION.NEW"]);

    await until("2026-01-12T08:59:59.999Z");
    expect(singles(first!.id)).toEqual([]);
    await until("2026-01-12T09:00:00.000Z");
    expect(singles(first!.id)).toEqual([`SAVINGS_PLAN BUY 50.00 ${fund}`]);
    const path = { savings_plan_id: made.id, savings_plan_execution_id: first!.id };
    const running = call("retrieveSavingsPlanExecution", { path });
    expect(running.status).toBe("PROCESSING");
    expect(world.tables.orders.get(running.order_id ?? "")).toMatchObject({
      client_reference: first!.id,
      user_id,
      account_id: trading.id,
      order_type: "MARKET",
    });
    await until("2026-01-12T09:00:01.000Z");
    expect(told()).toEqual([
      "2026-01-10T09:00:00 _EXECUTION.REMINDER",
      "2026-01-12T09:00:00 _EXECUTION.PROCESSING",
      "2026-01-12T09:00:00 _EXECUTION.FILLED",
      "2026-01-12T09:00:00 _EXECUTION.NEW",
      "2026-01-12T09:00:00 _EXECUTION.SETTLED",
    ]);
    expect(balance()).toMatchObject({ balance: "50.00", locked_for_trading: "0.00" });
    expect(units(fund, trading.id)).toBe("0.5");

    await until("2026-04-01T00:00:00.000Z");
    // The money is enough for two.
    expect(dates(made.id)).toEqual([
      "2026-01-12 SETTLED",
      "2026-02-12 SETTLED",
      "2026-03-12 CANCELLED",
      "2026-04-13 NEW",
    ]);
    expect(balance()).toMatchObject({ balance: "0.00", locked_for_trading: "0.00" });
    const found = (query: object) => executions(made.id, query).map(({ execution_date }) => execution_date);
    expect(found({ start_date: "2026-02-12", end_date: "2026-03-12" })).toEqual(["2026-02-12", "2026-03-12"]);
    expect(found({ start_date: "2026-03-13" })).toEqual(["2026-04-13"]);
  });

  test("begins at once on its first day, without a reminder when it is too late for one", async () => {
    const { dates, money, ofInstrument, plan, told, until } = createSaver();
    money("100.00");
    const today = plan(ofInstrument({ start_date: "2026-01-05", period: "WEEK" }));
    await until("2026-01-05T09:00:01.000Z");
    expect(dates(today.id)).toEqual(["2026-01-05 SETTLED", "2026-01-12 NEW"]);
    expect(told().filter((text) => text.endsWith("REMINDER"))).toEqual([]);
  });

  test("is reminded of two days before, also when it begins on that day", async () => {
    const { money, ofInstrument, plan, told, until } = createSaver();
    money("100.00");
    plan(ofInstrument({ start_date: "2026-01-07" }));
    await until("2026-01-06T00:00:00.000Z");
    expect(told()).toEqual([
      "2026-01-05T09:00:00 .CREATED",
      "2026-01-05T09:00:00 _EXECUTION.NEW",
      "2026-01-05T09:00:00 _EXECUTION.REMINDER",
    ]);
  });

  test("moves a due date on a weekend to Monday, and goes on from the due date", async () => {
    const { dates, money, ofInstrument, plan, until } = createSaver();
    money("1000.00");
    const { id } = plan(ofInstrument({ start_date: "2026-01-31" }));
    const weekly = plan(ofInstrument({ start_date: "2026-01-10", period: "WEEK" }));
    await until("2026-02-01T00:00:00.000Z");
    expect(dates(id)).toEqual(["2026-02-02 NEW"]);
    expect(dates(weekly.id)).toEqual([
      "2026-01-12 SETTLED",
      "2026-01-19 SETTLED",
      "2026-01-26 SETTLED",
      "2026-02-02 NEW",
    ]);
    await until("2026-04-01T12:00:00.000Z");
    expect(dates(id)).toEqual([
      "2026-02-02 SETTLED",
      // The last day of February is a Saturday.
      "2026-03-02 SETTLED",
      "2026-03-31 SETTLED",
      "2026-04-30 NEW",
    ]);
  });

  test("skips an execution that is cancelled while it is NEW", async () => {
    const { call, dates, executions, money, ofInstrument, plan, refused, singles, told, until } =
      createSaver();
    money("100.00");
    const { id } = plan(ofInstrument());
    await until("2026-01-06T00:00:00.000Z");
    told();
    const path = { savings_plan_id: id, savings_plan_execution_id: executions(id)[0]!.id };
    call("deleteSavingsPlanExecution", { path });
    expect(refused("deleteSavingsPlanExecution", { path })).toEqual([
      409,
      "The execution is CANCELLED: only one that is NEW can be cancelled.",
    ]);
    await until("2026-02-12T10:00:00.000Z");
    expect(dates(id)).toEqual(["2026-01-12 CANCELLED", "2026-02-12 SETTLED", "2026-03-12 NEW"]);
    expect(singles(path.savings_plan_execution_id)).toEqual([]);
    expect(told().slice(0, 3)).toEqual([
      "2026-01-06T00:00:00 _EXECUTION.CANCELLED",
      "2026-01-06T00:00:00 _EXECUTION.NEW",
      "2026-02-10T09:00:00 _EXECUTION.REMINDER",
    ]);
    const done = { savings_plan_id: id, savings_plan_execution_id: executions(id)[1]!.id };
    expect(refused("deleteSavingsPlanExecution", { path: done })).toEqual([
      409,
      expect.stringContaining("SETTLED"),
    ]);
  });

  test("ends by cancellation, its NEW execution with it", async () => {
    const { call, dates, events, ofInstrument, plan, refused, until } = createSaver();
    const { id } = plan(ofInstrument());
    await until("2026-01-06T00:00:00.000Z");
    events();
    const path = { savings_plan_id: id };
    call("deleteSavingsPlan", { path });
    expect(refused("deleteSavingsPlan", { path })).toEqual([409, "The savings plan is CANCELLED already."]);
    await until("2026-06-01T00:00:00.000Z");
    expect(dates(id)).toEqual(["2026-01-12 CANCELLED"]);
    const after = call("retrieveSavingsPlan", { path });
    expect(after).toMatchObject({
      status: "CANCELLED",
      cancellation_reason: "CANCELLED_BY_CLIENT",
      updated_at: "2026-01-06T00:00:00.000Z",
    });
    expect(events().map(({ type, object }) => [type, object["status"]])).toEqual([
      ["SAVINGS_PLAN_EXECUTION.CANCELLED", "CANCELLED"],
      ["SAVINGS_PLAN.CANCELLED", "CANCELLED"],
    ]);
  });

  test("ended by cancellation lets an execution that is PROCESSING run on", async () => {
    const { call, dates, money, ofInstrument, plan, until } = createSaver();
    money("100.00");
    const { id } = plan(ofInstrument({ start_date: "2026-01-05" }));
    await until("2026-01-05T09:00:00.120Z");
    expect(dates(id)).toEqual(["2026-01-05 PROCESSING"]);
    call("deleteSavingsPlan", { path: { savings_plan_id: id } });
    await until("2026-06-01T00:00:00.000Z");
    expect(dates(id)).toEqual(["2026-01-05 SETTLED"]);
  });

  test("ended before its first execution has none", async () => {
    const { call, dates, ofInstrument, plan, until } = createSaver();
    const { id } = plan(ofInstrument());
    call("deleteSavingsPlan", { path: { savings_plan_id: id } });
    await until("2026-06-01T00:00:00.000Z");
    expect(dates(id)).toEqual([]);
  });

  test("ends when its account is closed, and skips what falls due while it is locked", async () => {
    const { call, dates, money, ofInstrument, plan, trading, until } = createSaver();
    money("100.00");
    const { id } = plan(ofInstrument());
    trading.status = "LOCKED";
    await until("2026-01-13T00:00:00.000Z");
    expect(dates(id)).toEqual(["2026-01-12 CANCELLED", "2026-02-12 NEW"]);
    trading.status = "CLOSING";
    await until("2026-06-01T00:00:00.000Z");
    expect(dates(id)).toEqual(["2026-01-12 CANCELLED", "2026-02-12 CANCELLED"]);
    expect(call("retrieveSavingsPlan", { path: { savings_plan_id: id } })).toMatchObject({
      status: "CANCELLED",
      cancellation_reason: "CANCELLED_BY_UPVEST",
      cancellation_details: "The account is CLOSING.",
    });
  });

  test("leaves out due dates that pass while an order is open", async () => {
    const { dates, money, ofInstrument, plan, trading, until, world } = createSaver();
    money("100.00");
    const { id } = plan(ofInstrument({ start_date: "2026-01-05", period: "WEEK" }));
    await until("2026-01-05T09:00:00.120Z");
    // An order waits while its account is not approved.
    trading.status = "PENDING_APPROVAL";
    await until("2026-01-20T00:00:00.000Z");
    expect(dates(id)).toEqual(["2026-01-05 PROCESSING"]);
    world.tables.accounts.need(trading.id).status = "ACTIVE";
    await until("2026-01-20T08:00:00.000Z");
    expect(dates(id)).toEqual(["2026-01-05 SETTLED", "2026-01-26 NEW"]);
  });
});

describe("a plan into a portfolio", () => {
  test("places portfolio orders", async () => {
    const { call, dates, events, executions, follow, money, ofPortfolio, plan, singles, units, until } =
      createSaver();
    const allocation_id = follow([fund, "50"], [share, "50"]);
    money("75.01");
    const { id } = plan(ofPortfolio({ cash_amount: "75.01" }));
    await until("2026-01-12T09:00:00.000Z");
    const [execution] = executions(id);
    events();
    expect(execution).toMatchObject({ type: "PORTFOLIO", status: "PROCESSING", cash_amount: "75.01" });
    const path = { portfolio_order_id: execution!.order_id! };
    expect(call("retrievePortfoliosOrder", { path })).toMatchObject({
      type: "BUY",
      cash_amount: "75.01",
      allocation_id,
      initiation_flow: "SAVINGS_PLAN",
      client_reference: execution!.id,
    });
    await until("2026-01-12T09:00:02.000Z");
    expect(singles(path.portfolio_order_id)).toEqual([
      `PORTFOLIO BUY 37.51 ${fund}`,
      `PORTFOLIO BUY 37.50 ${share}`,
    ]);
    expect(units(fund)).toBe("0.3751");
    expect(dates(id)).toEqual(["2026-01-12 SETTLED", "2026-02-12 NEW"]);
    expect(
      events()
        .map(({ type }) => type)
        .filter((type) => /^(SAVINGS|PORTFOLIO)/.test(type)),
    ).toEqual([
      "PORTFOLIO_ORDER.PROCESSING",
      "PORTFOLIO_ORDER.FILLED",
      "SAVINGS_PLAN_EXECUTION.FILLED",
      "SAVINGS_PLAN_EXECUTION.NEW",
      "PORTFOLIO_ORDER.SETTLED",
      "SAVINGS_PLAN_EXECUTION.SETTLED",
    ]);
    // Nothing is left for the next one.
    await until("2026-02-12T09:00:02.000Z");
    expect(dates(id)).toEqual(["2026-01-12 SETTLED", "2026-02-12 CANCELLED", "2026-03-12 NEW"]);
  });
});

describe("plans", () => {
  test("are refused", () => {
    const { account, addAccount, follow, ofInstrument, ofPortfolio, refused, trading, user_id, world } =
      createSaver();
    const why = (body: SavingsPlanCreateRequest) => refused("createSavingsPlan", { body });
    expect(why(ofPortfolio())).toEqual([
      400,
      "The account has no portfolio configuration: create one first.",
    ]);
    follow([fund, "100"]);
    expect(why(ofPortfolio({ account_id: trading.id }))).toEqual([
      400,
      expect.stringContaining("type PORTFOLIO"),
    ]);
    expect(why(ofInstrument({ account_id: account.id }))).toEqual([
      400,
      expect.stringContaining("not possible on an account of type PORTFOLIO"),
    ]);
    expect(why(ofInstrument({ account_id: addAccount("TRADING", "CLOSING").id }))).toEqual([
      400,
      expect.stringContaining("CLOSING"),
    ]);
    expect(why(ofInstrument({ account_id: nobody }))[0]).toBe(404);
    expect(why(ofInstrument({ user_id: nobody }))[0]).toBe(404);
    world.tables.users.set(nobody, { ...world.tables.users.need(user_id), id: nobody });
    expect(why(ofInstrument({ user_id: nobody }))).toEqual([400, expect.stringContaining("not one of")]);
    const { instrument_id: _, ...nothing } = ofInstrument();
    expect(why(nothing)).toEqual([400, expect.stringContaining("needs an instrument_id")]);
    expect(why(ofInstrument({ instrument_id: "IE00B4L5Y983" }))[0]).toBe(404);
    expect(why(ofInstrument({ instrument_id: mockIsins.wholeUnits }))[0]).toBe(400);
    expect(why(ofInstrument({ instrument_id_type: "WKN" }))[0]).toBe(400);
    expect(why(ofInstrument({ cash_amount: "0" }))[0]).toBe(400);
    expect(why(ofInstrument({ cash_amount: "0.001" }))[0]).toBe(400);
    expect(why(ofInstrument({ start_date: "2026-02-30" }))).toEqual([
      400,
      "start_date 2026-02-30 is not a day of the calendar.",
    ]);
    expect(why(ofInstrument({ start_date: "2026-01-04" }))).toEqual([
      400,
      "start_date 2026-01-04 is in the past: send 2026-01-05 or a later day.",
    ]);
  });

  test("are listed by account, user and instrument", () => {
    const { account, call, follow, ofInstrument, ofPortfolio, plan, trading, user_id } = createSaver();
    follow([fund, "100"]);
    const one = plan(ofInstrument()).id;
    const other = plan(ofInstrument({ instrument_id: share })).id;
    const third = plan(ofPortfolio()).id;
    const ids = (query: object) => call("listSavingsPlans", { query }).data.map(({ id }) => id);
    expect(ids({})).toEqual([one, other, third].sort());
    expect(ids({ user_id, account_id: trading.id })).toEqual([one, other].sort());
    expect(ids({ account_id: account.id })).toEqual([third]);
    expect(ids({ instrument_id: share })).toEqual([other]);
    expect(ids({ user_id: nobody })).toEqual([]);
  });

  test("have only their own executions", async () => {
    const { executions, ofInstrument, plan, refused, steps } = createSaver();
    const one = plan(ofInstrument()).id;
    const other = plan(ofInstrument()).id;
    await steps(1);
    const path = { savings_plan_id: other, savings_plan_execution_id: executions(one)[0]!.id };
    expect(refused("retrieveSavingsPlanExecution", { path })[0]).toBe(404);
    expect(refused("deleteSavingsPlanExecution", { path })[0]).toBe(404);
    for (const name of ["retrieveSavingsPlan", "deleteSavingsPlan", "listSavingsPlanExecutions"] as const)
      expect(refused(name, { path: { savings_plan_id: nobody } })[0]).toBe(404);
  });
});

import type { UpvestClient } from "@upvest-sdk/client";
import * as api from "@upvest-sdk/client/operations";
import type {
  Account,
  AccountGroup,
  Currency,
  OrderCreateRequest,
  OrderFeeConfiguration,
  PortfoliosAllocationItem,
  User,
} from "@upvest-sdk/types";
import fc from "fast-check";
import { bouncingCents, mockIsins, transferIban } from "../../src/mock-values.js";
import type { Sandbox } from "../../src/sandbox.js";
import { cents, toCents, toUnits, units } from "./count.js";
import { byol as person } from "./people.js";
import type { Told } from "./told.js";

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

const iban = "DE89370400440532013000";
const bic = "COBADEFFXXX";
const confirmed_at = "2026-01-02T10:00:00Z";
const most = 999_999_999_99n;

/** What can happen, and how often. */
const kinds = {
  transfer: 3,
  topUp: 3,
  settleTopUp: 2,
  cancelTopUp: 2,
  debit: 3,
  withdraw: 4,
  cancelWithdrawal: 2,
  increase: 2,
  decrease: 3,
  cancelDecrease: 2,
  virtualAccount: 1,
  buyForAmount: 10,
  buyUnits: 8,
  sellForAmount: 5,
  sellUnits: 5,
  limit: 2,
  stop: 2,
  cancelOrder: 4,
  liquidate: 4,
  cancelLiquidation: 2,
  buyPortfolio: 6,
  sellPortfolio: 4,
  cancelPortfolioOrder: 2,
  rebalance: 4,
  reallocate: 2,
  planInstrument: 2,
  planPortfolio: 2,
  cancelPlan: 1,
  cancelPlanExecution: 2,
  collectFee: 4,
  newUser: 1,
  newTolUser: 1,
  newGroup: 1,
  newAccount: 2,
  changeUser: 1,
  rename: 1,
  closeAccount: 1,
  closeGroup: 1,
  offboard: 1,
  wait: 45,
} as const;
export type Kind = keyof typeof kinds;
export const allKinds = Object.keys(kinds) as Kind[];

/** One step: numbers choose among what there is. */
export interface Step {
  kind: Kind;
  who: number;
  which: number;
  amount: string;
  quantity: string;
  chance: number;
  ms: number;
}

const weighted = Object.entries(kinds).map(([kind, weight]) => ({
  weight,
  arbitrary: fc.constant(kind as Kind),
}));

const amount = fc
  .tuple(
    fc.oneof(
      { weight: 6, arbitrary: fc.integer({ min: 0, max: 600 }) },
      { weight: 2, arbitrary: fc.integer({ min: 600, max: 20_000 }) },
      { weight: 1, arbitrary: fc.integer({ min: 20_000, max: 999_999_999 }) },
    ),
    fc.constantFrom("", ".00", ".01", ".33", ".50", ".99", bouncingCents),
  )
  .map(([whole, rest]) => `${whole}${rest}`)
  .filter((text) => !/^0(\.00)?$/.test(text));

const quantity = fc.oneof(
  { weight: 3, arbitrary: fc.integer({ min: 1, max: 30 }).map(String) },
  {
    weight: 2,
    arbitrary: fc
      .tuple(fc.integer({ min: 0, max: 9 }), fc.integer({ min: 1, max: 9_999_999_999 }))
      .map(([whole, rest]) => `${whole}.${String(rest).padStart(10, "0")}`),
  },
  { weight: 1, arbitrary: fc.constantFrom("0.0000000001", "0.01", "1.5", "250") },
);

const ms = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: 45, max: 60 }) },
  { weight: 2, arbitrary: fc.integer({ min: 0, max: 400 }) },
  { weight: 2, arbitrary: fc.integer({ min: 0, max: 3 * hour }) },
  { weight: 2, arbitrary: fc.integer({ min: 0, max: 2 * day }) },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 12 * day }) },
);

/** @param length how many steps at most; most of the stories have half of that or more */
export const steps = (length: number): fc.Arbitrary<Step[]> =>
  fc.array(
    fc.record({
      kind: fc.oneof(...weighted),
      who: fc.nat(1000),
      which: fc.nat(1000),
      amount,
      quantity,
      chance: fc.nat(99),
      ms,
    }),
    { minLength: 1, maxLength: length, size: "max" },
  );

const isins = [
  "IE00BKBF6H24",
  "IE00B3XXRP09",
  "DE0005933931",
  "IE00BGL86Z12",
  "LU2194447293",
  "IE0032077012",
  mockIsins.randomPrice,
  mockIsins.inParts,
  mockIsins.partlyThenCancelled,
  mockIsins.cancelledByPartner,
  mockIsins.taxedOnSell,
  mockIsins.taxedOnSell,
  mockIsins.neverReached,
  mockIsins.swings,
  mockIsins.wholeUnits,
  mockIsins.inactive,
];

const mixes: readonly PortfoliosAllocationItem[][] = [
  [
    ["IE00BKBF6H24", "33.3"],
    ["IE00B3XXRP09", "33.3"],
    [mockIsins.inParts, "33.4"],
  ],
  [
    ["IE00BKBF6H24", "60"],
    [mockIsins.taxedOnSell, "25.5"],
    [mockIsins.swings, "14.5"],
  ],
  [["IE0032077012", "100"]],
  [
    [mockIsins.partlyThenCancelled, "50"],
    ["LU2194447293", "50"],
  ],
].map((mix) =>
  mix.map(([instrument_id = "", weight = ""]) => ({ instrument_id, instrument_id_type: "ISIN", weight })),
);

const has = (status: string, ...states: string[]) => states.includes(status);

/** Carries out steps by calls that are valid, as far as the events tell. */
export function createStory(sandbox: Sandbox, client: UpvestClient, told: Told) {
  const { clock } = sandbox;
  let fresh = clock.now();
  /** Tokens go by the clock, too: the client is not to wait until it is refused. */
  async function advance(ms: number) {
    await clock.advance(ms);
    if (clock.now() - fresh < 20 * minute) return;
    fresh = clock.now();
    client.refreshCredentials();
  }
  const references = new Map<string, string>();
  const mandates = new Map<string, string>();
  const configured = new Map<string, string>();
  const today = () => new Date(clock.now()).toISOString().slice(0, 10);
  const inDays = (days: number) => new Date(clock.now() + days * day).toISOString().slice(0, 10);

  const pick = <One>(all: Iterable<One>, at: number, where: (one: One) => boolean = () => true) => {
    const found = [...all].filter(where);
    return found[at % found.length];
  };
  const ownerOf = ({ users }: AccountGroup | Account): User => told.users.get(users[0]?.id ?? "")!;
  /** Bank account and mandate of a user; the mandate needs one who is ACTIVE. */
  async function register({ id, first_name, last_name }: User) {
    const bank = { user_id: id, iban, bic, confirmed_at };
    const owned = await client.call(api.createReferenceAccount, {
      body: { ...bank, account_owner: `${first_name} ${last_name}` },
    });
    references.set(id, owned.id);
  }
  async function permit({ id }: User) {
    const mandate = await client.call(api.createMandate, { body: { user_id: id, iban, bic, confirmed_at } });
    mandates.set(id, mandate.id);
  }
  async function transfer(group: AccountGroup, amount: string, currency: Currency) {
    await client.call(api.createBankTransaction, {
      body: {
        account: { iban: transferIban },
        amount,
        currency,
        remittance_information: `CF${group.securities_account_number}`,
        client_reference: "story",
        counterparty_name: "Ada Koenig",
        counterparty_account: { iban },
      },
    });
  }
  async function configure(account: Account, mix: number) {
    const allocation = pick(told.allocations.values(), mix)!;
    await client.call(api.createPortfoliosConfiguration, {
      body: { account_id: account.id, allocation_id: allocation.id },
    });
    configured.set(account.id, allocation.id);
  }

  const group = (at: number, ...states: string[]) =>
    pick(
      told.groups.values(),
      at,
      (one) => has(one.status, "ACTIVE", ...states) && references.has(ownerOf(one).id),
    );
  const account = (at: number, type: Account["type"], ...states: string[]) =>
    pick(told.accounts.values(), at, (one) => one.type === type && has(one.status, "ACTIVE", ...states));
  const portfolio = (at: number) =>
    pick(told.accounts.values(), at, (one) => one.status === "ACTIVE" && configured.has(one.id));

  const fees = (
    side: "BUY" | "SELL",
    currency: Currency,
    { chance, amount }: Step,
  ): OrderFeeConfiguration[] => {
    // Small ones, mostly.
    const small = toCents((cents(amount) % 700n) + 1n);
    const fee = (charge_method: OrderFeeConfiguration["charge_method"], cash_amount: string) => ({
      type: `TRANSACTION_FEE_${side}` as const,
      value_type: "ABSOLUTE" as const,
      charge_method,
      cash_amount,
      currency,
    });
    if (chance < 50) return [];
    if (chance < 70) return [fee("COLLECTED_BY_UPVEST", small)];
    if (chance < 80) return [fee("COLLECTED_BY_UPVEST", small), fee("COLLECTED_BY_UPVEST", "0.99")];
    if (chance < 90) return [fee("CHARGED_BY_CLIENT", small)];
    if (chance < 96) return [fee("COLLECTED_BY_UPVEST", small), fee("CHARGED_BY_CLIENT", "1.01")];
    // More than a part of what is sold may bring.
    return [fee("COLLECTED_BY_UPVEST", chance === 99 ? "250.00" : "95.00")];
  };

  async function order(step: Step, side: "BUY" | "SELL", more: Partial<OrderCreateRequest>) {
    const { who, which, chance } = step;
    const target = account(who, "TRADING", "CLOSING", "PENDING_APPROVAL", "CLOSED");
    if (!target) return false;
    const held = pick(
      told.positions.values(),
      which,
      (one) => one.account_id === target.id && one.available_for_trading !== "0",
    );
    const isin =
      side === "SELL" && held && chance < 95 ? held.instrument.isin! : isins[which % isins.length]!;
    const currency = chance % 5 === 0 ? "GBP" : "EUR";
    // Of what is held, or a bit more than that.
    if (more.quantity && side === "SELL" && held && chance % 10 < 8) {
      const free = units(held.available_for_trading);
      const part = (free * BigInt((which % 103) + 1)) / 100n || 1n;
      more.quantity = toUnits(more.order_type ? (part / 10n ** 10n) * 10n ** 10n || 10n ** 10n : part);
    }
    if (isin === mockIsins.wholeUnits) {
      const whole = `${(more.quantity ?? more.cash_amount ?? "1").split(".")[0]}`.replace(/^0+$/, "1");
      delete more.cash_amount;
      more.quantity = whole;
    }
    const fee_configuration = fees(side, currency, step);
    await client.call(api.placeOrder, {
      body: {
        account_id: target.id,
        ...(chance % 3 === 0 && { user_id: ownerOf(target).id }),
        side,
        instrument_id: isin,
        instrument_id_type: "ISIN",
        currency,
        ...(chance % 7 === 0 && { expiry_date: inDays(chance % 3) }),
        ...(chance % 11 === 0 && !more.order_type && { execution_flow: "BLOCK" }),
        ...(fee_configuration.length > 0 && { fee_configuration }),
        ...more,
      },
    });
    return true;
  }

  const currencyOf = ({ chance }: Step): Currency => (chance % 4 === 0 ? "GBP" : "EUR");
  async function topUp(step: Step) {
    const to = group(step.who);
    if (!to) return;
    return client.call(api.createTopup, {
      body: { account_group_id: to.id, cash_amount: step.amount, currency: currencyOf(step) },
    });
  }
  async function withdraw({ who, which, amount, chance }: Step) {
    const from = group(who, "CLOSING");
    const cash = from && pick(told.cash.values(), which, (one) => one.account_group_id === from.id);
    if (!from || !cash) return;
    const free = cents(cash.available_for_withdrawal);
    if (free <= 0n) return;
    let wanted = cents(amount) < free && chance < 60 ? cents(amount) : free;
    // One that the bank refuses.
    if (chance % 4 === 0 && wanted > 100n) wanted = (wanted / 100n - 1n) * 100n + 13n;
    if (wanted > most) wanted = most;
    return client.call(api.createCashWithdrawal, {
      body: {
        reference_account_id: references.get(ownerOf(from).id)!,
        account_group_id: from.id,
        amount: toCents(wanted),
        currency: cash.currency,
      },
    });
  }
  async function decrease(step: Step) {
    const from = group(step.who, "CLOSING");
    if (!from) return;
    return client.call(api.createVirtualCashDecrease, {
      body: { account_group_id: from.id, amount: step.amount, currency: currencyOf(step) },
    });
  }

  const whole = (quantity: string) => quantity.split(".")[0]!.replace(/^0+$/, "1");
  const isFree = ({ account_group_id }: { account_group_id: string }) =>
    ![...told.withdrawals.values()].some(
      (one) => one.account_group_id === account_group_id && has(one.status ?? "", "NEW", "PROCESSING"),
    );

  const carryOut: Readonly<Record<Kind, (step: Step) => Promise<boolean>>> = {
    async wait({ ms, which, chance }) {
      const now = clock.now();
      let until = now + ms;
      // Plans and blocks are carried out at certain hours, and days end: look what is there just then.
      if (ms > minute && chance < 70) {
        until += [0, 9, 14][which % 3]! * hour - (until % day) + (which % 160);
        if (until < now) until += day;
      }
      await advance(until - now);
      return true;
    },
    async transfer(step) {
      const to = group(step.who);
      if (!to) return false;
      await transfer(to, step.amount, currencyOf(step));
      return true;
    },
    topUp: async (step) => (await topUp(step)) !== undefined,
    async settleTopUp(step) {
      const found =
        pick(
          told.topUps.values(),
          step.which,
          (one) => one.status === "CONFIRMED" && told.groups.get(one.account_group_id)?.status === "ACTIVE",
        ) ?? (await topUp(step));
      if (!found) return false;
      await client.call(api.createBankTransaction, {
        body: {
          account: { iban: transferIban },
          amount: found.cash_amount,
          currency: found.currency,
          remittance_information: `topup ${found.settlement_reference}`,
          client_reference: "story",
          counterparty_name: "Ada Koenig",
          counterparty_account: { iban },
        },
      });
      return true;
    },
    async cancelTopUp(step) {
      const found =
        pick(told.topUps.values(), step.which, (one) => one.status === "CONFIRMED") ?? (await topUp(step));
      if (!found) return false;
      await client.call(api.cancelTopup, { path: { topup_id: found.id } });
      return true;
    },
    async debit({ who, amount, chance }) {
      const to = group(who);
      if (!to || ownerOf(to).status !== "ACTIVE") return false;
      const owner = ownerOf(to);
      if (!mandates.has(owner.id)) await permit(owner);
      await client.call(api.createDirectDebit, {
        body: {
          account_group_id: to.id,
          mandate_id: mandates.get(owner.id)!,
          cash_amount: chance % 4 === 0 ? `${amount.split(".")[0]}${bouncingCents}` : amount,
          currency: chance % 3 === 0 ? "GBP" : "EUR",
        },
      });
      return true;
    },
    withdraw: async (step) => (await withdraw(step)) !== undefined,
    async cancelWithdrawal(step) {
      const found =
        pick(told.withdrawals.values(), step.which, (one) => one.status === "NEW") ?? (await withdraw(step));
      if (!found) return false;
      await client.call(api.cancelCashWithdrawal, { path: { withdrawal_id: found.id } });
      return true;
    },
    async increase(step) {
      const to = group(step.who);
      if (!to) return false;
      await client.call(api.createVirtualCashIncrease, {
        body: { account_group_id: to.id, amount: step.amount, currency: currencyOf(step) },
      });
      return true;
    },
    decrease: async (step) => (await decrease(step)) !== undefined,
    async cancelDecrease(step) {
      const found =
        pick(told.decreases.values(), step.which, ({ status }) => has(status, "ISSUED", "QUEUED")) ??
        (await decrease(step));
      if (!found) return false;
      await client.call(api.cancelVirtualCashDecrease, { path: { virtual_cash_decrease_id: found.id } });
      return true;
    },
    async virtualAccount({ who, amount }) {
      const owner = group(who);
      if (!owner) return false;
      const made = await client.call(api.createVirtualBankAccount, {
        body: { account_group_id: owner.id, name: "Savings" },
      });
      await client.call(api.createBankTransaction, {
        body: {
          account: { iban: made.identification.swift!.iban },
          amount,
          currency: "EUR",
          client_reference: "story",
          counterparty_name: "Ada Koenig",
          counterparty_account: { iban },
        },
      });
      return true;
    },

    buyForAmount: (step) => order(step, "BUY", { cash_amount: step.amount }),
    buyUnits: (step) => order(step, "BUY", { quantity: step.quantity }),
    sellForAmount: (step) => order(step, "SELL", { cash_amount: step.amount }),
    sellUnits: (step) => order(step, "SELL", { quantity: step.quantity }),
    limit: (step) =>
      order(step, step.who % 2 ? "BUY" : "SELL", {
        order_type: "LIMIT",
        quantity: whole(step.quantity),
        limit_price: ["0.5", "90", "100", "110.1234", "250", "400"][step.which % 6]!,
      }),
    stop: (step) =>
      order(step, step.who % 2 ? "BUY" : "SELL", {
        order_type: "STOP",
        quantity: whole(step.quantity),
        stop_price: ["0.5", "90", "100", "110.1234", "250", "400"][step.which % 6]!,
      }),
    async cancelOrder({ which, chance }) {
      const isWanted = ({ status }: { status: string }) => chance < 10 || has(status, "NEW", "PROCESSING");
      const found = pick(told.orders.values(), which, isWanted);
      if (!found) return false;
      await client.call(api.cancelOrder, { path: { order_id: found.id } });
      return true;
    },

    async liquidate({ who, chance }) {
      const type = chance < 50 ? "TRADING" : "PORTFOLIO";
      const target = account(who, type, "CLOSING");
      if (!target) return false;
      await client.call(api.createAccountLiquidation, {
        path: { account_id: target.id },
        body: { user_id: ownerOf(target).id },
      });
      return true;
    },
    async cancelLiquidation({ which }) {
      const target = account(which, "TRADING") ?? account(which, "PORTFOLIO");
      const found =
        pick(told.liquidations.values(), which, ({ status }) => status === "NEW") ??
        (target &&
          (await client.call(api.createAccountLiquidation, {
            path: { account_id: target.id },
            body: { user_id: ownerOf(target).id },
          })));
      if (!found) return false;
      const path = { account_id: found.account_id, account_liquidation_id: found.id };
      await client.call(api.cancelAccountLiquidation, { path });
      return true;
    },

    async buyPortfolio({ who, amount }) {
      const target = portfolio(who);
      if (!target) return false;
      await client.call(api.createPortfoliosOrder, {
        body: {
          user_id: ownerOf(target).id,
          account_id: target.id,
          cash_amount: amount,
          currency: "EUR",
          side: "BUY",
        },
      });
      return true;
    },
    async sellPortfolio({ who, amount }) {
      const target = portfolio(who);
      if (!target) return false;
      await client.call(api.createPortfoliosOrder, {
        body: {
          user_id: ownerOf(target).id,
          account_id: target.id,
          cash_amount: amount,
          currency: "EUR",
          side: "SELL",
        },
      });
      return true;
    },
    async cancelPortfolioOrder({ which, chance }) {
      const found = pick(
        told.portfolioOrders.values(),
        which,
        ({ status }) => chance < 10 || has(status, "NEW", "PROCESSING"),
      );
      if (!found) return false;
      await client.call(api.cancelPortfoliosOrder, { path: { portfolio_order_id: found.id } });
      return true;
    },
    async rebalance({ who, which, chance }) {
      const allocation = pick(told.allocations.values(), which)!;
      const target = chance < 80 ? portfolio(who) : pick(told.accounts.values(), who);
      if (chance % 2 && target)
        await client.call(api.triggerPortfolioRebalancing, { body: { accounts: [target.id] } });
      else await client.call(api.triggerPortfolioRebalancing, { body: { allocations: [allocation.id] } });
      return true;
    },
    async reallocate({ who, which, chance }) {
      const allocation = pick(told.allocations.values(), which)!;
      const target = portfolio(who);
      if (chance % 2 && target) {
        await client.call(api.updatePortfoliosConfiguration, {
          path: { account_id: target.id },
          body: { allocation_id: allocation.id },
        });
        configured.set(target.id, allocation.id);
      } else
        await client.call(api.updatePortfoliosAllocation, {
          path: { allocation_id: allocation.id },
          body: { allocation: mixes[chance % mixes.length]! },
        });
      return true;
    },

    async planInstrument({ who, which, amount, chance }) {
      const target = account(who, "TRADING");
      const isin = isins[which % isins.length]!;
      if (!target || isin === mockIsins.wholeUnits) return false;
      await client.call(api.createSavingsPlan, {
        body: {
          user_id: ownerOf(target).id,
          account_id: target.id,
          type: "INSTRUMENT",
          instrument_id: isin,
          instrument_id_type: "ISIN",
          cash_amount: amount,
          currency: "EUR",
          start_date: chance < 50 ? today() : inDays(chance % 9),
          period: chance < 80 ? "WEEK" : "MONTH",
          interval: 1 + (chance % 2),
        },
      });
      return true;
    },
    async planPortfolio({ who, amount, chance }) {
      const target = portfolio(who);
      if (!target) return false;
      await client.call(api.createSavingsPlan, {
        body: {
          user_id: ownerOf(target).id,
          account_id: target.id,
          type: "PORTFOLIO",
          cash_amount: amount,
          currency: "EUR",
          start_date: chance < 50 ? today() : inDays(chance % 9),
          period: chance < 80 ? "WEEK" : "MONTH",
          interval: 1 + (chance % 2),
        },
      });
      return true;
    },
    async cancelPlan({ which }) {
      const plan = pick(told.plans.values(), which, ({ status }) => status === "ACTIVE");
      if (!plan) return false;
      await client.call(api.deleteSavingsPlan, { path: { savings_plan_id: plan.id } });
      return true;
    },
    async cancelPlanExecution({ which }) {
      const found = pick(told.planExecutions.values(), which, ({ status }) => status === "NEW");
      if (!found) return false;
      await client.call(api.deleteSavingsPlanExecution, {
        path: { savings_plan_id: found.savings_plan_id, savings_plan_execution_id: found.id },
      });
      return true;
    },
    async collectFee({ who, amount, chance }) {
      const target = pick(told.accounts.values(), who, ({ status }) => has(status, "ACTIVE", "CLOSING"));
      if (!target) return false;
      await client.call(api.createFeeCollection, {
        body: {
          account_id: target.id,
          type: chance < 50 ? "SERVICE_FEE" : "SERVICE_FEE_LIQUIDATION",
          collection_amount: amount,
          currency: "EUR",
          period_start: "2026-01-01",
          period_end: "2026-01-31",
        },
      });
      return true;
    },

    async newUser() {
      if (told.users.size > 2) return false;
      await register(await client.call(api.createUser, { body: person }));
      return true;
    },
    async newTolUser({ chance }) {
      if (told.users.size > 2) return false;
      const user = await client.call(api.createUser, {
        body: {
          ...person,
          email: "ada@example.com",
          fatca: { status: false, confirmed_at },
        },
      });
      await register(user);
      await client.call(api.setTaxResidencies, {
        path: { user_id: user.id },
        body: { tax_residencies: [{ country: "DE", tax_identifier_number: "12345678901" }] },
      });
      const check = { path: { user_id: user.id } };
      await client.call(api.createUserCheck, {
        ...check,
        body: {
          type: "KYC",
          check_confirmed_at: confirmed_at,
          data_download_link: "https://example.com/kyc",
          document_type: "PASSPORT",
          provider: "Example",
          method: "VIDEO_ID",
          confirmed_address: person.address,
        },
      });
      await client.call(api.createUserCheck, {
        ...check,
        body: {
          type: "INSTRUMENT_FIT",
          check_confirmed_at: confirmed_at,
          instrument_suitability: { suitability: chance < 50 },
        },
      });
      return true;
    },
    async newGroup({ who, chance }) {
      const user = pick(told.users.values(), who, ({ status }) => has(status, "ACTIVE", "INACTIVE"));
      if (!user || told.groups.size > 2) return false;
      const type = chance < 50 ? "ISA" : "PERSONAL";
      const isOwn = (one: AccountGroup) => one.type === type && ownerOf(one).id === user.id;
      if ([...told.groups.values()].some((one) => isOwn(one) && one.status !== "CLOSED")) return false;
      const { id } = await client.call(api.createAccountGroup, { body: { user_id: user.id, type } });
      if (type === "ISA") {
        await client.call(api.setTaxResidencies, {
          path: { user_id: user.id },
          body: { tax_residencies: [{ country: "GB", tax_identifier_number: "AB123456C" }] },
        });
        await client.call(api.createIsaTaxWrapper, {
          body: { account_group_id: id, is_flexible: chance % 2 === 0, type: "STOCKS_AND_SHARES_ISA" },
        });
      }
      return true;
    },
    async newAccount({ who, chance }) {
      const owner = pick(
        told.groups.values(),
        who,
        (one) =>
          has(one.status, "ACTIVE", "PENDING_APPROVAL") && has(ownerOf(one).status, "ACTIVE", "INACTIVE"),
      );
      if (!owner || told.accounts.size > 4) return false;
      const type = chance < 60 ? "TRADING" : "PORTFOLIO";
      await client.call(api.createAccount, {
        body: { user_id: ownerOf(owner).id, account_group_id: owner.id, type },
      });
      return true;
    },
    async changeUser({ who, amount }) {
      // TOL users need proof.
      const user = pick(
        told.users.values(),
        who,
        (one) => has(one.status, "ACTIVE", "INACTIVE") && !("fatca" in one),
      );
      if (!user) return false;
      const birth_city = `Town ${amount}`;
      await client.call(api.userDataChange, { path: { user_id: user.id }, body: { birth_city } });
      // One at a time.
      await advance(second);
      return true;
    },
    async rename({ who, which, amount }) {
      const target = account(who, which % 2 ? "TRADING" : "PORTFOLIO", "CLOSING");
      if (!target) return false;
      // What has become of a portfolio account that was opened later.
      if (target.type === "PORTFOLIO" && target.status === "ACTIVE" && !configured.has(target.id))
        await configure(target, which);
      await client.call(api.updateAccount, { path: { account_id: target.id }, body: { name: amount } });
      return true;
    },
    async closeAccount({ who, chance }) {
      const target = pick(
        told.accounts.values(),
        who,
        (one) => has(one.status, "ACTIVE", "PENDING_APPROVAL") && isFree(one),
      );
      if (!target || chance < 40) return false;
      await client.call(api.accountClosure, { path: { account_id: target.id } });
      return true;
    },
    async closeGroup({ who, chance }) {
      const target = pick(
        told.groups.values(),
        who,
        (one) => has(one.status, "ACTIVE", "PENDING_APPROVAL") && isFree({ account_group_id: one.id }),
      );
      if (!target || chance < 60) return false;
      await client.call(api.accountGroupClosure, { path: { account_group_id: target.id } });
      return true;
    },
    async offboard({ who, chance }) {
      const user = pick(told.users.values(), who, ({ status }) => has(status, "ACTIVE", "INACTIVE"));
      if (!user || chance < 60) return false;
      await client.call(api.offboardUser, { path: { user_id: user.id } });
      return true;
    },
  };

  return {
    advance,
    carryOut: (step: Step): Promise<boolean> => carryOut[step.kind](step),
    /** A user with money, a trading account and a portfolio account. @param hear takes in what was told meanwhile */
    async begin(hear: () => void): Promise<void> {
      const user = await client.call(api.createUser, { body: person });
      await register(user);
      const { id: account_group_id } = await client.call(api.createAccountGroup, {
        body: { user_id: user.id, type: "PERSONAL" },
      });
      const opened: Account[] = [];
      for (const type of ["TRADING", "PORTFOLIO"] as const)
        opened.push(
          await client.call(api.createAccount, { body: { user_id: user.id, account_group_id, type } }),
        );
      for (const allocation of mixes)
        await client.call(api.createPortfoliosAllocation, { body: { name: "Mix", allocation } });
      await advance(second);
      hear();
      await configure(opened[1]!, 0);
      await transfer(told.groups.get(account_group_id)!, "24999.99", "EUR");
      await transfer(told.groups.get(account_group_id)!, "4000", "GBP");
      hear();
    },
    /** Ends what would go on for ever, and lets the rest come to its end. */
    async end(hear: () => void): Promise<void> {
      for (const { id, status } of told.plans.values())
        if (status === "ACTIVE") await client.call(api.deleteSavingsPlan, { path: { savings_plan_id: id } });
      hear();
      await advance(3 * day);
      hear();
      for (const { id, status } of told.orders.values())
        if (has(status, "NEW", "PROCESSING")) await client.call(api.cancelOrder, { path: { order_id: id } });
      for (const { id, status } of told.decreases.values())
        if (has(status, "ISSUED", "QUEUED"))
          await client.call(api.cancelVirtualCashDecrease, { path: { virtual_cash_decrease_id: id } });
      for (const { id, status } of told.topUps.values())
        if (status === "CONFIRMED") await client.call(api.cancelTopup, { path: { topup_id: id } });
      await advance(5 * day);
      hear();
    },
  };
}

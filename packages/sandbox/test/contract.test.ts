import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ApiOperation } from "../src/description.js";
import type { OperationName } from "../src/handler.js";
import {
  type AnyInput,
  broken,
  day,
  description,
  differences,
  type Input,
  itemsOf,
  openStage,
  openWithFile,
  operationOf,
  ownerOf,
  propertiesOf,
  recipes,
  type Stage,
} from "./support/contract.js";

const { operations } = description;
const nameOf = ({ id, name }: ApiOperation): OperationName => {
  if (name === undefined) throw new Error(`this release knows no operation ${id}`);
  return name;
};
const inputOf = (stage: Stage, name: OperationName): Promise<AnyInput> =>
  (recipes[name] as (stage: Stage) => Promise<AnyInput>)(stage);
const titled = (list: readonly ApiOperation[]) => list.map((operation) => [operation.id, operation] as const);
const answersOf = (name: OperationName) => [...operationOf(name).answers.values()];
const isUuid = ({ schema }: ApiOperation["parameters"][number]) =>
  typeof schema === "object" && schema["format"] === "uuid";

const uuid = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;
const written = readFileSync(
  new URL("../../../openapi/upvest-investment-api.yaml", import.meta.url),
  "utf8",
);
/** What the examples of the description are made of: all UUIDs, and what people write of themselves. */
const examples = new Set([
  ...written.match(uuid)!,
  ...[...written.matchAll(/^ +(?:first_name|last_name|email|phone_number|account_owner): '?(.+?)'?$/gm)].map(
    ([, value]) => value!,
  ),
]);
const said: string[] = [];
const ended = async (stage: Stage) => {
  stage.events();
  said.push(...stage.answers);
  await stage.close();
};

test("there is a recipe for each operation of the description, and for nothing else", () => {
  expect(operations.map(nameOf).sort()).toEqual(Object.keys(recipes).sort());
});

describe("each operation", () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await openWithFile("contract");
  });
  afterAll(() => ended(stage));

  test.each(titled(operations))("%s: a valid call gets the documented answer and events", async (_, operation) => {
    const name = nameOf(operation);
    // The second is another kind of request, where there are kinds.
    for (let time = 0; time < 2; time++) {
      const input = await inputOf(stage, name);
      await stage.sendValid(operation, input);
      for (const accept of operation.answers.keys()) {
        if (accept === "application/json") continue;
        const body = await stage.sendValid(operation, input, accept);
        expect(body).toMatch(/^%PDF/);
      }
      await stage.steps(8);
      stage.events();
    }
  });
});

describe("nobody gets in", () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await openStage("locked");
  });
  afterAll(() => ended(stage));
  // Nothing is looked at before the signature and the token.
  const input = { path: { webhook_id: "" } };

  test.each(titled(operations))("%s: without a signature 401", async (_, operation) => {
    const path = Object.fromEntries(operation.parameters.map(({ name }) => [name, stage.values.uuid()]));
    const { status, body } = await stage.send(operation, { ...input, path }, { signed: false });
    expect([status, body.type]).toEqual([401, "https://docs.upvest.co/errors/unauthorised"]);
  });

  test.each(titled(operations.filter(({ scopes }) => scopes.length > 0)))(
    "%s: with all scopes but its own 403, with one of its own not",
    async (_, operation) => {
      const path = Object.fromEntries(operation.parameters.map(({ name }) => [name, stage.values.uuid()]));
      const others = stage.sandbox.scopes.filter((scope) => !operation.scopes.includes(scope));
      const { status, body } = await stage.send(operation, { path }, { scopes: others });
      expect([status, body.type]).toEqual([403, "https://docs.upvest.co/errors/forbidden"]);
      for (const scope of operation.scopes)
        expect((await stage.send(operation, { path }, { scopes: [scope] })).status).not.toBe(403);
    },
  );
});

describe("a broken body", () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await openStage("broken");
  });
  afterAll(() => ended(stage));

  const withJson = operations.filter(({ bodies }) => bodies.has("application/json"));
  test.each(titled(withJson))("%s: is refused, and changes nothing", async (_, operation) => {
    const schema = operation.bodies.get("application/json")!;
    const taken: string[] = [];
    for (let time = 0; time < 2; time++) {
      const input = await inputOf(stage, nameOf(operation));
      const before = stage.sandbox.events.length;
      const cases = [...broken(input.body, [schema])];
      expect(cases.length).toBeGreaterThan(3);
      for (const [what, body] of cases) {
        const { status } = await stage.send(operation, { ...input, body });
        if (status !== 400 && status !== 422) taken.push(`${what}: ${status}`);
      }
      expect(taken).toEqual([]);
      expect(stage.sandbox.events.length).toBe(before);
      // What was broken was valid before.
      await stage.sendValid(operation, input);
    }
  });
});

describe("what was sent comes back", () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await openStage("kept");
  });
  afterAll(() => ended(stage));

  // biome-ignore lint/suspicious/noExplicitAny: the answers of all kinds of creations
  type Made = any;
  interface Creation {
    /** The sent body in the form of the resource, if it has another. */
    shown?: (body: Made) => Made;
    retrieve?: [name: OperationName, path: (made: Made, input: Made) => Record<string, string>];
    lists?: [
      name: OperationName,
      input: (made: Made, input: Made) => AnyInput,
      isRow?: (row: Made, made: Made) => boolean,
    ][];
    /** The event that carries it, where nothing else shows it again. */
    event?: string;
  }
  const masked = ({ iban, ...body }: Made) => ({
    ...body,
    iban: `${iban.slice(0, 6)}**********${iban.slice(-4)}`,
  });
  const byAccount = (row: Made, made: Made) => row.account_id === made.account_id;
  const newest = { order: "DESC", limit: 1000 };

  const creations: Partial<Record<OperationName, Creation>> = {
    createWebhook: {
      retrieve: ["retrieveWebhook", ({ id }) => ({ webhook_id: id })],
      lists: [["listWebhooks", () => ({ query: newest })]],
    },
    createUser: {
      retrieve: ["retrieveUser", ({ id }) => ({ user_id: id })],
      lists: [["listUsers", () => ({ query: newest })]],
    },
    createIdentifier: {
      retrieve: ["retrieveIdentifier", ({ id }, { path }) => ({ ...path, identifier_id: id })],
      lists: [["listUserIdentifiers", (_, { path }) => ({ path })]],
    },
    createUserCheck: {
      retrieve: ["retrieveUserCheck", ({ id }, { path }) => ({ ...path, check_id: id })],
      lists: [["listUserChecks", (_, { path }) => ({ path })]],
    },
    createAccountGroup: {
      shown: ({ user_id, ...body }) => ({ ...body, users: [{ id: user_id }] }),
      retrieve: ["retrieveAccountGroup", ({ id }) => ({ account_group_id: id })],
      lists: [
        ["listAccountGroups", () => ({ query: newest })],
        ["listUserAccountGroups", (_, { body }) => ({ path: { user_id: body.user_id } })],
      ],
    },
    createAccount: {
      shown: ({ user_id, ...body }) => ({ ...body, users: [{ id: user_id }] }),
      retrieve: ["retrieveAccount", ({ id }) => ({ account_id: id })],
      lists: [
        ["listAccounts", () => ({ query: newest })],
        ["listUserAccounts", (_, { body }) => ({ path: { user_id: body.user_id } })],
      ],
    },
    setTaxResidencies: { retrieve: ["retrieveTaxResidencies", (_, { path }) => path] },
    createTaxExemption: {
      retrieve: ["retrieveTaxExemptionById", ({ id }) => ({ tax_exemption_id: id })],
      lists: [["retrieveTaxExemptionsForUser", (_, { body }) => ({ path: { user_id: body.user_ids[0] } })]],
    },
    createIsaTaxWrapper: { event: "ISA_WRAPPER.ACTIVE" },
    // No operation and no event shows it again.
    createPeaTaxWrapper: {},
    createReferenceAccount: {
      shown: masked,
      retrieve: ["retrieveReferenceAccount", ({ id }) => ({ reference_account_id: id })],
      lists: [["listReferenceAccounts", (_, { body }) => ({ path: { user_id: body.user_id } })]],
    },
    createMandate: {
      shown: masked,
      retrieve: ["retrieveMandate", ({ id }) => ({ mandate_id: id })],
      lists: [["listMandates", (_, { body }) => ({ path: { user_id: body.user_id } })]],
    },
    createDirectDebit: {
      retrieve: ["retrieveDirectDebit", ({ id }) => ({ direct_debit_id: id })],
      lists: [
        ["listDirectDebits", (_, { body }) => ({ path: { account_group_id: body.account_group_id } })],
        [
          "listCashTransactions",
          (_, { body }) => ({ query: { account_group_id: body.account_group_id } }),
          (row, { id }) => row.references[0]?.id === id,
        ],
      ],
    },
    createTopup: {
      retrieve: ["retrieveTopup", ({ id }) => ({ topup_id: id })],
      lists: [["listTopups", (_, { body }) => ({ path: { account_group_id: body.account_group_id } })]],
    },
    createCashWithdrawal: {
      retrieve: ["retrieveCashWithdrawal", ({ id }) => ({ withdrawal_id: id })],
      lists: [
        ["listCashWithdrawals", (_, { body }) => ({ path: { account_group_id: body.account_group_id } })],
      ],
    },
    createVirtualBankAccount: {
      retrieve: ["retrieveVirtualBankAccount", ({ id }) => ({ virtual_bank_account_id: id })],
      lists: [
        ["listVirtualBankAccounts", (_, { body }) => ({ path: { account_group_id: body.account_group_id } })],
      ],
    },
    createBankTransaction: {
      shown: ({ amount, currency }) => ({ delta: { amount, currency } }),
      lists: [
        [
          "listCashTransactions",
          () => ({ query: newest }),
          (row, { sent }) => row.delta.amount === sent.amount && row.type === "TREASURY_PAYMENT",
        ],
      ],
    },
    createVirtualCashIncrease: { event: "VIRTUAL_CASH_INCREASE.CONFIRMED" },
    createVirtualCashDecrease: { event: "VIRTUAL_CASH_DECREASE.CONFIRMED" },
    placeOrder: {
      retrieve: ["retrieveOrder", ({ id }) => ({ order_id: id })],
      lists: [["listAccountOrders", (_, { body }) => ({ path: { account_id: body.account_id } })]],
    },
    createAccountLiquidation: {
      retrieve: [
        "retrieveAccountLiquidation",
        ({ id }, { path }) => ({ ...path, account_liquidation_id: id }),
      ],
      lists: [["listAccountsLiquidations", (_, { path }) => ({ path })]],
    },
    createReport: {
      shown: ({ type, order }) => ({
        type,
        user_id: order.user_id,
        data: { account: { id: order.account_id }, instrument: { isin: order.instrument_id }, order },
      }),
      retrieve: ["retrieveReport", ({ id }) => ({ report_id: id })],
      lists: [["listUserReports", (_, { body }) => ({ path: { user_id: body.order.user_id } })]],
    },
    createPortfoliosAllocation: {
      retrieve: ["retrievePortfoliosAllocation", ({ id }) => ({ allocation_id: id })],
      lists: [["listPortfoliosAllocations", () => ({ query: newest })]],
    },
    createPortfoliosConfiguration: {
      retrieve: ["retrievePortfoliosConfiguration", ({ account_id }) => ({ account_id })],
      lists: [["listPortfoliosConfigurations", () => ({ query: newest }), byAccount]],
    },
    createPortfoliosOrder: {
      shown: ({ side, ...body }) => ({ ...body, type: side }),
      retrieve: ["retrievePortfoliosOrder", ({ id }) => ({ portfolio_order_id: id })],
      lists: [["listPortfoliosOrders", () => ({ query: newest })]],
    },
    triggerPortfolioRebalancing: {
      retrieve: ["retrievePortfoliosRebalancingExecution", ({ id }) => ({ execution_id: id })],
    },
    createSavingsPlan: {
      retrieve: ["retrieveSavingsPlan", ({ id }) => ({ savings_plan_id: id })],
      lists: [["listSavingsPlans", () => ({ query: newest })]],
    },
    createFeeCollection: {
      retrieve: ["retrieveFeeCollection", ({ id }) => ({ fee_collection_id: id })],
      lists: [["listFeeCollections", () => ({ query: newest })]],
    },
    createFeeConfiguration: {
      retrieve: ["retrieveFeeConfigurations", ({ account_id }) => ({ account_id })],
    },
  };

  const creating = operations.filter(
    ({ id, method }) => method === "POST" && !["issue_token", "test_webhook", "user_data_change"].includes(id),
  );
  test.each(titled(creating))("%s: two with different values, each with its own", async (_, operation) => {
    const name = nameOf(operation);
    const creation = creations[name];
    if (!creation) throw new Error(`nobody says where ${name} comes back`);
    const { shown = (body: Made) => body, retrieve, lists = [], event } = creation;
    const made: { input: AnyInput; answer: Made; sent: Made }[] = [];
    // The kinds of a request come one after the other.
    for (let time = 0; time < 5; time++) {
      const input = await inputOf(stage, name);
      const answer = await stage.sendValid(operation, input);
      const sent = shown(input.body);
      expect(differences(sent, answer, answersOf(name))).toEqual([]);
      made.push({ input, answer, sent });
    }
    expect(new Set(made.map(({ sent }) => JSON.stringify(sent))).size).toBe(made.length);
    await stage.steps(8);
    const events = stage.events();

    for (const { input, answer, sent } of made) {
      if (retrieve) {
        const [by, path] = retrieve;
        const body = await stage.sendValid(operationOf(by), { path: path(answer, input) });
        expect([by, ...differences(sent, body, answersOf(by))]).toEqual([by]);
      }
      for (const [by, where, isRow = (row: Made) => row.id === answer.id] of lists) {
        const { data } = await stage.sendValid(operationOf(by), where(answer, input));
        const rows = data.filter((row: Made) => isRow(row, { ...answer, sent: input.body }));
        expect([by, rows.length]).toEqual([by, 1]);
        const schemas = itemsOf(propertiesOf(answersOf(by), "data"));
        expect([by, ...differences(sent, rows[0], schemas)]).toEqual([by]);
      }
      if (event !== undefined) {
        const found = events.filter(({ type, object }) => type === event && object["id"] === answer.id);
        expect([event, found.length]).toEqual([event, 1]);
        expect(found[0]!.object).toMatchObject(sent);
      }
    }
  });

  interface Change {
    retrieve: OperationName;
    path?: (path: Record<string, string>) => Record<string, string>;
  }
  const changes: Partial<Record<OperationName, Change>> = {
    updateWebhook: { retrieve: "retrieveWebhook" },
    userDataChange: { retrieve: "retrieveUser" },
    updateIdentifier: { retrieve: "retrieveIdentifier" },
    updateAccount: { retrieve: "retrieveAccount" },
    setTaxResidencies: { retrieve: "retrieveTaxResidencies" },
    updateTaxExemption: { retrieve: "retrieveTaxExemptionById" },
    updatePortfoliosAllocation: { retrieve: "retrievePortfoliosAllocation" },
    updatePortfoliosConfiguration: { retrieve: "retrievePortfoliosConfiguration" },
    updateFeeConfiguration: { retrieve: "retrieveFeeConfigurations" },
  };
  const changing = operations.filter(
    ({ id, method }) =>
      method === "PUT" || method === "PATCH" || ["user_data_change", "set_tax_residencies"].includes(id),
  );
  test.each(titled(changing))("%s: what was changed is seen in retrieve, all else stays", async (_, operation) => {
    const name = nameOf(operation);
    const change = changes[name];
    if (!change) throw new Error(`nobody says where ${name} is seen`);
    for (let time = 0; time < 2; time++) {
      const { path, body } = await inputOf(stage, name);
      const see = () => stage.sendValid(operationOf(change.retrieve), { path: path! });
      if (name === "setTaxResidencies") await stage.sendValid(operation, { path: path!, body });
      const before = await see();
      // A field more at a time, so that each is seen to leave the others as they are.
      await stage.sandbox.clock.advance(day / 24);
      await stage.sendValid(operation, { path: path!, body });
      await stage.steps(2);
      const after = await see();
      expect(differences(body, after, answersOf(change.retrieve))).toEqual([]);
      const touched = new Set([...Object.keys(body as object), "updated_at", "valid_from_date"]);
      for (const [field, value] of Object.entries(before))
        if (!touched.has(field)) expect([field, after[field]]).toEqual([field, value]);
      expect(Date.parse(after.updated_at)).toBeGreaterThan(Date.parse(before.updated_at));
      expect(after.created_at).toBe(before.created_at);
    }
  });

  /** Where what was deleted was, and its last state; without one it is gone. */
  const deletions: Partial<Record<OperationName, [retrieve: OperationName, status?: string]>> = {
    deleteWebhook: ["retrieveWebhook"],
    offboardUser: ["retrieveUser", "OFFBOARDED"],
    accountGroupClosure: ["retrieveAccountGroup", "CLOSED"],
    accountClosure: ["retrieveAccount", "CLOSED"],
    deleteTaxExemption: ["retrieveTaxExemptionById", "CANCELLED"],
    deleteReferenceAccount: ["retrieveReferenceAccount"],
    deleteMandate: ["retrieveMandate"],
    cancelTopup: ["retrieveTopup", "CANCELLED"],
    cancelCashWithdrawal: ["retrieveCashWithdrawal", "CANCELLED"],
    cancelOrder: ["retrieveOrder", "CANCELLED"],
    cancelAccountLiquidation: ["retrieveAccountLiquidation", "CANCELLED"],
    cancelPortfoliosOrder: ["retrievePortfoliosOrder", "CANCELLED"],
    deleteSavingsPlan: ["retrieveSavingsPlan", "CANCELLED"],
    deleteSavingsPlanExecution: ["retrieveSavingsPlanExecution", "CANCELLED"],
  };
  const deleting = operations.filter(({ method }) => method === "DELETE");
  test.each(titled(deleting))("%s: afterwards it is gone, or in its final state", async (_, operation) => {
    const name = nameOf(operation);
    const { path = {}, query = {} } = await inputOf(stage, name);
    stage.events();
    if (name === "cancelVirtualCashDecrease") {
      // Only its event tells.
      await stage.sendValid(operation, { path });
      await stage.steps(8);
      const mine = stage.events().filter(({ object }) => object["id"] === Object.values(path)[0]);
      expect(mine.map(({ type }) => type)).toEqual(["VIRTUAL_CASH_DECREASE.CANCELLED"]);
      return;
    }
    const deletion = deletions[name];
    if (!deletion) throw new Error(`nobody says what ${name} ends in`);
    const [retrieve, status] = deletion;
    const before = await stage.sendValid(operationOf(retrieve), { path });
    expect(before.status).not.toBe(status ?? "");
    await stage.sendValid(operation, { path, query });
    await stage.steps(8);
    if (status === undefined) {
      expect((await stage.send(operationOf(retrieve), { path })).status).toBe(404);
      expect((await stage.send(operation, { path, query })).status).toBe(404);
      return;
    }
    const after = await stage.sendValid(operationOf(retrieve), { path });
    expect(after.status).toBe(status);
    // It is the end: later it is the same.
    await stage.nextDay();
    expect(await stage.sendValid(operationOf(retrieve), { path })).toEqual(after);
  });
});

describe("an id that was never created", () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await openWithFile("unknown");
  });
  afterAll(() => ended(stage));
  const idsOf = ({ parameters }: ApiOperation) =>
    parameters.filter((parameter) => parameter.in === "path" && parameter.name !== "currency");

  const unknown: Readonly<Record<string, (stage: Stage) => string[]>> = {
    instrument_id: ({ values }) => ["isin:XX0000000000", `uuid:${values.uuid()}`, `urn:uuid:${values.uuid()}`],
    folder: ({ values }) => [values.plain().toLowerCase()],
    file_name: ({ values }) => [values.plain().toLowerCase()],
  };
  test.each(titled(operations.filter((operation) => idsOf(operation).length > 0)))(
    "%s: 404, and nothing changes",
    async (_, operation) => {
      const input = await inputOf(stage, nameOf(operation));
      await stage.steps(1);
      const before = stage.sandbox.events.length;
      for (const parameter of idsOf(operation)) {
        const ids = isUuid(parameter) ? [stage.values.uuid()] : unknown[parameter.name]!(stage);
        for (const id of ids) {
          const path = { ...input.path, [parameter.name]: id };
          const { status, body } = await stage.send(operation, { ...input, path });
          expect([parameter.name, id, status]).toEqual([parameter.name, id, 404]);
          expect(body).toMatchObject({ type: "https://docs.upvest.co/errors/not_found", status: 404 });
          expect(body.detail).toContain(parameter.name === "folder" ? id : id.slice(-12));
        }
      }
      expect(stage.sandbox.events.length).toBe(before);
    },
  );

  const nested = operations.filter(
    (operation) =>
      idsOf(operation).length === 2 &&
      // A venue trades many instruments; folder and file are one name.
      !["fetching_file_metadata"].includes(operation.id) &&
      !operation.path.includes("{venue_id}"),
  );
  test.each(titled(nested))("%s: under another parent 404", async (_, operation) => {
    const name = nameOf(operation);
    const [one, other] = [await inputOf(stage, name), await inputOf(stage, name)];
    const [parent = ""] = idsOf(operation).map(({ name }) => name);
    expect(Object.values(one.path!)).not.toEqual(Object.values(other.path!));
    for (const [mine, foreign] of [
      [one, other],
      [other, one],
    ] as const) {
      const path = { ...mine.path, [parent]: foreign.path![parent]! };
      expect((await stage.send(operation, { ...mine, path })).status).toBe(404);
    }
    await stage.sendValid(operation, one);
  });

  test.each<[string, OperationName, string]>([
    ["user_id", "createAccountGroup", "user_id"],
    ["user_id", "createAccount", "user_id"],
    ["account_group_id", "createAccount", "account_group_id"],
    ["account_group_id", "createIsaTaxWrapper", "account_group_id"],
    ["account_group_id", "createPeaTaxWrapper", "account_group_id"],
    ["user_id", "createReferenceAccount", "user_id"],
    ["user_id", "createMandate", "user_id"],
    ["account_group_id", "createDirectDebit", "account_group_id"],
    ["mandate_id", "createDirectDebit", "mandate_id"],
    ["account_group_id", "createTopup", "account_group_id"],
    ["account_group_id", "createCashWithdrawal", "account_group_id"],
    ["reference_account_id", "createCashWithdrawal", "reference_account_id"],
    ["account_group_id", "createVirtualBankAccount", "account_group_id"],
    ["account_group_id", "createVirtualCashIncrease", "account_group_id"],
    ["account_group_id", "createVirtualCashDecrease", "account_group_id"],
    ["account_id", "createPortfoliosConfiguration", "account_id"],
    ["allocation_id", "createPortfoliosConfiguration", "allocation_id"],
    ["allocation_id", "updatePortfoliosConfiguration", "allocation_id"],
    ["user_id", "createPortfoliosOrder", "user_id"],
    ["account_id", "createPortfoliosOrder", "account_id"],
    ["user_id", "createSavingsPlan", "user_id"],
    ["account_id", "createSavingsPlan", "account_id"],
    ["account_id", "createFeeCollection", "account_id"],
    ["account_id", "createFeeConfiguration", "account_id"],
  ])("%s in the body of %s: 404", async (_, name, field) => {
    const operation = operationOf(name);
    const input = await inputOf(stage, name);
    const body = { ...(input.body as object), [field]: stage.values.uuid() };
    expect((await stage.send(operation, { ...input, body })).status).toBe(404);
  });

  test.each(["account_id", "user_id"])("%s in the body of placeOrder: 422", async (field) => {
    const input = await inputOf(stage, "placeOrder");
    const body = { ...(input.body as object), [field]: stage.values.uuid() };
    expect((await stage.send(operationOf("placeOrder"), { body })).status).toBe(422);
  });
});

import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ApiOperation } from "../src/description.js";
import type { OperationName } from "../src/handler.js";
import {
  type AnyInput,
  day,
  openStage,
  openWithFile,
  operationOf,
  ownerOf,
  recipes,
  type Stage,
} from "./support/contract.js";
import {
  broken,
  description,
  differences,
  itemsOf,
  least,
  propertiesOf,
  textsOf,
} from "./support/schemas.js";

const { operations } = description;
const nameOf = ({ id, name }: ApiOperation): OperationName => {
  if (name === undefined) throw new Error(`this release knows no operation ${id}`);
  return name;
};
const inputOf = (stage: Stage, name: OperationName): Promise<AnyInput> =>
  (recipes[name] as (stage: Stage) => Promise<AnyInput>)(stage);
const titled = (list: readonly ApiOperation[]) => list.map((operation) => [operation.id, operation] as const);
/** What a savings plan buys, if it is one for an instrument. */
const instrumentOf = (plan: unknown) =>
  typeof plan === "object" && plan !== null && "instrument_id" in plan
    ? { instrument_id: plan.instrument_id }
    : {};
const answersOf = (name: OperationName) => [...operationOf(name).answers.values()];
const isUuid = ({ schema }: ApiOperation["parameters"][number]) =>
  typeof schema === "object" && schema["format"] === "uuid";

const uuid = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;
const written = readFileSync(new URL("../../../openapi/upvest-investment-api.yaml", import.meta.url), "utf8");
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
  let shared: Stage;
  let files: Stage;
  beforeAll(async () => {
    [shared, files] = [await openStage("contract"), await openWithFile("contract")];
  });
  afterAll(async () => {
    await ended(shared);
    await ended(files);
  });

  test.each(titled(operations))(
    "%s: a valid call gets the documented answer and events",
    async (_, operation) => {
      const stage = operation.tag === "Files" ? files : shared;
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
    },
  );
});

describe("nobody gets in", () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await openStage("locked");
  });
  afterAll(() => ended(stage));
  // Nothing else is looked at before the signature and the token.

  test.each(titled(operations))("%s: without a signature 401", async (_, operation) => {
    const path = Object.fromEntries(operation.parameters.map(({ name }) => [name, stage.values.uuid()]));
    const { status, body } = await stage.send(operation, { path }, { signed: false });
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
    const tried = new Set<string>();
    for (let time = 0; time < 2; time++) {
      const input = await inputOf(stage, nameOf(operation));
      const before = stage.sandbox.events.length;
      const cases = [...broken(input.body, [schema])];
      expect(cases.length).toBeGreaterThan(3);
      for (const [what, body] of cases) {
        if (tried.has(what)) continue;
        tried.add(what);
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

describe("a body with nothing but what is required", () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await openStage("least");
  });
  afterAll(() => ended(stage));

  /** What the schema lets be left out, but nobody could carry out. */
  const refused: Partial<Record<OperationName, RegExp>> = {
    userDataChange: /must NOT have fewer than 1 properties/,
    createIdentifier: /identifier is missing/,
    createReferenceAccount: /user_id is missing/,
    createMandate: /user_id is missing/,
    createBankTransaction: /remittance_information assigns the transfer to no account group/,
    placeOrder: /Neither cash_amount nor quantity is given/,
    createReport: /order must have either cash_amount or quantity/,
  };
  const withJson = operations.filter(({ bodies }) => bodies.has("application/json"));
  test.each(titled(withJson))("%s: is taken, or refused for a reason", async (_, operation) => {
    const name = nameOf(operation);
    for (let time = 0; time < 2; time++) {
      const input = await inputOf(stage, name);
      let body = least(input.body, [operation.bodies.get("application/json")!]);
      // The schema of a plan does not say that it needs one of the two kinds of fields.
      if (name === "createSavingsPlan") body = { ...(body as object), ...instrumentOf(input.body) };
      const reason = refused[name];
      if (reason) {
        const { status, body: problem } = await stage.send(operation, { ...input, body });
        expect([status, problem.detail]).toEqual([400, expect.stringMatching(reason)]);
      } else await stage.sendValid(operation, { ...input, body });
      await stage.steps(8);
      stage.events();
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
      // In one order only.
      lists: [["listSavingsPlans", () => ({ query: { limit: 1000 } })]],
    },
    createFeeCollection: {
      retrieve: ["retrieveFeeCollection", ({ id }) => ({ fee_collection_id: id })],
      lists: [["listFeeCollections", () => ({ query: newest })]],
    },
    createFeeConfiguration: {
      retrieve: ["retrieveFeeConfigurations", ({ account_id }) => ({ account_id })],
    },
  };

  /** How many kinds of requests there are that follow each other. */
  const kinds: Partial<Record<OperationName, number>> = {
    createUserCheck: 3,
    createAccountGroup: 5,
    placeOrder: 4,
    createReport: 3,
  };
  const creating = operations.filter(
    ({ id, method }) =>
      method === "POST" && !["issue_token", "test_webhook", "user_data_change"].includes(id),
  );
  test.each(titled(creating))("%s: two with different values, each with its own", async (_, operation) => {
    const name = nameOf(operation);
    const creation = creations[name];
    if (!creation) throw new Error(`nobody says where ${name} comes back`);
    const { shown = (body: Made) => body, retrieve, lists = [], event } = creation;
    const made: { input: AnyInput; answer: Made; sent: Made }[] = [];
    for (let time = 0; time < (kinds[name] ?? 2); time++) {
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
  test.each(titled(changing))(
    "%s: what was changed is seen in retrieve, all else stays",
    async (_, operation) => {
      const name = nameOf(operation);
      const change = changes[name];
      if (!change) throw new Error(`nobody says where ${name} is seen`);
      const { path = {}, body } = await inputOf(stage, name);
      const see = () => stage.sendValid(operationOf(change.retrieve), { path });
      if (name === "setTaxResidencies") {
        await stage.sendValid(operation, { path, body });
        await stage.steps(2);
      }
      const fields = Object.entries(body as object).map(([field, value]) => ({ [field]: value }));
      // Where a part may be sent, each one alone; then all, of other values.
      const parts = operation.method === "PATCH" || name === "userDataChange" ? fields : [];
      const { body: other } = await inputOf(stage, name);
      const all = name === "updateTaxExemption" ? body : other;
      for (const sent of [...parts, all] as object[]) {
        const before = await see();
        // So that the times differ.
        await stage.sandbox.clock.advance(day / 24);
        await stage.sendValid(operation, { path, body: sent });
        await stage.steps(2);
        const after = await see();
        expect(differences(sent, after, answersOf(change.retrieve))).toEqual([]);
        const touched = new Set([...Object.keys(sent), "updated_at"]);
        for (const [field, value] of Object.entries(before))
          if (!touched.has(field)) expect([field, after[field]]).toEqual([field, value]);
        expect(Date.parse(after.updated_at)).toBeGreaterThan(Date.parse(before.updated_at));
        expect(after.created_at).toBe(before.created_at);
      }
    },
  );

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
    stage = await openStage("unknown");
  });
  afterAll(() => ended(stage));
  const idsOf = ({ parameters }: ApiOperation) =>
    parameters.filter((parameter) => parameter.in === "path" && parameter.name !== "currency");

  const unknown: Readonly<Record<string, (stage: Stage) => string[]>> = {
    instrument_id: ({ values }) => [
      "isin:XX0000000000",
      `uuid:${values.uuid()}`,
      `urn:uuid:${values.uuid()}`,
    ],
    folder: ({ values }) => [values.plain().toLowerCase()],
    file_name: ({ values }) => [values.plain().toLowerCase()],
  };
  test.each(titled(operations.filter((operation) => idsOf(operation).length > 0)))(
    "%s: 404, and nothing changes",
    async (_, operation) => {
      // Where there is no file to begin with, that of the recipe is unknown, too.
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
      operation.id !== "fetching_file_metadata" &&
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
    // The first one has gone on since it was made.
    await stage.sendValid(operation, other);
  });

  test.each<[string, OperationName]>([
    ["user_id", "createAccountGroup"],
    ["user_id", "createAccount"],
    ["account_group_id", "createAccount"],
    ["account_group_id", "createIsaTaxWrapper"],
    ["account_group_id", "createPeaTaxWrapper"],
    ["user_id", "createReferenceAccount"],
    ["user_id", "createMandate"],
    ["account_group_id", "createDirectDebit"],
    ["mandate_id", "createDirectDebit"],
    ["account_group_id", "createTopup"],
    ["account_group_id", "createCashWithdrawal"],
    ["reference_account_id", "createCashWithdrawal"],
    ["account_group_id", "createVirtualBankAccount"],
    ["account_group_id", "createVirtualCashIncrease"],
    ["account_group_id", "createVirtualCashDecrease"],
    ["account_id", "createPortfoliosConfiguration"],
    ["allocation_id", "createPortfoliosConfiguration"],
    ["allocation_id", "updatePortfoliosConfiguration"],
    ["user_id", "createPortfoliosOrder"],
    ["account_id", "createPortfoliosOrder"],
    ["user_id", "createSavingsPlan"],
    ["account_id", "createSavingsPlan"],
    ["account_id", "createFeeCollection"],
    ["account_id", "createFeeConfiguration"],
  ])("%s in the body of %s: 404", async (field, name) => {
    const operation = operationOf(name);
    const input = await inputOf(stage, name);
    const body = { ...(input.body as object), [field]: stage.values.uuid() };
    expect((await stage.send(operation, { ...input, body })).status).toBe(404);
  });

  test.each<[string, OperationName, (id: string) => Promise<unknown>]>([
    [
      "user_ids",
      "createTaxExemption",
      async (id) => ({ ...(await recipes.createTaxExemption(stage)).body!, user_ids: [id] }),
    ],
    ["allocations", "triggerPortfolioRebalancing", async (id) => ({ allocations: [id] })],
    ...(["user_id", "account_id"] as const).map(
      (field): [string, OperationName, (id: string) => Promise<unknown>] => [
        `order.${field}`,
        "createReport",
        async (id) => {
          const body = (await recipes.createReport(stage)).body!;
          return { ...body, order: { ...body.order, [field]: id } };
        },
      ],
    ),
  ])("%s in the body of %s: 404", async (_, name, make) => {
    const body = await make(stage.values.uuid());
    expect((await stage.send(operationOf(name), { body })).status).toBe(404);
  });

  test.each(["account_id", "user_id"])("%s in the body of placeOrder: 422", async (field) => {
    const input = await inputOf(stage, "placeOrder");
    const body = { ...(input.body as object), [field]: stage.values.uuid() };
    expect((await stage.send(operationOf("placeOrder"), { body })).status).toBe(422);
  });
});

describe("lists", () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await openStage("lists");
  });
  afterAll(() => ended(stage));

  // biome-ignore lint/suspicious/noExplicitAny: the rows of all kinds of lists
  type Row = any;
  interface Filter {
    value: unknown;
    keep: (row: Row) => boolean;
  }
  interface Listed extends AnyInput {
    filters?: Record<string, Filter | Filter[]>;
  }
  /** Makes three rows or more, of different times and values. */
  const lists: Partial<Record<OperationName, (stage: Stage) => Promise<Listed>>> = {
    listWebhooks: async ({ call, nextDay, webhook }) => {
      const first = await webhook();
      await nextDay();
      await webhook();
      await nextDay();
      await webhook();
      await nextDay();
      await call("updateWebhook", { path: { webhook_id: first.id }, body: { enabled: true } });
      return {};
    },
    listUsers: async ({ call, nextDay, user, values }) => {
      const { id } = await user();
      await nextDay();
      await user();
      await user();
      await call("userDataChange", { path: { user_id: id }, body: { birth_name: values.word() } });
      await nextDay();
      return {};
    },
    listAccountGroups: async ({ call, group, nextDay }) => {
      const { id } = await group();
      await nextDay();
      await group();
      await group();
      await nextDay();
      await call("accountGroupClosure", { path: { account_group_id: id } });
      return {};
    },
    listUserAccountGroups: async ({ call, group, nextDay, user }) => {
      const owner = await user();
      const { id } = await group(owner);
      await nextDay();
      await group(owner, "CHILD");
      await nextDay();
      await group(owner, "LEGAL_ENTITY");
      await group();
      await call("accountGroupClosure", { path: { account_group_id: id } });
      return { path: { user_id: owner.id } };
    },
    listAccounts: async ({ account, call, nextDay, values }) => {
      const { id } = await account();
      await nextDay();
      await account();
      await account();
      await nextDay();
      await call("updateAccount", { path: { account_id: id }, body: { name: values.sentence() } });
      return {};
    },
    listUserAccounts: async ({ account, call, group, nextDay, values }) => {
      const parent = await group();
      const { id } = await account("TRADING", parent);
      await nextDay();
      await account("TRADING", parent);
      await nextDay();
      await account("PORTFOLIO", parent);
      await account();
      await call("updateAccount", { path: { account_id: id }, body: { name: values.sentence() } });
      return { path: { user_id: ownerOf(parent) } };
    },
    retrieveTaxExemptionsForUser: async ({ call, exemption, nextDay, taxed }) => {
      const user = await taxed();
      for (let count = 0; count < 3; count++) {
        const { id } = await call("createTaxExemption", { body: exemption(user) });
        await nextDay();
        if (count < 2) await call("deleteTaxExemption", { path: { tax_exemption_id: id } });
        await nextDay();
      }
      return { path: { user_id: user.id } };
    },
    listReferenceAccounts: async ({ nextDay, reference, user }) => {
      const owner = await user();
      await reference(owner);
      await nextDay();
      await reference(owner);
      await reference(owner);
      await reference(await user());
      return { path: { user_id: owner.id } };
    },
    listMandates: async ({ mandate, nextDay, user }) => {
      const owner = await user();
      await mandate(owner);
      await nextDay();
      await mandate(owner);
      await mandate(owner);
      await mandate(await user());
      return { path: { user_id: owner.id } };
    },
    listDirectDebits: async (stage) => {
      const { body } = await recipes.createDirectDebit(stage);
      await stage.call("createDirectDebit", { body: body! });
      await stage.nextDay();
      await stage.call("createDirectDebit", { body: body! });
      await stage.call("createDirectDebit", { body: body! });
      await stage.call("createDirectDebit", await recipes.createDirectDebit(stage));
      return { path: { account_group_id: body!.account_group_id } };
    },
    listTopups: async (stage) => {
      const { body } = await recipes.createTopup(stage);
      await stage.call("createTopup", { body: body! });
      await stage.nextDay();
      await stage.call("createTopup", { body: body! });
      await stage.call("createTopup", { body: body! });
      await stage.call("createTopup", await recipes.createTopup(stage));
      return { path: { account_group_id: body!.account_group_id } };
    },
    listCashWithdrawals: async (stage) => {
      const { body } = await recipes.createCashWithdrawal(stage);
      await stage.call("createCashWithdrawal", { body: body! });
      await stage.nextDay();
      await stage.call("createCashWithdrawal", { body: body! });
      await stage.call("createCashWithdrawal", { body: body! });
      await stage.call("createCashWithdrawal", await recipes.createCashWithdrawal(stage));
      return { path: { account_group_id: body!.account_group_id } };
    },
    listVirtualBankAccounts: async (stage) => {
      const { body } = await recipes.createVirtualBankAccount(stage);
      await stage.call("createVirtualBankAccount", { body: body! });
      await stage.nextDay();
      await stage.call("createVirtualBankAccount", { body: body! });
      await stage.call("createVirtualBankAccount", { body: body! });
      await stage.call("createVirtualBankAccount", await recipes.createVirtualBankAccount(stage));
      return { path: { account_group_id: body!.account_group_id } };
    },
    listInstruments: async () => ({
      filters: {
        trading_status: ["ACTIVE", "INACTIVE"].map((value) => ({
          value,
          keep: (row) => row.trading_status === value,
        })),
      },
    }),
    listAccountOrders: async ({ buy, call, funded, nextDay, order, sandbox, user }) => {
      const account = await funded();
      await buy(account);
      await nextDay();
      const from = new Date(sandbox.clock.now()).toISOString();
      const other = await funded();
      await buy(other);
      const another = await user();
      await call("placeOrder", { body: order(account) });
      const { id } = await call("placeOrder", { body: order(account) });
      await call("cancelOrder", { path: { order_id: id } });
      await sandbox.clock.advance(0);
      const none = () => false;
      return {
        path: { account_id: account.id },
        filters: {
          status: ["NEW", "FILLED", "CANCELLED"].map((value) => ({
            value,
            keep: (row) => row.status === value,
          })),
          account_group_id: { value: other.account_group_id, keep: none },
          user_id: { value: another.id, keep: none },
          date_created_from: { value: from, keep: (row) => row.created_at >= from },
          date_created_to: {
            value: new Date(Date.parse(from) - 1).toISOString(),
            keep: (row) => row.created_at < from,
          },
        },
      };
    },
    listPositions: async ({ buy, funded }) => {
      const account = await funded();
      for (let count = 0; count < 3; count++) await buy(account);
      await buy(await funded());
      return { path: { account_id: account.id } };
    },
    listAccountValuationHistory: async ({ buy, funded, nextDay }) => {
      const { account_id } = await buy(await funded());
      for (let count = 0; count < 6; count++) await nextDay();
      return { path: { account_id }, filters: {} };
    },
    listAccountReturns: async ({ buy, funded, nextDay }) => {
      const { account_id } = await buy(await funded());
      for (let count = 0; count < 4; count++) await nextDay();
      return { path: { account_id } };
    },
    listAccountsLiquidations: async (stage) => {
      const { path, body } = await recipes.createAccountLiquidation(stage);
      for (let count = 0; count < 3; count++) {
        const { id } = await stage.call("createAccountLiquidation", { path: path!, body: body! });
        await stage.call("cancelAccountLiquidation", { path: { ...path!, account_liquidation_id: id } });
        if (count < 2) await stage.nextDay();
      }
      await recipes.retrieveAccountLiquidation(stage);
      return { path: path! };
    },
    listCashTransactions: async ({ fund, group, nextDay }) => {
      const { id } = await group();
      await fund(id);
      await nextDay();
      await fund(id);
      await fund((await group()).id);
      return { filters: { account_group_id: { value: id, keep: (row) => row.account_group_id === id } } };
    },
    listSecuritiesTransactions: async ({ account, buy, funded, group, fund, nextDay }) => {
      const parent = await group();
      await fund(parent.id);
      const [one, two] = [await account("TRADING", parent), await account("TRADING", parent)];
      await buy(one);
      await nextDay();
      await buy(two);
      await buy(await funded());
      return {
        filters: {
          account_group_id: { value: parent.id, keep: (row) => row.account_group_id === parent.id },
          account_id: { value: one.id, keep: (row) => row.account_id === one.id },
        },
      };
    },
    listUserReports: async (stage) => {
      const account = await stage.funded();
      const first = await stage.buy(account, { instrument_id: "IE00BJ0KDR00" });
      await stage.nextDay();
      await stage.buy(account, { instrument_id: "IE0032077012" });
      const { body } = await recipes.createReport(stage);
      const order = { ...body!.order, user_id: ownerOf(account), account_id: account.id };
      await stage.call("createReport", { body: { ...body!, order } });
      await stage.buy(await stage.funded());
      const isAbout = (row: Row) => row.data?.references?.some(({ id }: Row) => id === first.id) === true;
      return {
        path: { user_id: ownerOf(account) },
        filters: {
          type: ["BUY_ORDER", "ORDER_EX_ANTE_COST"].map((value) => ({
            value,
            keep: (row) => row.type === value,
          })),
          instrument: { value: `isin:${first.instrument_id}`, keep: isAbout },
        },
      };
    },
    listPortfoliosAllocations: async ({ allocation, nextDay }) => {
      const { allocation: items } = await allocation();
      await nextDay();
      await allocation();
      await allocation();
      const held = items.map(({ instrument_id }) => instrument_id);
      const holds = (row: Row, id: string | undefined) =>
        row.allocation.some(({ instrument_id }: Row) => instrument_id === id);
      return {
        filters: {
          instrument_ids: [
            { value: held[0], keep: (row) => holds(row, held[0]) },
            { value: held.join(), keep: (row) => held.every((id) => holds(row, id)) },
          ],
        },
      };
    },
    listPortfoliosAllocationAccounts: async ({ allocation, configured }) => {
      const follows = await allocation();
      for (let count = 0; count < 3; count++) await configured(follows);
      await configured();
      return { path: { allocation_id: follows.id } };
    },
    listPortfoliosConfigurations: async ({ allocation, configured, nextDay }) => {
      const follows = await allocation();
      const { id } = await configured(follows);
      await configured(follows);
      await nextDay();
      await configured();
      return {
        filters: {
          account_id: { value: id, keep: (row) => row.account_id === id },
          allocation_id: { value: follows.id, keep: (row) => row.allocation_id === follows.id },
        },
      };
    },
    listPortfoliosOrders: async ({ allocation, call, configured, nextDay, portfolioOrder }) => {
      const follows = await allocation();
      const [one, two] = [await configured(follows), await configured(follows)];
      await call("createPortfoliosOrder", { body: portfolioOrder(one) });
      await nextDay();
      await call("createPortfoliosOrder", { body: portfolioOrder(two) });
      await call("createPortfoliosOrder", { body: portfolioOrder(await configured()) });
      return {
        filters: {
          account_id: { value: one.id, keep: (row) => row.account_id === one.id },
          allocation_id: { value: follows.id, keep: (row) => row.allocation_id === follows.id },
        },
      };
    },
    listPortfolioRebalancingExecutionOrders: async ({
      call,
      configured,
      date,
      portfolioOrder,
      steps,
      values,
    }) => {
      const account = await configured();
      await call("createPortfoliosOrder", { body: portfolioOrder(account) });
      await steps(8);
      const accounts = [account.id, values.uuid(), values.uuid()];
      const { id } = await call("triggerPortfolioRebalancing", { body: { accounts } });
      const tomorrow = new Date(Date.parse(date()) + day).toISOString().slice(0, 10);
      const yesterday = new Date(Date.parse(date()) - day).toISOString().slice(0, 10);
      // All of them are made at once.
      return {
        path: { execution_id: id },
        filters: {
          start_date: { value: tomorrow, keep: () => false },
          end_date: { value: yesterday, keep: () => false },
        },
      };
    },
    listSavingsPlans: async ({ call, funded, instrumentPlan }) => {
      const [one, two] = [await funded(), await funded()];
      const plan = instrumentPlan(one);
      await call("createSavingsPlan", { body: plan });
      await call("createSavingsPlan", { body: instrumentPlan(one) });
      await call("createSavingsPlan", { body: instrumentPlan(two) });
      return {
        filters: {
          account_id: { value: one.id, keep: (row) => row.account_id === one.id },
          user_id: { value: plan.user_id, keep: (row) => row.user_id === plan.user_id },
          instrument_id: {
            value: plan.instrument_id,
            keep: (row) => row.instrument_id === plan.instrument_id,
          },
        },
      };
    },
    listSavingsPlanExecutions: async ({ call, funded, instrumentPlan, nextDay }) => {
      const body = { ...instrumentPlan(await funded()), period: "WEEK" as const, interval: 1 };
      const { id } = await call("createSavingsPlan", { body });
      for (let count = 0; count < 18; count++) await nextDay();
      return { path: { savings_plan_id: id } };
    },
    listFeeCollections: async ({ call, funded, feeCollection, nextDay }) => {
      const [one, two] = [await funded(), await funded()];
      await call("createFeeCollection", { body: feeCollection(one) });
      await nextDay();
      await call("createFeeCollection", { body: feeCollection(two) });
      await call("createFeeCollection", { body: feeCollection(two) });
      const { id, account_group_id } = one;
      return {
        filters: {
          account_id: { value: id, keep: (row) => row.account_id === id },
          account_group_id: {
            value: account_group_id,
            keep: (row) => row.account_group_id === account_group_id,
          },
        },
      };
    },
  };
  /** The field that start_date and end_date are about. */
  const dated: Partial<Record<OperationName, string>> = {
    listAccountValuationHistory: "valuation_time",
    listAccountReturns: "date",
    listAccountsLiquidations: "created_at",
    listCashTransactions: "booking_date",
    listSecuritiesTransactions: "booking_date",
    listUserReports: "created_at",
    listPortfoliosAllocations: "created_at",
    listPortfoliosConfigurations: "created_at",
    listPortfoliosOrders: "created_at",
    listSavingsPlanExecutions: "execution_date",
  };

  const paged = operations.filter(({ parameters }) => parameters.some(({ name }) => name === "limit"));
  test.each(titled(paged))("%s: pages, orders, sorts, filters", async (_, operation) => {
    const name = nameOf(operation);
    const make = lists[name];
    if (!make) throw new Error(`nobody makes rows for ${name}`);
    const { filters = {}, ...input } = await make(stage);
    const ask = async (query: Record<string, unknown> = {}): Promise<{ meta: Row; data: Row[] }> =>
      stage.sendValid(operation, { ...input, query: { ...input.query, ...query } });
    const all = await ask({ limit: 1000 });
    const total = all.data.length;
    const key = (row: Row) => JSON.stringify(row);
    const keys = all.data.map(key);
    expect(total).toBeGreaterThan(2);
    expect(all.meta).toMatchObject({ offset: 0, limit: 1000, count: total, total_count: total });

    // One at a time.
    for (const offset of [...new Set([0, 1, 2, total - 1])]) {
      const { meta, data } = await ask({ limit: 1, offset });
      expect(data.map(key)).toEqual([keys[offset]]);
      expect(meta).toMatchObject({ offset, limit: 1, count: 1, total_count: total });
    }
    const beyond = await ask({ limit: 1, offset: total });
    expect(beyond).toMatchObject({ data: [], meta: { count: 0, total_count: total } });
    expect((await ask({ limit: 2, offset: 1 })).data.map(key)).toEqual(keys.slice(1, 3));

    const known = new Map(operation.parameters.map((one) => [one.name, one.schema]));
    if (textsOf(known.get("order")).includes("DESC")) {
      const reversed = await ask({ limit: 1000, order: "DESC" });
      expect(reversed.data.map(key)).toEqual([...keys].reverse());
      expect(reversed.meta.order).toBe("DESC");
      expect((await ask({ limit: 1000, order: "ASC" })).data.map(key)).toEqual(keys);
      expect((await ask({ limit: 1, offset: 1, order: "DESC" })).data.map(key)).toEqual([keys[total - 2]]);
    }

    for (const sort of textsOf(known.get("sort"))) {
      const { data, meta } = await ask({ limit: 1000, sort });
      const fields = data.map((row) => String(row[sort]));
      expect(fields).toEqual([...fields].sort());
      expect(data.map(key).sort()).toEqual([...keys].sort());
      expect(meta.sort).toBe(sort);
      if (!textsOf(known.get("order")).includes("DESC")) continue;
      const reversed = await ask({ limit: 1000, sort, order: "DESC" });
      expect(reversed.data.map(key)).toEqual(data.map(key).reverse());
    }

    const field = dated[name];
    if (field !== undefined) {
      const days = all.data.map((row) => row[field].slice(0, 10)).sort();
      const [first, last] = [days[0], days.at(-1)];
      filters["start_date"] = { value: last, keep: (row) => row[field].slice(0, 10) >= last };
      filters["end_date"] = { value: first, keep: (row) => row[field].slice(0, 10) <= first };
    }
    const filtering = [...known.keys()].filter((name) =>
      operation.parameters.some((one) => one.name === name && one.in === "query"),
    );
    expect(Object.keys(filters).sort()).toEqual(
      filtering.filter((name) => !["sort", "order", "offset", "limit"].includes(name)).sort(),
    );
    for (const [parameter, filter] of Object.entries(filters))
      for (const { value, keep } of [filter].flat()) {
        const { data, meta } = await ask({ limit: 1000, [parameter]: value });
        const expected = all.data.filter(keep).map(key);
        expect([parameter, expected.length]).not.toEqual([parameter, total]);
        expect([parameter, data.map(key)]).toEqual([parameter, expected]);
        expect(meta.total_count).toBe(expected.length);
      }
  });

  test("retrieve_isa_allowances: filters by tax_year", async () => {
    const operation = operationOf("retrieveIsaAllowances");
    const { path } = await recipes.retrieveIsaAllowances(stage);
    const all = await stage.sendValid(operation, { path: path! });
    expect(all.data.length).toBeGreaterThan(0);
    const year = Number(all.data[0].valid_from.slice(0, 4));
    for (const [tax_year, data] of [
      [`${year}/${year + 1}`, all.data],
      [`${year - 1}/${year}`, []],
    ])
      expect((await stage.sendValid(operation, { path: path!, query: { tax_year } })).data).toEqual(data);
  });

  test("retrieve_instrument_prices_ohlc: from the first day to the last, by the interval", async () => {
    const operation = operationOf("retrieveInstrumentPricesOhlc");
    const { path } = await recipes.retrieveInstrumentPricesOhlc(stage);
    const days = { start_date: "2026-01-05", end_date: "2026-01-07" };
    const times = async (query: Record<string, unknown>) =>
      (await stage.sendValid(operation, { path: path!, query })).data.map(({ time }: Row) => time);
    await stage.sandbox.clock.advance(5 * day);
    const daily = ["05", "06", "07"].map((of) => `2026-01-${of}T00:00:00.000Z`);
    expect(await times(days)).toEqual(daily);
    expect(await times({ ...days, start_date: "2026-01-06" })).toEqual(daily.slice(1));
    expect(await times({ ...days, end_date: "2026-01-06" })).toEqual(daily.slice(0, 2));
    expect(await times({ ...days, interval: "12h" })).toHaveLength(6);
  });
});

test("no answer holds a value of the description's examples", () => {
  expect(said.length).toBeGreaterThan(3000);
  expect(examples.size).toBeGreaterThan(150);
  const found = new Set<string>();
  for (const text of said) for (const one of examples) if (text.includes(one)) found.add(one);
  expect([...found]).toEqual([]);
});

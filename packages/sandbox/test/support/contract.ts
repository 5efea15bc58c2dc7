import { randomUUID } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type {
  Account,
  AccountGroup,
  AccountGroupType,
  AccountType,
  OrderCreateRequest,
  PortfoliosAllocation,
  SavingsPlan,
  User,
  WebhookSubscription,
} from "@upvest-sdk/types";
import type { ApiOperation } from "../../src/description.js";
import type { Handlers, OperationName } from "../../src/handler.js";
import { transferIban } from "../../src/mock-values.js";
import { type SandboxOptions, startSandbox } from "../../src/sandbox.js";
import { createValidator } from "../../src/validation.js";
import { startReceiver } from "./receiver.js";
import { type RawAnswer, run } from "./running.js";
import { alternatives, description, propertyOf, textsOf } from "./schemas.js";
import { createValues } from "./values.js";

const validator = createValidator(description);

export type Input<Name extends OperationName> = Partial<
  Pick<Parameters<Handlers[Name]>[0], "path" | "query" | "body">
>;
export interface AnyInput {
  path?: Record<string, string>;
  query?: Record<string, unknown>;
  body?: unknown;
}
type Output<Name extends OperationName> = ReturnType<Handlers[Name]>;

export function operationOf(name: OperationName): ApiOperation {
  const operation = description.operations.find((one) => one.name === name);
  if (!operation) throw new Error(`the description has no operation ${name}`);
  return operation;
}

const second = 1000;
export const day = 86_400_000;

export type Stage = Awaited<ReturnType<typeof openStage>>;

const eventNames = new Map<string, string>();
for (const [name, schema] of description.events)
  for (const type of alternatives(schema).flatMap((one) => textsOf(propertyOf(one, "type"))))
    eventNames.set(type, name);

/** A running sandbox, and calls of it over HTTP whose answers and events are checked by the description. */
export async function openStage(seed: string, options: SandboxOptions = {}) {
  const running = await run({ clock: "manual", seed, ...options });
  const receiver = await startReceiver();
  const { sandbox } = running;
  const values = createValues(`${seed} values`);
  const answers: string[] = [];
  const tokens = new Map<string, { token: string; until: number }>();
  let seen = 0;

  async function tokenOf(scopes: readonly string[]): Promise<string> {
    const scope = scopes.join(" ");
    const old = tokens.get(scope);
    if (old && old.until > sandbox.clock.now()) return old.token;
    const { clientId, clientSecret } = sandbox.credentials;
    const form = {
      client_id: clientId,
      client_secret: clientSecret,
      grant_type: "client_credentials",
      scope,
    };
    const { body } = await running.request("POST", "/auth/token", {
      body: new URLSearchParams(form).toString(),
      headers: { authorization: undefined, "content-type": "application/x-www-form-urlencoded" },
    });
    tokens.set(scope, { token: body.access_token, until: sandbox.clock.now() + 1700 * second });
    return body.access_token;
  }

  interface SendOptions {
    signed?: boolean;
    scopes?: readonly string[];
    accept?: string;
  }

  /** Whatever comes of it. */
  async function send(
    operation: ApiOperation,
    input: AnyInput,
    options: SendOptions = {},
  ): Promise<RawAnswer> {
    const { signed = true, scopes = sandbox.scopes, accept = "application/json" } = options;
    const path = operation.path.replace(/\{([^}]+)\}/g, (_, name) =>
      encodeURIComponent(input.path?.[name] ?? ""),
    );
    const query = new URLSearchParams(
      Object.entries(input.query ?? {}).map(([name, value]): [string, string] => [name, String(value)]),
    ).toString();
    const [mediaType] = operation.bodies.keys();
    const form = mediaType === "application/x-www-form-urlencoded";
    const body =
      input.body === undefined
        ? undefined
        : form
          ? new URLSearchParams(input.body as Record<string, string>).toString()
          : JSON.stringify(input.body);
    const answer = await running.request(operation.method, query ? `${path}?${query}` : path, {
      body,
      headers: {
        accept,
        authorization: operation.scopes.length ? `Bearer ${await tokenOf(scopes)}` : undefined,
        ...(body !== undefined && { "content-type": mediaType }),
        ...(operation.idempotent && { "idempotency-key": randomUUID() }),
      },
      after: signed ? {} : { signature: undefined, "signature-input": undefined },
    });
    answers.push(typeof answer.body === "string" ? answer.body : JSON.stringify(answer.body));
    return answer;
  }

  /** The documented 2xx, with a body that is valid by its schema. @throws {Error} it is something else */
  async function sendValid(
    operation: ApiOperation,
    input: AnyInput,
    accept?: string,
  ): Promise<RawAnswer["body"]> {
    const { status, headers, body } = await send(operation, input, accept === undefined ? {} : { accept });
    const sent = () => `${operation.method} ${operation.path} ${JSON.stringify(input)}`;
    if (status !== operation.status) throw new Error(`${status} ${JSON.stringify(body)} to ${sent()}`);
    const [mediaType = undefined] = accept === undefined ? operation.answers.keys() : [accept];
    const type = headers.get("content-type") ?? undefined;
    if (type !== mediaType) throw new Error(`${type} instead of ${mediaType} to ${sent()}`);
    if (mediaType === undefined && body !== "") throw new Error(`a body to ${sent()}`);
    if (mediaType === "application/json") {
      const fault = validator.answer(operation, mediaType, body);
      if (fault) throw new Error(`${fault} in ${JSON.stringify(body)} to ${sent()}`);
    }
    return body;
  }

  const call = <Name extends OperationName>(name: Name, input: Input<Name> = {}): Promise<Output<Name>> =>
    sendValid(operationOf(name), input as AnyInput);

  /** Events since the last look. @throws {Error} one of them is not valid by the schema of its type */
  function events(): { type: string; object: Record<string, unknown> }[] {
    const all = sandbox.events;
    const found = all.slice(seen) as unknown as {
      id: string;
      type: string;
      object: Record<string, unknown>;
    }[];
    seen = all.length;
    for (const event of found) {
      const name = eventNames.get(event.type);
      const fault =
        name === undefined ? "no such type" : validator.event(name, { ...event, webhook_id: event.id });
      if (fault) throw new Error(`${fault} in ${JSON.stringify(event)}`);
    }
    return found;
  }

  const steps = (count: number) => sandbox.clock.advance(count * 50);
  const date = () => new Date(sandbox.clock.now()).toISOString().slice(0, 10);

  // What recipes are made of.

  async function user(): Promise<User> {
    const { id } = await call("createUser", { body: values.byol() });
    await steps(2);
    return call("retrieveUser", { path: { user_id: id } });
  }

  /** Of Upvest's licence, with a tax number. */
  async function taxed(): Promise<User> {
    const created = await call("createUser", { body: values.tol() });
    const path = { user_id: created.id };
    await call("setTaxResidencies", {
      path,
      body: { tax_residencies: [{ country: "DE", tax_identifier_number: values.digits(11) }] },
    });
    await steps(2);
    return created;
  }

  async function group(of?: User, type: AccountGroupType = "PERSONAL"): Promise<AccountGroup> {
    const owner = of ?? (await user());
    const { id } = await call("createAccountGroup", { body: { user_id: owner.id, type } });
    await steps(2);
    return call("retrieveAccountGroup", { path: { account_group_id: id } });
  }

  async function account(type: AccountType = "TRADING", of?: AccountGroup): Promise<Account> {
    const parent = of ?? (await group());
    const { id } = await call("createAccount", {
      body: { user_id: ownerOf(parent), account_group_id: parent.id, type, name: values.sentence() },
    });
    await steps(2);
    return call("retrieveAccount", { path: { account_id: id } });
  }

  async function fund(account_group_id: string, amount = "5000.00"): Promise<void> {
    await call("createVirtualCashIncrease", { body: { account_group_id, amount, currency: "EUR" } });
    await steps(2);
  }

  /** An account with money. */
  async function funded(type: AccountType = "TRADING"): Promise<Account> {
    const made = await account(type);
    await fund(made.account_group_id);
    return made;
  }

  const order = (of: Account, more: Partial<OrderCreateRequest> = {}): OrderCreateRequest => ({
    user_id: ownerOf(of),
    account_id: of.id,
    cash_amount: values.amount(),
    currency: "EUR",
    side: "BUY",
    instrument_id: values.isin(),
    instrument_id_type: "ISIN",
    order_type: "MARKET",
    ...more,
  });

  async function buy(of: Account, more: Partial<OrderCreateRequest> = {}) {
    const { id } = await call("placeOrder", { body: order(of, more) });
    await steps(6);
    return call("retrieveOrder", { path: { order_id: id } });
  }

  async function reference(of: User) {
    return call("createReferenceAccount", {
      body: {
        user_id: of.id,
        account_owner: `${of.first_name} ${of.last_name}`,
        name: values.sentence(),
        iban: values.iban(),
        bic: values.bic(),
        confirmed_at: values.time(),
      },
    });
  }

  const mandate = (of: User) =>
    call("createMandate", {
      body: { user_id: of.id, iban: values.iban(), bic: values.bic(), confirmed_at: values.time() },
    });

  /** A user with a group that has money, a reference account and a mandate. */
  async function payer() {
    const owner = await user();
    const { id: account_group_id, securities_account_number } = await group(owner);
    await fund(account_group_id);
    const account = await reference(owner);
    return {
      owner,
      account_group_id,
      securities_account_number,
      reference_account_id: account.id,
      mandate_id: (await mandate(owner)).id,
    };
  }

  function allocationBody() {
    const [first, other] = [values.isin(), values.isin()];
    const weight = values.whole(1, 99);
    return {
      name: values.sentence(),
      allocation: [
        { instrument_id: first, instrument_id_type: "ISIN" as const, weight: String(weight) },
        { instrument_id: other, instrument_id_type: "ISIN" as const, weight: String(100 - weight) },
      ],
    };
  }

  const allocation = (): Promise<PortfoliosAllocation> =>
    call("createPortfoliosAllocation", { body: allocationBody() });

  /** A portfolio account that follows an allocation and has money. */
  async function configured(follows?: PortfoliosAllocation): Promise<Account> {
    const made = await funded("PORTFOLIO");
    const { id: allocation_id } = follows ?? (await allocation());
    await call("createPortfoliosConfiguration", { body: { account_id: made.id, allocation_id } });
    return made;
  }

  const portfolioOrder = (of: Account) => ({
    user_id: ownerOf(of),
    account_id: of.id,
    cash_amount: values.amount(10),
    currency: "EUR" as const,
    side: "BUY" as const,
    post_tax: values.pick([true, false]),
  });

  const instrumentPlan = (of: Account) => ({
    user_id: ownerOf(of),
    account_id: of.id,
    name: values.sentence(),
    type: "INSTRUMENT" as const,
    instrument_id: values.isin(),
    instrument_id_type: "ISIN" as const,
    cash_amount: values.amount(),
    currency: "EUR" as const,
    start_date: date(),
    period: values.pick(["WEEK", "MONTH", "YEAR"] as const),
    interval: values.whole(1, 1000),
  });

  async function savingsPlan(): Promise<SavingsPlan> {
    const plan = await call("createSavingsPlan", { body: instrumentPlan(await funded()) });
    await steps(1);
    return plan;
  }

  const webhookBody = () => ({
    title: `${values.plain()} [${values.whole(1, 99)}]`,
    url: `https://localhost:${values.whole(2000, 9000)}/${values.plain()}`,
    // Of these there are no events.
    type: [values.next(["INSTRUMENT", "TREASURY_REPORT", "CORPORATE_ACTION", "TAX_COLLECTION"] as const)],
    config: { delay: `${values.whole(1, 30)}s`, max_package_size: values.whole(100, 1_048_576) },
  });

  const webhook = (): Promise<WebhookSubscription> => call("createWebhook", { body: webhookBody() });

  const feeCollection = (of: Account) => ({
    account_id: of.id,
    type: "SERVICE_FEE" as const,
    collection_amount: values.amount(),
    currency: "EUR" as const,
    period_start: values.date(2024, 2024),
    period_end: values.date(2025, 2025),
  });

  const exemption = (of: User) => ({
    user_ids: [of.id],
    tax_exemption_details: {
      tax_exemption_type: "SINGLE" as const,
      tax_exemption_amount: { amount: values.amount(100, 999), currency: "EUR" as const },
    },
    country: "DE",
    valid_to_date: `${values.whole(2027, 2040)}-12-31`,
  });

  return {
    sandbox,
    values,
    answers,
    receiver,
    send,
    sendValid,
    call,
    events,
    steps,
    date,
    nextDay: () => sandbox.clock.advance(day),
    user,
    taxed,
    group,
    account,
    fund,
    funded,
    order,
    buy,
    reference,
    mandate,
    payer,
    allocationBody,
    allocation,
    configured,
    portfolioOrder,
    instrumentPlan,
    savingsPlan,
    webhookBody,
    webhook,
    feeCollection,
    exemption,
    async close() {
      await sandbox.close();
      await receiver.close();
    },
  };
}

/** The user whose group or account it is. */
export function ownerOf({ users }: AccountGroup | Account): string {
  const id = users[0]?.id;
  if (id === undefined) throw new Error("nobody owns it");
  return id;
}

const venueOf = async ({ call }: Stage, instrument_id: string) => {
  const { data } = await call("retrieveInstrumentVenues", { path: { instrument_id } });
  return data[0]!.id;
};

/** Makes what an operation needs, and gives the input of a valid call of it. */
export const recipes: { readonly [Name in OperationName]: (stage: Stage) => Promise<Input<Name>> } = {
  issueToken: async ({ sandbox: { credentials, scopes } }) => ({
    body: {
      client_id: credentials.clientId,
      client_secret: credentials.clientSecret,
      grant_type: "client_credentials",
      scope: scopes.slice(0, 3).join(" "),
    },
  }),
  getJwks: async () => ({}),

  listWebhooks: async ({ webhook }) => {
    await webhook();
    return {};
  },
  createWebhook: async ({ webhookBody }) => ({ body: webhookBody() }),
  retrieveWebhook: async ({ webhook }) => ({ path: { webhook_id: (await webhook()).id } }),
  updateWebhook: async ({ webhook, webhookBody }) => ({
    path: { webhook_id: (await webhook()).id },
    body: { ...webhookBody(), enabled: true },
  }),
  deleteWebhook: async ({ webhook }) => ({ path: { webhook_id: (await webhook()).id } }),
  testWebhook: async ({ call, receiver, webhookBody }) => {
    const { id } = await call("createWebhook", { body: { ...webhookBody(), url: receiver.url } });
    return { path: { webhook_id: id } };
  },

  listUsers: async ({ user }) => {
    await user();
    return {};
  },
  createUser: async ({ values }) => ({ body: values.next([values.byol, values.tol])() }),
  retrieveUser: async ({ user }) => ({ path: { user_id: (await user()).id } }),
  offboardUser: async ({ user }) => ({ path: { user_id: (await user()).id } }),
  userDataChange: async ({ user, values }) => {
    const { birth_date, ...body } = values.byol();
    return { path: { user_id: (await user()).id }, body: { ...body, decease_date: values.date(2025, 2025) } };
  },
  listUserIdentifiers: async ({ user }) => ({ path: { user_id: (await user()).id } }),
  createIdentifier: async ({ user, values }) => ({
    path: { user_id: (await user()).id },
    body: {
      type: values.next(["NATIONAL_ID", "PASSPORT"] as const),
      issuing_country: values.country(),
      identifier: values.digits(12),
      identifier_standard: values.pick(["NIDN", "CCPT"]),
    },
  }),
  retrieveIdentifier: async (stage) => {
    const input = await recipes.createIdentifier(stage);
    const { id, user_id } = await stage.call("createIdentifier", input);
    return { path: { user_id, identifier_id: id } };
  },
  updateIdentifier: async (stage) => ({
    ...(await recipes.retrieveIdentifier(stage)),
    body: { identifier: stage.values.digits(10) },
  }),
  listUserChecks: async (stage) => {
    const input = await recipes.createUserCheck(stage);
    await stage.call("createUserCheck", input);
    return { path: input.path! };
  },
  createUserCheck: async ({ taxed, values }) => {
    const evidence = {
      check_confirmed_at: values.time(),
      data_download_link: `https://example.org/${values.plain()}`,
      confirmed_address: values.address(),
    };
    return {
      path: { user_id: (await taxed()).id },
      body: values.next([
        {
          ...evidence,
          type: "KYC" as const,
          document_type: values.pick(["PASSPORT", "ID_CARD", "RESIDENCE_PERMIT"] as const),
          document_expiration_date: values.date(2030, 2035),
          nationality: values.country(),
          provider: values.word(),
          method: values.pick(["VIDEO_ID", "IN_PERSON_ID", "ELECTRONIC_ID"] as const),
          kyc_update: values.pick([true, false]),
        },
        {
          ...evidence,
          type: "POR" as const,
          issuance_date: values.date(2025, 2025),
          document_type: values.pick(["UTILITY_BILL", "TELEPHONE_BILL", "BANK_STATEMENT"] as const),
        },
        {
          type: "INSTRUMENT_FIT" as const,
          check_confirmed_at: values.time(),
          instrument_suitability: { suitability: values.pick([true, false]) },
        },
      ]),
    };
  },
  retrieveUserCheck: async (stage) => {
    const input = await recipes.createUserCheck(stage);
    const { id } = await stage.call("createUserCheck", input);
    return { path: { ...input.path!, check_id: id } };
  },

  listAccountGroups: async ({ group }) => {
    await group();
    return {};
  },
  createAccountGroup: async ({ user, values }) => ({
    body: {
      user_id: (await user()).id,
      type: values.next(["PERSONAL", "LEGAL_ENTITY", "FRENCH_PEA", "ISA", "CHILD"] as const),
    },
  }),
  retrieveAccountGroup: async ({ group }) => ({ path: { account_group_id: (await group()).id } }),
  accountGroupClosure: async ({ group, values }) => ({
    path: { account_group_id: (await group()).id },
    query: { closure_reason: values.pick(["aml", "user_initiated"] as const), notification_only: false },
  }),
  listUserAccountGroups: async ({ group }) => ({ path: { user_id: ownerOf(await group()) } }),
  listAccounts: async ({ account }) => {
    await account();
    return {};
  },
  createAccount: async ({ group, values }) => {
    const made = await group();
    return {
      body: {
        user_id: ownerOf(made),
        account_group_id: made.id,
        type: values.next(["TRADING", "PORTFOLIO"] as const),
        name: values.sentence(),
      },
    };
  },
  retrieveAccount: async ({ account }) => ({ path: { account_id: (await account()).id } }),
  updateAccount: async ({ account, values }) => ({
    path: { account_id: (await account()).id },
    body: { name: values.sentence() },
  }),
  accountClosure: async ({ account }) => ({ path: { account_id: (await account()).id } }),
  listUserAccounts: async ({ account }) => ({ path: { user_id: ownerOf(await account()) } }),
  // The sandbox makes no files: the file is in the state that the stage begins with.
  fetchingFileMetadata: async () => ({ path: { folder: file.folder, file_name: file.file_name } }),

  retrieveTaxResidencies: async ({ taxed }) => ({ path: { user_id: (await taxed()).id } }),
  setTaxResidencies: async ({ user, values }) => ({
    path: { user_id: (await user()).id },
    body: {
      tax_residencies: [
        { country: values.pick(["DE", "FR"] as const), tax_identifier_number: values.digits(11) },
        {
          country: values.pick(["US", "JP"] as const),
          missing_tin_reason: values.pick(["COUNTRY_HAS_NO_TIN", "OTHER_REASONS"] as const),
        },
      ],
    },
  }),
  createTaxExemption: async ({ taxed, exemption }) => ({ body: exemption(await taxed()) }),
  retrieveTaxExemptionById: async (stage) => {
    const { id } = await stage.call("createTaxExemption", await recipes.createTaxExemption(stage));
    await stage.steps(2);
    return { path: { tax_exemption_id: id } };
  },
  updateTaxExemption: async (stage) => {
    const user = await stage.taxed();
    const { id } = await stage.call("createTaxExemption", { body: stage.exemption(user) });
    await stage.steps(2);
    return { path: { tax_exemption_id: id }, body: stage.exemption(user) };
  },
  deleteTaxExemption: (stage) => recipes.retrieveTaxExemptionById(stage),
  retrieveTaxExemptionsForUser: async (stage) => {
    const user = await stage.taxed();
    await stage.call("createTaxExemption", { body: stage.exemption(user) });
    return { path: { user_id: user.id } };
  },
  createIsaTaxWrapper: async ({ group, values, taxed }) => ({
    body: {
      account_group_id: (await group(await taxed(), "ISA")).id,
      type: "STOCKS_AND_SHARES_ISA",
      is_flexible: values.pick([true, false]),
    },
  }),
  retrieveIsaAllowances: async (stage) => {
    const { id } = await stage.call("createIsaTaxWrapper", await recipes.createIsaTaxWrapper(stage));
    await stage.steps(2);
    return { path: { tax_wrapper_id: id } };
  },
  createPeaTaxWrapper: async ({ group, user }) => ({
    body: { account_group_id: (await group(await user(), "FRENCH_PEA")).id, type: "PEA_CLASSIQUE" },
  }),

  listReferenceAccounts: async ({ payer }) => ({ path: { user_id: (await payer()).owner.id } }),
  createReferenceAccount: async ({ user, values }) => {
    const { id, first_name, last_name } = await user();
    return {
      body: {
        user_id: id,
        account_owner: `${first_name} ${last_name}`,
        name: values.sentence(),
        iban: values.iban(),
        bic: values.bic(),
        confirmed_at: values.time(),
      },
    };
  },
  retrieveReferenceAccount: async ({ payer }) => ({
    path: { reference_account_id: (await payer()).reference_account_id },
  }),
  deleteReferenceAccount: async ({ payer, reference }) => {
    const { owner, reference_account_id } = await payer();
    // The last one stays.
    await reference(owner);
    return { path: { reference_account_id } };
  },
  listMandates: async ({ payer }) => ({ path: { user_id: (await payer()).owner.id } }),
  createMandate: async ({ user, values }) => ({
    body: {
      user_id: (await user()).id,
      iban: values.iban(),
      bic: values.bic(),
      confirmed_at: values.time(),
    },
  }),
  retrieveMandate: async ({ payer }) => ({ path: { mandate_id: (await payer()).mandate_id } }),
  deleteMandate: async ({ payer }) => ({ path: { mandate_id: (await payer()).mandate_id } }),

  listDirectDebits: async (stage) => {
    const input = await recipes.createDirectDebit(stage);
    await stage.call("createDirectDebit", input);
    return { path: { account_group_id: input.body!.account_group_id } };
  },
  createDirectDebit: async ({ payer, values }) => {
    const { owner, account_group_id, mandate_id } = await payer();
    return {
      body: {
        user_id: owner.id,
        account_group_id,
        mandate_id,
        cash_amount: values.amount(),
        currency: "EUR",
        remittance_information: values.plain(),
        purpose_code: values.pick(["SALA", "SAVG"]),
      },
    };
  },
  retrieveDirectDebit: async (stage) => {
    const { id } = await stage.call("createDirectDebit", await recipes.createDirectDebit(stage));
    return { path: { direct_debit_id: id } };
  },
  listTopups: async (stage) => {
    const { account_group_id } = await stage.call("createTopup", await recipes.createTopup(stage));
    return { path: { account_group_id } };
  },
  createTopup: async ({ group, values }) => ({
    body: {
      account_group_id: (await group()).id,
      cash_amount: values.amount(),
      currency: values.next(["EUR", "GBP"] as const),
    },
  }),
  retrieveTopup: async (stage) => {
    const { id } = await stage.call("createTopup", await recipes.createTopup(stage));
    return { path: { topup_id: id } };
  },
  cancelTopup: (stage) => recipes.retrieveTopup(stage),
  listCashWithdrawals: async (stage) => {
    const input = await recipes.createCashWithdrawal(stage);
    await stage.call("createCashWithdrawal", input);
    return { path: { account_group_id: input.body!.account_group_id } };
  },
  createCashWithdrawal: async ({ payer, values }) => {
    const { owner, account_group_id, reference_account_id } = await payer();
    return {
      body: {
        reference_account_id,
        account_group_id,
        user_id: owner.id,
        amount: values.amount(),
        currency: "EUR",
        remittance_information: values.plain(),
        purpose_code: values.pick(["SALA", "SAVG"]),
      },
    };
  },
  retrieveCashWithdrawal: async (stage) => {
    const { id } = await stage.call("createCashWithdrawal", await recipes.createCashWithdrawal(stage));
    return { path: { withdrawal_id: id } };
  },
  cancelCashWithdrawal: (stage) => recipes.retrieveCashWithdrawal(stage),
  listVirtualBankAccounts: async (stage) => {
    const input = await recipes.createVirtualBankAccount(stage);
    await stage.call("createVirtualBankAccount", input);
    return { path: { account_group_id: input.body!.account_group_id } };
  },
  createVirtualBankAccount: async ({ group, values }) => ({
    body: { account_group_id: (await group()).id, name: values.sentence() },
  }),
  retrieveVirtualBankAccount: async (stage) => {
    const input = await recipes.createVirtualBankAccount(stage);
    const { id } = await stage.call("createVirtualBankAccount", input);
    return { path: { virtual_bank_account_id: id } };
  },
  retrieveCashBalance: async ({ payer }) => ({
    path: { account_group_id: (await payer()).account_group_id },
  }),
  retrieveCashBalances: async ({ payer }) => ({
    path: { account_group_id: (await payer()).account_group_id },
  }),
  retrieveCashBalanceWithCurrency: async ({ payer, values }) => ({
    path: {
      account_group_id: (await payer()).account_group_id,
      currency: values.next(["EUR", "GBP"] as const),
    },
  }),
  createBankTransaction: async ({ payer, values }) => {
    const { securities_account_number } = await payer();
    return {
      body: {
        account: { iban: transferIban },
        amount: values.amount(),
        currency: "EUR",
        remittance_information: `CF${securities_account_number}`,
        client_reference: values.plain(),
        counterparty_name: values.plain(),
        counterparty_account: { iban: values.iban() },
        counterparty_agent: { bic: values.bic() },
        purpose_code: "SAVG",
      },
    };
  },
  createVirtualCashIncrease: async ({ group, values }) => ({
    body: {
      account_group_id: (await group()).id,
      amount: values.amount(),
      currency: values.next(["EUR", "GBP"] as const),
    },
  }),
  createVirtualCashDecrease: async ({ payer, values }) => ({
    body: { account_group_id: (await payer()).account_group_id, amount: values.amount(), currency: "EUR" },
  }),
  cancelVirtualCashDecrease: async (stage) => {
    const input = await recipes.createVirtualCashDecrease(stage);
    const { id } = await stage.call("createVirtualCashDecrease", input);
    return { path: { virtual_cash_decrease_id: id } };
  },

  listInstruments: async () => ({}),
  retrieveInstrument: async ({ values }) => ({ path: { instrument_id: `isin:${values.isin()}` } }),
  retrieveInstrumentVenues: async ({ values }) => ({ path: { instrument_id: `isin:${values.isin()}` } }),
  retrieveInstrumentLatestPrice: async (stage) => {
    const instrument_id = `isin:${stage.values.isin()}`;
    return {
      path: { instrument_id, venue_id: await venueOf(stage, instrument_id) },
      query: { price_quality: "HIGHEST_AVAILABLE" },
    };
  },
  retrieveInstrumentPricesOhlc: async (stage) => {
    const instrument_id = `isin:${stage.values.isin()}`;
    return { path: { instrument_id, venue_id: await venueOf(stage, instrument_id) } };
  },

  listAccountOrders: async ({ funded, buy }) => {
    const account = await funded();
    await buy(account);
    return { path: { account_id: account.id } };
  },
  placeOrder: async ({ funded, order, values }) => {
    const account = await funded();
    const fee = {
      type: "TRANSACTION_FEE_BUY" as const,
      value_type: "ABSOLUTE" as const,
      charge_method: values.pick(["CHARGED_BY_CLIENT", "COLLECTED_BY_UPVEST"] as const),
      cash_amount: values.amount(1, 5),
      currency: "EUR" as const,
    };
    const { cash_amount, ...common } = order(account, {
      user_instrument_fit_acknowledgement: values.pick([true, false]),
      expiry_date: values.date(2030, 2031),
      client_reference: values.sentence(),
      fee_configuration: [fee],
      decision_maker_id: values.uuid(),
    });
    return {
      body: values.next([
        { ...common, cash_amount: cash_amount!, execution_flow: "STRAIGHT_THROUGH" as const },
        { ...common, quantity: `0.${values.digits(9)}`, execution_flow: "BLOCK" as const },
        {
          ...common,
          quantity: String(values.whole(1, 9)),
          order_type: "LIMIT" as const,
          limit_price: `${values.whole(1, 9)}.${values.digits(4)}5`,
        },
        {
          ...common,
          quantity: String(values.whole(1, 9)),
          order_type: "STOP" as const,
          stop_price: `${values.whole(200, 300)}.${values.digits(4)}5`,
        },
      ]),
    };
  },
  retrieveOrder: async (stage) => {
    const { id } = await stage.call("placeOrder", await recipes.placeOrder(stage));
    return { path: { order_id: id } };
  },
  cancelOrder: (stage) => recipes.retrieveOrder(stage),
  retrieveOrderExecution: async ({ funded, buy }) => {
    const order = await buy(await funded());
    return { path: { order_id: order.id, execution_id: order.executions[0]!.id } };
  },
  listPositions: (stage) => recipes.listAccountOrders(stage),
  retrievePosition: async ({ funded, buy }) => {
    const { account_id, instrument_id } = await buy(await funded());
    return { path: { account_id, instrument_id: `isin:${instrument_id}` } };
  },
  getAccountValuation: async (stage) => ({
    ...(await recipes.listAccountOrders(stage)),
    query: { price_quality: stage.values.next(["EOD", "HIGHEST_AVAILABLE"] as const) },
  }),
  listAccountValuationHistory: async (stage) => {
    const { account_id } = await stage.buy(await stage.funded());
    await stage.nextDay();
    return { path: { account_id } };
  },
  listAccountReturns: async (stage) => {
    const { account_id } = await stage.buy(await stage.funded());
    await stage.nextDay();
    return { path: { account_id } };
  },
  listAccountsLiquidations: async (stage) => {
    const { account_id } = await stage.call(
      "createAccountLiquidation",
      await recipes.createAccountLiquidation(stage),
    );
    return { path: { account_id } };
  },
  createAccountLiquidation: async ({ configured, call, portfolioOrder, steps }) => {
    const account = await configured();
    await call("createPortfoliosOrder", { body: portfolioOrder(account) });
    await steps(8);
    return { path: { account_id: account.id }, body: { user_id: ownerOf(account) } };
  },
  retrieveAccountLiquidation: async (stage) => {
    const { account_id, id } = await stage.call(
      "createAccountLiquidation",
      await recipes.createAccountLiquidation(stage),
    );
    return { path: { account_id, account_liquidation_id: id } };
  },
  cancelAccountLiquidation: (stage) => recipes.retrieveAccountLiquidation(stage),
  listCashTransactions: async ({ payer }) => ({
    query: { account_group_id: (await payer()).account_group_id },
  }),
  listSecuritiesTransactions: async ({ funded, buy }) => {
    const { account_id } = await buy(await funded());
    return { query: { account_id } };
  },

  listUserReports: async ({ funded, buy }) => {
    const account = await funded();
    await buy(account);
    return { path: { user_id: ownerOf(account) } };
  },
  createReport: async ({ account, values }) => {
    const made = await account();
    return {
      body: {
        type: "ORDER_EX_ANTE_COST",
        order: {
          user_id: ownerOf(made),
          account_id: made.id,
          currency: "EUR",
          side: values.pick(["BUY", "SELL"] as const),
          instrument_id: values.isin(),
          instrument_id_type: "ISIN",
          ...values.next([
            { cash_amount: values.amount(), order_type: "MARKET" as const },
            {
              quantity: String(values.whole(1, 9)),
              order_type: "LIMIT" as const,
              limit_price: values.amount(),
            },
            {
              quantity: String(values.whole(1, 9)),
              order_type: "STOP" as const,
              stop_price: values.amount(),
            },
          ]),
        },
        fees: [
          {
            type: "TRANSACTION_FEE_BUY",
            value_type: "ABSOLUTE",
            cash_amount: values.amount(1, 3),
            currency: "EUR",
          },
          { type: "TRANSACTION_FEE_SELL", value_type: "RELATIVE", bps: String(values.whole(1, 20)) },
        ],
        inducements: [{ value_type: "ABSOLUTE", cash_amount: values.amount(1, 3), currency: "EUR" }],
      },
    };
  },
  retrieveReport: async (stage) => {
    const { id } = await stage.call("createReport", await recipes.createReport(stage));
    return { path: { report_id: id } };
  },

  listPortfoliosAllocations: async ({ allocation }) => {
    await allocation();
    return {};
  },
  createPortfoliosAllocation: async ({ allocationBody, values }) => ({
    body: { ...allocationBody(), rebalancing_strategy_ids: [values.uuid()] },
  }),
  retrievePortfoliosAllocation: async ({ allocation }) => ({
    path: { allocation_id: (await allocation()).id },
  }),
  updatePortfoliosAllocation: async ({ allocation, allocationBody }) => ({
    path: { allocation_id: (await allocation()).id },
    body: allocationBody(),
  }),
  listPortfoliosAllocationAccounts: async ({ allocation, configured }) => {
    const follows = await allocation();
    await configured(follows);
    return { path: { allocation_id: follows.id } };
  },
  listPortfoliosConfigurations: async ({ configured }) => {
    await configured();
    return {};
  },
  createPortfoliosConfiguration: async ({ account, allocation, values }) => ({
    body: {
      account_id: (await account("PORTFOLIO")).id,
      allocation_id: (await allocation()).id,
      rebalancing_strategy_ids: [values.uuid()],
    },
  }),
  retrievePortfoliosConfiguration: async ({ configured }) => ({
    path: { account_id: (await configured()).id },
  }),
  updatePortfoliosConfiguration: async ({ configured, allocation, values }) => ({
    path: { account_id: (await configured()).id },
    body: { allocation_id: (await allocation()).id, rebalancing_strategy_ids: [values.uuid()] },
  }),
  listPortfoliosOrders: async (stage) => {
    const { account_id } = await stage.call(
      "createPortfoliosOrder",
      await recipes.createPortfoliosOrder(stage),
    );
    return { query: { account_id } };
  },
  createPortfoliosOrder: async ({ configured, portfolioOrder }) => ({
    body: portfolioOrder(await configured()),
  }),
  retrievePortfoliosOrder: async (stage) => {
    const { id } = await stage.call("createPortfoliosOrder", await recipes.createPortfoliosOrder(stage));
    return { path: { portfolio_order_id: id } };
  },
  cancelPortfoliosOrder: (stage) => recipes.retrievePortfoliosOrder(stage),
  triggerPortfolioRebalancing: async ({ allocation, configured, values }) => {
    const follows = await allocation();
    const { id } = await configured(follows);
    return { body: values.next([{ accounts: [id] }, { allocations: [follows.id] }]) };
  },
  retrievePortfoliosRebalancingExecution: async (stage) => {
    const input = await recipes.triggerPortfolioRebalancing(stage);
    const { id } = await stage.call("triggerPortfolioRebalancing", input);
    return { path: { execution_id: id } };
  },
  listPortfolioRebalancingExecutionOrders: (stage) => recipes.retrievePortfoliosRebalancingExecution(stage),

  listSavingsPlans: async ({ savingsPlan }) => ({ query: { user_id: (await savingsPlan()).user_id } }),
  createSavingsPlan: async ({ configured, funded, instrumentPlan, values }) => {
    if (values.next([true, false])) return { body: instrumentPlan(await funded()) };
    const { instrument_id, instrument_id_type, ...plan } = instrumentPlan(await configured());
    return { body: { ...plan, type: "PORTFOLIO" } };
  },
  retrieveSavingsPlan: async ({ savingsPlan }) => ({ path: { savings_plan_id: (await savingsPlan()).id } }),
  deleteSavingsPlan: async ({ savingsPlan }) => ({ path: { savings_plan_id: (await savingsPlan()).id } }),
  listSavingsPlanExecutions: async ({ savingsPlan }) => ({
    path: { savings_plan_id: (await savingsPlan()).id },
  }),
  retrieveSavingsPlanExecution: async ({ call, savingsPlan }) => {
    const path = { savings_plan_id: (await savingsPlan()).id };
    const { data } = await call("listSavingsPlanExecutions", { path });
    return { path: { ...path, savings_plan_execution_id: data[0]!.id } };
  },
  deleteSavingsPlanExecution: (stage) => recipes.retrieveSavingsPlanExecution(stage),

  listFeeCollections: async (stage) => {
    const input = await recipes.createFeeCollection(stage);
    const { account_id } = await stage.call("createFeeCollection", input);
    return { query: { account_id } };
  },
  createFeeCollection: async ({ funded, feeCollection }) => ({ body: feeCollection(await funded()) }),
  retrieveFeeCollection: async (stage) => {
    const { id } = await stage.call("createFeeCollection", await recipes.createFeeCollection(stage));
    return { path: { fee_collection_id: id } };
  },
  createFeeConfiguration: async ({ account, values }) => ({
    body: { account_id: (await account()).id, fee_model_id: values.uuid() },
  }),
  retrieveFeeConfigurations: async (stage) => {
    const input = await recipes.createFeeConfiguration(stage);
    const { account_id } = await stage.call("createFeeConfiguration", input);
    return { path: { account_id } };
  },
  updateFeeConfiguration: async (stage) => ({
    ...(await recipes.retrieveFeeConfigurations(stage)),
    body: { fee_model_id: stage.values.uuid() },
  }),
};

/** The file of the state that a stage begins with. */
const file = { folder: "settlement_reports", file_name: "incoming_fee.csv" };

/** A stage that has what no call makes. */
export async function openWithFile(seed: string): Promise<Stage> {
  const folder = mkdtempSync(path.join(tmpdir(), "upvest-sandbox-contract-"));
  const state = path.join(folder, "state.json");
  const options = { clock: "manual", seed, state } as const;
  await (await startSandbox(options)).close();
  const content = JSON.parse(readFileSync(state, "utf8"));
  const row = {
    id: randomUUID(),
    created_at: "2026-01-05T09:00:00.000Z",
    updated_at: "2026-01-05T09:00:00.000Z",
    signed_url: `https://files.example.org/${file.file_name}`,
    file_name: file.file_name,
    content_length: 5,
    checksum: "0".repeat(64),
  };
  content.state.world.tables.files = [[`${file.folder}/${file.file_name}`, row]];
  writeFileSync(state, JSON.stringify(content));
  const stage = await openStage(seed, options);
  return {
    ...stage,
    async close() {
      await stage.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

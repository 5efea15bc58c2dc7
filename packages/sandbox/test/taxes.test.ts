import type { TaxExemption, TaxExemptionFailure } from "@upvest-sdk/types";
import { describe, expect, test } from "vitest";
import { accounts } from "../src/resources/accounts.js";
import { taxExemptions } from "../src/resources/tax-exemptions.js";
import { taxResidencies } from "../src/resources/tax-residencies.js";
import { subscribeIsa, taxWrappers } from "../src/resources/tax-wrappers.js";
import { users } from "../src/resources/users.js";
import { describedWorld } from "./support/described.js";
import { byol, tol } from "./support/people.js";

const sandbox = () => describedWorld([users, accounts, taxResidencies, taxExemptions, taxWrappers]);
type Sandbox = ReturnType<typeof sandbox>;
const nobody = "5a9ed0b2-4c4e-4a5e-8a3b-1d7c6f2e9b10";
const day = 86_400_000;

const withTin = { tax_residencies: [{ country: "DE", tax_identifier_number: "12345678911" }] } as const;
const setTin = ({ call }: Sandbox, user_id: string) =>
  call("setTaxResidencies", { path: { user_id }, body: { tax_residencies: [...withTin.tax_residencies] } });

describe("tax residencies", () => {
  test("are replaced as a whole and become ACTIVE", async () => {
    const { call, refused, steps } = sandbox();
    const { id: user_id } = call("createUser", { body: byol });
    const path = { user_id };
    expect(refused("retrieveTaxResidencies", { path })[0]).toBe(404);
    const first = call("setTaxResidencies", {
      path,
      body: { tax_residencies: [{ country: "FR", missing_tin_reason: "TIN_NOT_YET_ASSIGNED" }] },
    });
    expect(first).toEqual({
      created_at: "2026-01-05T09:00:00.000Z",
      updated_at: "2026-01-05T09:00:00.000Z",
      tax_residencies: [{ country: "FR", missing_tin_reason: "TIN_NOT_YET_ASSIGNED" }],
      status: "PENDING",
    });
    await steps();
    expect(call("retrieveTaxResidencies", { path })).toEqual({
      ...first,
      status: "ACTIVE",
      updated_at: "2026-01-05T09:00:00.050Z",
    });
    const second = call("setTaxResidencies", {
      path,
      body: { tax_residencies: [...withTin.tax_residencies] },
    });
    expect(second).toEqual({
      ...first,
      ...withTin,
      updated_at: "2026-01-05T09:00:00.050Z",
    });
    const twice = [...withTin.tax_residencies, ...withTin.tax_residencies];
    expect(refused("setTaxResidencies", { path, body: { tax_residencies: twice } })[0]).toBe(400);
  });
});

describe("tax exemptions", () => {
  const details = (amount: string, tax_exemption_type?: "SINGLE" | "MARRIED") => ({
    ...(tax_exemption_type && { tax_exemption_type }),
    tax_exemption_amount: { amount, currency: "EUR" as const },
  });
  async function couple() {
    const sand = sandbox();
    const { call, steps, events } = sand;
    const ada = call("createUser", { body: tol }).id;
    const bea = call("createUser", { body: { ...tol, first_name: "Bea" } }).id;
    setTin(sand, ada);
    setTin(sand, bea);
    await steps();
    events();
    const body = { user_ids: [ada], tax_exemption_details: details("801"), country: "DE" };
    return { ...sand, ada, bea, body };
  }

  test("come into force", async () => {
    const { call, events, steps, world, ada, body } = await couple();
    const filed = call("createTaxExemption", { body: { ...body, valid_to_date: "2026-12-31" } });
    const euros = (amount: string) => ({ amount, currency: "EUR" });
    expect(filed).toEqual({
      id: filed.id,
      created_at: "2026-01-05T09:00:00.050Z",
      updated_at: "2026-01-05T09:00:00.050Z",
      status: "NEW",
      user_ids: [ada],
      country: "DE",
      valid_from_date: "2026-01-01",
      valid_to_date: "2026-12-31",
      tax_exemption_details: {
        tax_exemption_type: "SINGLE",
        tax_exemption_amount: euros("801.00"),
        utilized_amount: euros("0.00"),
        remaining_amount: euros("801.00"),
      },
    });
    await steps();
    expect(events()).toEqual(["TAX_EXEMPTION.CREATED"]);
    expect(world.objects<TaxExemption>("TAX_EXEMPTION.CREATED")).toEqual([
      { ...filed, status: "ACTIVE", updated_at: "2026-01-05T09:00:00.100Z" },
    ]);
    expect(call("retrieveTaxExemptionsForUser", { path: { user_id: ada } }).meta.total_count).toBe(1);
    const path = { tax_exemption_id: filed.id };
    await world.clock.advance(Date.UTC(2027, 0, 1) - 1 - world.clock.now());
    expect(call("retrieveTaxExemptionById", { path }).status).toBe("ACTIVE");
    await world.clock.advance(1);
    expect(call("retrieveTaxExemptionById", { path }).status).toBe("EXPIRED");
    expect(events()).toEqual([]);
  });

  test("fail without a tax number", async () => {
    const { call, events, steps, world, ada, bea, body } = await couple();
    call("setTaxResidencies", {
      path: { user_id: bea },
      body: { tax_residencies: [{ country: "DE", missing_tin_reason: "OTHER_REASONS" }] },
    });
    await steps();
    const both = { ...body, user_ids: [ada, bea], tax_exemption_details: details("2000.00", "MARRIED") };
    const { id } = call("createTaxExemption", { body: both });
    await steps();
    expect(events()).toEqual(["TAX_EXEMPTION.CREATION_FAILED"]);
    expect(world.objects<TaxExemptionFailure>("TAX_EXEMPTION.CREATION_FAILED")).toEqual([
      {
        id,
        reason: "Missing TIN",
        status: "CANCELLED",
        user_ids: [ada, bea],
        created_at: "2026-01-05T09:00:00.100Z",
        updated_at: "2026-01-05T09:00:00.150Z",
      },
    ]);
    expect(call("retrieveTaxExemptionById", { path: { tax_exemption_id: id } }).status).toBe("CANCELLED");
  });

  test("are refused at once where the request can't be right", async () => {
    const { call, refused, steps, ada, bea, body } = await couple();
    const without = call("createUser", { body: byol }).id;
    const refusal = (change: object) => refused("createTaxExemption", { body: { ...body, ...change } });
    expect(refusal({ country: "FR" })[1]).toContain("send DE");
    expect(refusal({ user_ids: [nobody] })[0]).toBe(404);
    expect(refusal({ user_ids: [without] })[1]).toContain("BYOL");
    expect(refusal({ user_ids: [] })[0]).toBe(400);
    expect(refusal({ user_ids: [ada, ada] })[0]).toBe(400);
    expect(refusal({ user_ids: [ada, bea], tax_exemption_details: details("1", "SINGLE") })[0]).toBe(400);
    expect(refusal({ tax_exemption_details: details("1", "MARRIED") })[0]).toBe(400);
    expect(refusal({ tax_exemption_details: details("1000.01") })[1]).toContain("0.01 to 1000.00");
    expect(refusal({ tax_exemption_details: details("0.00") })[0]).toBe(400);
    expect(
      refusal({ user_ids: [ada, bea], tax_exemption_details: details("2000.01", "MARRIED") })[1],
    ).toContain("0.01 to 2000.00");
    expect(refusal({ valid_to_date: "2026-12-30" })[0]).toBe(400);
    expect(refusal({ valid_to_date: "2025-12-31" })[0]).toBe(400);
    call("createTaxExemption", { body: { ...body, tax_exemption_details: details("1000.00") } });
    expect(refusal({})[1]).toContain("which is NEW");
    await steps();
    expect(refusal({ user_ids: [ada, bea], tax_exemption_details: details("1") })[1]).toContain(
      "which is ACTIVE",
    );
  });

  test("are changed and ended later", async () => {
    const { call, events, refused, steps, world, ada, bea, body } = await couple();
    const { id: tax_exemption_id } = call("createTaxExemption", {
      body: { ...body, valid_to_date: "2026-12-31" },
    });
    const path = { tax_exemption_id };
    expect(refused("updateTaxExemption", { path, body })[1]).toContain("wait for TAX_EXEMPTION.CREATED");
    await steps();
    events();
    const both = { ...body, user_ids: [ada, bea], tax_exemption_details: details("1500.50") };
    const answer = call("updateTaxExemption", { path, body: both });
    expect(answer.tax_exemption_details.tax_exemption_amount.amount).toBe("801.00");
    await steps();
    expect(events()).toEqual(["TAX_EXEMPTION.UPDATED"]);
    const changed = call("retrieveTaxExemptionById", { path });
    expect(changed).toMatchObject({ status: "ACTIVE", user_ids: [ada, bea], valid_to_date: null });
    expect(changed.tax_exemption_details).toMatchObject({
      tax_exemption_type: "MARRIED",
      remaining_amount: { amount: "1500.50", currency: "EUR" },
    });
    expect(call("retrieveTaxExemptionsForUser", { path: { user_id: bea } }).data).toHaveLength(1);
    // The end that it had before means nothing any more.
    await world.clock.advance(400 * day);
    expect(call("retrieveTaxExemptionById", { path }).status).toBe("ACTIVE");

    world.tables.taxExemptions.need(tax_exemption_id).tax_exemption_details.utilized_amount.amount = "900.00";
    call("updateTaxExemption", { path, body });
    call("deleteTaxExemption", { path });
    await steps();
    expect(events()).toEqual(["TAX_EXEMPTION.UPDATE_FAILED", "TAX_EXEMPTION.DELETION_FAILED"]);
    expect(call("retrieveTaxExemptionById", { path })).toMatchObject({
      status: "ACTIVE",
      user_ids: [ada, bea],
    });
    world.tables.taxExemptions.need(tax_exemption_id).tax_exemption_details.utilized_amount.amount = "0.00";
    call("deleteTaxExemption", { path });
    call("deleteTaxExemption", { path });
    await steps();
    expect(events()).toEqual(["TAX_EXEMPTION.DELETED", "TAX_EXEMPTION.DELETION_FAILED"]);
    expect(call("retrieveTaxExemptionById", { path }).status).toBe("CANCELLED");
    expect(refused("updateTaxExemption", { path, body })[1]).toContain("create another one");
    expect(refused("deleteTaxExemption", { path: { tax_exemption_id: nobody } })[0]).toBe(404);
    call("createTaxExemption", { body });
  });
});

describe("an ISA", () => {
  async function wrapped(is_flexible: boolean) {
    const sand = sandbox();
    const { call } = sand;
    const { id: user_id } = call("createUser", { body: byol });
    const { id: account_group_id } = call("createAccountGroup", { body: { user_id, type: "ISA" } });
    await sand.steps(3);
    const wrapper = call("createIsaTaxWrapper", {
      body: { account_group_id, type: "STOCKS_AND_SHARES_ISA", is_flexible },
    });
    return { ...sand, sand, user_id, account_group_id, wrapper, path: { tax_wrapper_id: wrapper.id } };
  }

  test("has a wrapper that waits for a tax number, and a group that waits for the wrapper", async () => {
    const { call, events, sand, steps, user_id, account_group_id, wrapper, path } = await wrapped(true);
    expect(wrapper.status).toBe("NEW");
    await steps(3);
    expect(events()).toEqual(["USER.CREATED", "ACCOUNT_GROUP.CREATED", "USER.ACTIVATED", "ISA_WRAPPER.NEW"]);
    expect(call("retrieveIsaAllowances", { path }).data).toEqual([]);
    setTin(sand, user_id);
    await steps(3);
    expect(events()).toEqual([
      "ISA_WRAPPER.ACTIVE",
      "ISA_WRAPPER_ALLOWANCE.CREATED",
      "ACCOUNT_GROUP.ACTIVATED",
    ]);
    const { data } = call("retrieveIsaAllowances", { path, query: { tax_year: "2025/2026" } });
    expect(data).toEqual([
      {
        id: data[0]!.id,
        created_at: "2026-01-05T09:00:00.400Z",
        updated_at: "2026-01-05T09:00:00.400Z",
        tax_wrapper_id: wrapper.id,
        type: "ANNUAL",
        status: "ACTIVE",
        currency: "GBP",
        used_amount: "0.00",
        remaining_amount: "20000.00",
        valid_from: "2025-04-06T00:00:00.000Z",
        valid_to: "2026-04-05T23:59:59.999Z",
      },
    ]);
    expect(call("retrieveIsaAllowances", { path, query: { tax_year: "2026/2027" } }).data).toEqual([]);
    call("accountGroupClosure", { path: { account_group_id } });
    await steps(2);
    expect(events()).toEqual([
      "ACCOUNT_GROUP.CLOSING_INITIATED",
      "ACCOUNT_GROUP.CLOSED",
      "ISA_WRAPPER.CLOSED",
    ]);
  });

  test.each([true, false])("counts what is paid in (flexible: %s)", async (is_flexible) => {
    const { call, events, sand, steps, world, user_id, account_group_id, path } = await wrapped(is_flexible);
    setTin(sand, user_id);
    await steps(3);
    events();
    subscribeIsa(world, account_group_id, "1500.10");
    subscribeIsa(world, account_group_id, "-500.00");
    subscribeIsa(world, nobody, "1.00");
    // A withdrawal that comes back takes what it gave; a payment that is undone gives what it took.
    subscribeIsa(world, account_group_id, "500.00", true);
    subscribeIsa(world, account_group_id, "-500.00");
    subscribeIsa(world, account_group_id, "7.00");
    subscribeIsa(world, account_group_id, "-7.00", true);
    expect(events()).toEqual(Array(is_flexible ? 6 : 3).fill("ISA_WRAPPER_ALLOWANCE.UPDATED"));
    const [used, left] = is_flexible ? ["1000.10", "18999.90"] : ["1500.10", "18499.90"];
    const now = world.time();
    expect(call("retrieveIsaAllowances", { path }).data).toMatchObject([
      { used_amount: used, remaining_amount: left, first_subscription_at: now },
    ]);
    // More than there is: nothing is left, and nothing is owed.
    subscribeIsa(world, account_group_id, "30000.00");
    const [over] = call("retrieveIsaAllowances", { path }).data;
    expect(over).toMatchObject({ remaining_amount: "0.00" });
    subscribeIsa(world, account_group_id, "-30000.00", true);
    expect(call("retrieveIsaAllowances", { path }).data).toMatchObject([{ remaining_amount: left }]);
    events();
    await world.clock.advance(Date.UTC(2026, 3, 6) - 1 - world.clock.now());
    expect(events()).toEqual([]);
    await world.clock.advance(1);
    expect(events()).toEqual(["ISA_WRAPPER_ALLOWANCE.EXPIRED", "ISA_WRAPPER_ALLOWANCE.CREATED"]);
    const { data } = call("retrieveIsaAllowances", { path, query: { tax_year: "2026/2027" } });
    expect(data).toMatchObject([{ status: "ACTIVE", used_amount: "0.00", remaining_amount: "20000.00" }]);
    expect(call("retrieveIsaAllowances", { path }).data.map(({ status }) => status)).toEqual([
      "EXPIRED",
      "ACTIVE",
    ]);
  });

  test("has a group of its type, and one wrapper", async () => {
    const { call, refused, user_id, account_group_id, wrapper } = await wrapped(true);
    const { id: personal } = call("createAccountGroup", { body: { user_id, type: "PERSONAL" } });
    const body = { account_group_id, type: "STOCKS_AND_SHARES_ISA", is_flexible: true } as const;
    expect(refused("createIsaTaxWrapper", { body })[1]).toContain(wrapper.id);
    expect(refused("createIsaTaxWrapper", { body: { ...body, account_group_id: personal } })).toEqual([
      400,
      `The account group ${personal} has the type PERSONAL: send one that was created with the type ISA.`,
    ]);
    expect(refused("createIsaTaxWrapper", { body: { ...body, account_group_id: nobody } })[0]).toBe(404);
    expect(refused("retrieveIsaAllowances", { path: { tax_wrapper_id: nobody } })[0]).toBe(404);
  });
});

test("a PEA wrapper is ACTIVE with its group, without an event", async () => {
  const { call, events, refused, steps, world } = sandbox();
  const { id: user_id } = call("createUser", { body: { ...byol, nationalities: ["ES"] } });
  const { id: account_group_id } = call("createAccountGroup", { body: { user_id, type: "FRENCH_PEA" } });
  const body = { account_group_id, type: "PEA_CLASSIQUE" } as const;
  const { id, status } = call("createPeaTaxWrapper", { body });
  expect(status).toBe("NEW");
  await steps(9);
  events();
  expect(world.tables.peaWrappers.need(id).status).toBe("NEW");
  call("createIdentifier", {
    path: { user_id },
    body: { type: "NATIONAL_ID", issuing_country: "ES", identifier: "99999999R" },
  });
  await steps(3);
  expect(events()).toEqual(["USER.ACTIVATED", "ACCOUNT_GROUP.ACTIVATED"]);
  expect(world.tables.peaWrappers.need(id).status).toBe("ACTIVE");
  expect(refused("createPeaTaxWrapper", { body })[0]).toBe(400);
  expect(refused("createAccountGroup", { body: { user_id, type: "FRENCH_PEA" } })[0]).toBe(400);
  call("accountGroupClosure", { path: { account_group_id } });
  await steps(2);
  expect(world.tables.peaWrappers.need(id).status).toBe("CLOSED");
});

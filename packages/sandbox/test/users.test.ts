import type { User, UserCheck, UserCheckCreateRequest } from "@upvest-sdk/types";
import { describe, expect, test } from "vitest";
import { accounts } from "../src/resources/accounts.js";
import { taxExemptions } from "../src/resources/tax-exemptions.js";
import { taxResidencies } from "../src/resources/tax-residencies.js";
import { taxWrappers } from "../src/resources/tax-wrappers.js";
import { users } from "../src/resources/users.js";
import { describedWorld } from "./support/described.js";
import { address, byol, tol } from "./support/people.js";

const sandbox = () => describedWorld([users, accounts, taxResidencies, taxExemptions, taxWrappers]);
type Sandbox = ReturnType<typeof sandbox>;

const kyc: UserCheckCreateRequest = {
  type: "KYC",
  check_confirmed_at: "2026-01-04T10:00:00Z",
  data_download_link: "https://example.com/kyc.zip",
  document_type: "PASSPORT",
  provider: "Example Ident",
  method: "VIDEO_ID",
};
const por: UserCheckCreateRequest = {
  type: "POR",
  check_confirmed_at: "2026-01-04T10:00:00Z",
  issuance_date: "2025-12-01",
  data_download_link: "https://example.com/por.pdf",
  document_type: "UTILITY_BILL",
  confirmed_address: address,
};
const fit: UserCheckCreateRequest = {
  type: "INSTRUMENT_FIT",
  check_confirmed_at: "2026-01-04T10:00:00Z",
  instrument_suitability: { suitability: true },
};

const statusOf = ({ call }: Sandbox, user_id: string) => call("retrieveUser", { path: { user_id } }).status;

function addReferenceAccount({ world }: Sandbox, user_id: string) {
  const now = world.time();
  const id = world.ids.uuid();
  world.tables.referenceAccounts.set(id, {
    id,
    created_at: now,
    updated_at: now,
    user_id,
    account_owner: "Ada König",
    name: "Bank",
    iban: "DE8937**********3000",
    bic: "COBADEFFXXX",
    confirmed_at: now,
  });
}

describe("a user of a client with its own licence", () => {
  test("is INACTIVE, then ACTIVE by itself", async () => {
    const { call, events, steps, world } = sandbox();
    const user = call("createUser", { body: byol });
    expect(user).toEqual({
      id: user.id,
      created_at: "2026-01-05T09:00:00.000Z",
      updated_at: "2026-01-05T09:00:00.000Z",
      ...byol,
      salutation: "",
      title: "",
      postal_address: address,
      status: "INACTIVE",
    });
    expect(events()).toEqual(["USER.CREATED"]);
    await world.clock.advance(49);
    expect(events()).toEqual([]);
    await steps();
    expect(events()).toEqual(["USER.ACTIVATED"]);
    expect(call("retrieveUser", { path: { user_id: user.id } })).toEqual({
      ...user,
      status: "ACTIVE",
      updated_at: "2026-01-05T09:00:00.050Z",
    });
    expect(world.clock.tasks).toEqual([]);
  });

  test("is listed in the order that is asked for", async () => {
    const { call, steps } = sandbox();
    const first = call("createUser", { body: byol });
    await steps();
    const second = call("createUser", { body: { ...byol, first_name: "Bea" } });
    const list = call("listUsers", { query: { sort: "created_at", order: "DESC", offset: 0, limit: 1 } });
    expect(list.meta).toEqual({
      offset: 0,
      limit: 1,
      count: 1,
      total_count: 2,
      sort: "created_at",
      order: "DESC",
    });
    expect(list.data.map(({ id }) => id)).toEqual([second.id]);
    expect(call("listUsers").data.map(({ id }) => id)).toEqual([first.id, second.id]);
  });

  test("must live somewhere and be born", () => {
    const { refused } = sandbox();
    for (const address_line1 of ["P.O. Box 17", "PO Box 17", "Postfach 4", "c/o Meyer, Weg 1"])
      expect(refused("createUser", { body: { ...byol, address: { ...address, address_line1 } } })).toEqual([
        400,
        expect.stringContaining("address is a P.O. box or a care-of address"),
      ]);
    expect(refused("createUser", { body: { ...byol, birth_date: "2026-01-06" } })[0]).toBe(400);
  });

  test("has no checks", async () => {
    const { call, refused, world } = sandbox();
    const { id: user_id } = call("createUser", { body: byol });
    const [status, detail] = refused("createUserCheck", { path: { user_id }, body: kyc });
    expect(status).toBe(400);
    expect(detail).toContain("BYOL");
    expect(world.assumed).toEqual(["a check of a BYOL user is refused with 400"]);
    expect(call("listUserChecks", { path: { user_id } })).toEqual({ data: [] });
  });

  test("who is not there is a 404", () => {
    const { refused } = sandbox();
    const user_id = "5a9ed0b2-4c4e-4a5e-8a3b-1d7c6f2e9b10";
    for (const name of [
      "retrieveUser",
      "offboardUser",
      "listUserIdentifiers",
      "listUserChecks",
      "listUserAccounts",
      "listUserAccountGroups",
      "retrieveTaxResidencies",
      "retrieveTaxExemptionsForUser",
    ] as const)
      expect(refused(name, { path: { user_id } })).toEqual([404, expect.stringContaining(user_id)]);
    expect(refused("userDataChange", { path: { user_id }, body: { first_name: "Eva" } })[0]).toBe(404);
    expect(refused("createUserCheck", { path: { user_id }, body: kyc })[0]).toBe(404);
  });
});

describe("identifiers", () => {
  test("are made for some nationalities, those of the EEA first", () => {
    const { call } = sandbox();
    const made = (nationalities: User["nationalities"]) => {
      const { id: user_id } = call("createUser", { body: { ...byol, nationalities } });
      return call("listUserIdentifiers", { path: { user_id } }).data.map(
        ({ type, issuing_country, identifier_standard, identifier }) => [
          type,
          issuing_country,
          identifier_standard,
          identifier,
        ],
      );
    };
    const concat = (country: string) => [["NATIONAL_ID", country, "CONCAT", ""]];
    for (const country of ["AT", "DE", "FR", "HU", "IE", "LU"] as const)
      expect(made([country])).toEqual(concat(country));
    expect(made(["AR", "GB", "DE"])).toEqual(concat("DE"));
    expect(made(["FR", "DE"])).toEqual(concat("DE"));
    expect(made(["DE", "CZ"])).toEqual([]);
    expect(made(["GB"])).toEqual([]);
  });

  test("are waited for where they are needed", async () => {
    const sand = sandbox();
    const { call, steps, events, refused, world } = sand;
    const { id: user_id } = call("createUser", { body: { ...byol, nationalities: ["DK"] } });
    await world.clock.advance(3_600_000);
    expect(events()).toEqual(["USER.CREATED"]);
    const path = { user_id };
    expect(
      refused("createIdentifier", { path, body: { type: "NATIONAL_ID", issuing_country: "DK" } }),
    ).toEqual([400, "identifier is missing: send the number."]);
    expect(
      refused("createIdentifier", {
        path,
        body: { type: "NATIONAL_ID", issuing_country: "DK", identifier: "1", identifier_standard: "CONCAT" },
      })[0],
    ).toBe(400);
    const identifier = call("createIdentifier", {
      path,
      body: { type: "PASSPORT", issuing_country: "DK", identifier: "3005837891" },
    });
    expect(identifier).toMatchObject({ user_id, identifier_standard: "CCPT", identifier: "3005837891" });
    expect(world.assumed).toHaveLength(1);
    await steps();
    expect(events()).toEqual(["USER.ACTIVATED"]);
  });

  test("get a new number, except the one that was made", async () => {
    const { call, refused, steps } = sandbox();
    const { id: user_id } = call("createUser", { body: byol });
    const { id: other } = call("createUser", { body: byol });
    const [concat] = call("listUserIdentifiers", { path: { user_id } }).data;
    expect(
      refused("updateIdentifier", {
        path: { user_id, identifier_id: concat!.id },
        body: { identifier: "1" },
      })[0],
    ).toBe(400);
    const made = call("createIdentifier", {
      path: { user_id },
      body: {
        type: "NATIONAL_ID",
        issuing_country: "PL",
        identifier: "83053078917",
        identifier_standard: "PESEL",
      },
    });
    await steps();
    const path = { user_id, identifier_id: made.id };
    expect(call("updateIdentifier", { path, body: { identifier: "2" } })).toEqual({
      ...made,
      identifier: "2",
      updated_at: "2026-01-05T09:00:00.050Z",
    });
    expect(call("retrieveIdentifier", { path }).identifier).toBe("2");
    expect(refused("retrieveIdentifier", { path: { ...path, user_id: other } })[0]).toBe(404);
    expect(refused("updateIdentifier", { path, body: { identifier: "" } })[0]).toBe(400);
  });
});

describe("a user under Upvest's licence", () => {
  const complete = async (sand: Sandbox, checks: UserCheckCreateRequest[]) => {
    const { call, steps } = sand;
    const { id: user_id } = call("createUser", { body: tol });
    call("setTaxResidencies", {
      path: { user_id },
      body: { tax_residencies: [{ country: "DE", tax_identifier_number: "12345678911" }] },
    });
    addReferenceAccount(sand, user_id);
    for (const body of checks) call("createUserCheck", { path: { user_id }, body });
    await steps(4);
    return user_id;
  };

  test("is ACTIVE after all checks", async () => {
    const sand = sandbox();
    const user_id = await complete(sand, [kyc, por, fit]);
    expect(sand.events()).toEqual([
      "USER.CREATED",
      "USER_CHECK.CREATED",
      "USER_CHECK.CREATED",
      "USER_CHECK.CREATED",
      "USER_CHECK.PASSED",
      "USER_CHECK.CREATED",
      "USER_CHECK.PASSED",
      "USER_CHECK.PASSED",
      "USER_CHECK.PASSED",
      "USER.ACTIVATED",
    ]);
    const { data } = sand.call("listUserChecks", { path: { user_id } });
    expect(data.map(({ type, status }) => [type, status])).toEqual([
      ["KYC", "PASSED"],
      ["POR", "PASSED"],
      ["INSTRUMENT_FIT", "PASSED"],
      ["COMPLIANCE", "PASSED"],
    ]);
    const [first] = data;
    expect(first).toEqual({ ...kyc, id: first!.id, user_id, status: "PASSED" });
  });

  test.each<[string, UserCheckCreateRequest[], User["status"]]>([
    ["no POR where KYC covers the address", [{ ...kyc, confirmed_address: address }, fit], "ACTIVE"],
    [
      "a failed INSTRUMENT_FIT",
      [kyc, por, { ...fit, instrument_suitability: { suitability: false } }],
      "ACTIVE",
    ],
    ["no POR", [kyc, fit], "INACTIVE"],
    ["no KYC", [por, fit], "INACTIVE"],
    ["no INSTRUMENT_FIT", [kyc, por], "INACTIVE"],
    ["a KYC of 24 months", [{ ...kyc, check_confirmed_at: "2024-01-05T00:00:00Z" }, por, fit], "ACTIVE"],
    ["an older KYC", [{ ...kyc, check_confirmed_at: "2024-01-04T23:59:59Z" }, por, fit], "INACTIVE"],
    ["a bill of 12 months", [kyc, { ...por, issuance_date: "2025-01-05" }, fit], "ACTIVE"],
    ["an older bill", [kyc, { ...por, issuance_date: "2025-01-04" }, fit], "INACTIVE"],
    [
      "a registration certificate of 5 years",
      [kyc, { ...por, issuance_date: "2021-01-05", document_type: "REGISTRATION_CERT" }, fit],
      "ACTIVE",
    ],
    [
      "an older registration certificate",
      [kyc, { ...por, issuance_date: "2021-01-04", document_type: "REGISTRATION_CERT" }, fit],
      "INACTIVE",
    ],
  ])("with %s", async (_, checks, status) => {
    const sand = sandbox();
    const user_id = await complete(sand, checks);
    expect(statusOf(sand, user_id)).toBe(status);
    sand.events();
  });

  test("may send a check that failed again", async () => {
    const sand = sandbox();
    const user_id = await complete(sand, [{ ...kyc, check_confirmed_at: "2020-01-05T00:00:00Z" }, por, fit]);
    expect(sand.events()).toContain("USER_CHECK.FAILED");
    sand.call("createUserCheck", { path: { user_id }, body: kyc });
    await sand.steps(3);
    expect(sand.events()).toEqual([
      "USER_CHECK.CREATED",
      "USER_CHECK.PASSED",
      "USER_CHECK.CREATED",
      "USER_CHECK.PASSED",
      "USER.ACTIVATED",
    ]);
  });

  test("needs tax residencies and a reference account, which is noticed", async () => {
    const sand = sandbox();
    const { call, events, world } = sand;
    const { id: user_id } = call("createUser", { body: tol });
    for (const body of [kyc, por, fit]) call("createUserCheck", { path: { user_id }, body });
    await world.clock.advance(86_400_000);
    call("setTaxResidencies", {
      path: { user_id },
      body: { tax_residencies: [{ country: "DE", missing_tin_reason: "OTHER_REASONS" }] },
    });
    await world.clock.advance(86_400_000);
    expect(statusOf(sand, user_id)).toBe("INACTIVE");
    addReferenceAccount(sand, user_id);
    await world.clock.advance(60_000);
    expect(events().slice(-1)).toEqual(["USER.ACTIVATED"]);
    expect(world.clock.tasks).toEqual([]);
  });

  test("has checks of its own only", () => {
    const { call, refused, world } = sandbox();
    const { id: user_id } = call("createUser", { body: tol });
    const { id: other } = call("createUser", { body: tol });
    const { id: check_id } = call("createUserCheck", { path: { user_id }, body: fit });
    expect(call("retrieveUserCheck", { path: { user_id, check_id } })).toMatchObject({
      status: "IN_PROGRESS",
    });
    expect(world.objects<UserCheck>("USER_CHECK.CREATED")[0]!.id).toBe(check_id);
    expect(refused("retrieveUserCheck", { path: { user_id: other, check_id } })[0]).toBe(404);
  });
});

describe("a change of data", () => {
  test("is made later, one at a time", async () => {
    const { call, events, refused, steps } = sandbox();
    const user = call("createUser", { body: byol });
    await steps();
    events();
    const path = { user_id: user.id };
    const moved = { ...address, address_line1: "Weg 2" };
    call("userDataChange", { path, body: { first_name: "Eva", address: moved, nationalities: ["FR"] } });
    expect(call("retrieveUser", { path }).first_name).toBe("Ada");
    expect(refused("userDataChange", { path, body: { first_name: "Eve" } })).toEqual([
      400,
      expect.stringContaining("wait for USER.DATA_CHANGED"),
    ]);
    await steps();
    expect(events()).toEqual(["USER.DATA_CHANGED"]);
    expect(call("retrieveUser", { path })).toEqual({
      ...user,
      first_name: "Eva",
      address: moved,
      postal_address: moved,
      nationalities: ["FR"],
      status: "ACTIVE",
      updated_at: "2026-01-05T09:00:00.100Z",
    });
    expect(call("listUserIdentifiers", { path }).data.map(({ issuing_country }) => issuing_country)).toEqual([
      "DE",
      "FR",
    ]);
    call("userDataChange", { path, body: { decease_date: "2026-01-01" } });
    await steps();
    expect(call("retrieveUser", { path }).decease_date).toBe("2026-01-01");
    call("userDataChange", { path, body: { decease_date: "" } });
    await steps();
    expect(call("retrieveUser", { path }).decease_date).toBeNull();
    expect(events()).toEqual(["USER.DATA_CHANGED", "USER.DATA_CHANGED"]);
  });

  test("leaves a postal address of its own alone", async () => {
    const { call, steps } = sandbox();
    const postal_address = { ...address, address_line1: "Postfach 4" };
    const { id: user_id } = call("createUser", { body: { ...byol, postal_address } });
    const moved = { ...address, address_line1: "Weg 2" };
    call("userDataChange", { path: { user_id }, body: { address: moved } });
    await steps();
    expect(call("retrieveUser", { path: { user_id } }).postal_address).toEqual(postal_address);
    call("userDataChange", { path: { user_id }, body: { postal_address: null } });
    await steps();
    expect(call("retrieveUser", { path: { user_id } }).postal_address).toEqual(moved);
  });

  test("fails if the data can't be right", async () => {
    const { call, events, steps } = sandbox();
    const user = call("createUser", { body: byol });
    await steps();
    events();
    const path = { user_id: user.id };
    call("userDataChange", { path, body: { address: { ...address, address_line1: "P.O. Box 1" } } });
    await steps();
    expect(events()).toEqual(["USER.DATA_CHANGE_FAILED"]);
    expect(call("retrieveUser", { path }).address).toEqual(address);
    call("userDataChange", { path, body: { first_name: "Eva" } });
    await steps();
    expect(events()).toEqual(["USER.DATA_CHANGED"]);
  });

  test("under Upvest's licence has a proof", async () => {
    const { call, events, refused, steps } = sandbox();
    const { id: user_id } = call("createUser", { body: tol });
    const { id: other } = call("createUser", { body: byol });
    const path = { user_id };
    const proof = {
      issuance_date: "2025-01-01",
      data_download_link: "https://example.com/passport.pdf",
      document_type: "PASSPORT",
    } as const;
    expect(refused("userDataChange", { path, body: { address } })).toEqual([
      400,
      expect.stringContaining("needs a proof"),
    ]);
    expect(refused("userDataChange", { path, body: { birth_date: "1990-01-01" } })[1]).toContain(
      "birth_date cannot be changed",
    );
    expect(
      refused("userDataChange", { path: { user_id: other }, body: { email: "a@example.com" } })[1],
    ).toContain("email is for TOL users");
    call("userDataChange", { path, body: { first_name: "Eva", last_name: "K", ...proof } });
    await steps();
    const changed = call("retrieveUser", { path });
    expect(changed).toMatchObject({ first_name: "Eva", last_name: "K" });
    expect(changed).not.toHaveProperty("issuance_date");
    call("userDataChange", { path, body: { nationalities: ["FR"], ...proof, issuance_date: "2026-02-01" } });
    await steps();
    expect(events().filter((type) => type.startsWith("USER.DATA"))).toEqual([
      "USER.DATA_CHANGED",
      "USER.DATA_CHANGE_FAILED",
    ]);
    expect(call("retrieveUser", { path }).nationalities).toEqual(["DE"]);
  });
});

describe("offboarding", () => {
  test("waits for account groups and accounts", async () => {
    const sand = sandbox();
    const { call, events, refused, steps, world } = sand;
    const { id: user_id } = call("createUser", { body: byol });
    const { id: account_group_id } = call("createAccountGroup", { body: { user_id, type: "PERSONAL" } });
    const { id: account_id } = call("createAccount", {
      body: { user_id, account_group_id, type: "TRADING" },
    });
    await steps();
    events();
    call("offboardUser", { path: { user_id } });
    expect(events()).toEqual(["USER.OFFBOARDING_INITIATED"]);
    call("offboardUser", { path: { user_id } });
    expect(events()).toEqual([]);
    expect(refused("userDataChange", { path: { user_id }, body: { first_name: "Eva" } })[0]).toBe(400);
    expect(refused("createAccountGroup", { body: { user_id, type: "CHILD" } })[0]).toBe(400);
    await world.clock.advance(86_400_000);
    expect(statusOf(sand, user_id)).toBe("OFFBOARDING");
    call("accountGroupClosure", { path: { account_group_id } });
    call("accountClosure", { path: { account_id } });
    await world.clock.advance(120_000);
    expect(events()).toEqual([
      "ACCOUNT_GROUP.CLOSING_INITIATED",
      "ACCOUNT.CLOSING_INITIATED",
      "ACCOUNT.CLOSED",
      "ACCOUNT_GROUP.CLOSED",
      "USER.OFFBOARDED",
    ]);
    expect(statusOf(sand, user_id)).toBe("OFFBOARDED");
    expect(world.clock.tasks).toEqual([]);
  });
});

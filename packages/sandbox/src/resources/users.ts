import type {
  Address,
  CountryCode,
  User,
  UserCheck,
  UserCreateRequest,
  UserDataChangeRequest,
  UserIdentifier,
  UserTol,
} from "@upvest-sdk/types";
import type { Call, Resource } from "../handler.js";
import { page } from "../page.js";
import { invalid, notFound } from "../problem.js";
import { recheck } from "../recheck.js";
import { step, type World } from "../world.js";

/** Whether the user was created for a client that uses Upvest's licence. Only these state their FATCA status. */
export const isTol = (user: User): user is UserTol & Required<Pick<UserTol, "fatca">> =>
  "fatca" in user && user.fatca !== undefined;

/** A user who has not left. */
export function presentUser({ world, assumed }: Pick<Call, "world" | "assumed">, id: string): User {
  const user = world.tables.users.need(id);
  if (user.status === "OFFBOARDING" || user.status === "OFFBOARDED") {
    assumed("what is new for a user who is leaving is refused with 400");
    throw invalid(`The user ${id} is ${user.status}, so nothing new begins for it: use another user.`);
  }
  return user;
}

const eea = new Set(
  "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IS IT LI LT LU LV MT NL NO PL PT RO SE SI SK".split(" "),
);
const concatCountries = new Set("AT DE FR HU IE LU".split(" "));

/** The nationality whose rule for identifiers holds: the first by alphabet, those of the EEA before others. */
function decidingNationality(nationalities: readonly CountryCode[]): CountryCode {
  const sorted = [...nationalities].sort();
  return sorted.find((country) => eea.has(country)) ?? sorted[0]!;
}

const identifiersOf = (world: World, user_id: string) =>
  world.tables.identifiers.list((row) => row.user_id === user_id);

function addIdentifier(
  world: World,
  identifier: Pick<
    UserIdentifier,
    "user_id" | "type" | "issuing_country" | "identifier_standard" | "identifier"
  >,
): UserIdentifier {
  const now = world.time();
  const id = world.ids.uuid();
  return world.tables.identifiers.set(id, { id, created_at: now, updated_at: now, ...identifier });
}

/** Makes the identifier that the client need not send. */
function addConcat(world: World, user: User): void {
  const issuing_country = decidingNationality(user.nationalities);
  if (!concatCountries.has(issuing_country)) return;
  const has = identifiersOf(world, user.id).some(
    (row) => row.identifier_standard === "CONCAT" && row.issuing_country === issuing_country,
  );
  if (has) return;
  // It is made of the user's name and birth date whenever it is reported, so there is no number.
  addIdentifier(world, {
    user_id: user.id,
    type: "NATIONAL_ID",
    issuing_country,
    identifier_standard: "CONCAT",
    identifier: "",
  });
}

const checksOf = (world: World, user_id: string) =>
  world.tables.checks.list((row) => row.user_id === user_id);

/** All that has to be complete before the user can be ACTIVE. */
function isOnboarded(world: World, user: User): boolean {
  const { tables } = world;
  const deciding = decidingNationality(user.nationalities);
  const identified = identifiersOf(world, user.id).some(
    (row) => row.identifier_standard !== "CONCAT" || row.issuing_country === deciding,
  );
  if (!identified || !isTol(user)) return identified;
  const checks = checksOf(world, user.id);
  const passed = checks.filter(({ status }) => status === "PASSED");
  return (
    passed.some(({ type }) => type === "KYC") &&
    passed.some(
      (check) => check.type === "POR" || (check.type === "KYC" && check.confirmed_address !== undefined),
    ) &&
    passed.some(({ type }) => type === "COMPLIANCE") &&
    // Its outcome does not matter here: a user whom the instruments don't fit may still order.
    checks.some(({ type, status }) => type === "INSTRUMENT_FIT" && status !== "IN_PROGRESS") &&
    tables.taxResidencies.get(user.id)?.status === "ACTIVE" &&
    tables.referenceAccounts.list((row) => row.user_id === user.id).length > 0
  );
}

function review(world: World, id: string): void {
  const user = world.tables.users.need(id);
  if (user.status !== "INACTIVE" || !isOnboarded(world, user)) return;
  user.status = "ACTIVE";
  user.updated_at = world.time();
  world.emit("USER.ACTIVATED", user);
  const groups = world.tables.accountGroups.list(({ users }) => users.some((owner) => owner.id === id));
  for (const group of groups) world.later(step, "accounts.reviewGroup", group.id);
}

/** A date so many months earlier. */
function monthsBefore(date: string, months: number): string {
  const [year = 0, month = 0, day] = date.split("-").map(Number);
  return new Date(Date.UTC(year, month - 1 - months, day)).toISOString().slice(0, 10);
}

/** What Upvest finds when it verifies a check. */
function isFulfilled(world: World, check: UserCheck): boolean {
  const today = world.date();
  switch (check.type) {
    case "KYC":
      return Date.parse(check.check_confirmed_at) >= Date.parse(monthsBefore(today, 24));
    case "POR":
      return (
        check.issuance_date >= monthsBefore(today, check.document_type === "REGISTRATION_CERT" ? 60 : 12)
      );
    case "INSTRUMENT_FIT":
      return check.instrument_suitability.suitability;
    case "COMPLIANCE":
      return true;
  }
}

function beginCheck(world: World, check: UserCheck): void {
  world.tables.checks.set(check.id, check);
  world.emit("USER_CHECK.CREATED", check);
  world.later(step, "users.finishCheck", check.id);
}

const notAHome = /\bp\.?\s*o\.?\s*box\b|\bpostfach\b|\bpost office box\b|\bc\/o\b|\bcare of\b/i;

/** What is wrong with personal data though its form is right, or nothing. */
function faultOf(world: World, data: UserCreateRequest | UserDataChangeRequest): string | undefined {
  const today = world.date();
  const lines = (address: Address | undefined) =>
    `${address?.address_line1 ?? ""}\n${address?.address_line2 ?? ""}`;
  if ("address" in data && notAHome.test(lines(data.address)))
    return "address is a P.O. box or a care-of address: give the residential address, and the other one as postal_address.";
  if ("birth_date" in data && data.birth_date !== undefined && data.birth_date > today)
    return `birth_date is ${data.birth_date}, which is not over yet: give a date of the past.`;
  if ("decease_date" in data && data.decease_date !== undefined && data.decease_date > today)
    return `decease_date is ${data.decease_date}, which is not over yet: give a date of the past.`;
  if ("issuance_date" in data && data.issuance_date > today)
    return `issuance_date is ${data.issuance_date}, which is not over yet: give a date of the past.`;
  return undefined;
}

const proofFields: readonly string[] = ["issuance_date", "data_download_link", "document_type"];
const provenFields: readonly string[] = ["first_name", "last_name", "nationalities", "address"];
const fixedFields: readonly string[] = ["birth_date", "birth_city", "birth_country"];

/** Users, their identifiers and checks. */
export const users: Resource = {
  handlers: {
    listUsers: ({ world, query }) => page(world.tables.users.list(), query, "created_at"),

    createUser({ world, body, assumed }) {
      const fault = faultOf(world, body);
      if (fault) throw invalid(fault);
      const now = world.time();
      const user: User = {
        id: world.ids.uuid(),
        created_at: now,
        updated_at: now,
        ...body,
        salutation: body.salutation ?? "",
        title: body.title ?? "",
        postal_address: body.postal_address ?? body.address,
        status: "INACTIVE",
      };
      world.tables.users.set(user.id, user);
      world.emit("USER.CREATED", user);
      addConcat(world, user);
      world.later(step, "users.onboard", user.id);
      if (!isTol(user)) assumed("a BYOL user becomes ACTIVE without tax residencies");
      return user;
    },

    retrieveUser: ({ world, path }) => world.tables.users.need(path.user_id),

    offboardUser({ world, path, assumed }) {
      const user = world.tables.users.need(path.user_id);
      if (user.status === "OFFBOARDING" || user.status === "OFFBOARDED") {
        assumed("a user who is leaving can be deleted again, which changes nothing");
        return;
      }
      assumed("offboarding finishes by itself, and does not wait for tax reporting");
      user.status = "OFFBOARDING";
      user.updated_at = world.time();
      world.emit("USER.OFFBOARDING_INITIATED", user);
      world.later(step, "users.offboard", user.id);
    },

    userDataChange(call) {
      const { world, path, body, assumed } = call;
      const user = presentUser(call, path.user_id);
      const names = Object.keys(body);
      const has = (fields: readonly string[]) => names.find((name) => fields.includes(name));
      if (isTol(user)) {
        const fixed = has(fixedFields);
        if (fixed)
          throw invalid(
            `${fixed} cannot be changed for the TOL user ${user.id}: send name, nationalities, address or other data.`,
          );
        const proven = has(provenFields);
        if (proven && !has(proofFields))
          throw invalid(
            `${proven} of the TOL user ${user.id} needs a proof: send issuance_date, data_download_link and document_type, and only the fields of one category.`,
          );
      } else {
        const foreign = has([...proofFields, "email", "phone_number"]);
        if (foreign)
          throw invalid(`${foreign} is for TOL users, but ${user.id} is a BYOL user: leave it out.`);
      }
      if (world.tables.dataChanges.get(user.id)) {
        assumed("a second data change request is refused with 400");
        throw invalid(
          `A data change of the user ${user.id} is running: wait for USER.DATA_CHANGED or USER.DATA_CHANGE_FAILED.`,
        );
      }
      if ("decease_date" in body && body.decease_date === "")
        assumed("an empty decease_date takes the date away");
      if ("postal_address" in body && body.postal_address === null)
        assumed("postal_address null makes letters go to address");
      world.tables.dataChanges.set(user.id, body);
      world.later(step, "users.changeData", user.id);
    },

    listUserIdentifiers({ world, path }) {
      world.tables.users.need(path.user_id);
      return { data: identifiersOf(world, path.user_id) };
    },

    createIdentifier(call) {
      const { world, path, body, assumed } = call;
      const { id: user_id } = presentUser(call, path.user_id);
      const { type, issuing_country, identifier } = body;
      if (body.identifier_standard === "CONCAT")
        throw invalid("identifier_standard CONCAT is made by Upvest where it is needed: send another one.");
      if (!identifier) {
        assumed("an identifier without its number is refused");
        throw invalid("identifier is missing: send the number.");
      }
      if (body.identifier_standard === undefined)
        assumed("identifier_standard is NIDN or CCPT when it is left out");
      const row = addIdentifier(world, {
        user_id,
        type,
        issuing_country,
        identifier_standard: body.identifier_standard ?? (type === "PASSPORT" ? "CCPT" : "NIDN"),
        identifier,
      });
      world.later(step, "users.review", user_id);
      return row;
    },

    retrieveIdentifier: ({ world, path }) => identifierOf(world, path),

    updateIdentifier({ world, path, body, assumed }) {
      const row = identifierOf(world, path);
      if (row.identifier_standard === "CONCAT" || body.identifier === "") {
        assumed("an identifier cannot be emptied, and one that Upvest made cannot be changed");
        throw invalid(
          row.identifier_standard === "CONCAT"
            ? `The identifier ${row.id} is made by Upvest of the user's data: change these instead.`
            : "identifier is empty: send the number.",
        );
      }
      row.identifier = body.identifier;
      row.updated_at = world.time();
      return row;
    },

    listUserChecks({ world, path }) {
      world.tables.users.need(path.user_id);
      return { data: checksOf(world, path.user_id) };
    },

    createUserCheck(call) {
      const { world, path, body, assumed } = call;
      const user = presentUser(call, path.user_id);
      if (!isTol(user)) {
        assumed("a check of a BYOL user is refused with 400");
        throw invalid(
          `The user ${user.id} is a BYOL user, whom the client checks itself: send checks of TOL users only.`,
        );
      }
      assumed("a check fails if its evidence is too old or it says that instruments don't suit the user");
      const id = world.ids.uuid();
      beginCheck(world, { ...body, id, user_id: user.id, status: "IN_PROGRESS" });
      return { id };
    },

    retrieveUserCheck({ world, path }) {
      world.tables.users.need(path.user_id);
      const check = world.tables.checks.need(path.check_id);
      if (check.user_id !== path.user_id) throw notFound(world.tables.checks.what, path.check_id);
      return check;
    },
  },

  tasks: {
    "users.review": review,

    // A reference account is added without a word to this file, so it is looked for.
    "users.onboard"(world, id) {
      review(world, id);
      const user = world.tables.users.need(id);
      if (user.status === "INACTIVE" && isTol(user)) recheck(world, user.created_at, "users.onboard", id);
    },

    "users.finishCheck"(world, id) {
      const check = world.tables.checks.need(id);
      if (check.status !== "IN_PROGRESS") return;
      check.status = isFulfilled(world, check) ? "PASSED" : "FAILED";
      world.emit(`USER_CHECK.${check.status}`, check);
      if (check.type === "KYC" && check.status === "PASSED")
        beginCheck(world, {
          id: world.ids.uuid(),
          user_id: check.user_id,
          type: "COMPLIANCE",
          status: "IN_PROGRESS",
          check_confirmed_at: world.time(),
        });
      world.later(step, "users.review", check.user_id);
    },

    "users.changeData"(world, id) {
      const { tables } = world;
      const change = tables.dataChanges.get(id);
      if (!change) return;
      tables.dataChanges.delete(id);
      const user = tables.users.need(id);
      if (faultOf(world, change)) {
        world.emit("USER.DATA_CHANGE_FAILED", user);
        return;
      }
      const followsAddress = JSON.stringify(user.postal_address) === JSON.stringify(user.address);
      for (const [name, value] of Object.entries(change))
        if (!proofFields.includes(name)) Object.assign(user, { [name]: value });
      if (user.decease_date === "") user.decease_date = null;
      const ownPostal = "postal_address" in change;
      if (ownPostal ? user.postal_address === null : followsAddress) user.postal_address = user.address;
      user.updated_at = world.time();
      addConcat(world, user);
      world.emit("USER.DATA_CHANGED", user);
      world.later(step, "users.review", id);
    },

    "users.offboard"(world, id) {
      const { tables } = world;
      const user = tables.users.need(id);
      if (user.status !== "OFFBOARDING") return;
      const isOpen = (row: { users: { id?: string }[]; status: string }) =>
        row.status !== "CLOSED" && row.users.some((owner) => owner.id === id);
      if (tables.accountGroups.list(isOpen).length > 0 || tables.accounts.list(isOpen).length > 0) {
        recheck(world, user.updated_at, "users.offboard", id);
        return;
      }
      user.status = "OFFBOARDED";
      user.updated_at = world.time();
      world.emit("USER.OFFBOARDED", user);
    },
  },
};

function identifierOf(
  world: World,
  { user_id, identifier_id }: { readonly user_id: string; readonly identifier_id: string },
): UserIdentifier {
  world.tables.users.need(user_id);
  const row = world.tables.identifiers.need(identifier_id);
  if (row.user_id !== user_id) throw notFound(world.tables.identifiers.what, identifier_id);
  return row;
}

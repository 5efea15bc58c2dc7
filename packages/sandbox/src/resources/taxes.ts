import type {
  IsaAllowance,
  IsaTaxWrapper,
  PeaTaxWrapper,
  TaxExemption,
  TaxExemptionCreateRequest,
  TaxExemptionDetails,
  TaxExemptionType,
  TaxResidencyRecord,
} from "@upvest-sdk/types";
import { type BigNumber, decimal, money } from "../amounts.js";
import type { Call, Resource } from "../handler.js";
import { page } from "../page.js";
import { invalid } from "../problem.js";
import { step, type World } from "../world.js";
import { isTol, presentUser } from "./users.js";

const day = 86_400_000;

/** Whether the user has told a tax number, and it is in use. */
function hasTin({ tables }: World, user_id: string): boolean {
  const record = tables.taxResidencies.get(user_id);
  return record?.status === "ACTIVE" && record.tax_residencies.some((one) => "tax_identifier_number" in one);
}

// What a person or a couple may earn free of tax in a year, EUR.
const mostExempted: Readonly<Record<TaxExemptionType, string>> = { SINGLE: "1000.00", MARRIED: "2000.00" };

/** @param id the exemption that is to be changed */
function checkExemption(call: Call<{ body: TaxExemptionCreateRequest }>, id?: string): TaxExemptionType {
  const { world, body, assumed } = call;
  const { user_ids, tax_exemption_details, country, valid_to_date } = body;
  if (country !== "DE") throw invalid(`country is ${country}, but tax exemptions exist in DE only: send DE.`);
  const people = new Set(user_ids).size;
  const { tax_exemption_type: asked, tax_exemption_amount } = tax_exemption_details;
  if (asked === undefined) assumed("tax_exemption_type follows from the number of users when it is left out");
  const type = asked ?? (people === 2 ? "MARRIED" : "SINGLE");
  const needed = type === "MARRIED" ? 2 : 1;
  if (people !== needed || user_ids.length !== needed)
    throw invalid(
      `user_ids has ${people} different users in ${user_ids.length} entries, but a ${type} exemption covers ${needed}: send ${needed}.`,
    );
  for (const user_id of user_ids) {
    const user = presentUser(call, user_id);
    if (!isTol(user)) {
      assumed("a tax exemption for a BYOL user is refused with 400");
      throw invalid(`The user ${user_id} is a BYOL user: tax exemptions are for TOL users only.`);
    }
    const [other] = world.tables.taxExemptions.list(
      (row) =>
        row.id !== id && (row.status === "NEW" || row.status === "ACTIVE") && row.user_ids.includes(user_id),
    );
    if (other)
      throw invalid(
        `The user ${user_id} has the tax exemption ${other.id}, which is ${other.status}: change that one, or end it first.`,
      );
  }
  const amount = decimal(tax_exemption_amount.amount);
  if (amount.isZero() || amount.isGreaterThan(mostExempted[type]))
    throw invalid(
      `tax_exemption_amount is ${tax_exemption_amount.amount} EUR: for ${type} send 0.01 to ${mostExempted[type]}.`,
    );
  if (valid_to_date !== undefined && (!valid_to_date.endsWith("-12-31") || valid_to_date < world.date()))
    throw invalid(
      `valid_to_date is ${valid_to_date}: send a 31 December that is not over, or leave it out for no end.`,
    );
  return type;
}

function exemptionDetails(type: TaxExemptionType, amount: string, utilized: BigNumber): TaxExemptionDetails {
  const euros = (value: BigNumber) => ({ amount: money(value), currency: "EUR" as const });
  return {
    tax_exemption_type: type,
    tax_exemption_amount: euros(decimal(amount)),
    utilized_amount: euros(utilized),
    remaining_amount: euros(decimal(amount).minus(utilized)),
  };
}

const utilized = ({ tax_exemption_details }: TaxExemption) =>
  decimal(tax_exemption_details.utilized_amount.amount);

function failExemption(
  world: World,
  type: "TAX_EXEMPTION.CREATION_FAILED" | "TAX_EXEMPTION.UPDATE_FAILED" | "TAX_EXEMPTION.DELETION_FAILED",
  { id, status, user_ids, created_at, updated_at }: TaxExemption,
  reason: string,
): void {
  world.emit(type, { id, reason, status, user_ids, created_at, updated_at });
}

function expireLater(world: World, { id, valid_to_date }: TaxExemption): void {
  if (valid_to_date === null) return;
  world.later(Date.parse(valid_to_date) + day - world.clock.now(), "taxes.expireExemption", id);
}

/** The year in which the UK tax year that contains the date begins. */
const taxYear = (date: string): number => Number(date.slice(0, 4)) - (date.slice(5) < "04-06" ? 1 : 0);

/** GBP a tax year. */
const annualAllowance = "20000.00";

function addAllowance(world: World, tax_wrapper_id: string): void {
  const now = world.time();
  const year = taxYear(world.date());
  const end = `${year + 1}-04-05T23:59:59.999Z`;
  const allowance: IsaAllowance = {
    id: world.ids.uuid(),
    created_at: now,
    updated_at: now,
    tax_wrapper_id,
    type: "ANNUAL",
    status: "ACTIVE",
    currency: "GBP",
    used_amount: "0.00",
    remaining_amount: annualAllowance,
    valid_from: `${year}-04-06T00:00:00.000Z`,
    valid_to: end,
  };
  world.tables.isaAllowances.set(allowance.id, allowance);
  world.emit("ISA_WRAPPER_ALLOWANCE.CREATED", allowance);
  world.later(Date.parse(end) + 1 - world.clock.now(), "taxes.endAllowance", allowance.id);
}

/**
 * Money came into an ISA account group, or left it (a negative amount, decimal text in GBP). Does nothing for other
 * groups. ISA_WRAPPER_ALLOWANCE.UPDATED.
 *
 * @param back an earlier payment is undone by this
 */
export function subscribeIsa(world: World, account_group_id: string, amount: string, back = false): void {
  const { tables } = world;
  const [wrapper] = tables.isaWrappers.list(
    (row) => row.account_group_id === account_group_id && row.status !== "CLOSED",
  );
  const [allowance] = tables.isaAllowances.list(
    (row) => row.tax_wrapper_id === wrapper?.id && row.status === "ACTIVE",
  );
  const change = decimal(amount);
  if (!wrapper || !allowance || change.isZero()) return;
  // Only in a flexible ISA does a withdrawal give allowance back, and its return take it.
  const ofWithdrawal = back ? change.isPositive() : change.isNegative();
  if (ofWithdrawal && !wrapper.is_flexible) return;
  const now = world.time();
  const used = decimal(allowance.used_amount).plus(change);
  const left = decimal(annualAllowance).minus(used);
  allowance.used_amount = money(used);
  // More than there is can be paid in: what Upvest does then is not known.
  allowance.remaining_amount = left.isNegative() ? "0.00" : money(left);
  allowance.updated_at = now;
  if (change.isPositive()) allowance.first_subscription_at ??= now;
  world.emit("ISA_WRAPPER_ALLOWANCE.UPDATED", allowance);
}

/** The group that a new wrapper is for. */
function groupToWrap(
  { world, assumed }: Pick<Call, "world" | "assumed">,
  account_group_id: string,
  type: "ISA" | "FRENCH_PEA",
): void {
  const { tables } = world;
  const group = tables.accountGroups.need(account_group_id);
  if (group.type !== type)
    throw invalid(
      `The account group ${group.id} has the type ${group.type}: send one that was created with the type ${type}.`,
    );
  if (group.status !== "PENDING_APPROVAL" && group.status !== "ACTIVE") {
    assumed("a wrapper of an account group that is locked or being closed is refused with 400");
    throw invalid(`The account group ${group.id} is ${group.status}: wrap another one.`);
  }
  const ofGroup = (row: IsaTaxWrapper | PeaTaxWrapper) =>
    row.account_group_id === account_group_id && row.status !== "CLOSED";
  const [other] = [...tables.isaWrappers.list(ofGroup), ...tables.peaWrappers.list(ofGroup)];
  if (other) {
    assumed("a second wrapper of an account group is refused with 400");
    throw invalid(`The account group ${group.id} has the wrapper ${other.id} already: use that one.`);
  }
}

/** Tax residencies, tax exemptions, ISA and PEA wrappers. */
export const taxes: Resource = {
  handlers: {
    retrieveTaxResidencies({ world, path }) {
      world.tables.users.need(path.user_id);
      return world.tables.taxResidencies.need(path.user_id);
    },

    setTaxResidencies(call) {
      const { world, path, body, assumed } = call;
      presentUser(call, path.user_id);
      const { tax_residencies } = body;
      const countries = new Set(tax_residencies.map(({ country }) => country));
      if (countries.size !== tax_residencies.length) {
        assumed("a country that comes twice is refused with 400");
        throw invalid("tax_residencies has a country twice: send each country once.");
      }
      const now = world.time();
      const record: TaxResidencyRecord = {
        created_at: world.tables.taxResidencies.get(path.user_id)?.created_at ?? now,
        updated_at: now,
        tax_residencies,
        status: "PENDING",
      };
      assumed("tax residencies become ACTIVE soon");
      world.later(step, "taxes.activateResidencies", path.user_id);
      return world.tables.taxResidencies.set(path.user_id, record);
    },

    createTaxExemption(call) {
      const { world, body, assumed } = call;
      const type = checkExemption(call);
      assumed("valid_from_date is the first day of the year");
      const now = world.time();
      const exemption: TaxExemption = {
        id: world.ids.uuid(),
        created_at: now,
        updated_at: now,
        status: "NEW",
        user_ids: body.user_ids,
        country: body.country,
        valid_from_date: `${now.slice(0, 4)}-01-01`,
        valid_to_date: body.valid_to_date ?? null,
        tax_exemption_details: exemptionDetails(
          type,
          body.tax_exemption_details.tax_exemption_amount.amount,
          decimal("0"),
        ),
      };
      world.later(step, "taxes.createExemption", exemption.id);
      return world.tables.taxExemptions.set(exemption.id, exemption);
    },

    retrieveTaxExemptionById: ({ world, path }) => world.tables.taxExemptions.need(path.tax_exemption_id),

    updateTaxExemption(call) {
      const { world, path, body, assumed } = call;
      const exemption = world.tables.taxExemptions.need(path.tax_exemption_id);
      if (exemption.status !== "ACTIVE") {
        assumed("a change of a tax exemption that is not ACTIVE is refused with 400");
        throw invalid(
          `The tax exemption ${exemption.id} is ${exemption.status}: ${exemption.status === "NEW" ? "wait for TAX_EXEMPTION.CREATED" : "create another one"}.`,
        );
      }
      checkExemption(call, exemption.id);
      assumed("the answer to a change of a tax exemption still has the former values");
      const id = world.ids.uuid();
      world.tables.taxExemptionChanges.set(id, { tax_exemption_id: exemption.id, request: body });
      world.later(step, "taxes.changeExemption", id);
      return exemption;
    },

    deleteTaxExemption({ world, path, assumed }) {
      const { id } = world.tables.taxExemptions.need(path.tax_exemption_id);
      assumed("the deletion of a tax exemption in any state is accepted, and may fail later");
      world.later(step, "taxes.deleteExemption", id);
    },

    retrieveTaxExemptionsForUser({ world, path, query }) {
      world.tables.users.need(path.user_id);
      return page(
        world.tables.taxExemptions.list(({ user_ids }) => user_ids.includes(path.user_id)),
        query,
        "created_at",
      );
    },

    createIsaTaxWrapper(call) {
      const { world, body, assumed } = call;
      groupToWrap(call, body.account_group_id, "ISA");
      assumed("the allowance of an ISA is 20000.00 GBP in every tax year, which begins at midnight UTC");
      const now = world.time();
      const wrapper: IsaTaxWrapper = {
        id: world.ids.uuid(),
        created_at: now,
        updated_at: now,
        account_group_id: body.account_group_id,
        is_flexible: body.is_flexible,
        status: "NEW",
        type: body.type,
      };
      world.tables.isaWrappers.set(wrapper.id, wrapper);
      world.emit("ISA_WRAPPER.NEW", wrapper);
      world.later(step, "taxes.reviewIsa", wrapper.id);
      return wrapper;
    },

    retrieveIsaAllowances({ world, path, query, assumed }) {
      const { id } = world.tables.isaWrappers.need(path.tax_wrapper_id);
      const { tax_year } = query;
      if (tax_year === undefined) assumed("the allowances of all tax years are listed without tax_year");
      return page(
        world.tables.isaAllowances.list((row) => {
          const year = taxYear(row.valid_from.slice(0, 10));
          return row.tax_wrapper_id === id && (tax_year ?? `${year}/${year + 1}`) === `${year}/${year + 1}`;
        }),
        {},
      );
    },

    createPeaTaxWrapper(call) {
      const { world, body } = call;
      groupToWrap(call, body.account_group_id, "FRENCH_PEA");
      const now = world.time();
      const wrapper: PeaTaxWrapper = {
        id: world.ids.uuid(),
        created_at: now,
        updated_at: now,
        account_group_id: body.account_group_id,
        status: "NEW",
        type: body.type,
      };
      world.later(step, "taxes.reviewPea", wrapper.id);
      return world.tables.peaWrappers.set(wrapper.id, wrapper);
    },
  },

  tasks: {
    "taxes.activateResidencies"(world, user_id) {
      const { tables } = world;
      const record = tables.taxResidencies.need(user_id);
      if (record.status !== "PENDING") return;
      record.status = "ACTIVE";
      record.updated_at = world.time();
      world.later(step, "users.review", user_id);
      const groups = tables.accountGroups.list(({ users }) => users.some(({ id }) => id === user_id));
      for (const wrapper of tables.isaWrappers.list((row) =>
        groups.some(({ id }) => id === row.account_group_id),
      ))
        world.later(step, "taxes.reviewIsa", wrapper.id);
    },

    "taxes.createExemption"(world, id) {
      const exemption = world.tables.taxExemptions.need(id);
      if (exemption.status !== "NEW") return;
      exemption.updated_at = world.time();
      if (!exemption.user_ids.every((user_id) => hasTin(world, user_id))) {
        exemption.status = "CANCELLED";
        failExemption(world, "TAX_EXEMPTION.CREATION_FAILED", exemption, "Missing TIN");
        return;
      }
      exemption.status = "ACTIVE";
      world.emit("TAX_EXEMPTION.CREATED", exemption);
      expireLater(world, exemption);
    },

    "taxes.changeExemption"(world, id) {
      const { tables } = world;
      const change = tables.taxExemptionChanges.get(id);
      if (!change) return;
      tables.taxExemptionChanges.delete(id);
      const exemption = tables.taxExemptions.need(change.tax_exemption_id);
      const { user_ids, tax_exemption_details, valid_to_date } = change.request;
      const { amount } = tax_exemption_details.tax_exemption_amount;
      const reason =
        exemption.status !== "ACTIVE"
          ? `Tax exemption is ${exemption.status}`
          : !user_ids.every((user_id) => hasTin(world, user_id))
            ? "Missing TIN"
            : utilized(exemption).isGreaterThan(amount)
              ? "Amount is below what is used in this year"
              : undefined;
      if (reason) {
        failExemption(world, "TAX_EXEMPTION.UPDATE_FAILED", exemption, reason);
        return;
      }
      const type = tax_exemption_details.tax_exemption_type ?? (user_ids.length === 2 ? "MARRIED" : "SINGLE");
      exemption.user_ids = user_ids;
      exemption.valid_to_date = valid_to_date ?? null;
      exemption.tax_exemption_details = exemptionDetails(type, amount, utilized(exemption));
      exemption.updated_at = world.time();
      world.emit("TAX_EXEMPTION.UPDATED", exemption);
      expireLater(world, exemption);
    },

    "taxes.deleteExemption"(world, id) {
      const exemption = world.tables.taxExemptions.need(id);
      const reason =
        exemption.status !== "ACTIVE"
          ? `Tax exemption is ${exemption.status}`
          : utilized(exemption).isZero()
            ? undefined
            : "Tax exemption is used in this year";
      if (reason) {
        failExemption(world, "TAX_EXEMPTION.DELETION_FAILED", exemption, reason);
        return;
      }
      exemption.status = "CANCELLED";
      exemption.updated_at = world.time();
      world.emit("TAX_EXEMPTION.DELETED", exemption);
    },

    "taxes.expireExemption"(world, id) {
      const exemption = world.tables.taxExemptions.need(id);
      // Its end may have been put off since.
      const { status, valid_to_date } = exemption;
      if (status !== "ACTIVE" || valid_to_date === null || valid_to_date >= world.date()) return;
      exemption.status = "EXPIRED";
      exemption.updated_at = world.time();
    },

    "taxes.reviewIsa"(world, id) {
      const { tables } = world;
      const wrapper = tables.isaWrappers.need(id);
      const group = tables.accountGroups.need(wrapper.account_group_id);
      const isTaxed = group.users.every((owner) => owner.id !== undefined && hasTin(world, owner.id));
      if (wrapper.status !== "NEW" || !isTaxed) return;
      wrapper.status = "ACTIVE";
      wrapper.updated_at = world.time();
      world.emit("ISA_WRAPPER.ACTIVE", wrapper);
      addAllowance(world, id);
      world.later(step, "accounts.reviewGroup", group.id);
    },

    "taxes.endAllowance"(world, id) {
      const { tables } = world;
      const allowance = tables.isaAllowances.need(id);
      if (allowance.status !== "ACTIVE") return;
      allowance.status = "EXPIRED";
      allowance.updated_at = world.time();
      world.emit("ISA_WRAPPER_ALLOWANCE.EXPIRED", allowance);
      const { status } = tables.isaWrappers.need(allowance.tax_wrapper_id);
      if (status === "ACTIVE") addAllowance(world, allowance.tax_wrapper_id);
    },

    "taxes.reviewPea"(world, id) {
      const wrapper = world.tables.peaWrappers.need(id);
      const group = world.tables.accountGroups.need(wrapper.account_group_id);
      if (wrapper.status !== "NEW" || group.status !== "ACTIVE") return;
      wrapper.status = "ACTIVE";
      wrapper.updated_at = world.time();
    },

    "taxes.closeWrappers"(world, account_group_id) {
      const { tables } = world;
      const isOpen = (row: IsaTaxWrapper | PeaTaxWrapper) =>
        row.account_group_id === account_group_id && row.status !== "CLOSED";
      for (const wrapper of tables.isaWrappers.list(isOpen)) {
        wrapper.status = "CLOSED";
        wrapper.updated_at = world.time();
        world.emit("ISA_WRAPPER.CLOSED", wrapper);
      }
      for (const wrapper of tables.peaWrappers.list(isOpen)) {
        wrapper.status = "CLOSED";
        wrapper.updated_at = world.time();
      }
    },
  },
};

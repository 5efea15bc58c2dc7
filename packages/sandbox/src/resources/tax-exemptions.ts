import type {
  TaxExemption,
  TaxExemptionCreateRequest,
  TaxExemptionDetails,
  TaxExemptionType,
} from "@upvest-sdk/types";
import { type BigNumber, decimal, money } from "../amounts.js";
import type { Call, Resource } from "../handler.js";
import { page } from "../page.js";
import { invalid } from "../problem.js";
import { step, type World } from "../world.js";
import { hasTin } from "./tax-residencies.js";
import { isTol, presentUser } from "./users.js";

const day = 86_400_000;

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
  world.later(Date.parse(valid_to_date) + day - world.clock.now(), "tax-exemptions.expire", id);
}

/** Tax exemptions. */
export const taxExemptions: Resource = {
  handlers: {
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
      world.later(step, "tax-exemptions.create", exemption.id);
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
      world.later(step, "tax-exemptions.change", id);
      return exemption;
    },

    deleteTaxExemption({ world, path, assumed }) {
      const { id } = world.tables.taxExemptions.need(path.tax_exemption_id);
      assumed("the deletion of a tax exemption in any state is accepted, and may fail later");
      world.later(step, "tax-exemptions.delete", id);
    },

    retrieveTaxExemptionsForUser({ world, path, query }) {
      world.tables.users.need(path.user_id);
      return page(
        world.tables.taxExemptions.list(({ user_ids }) => user_ids.includes(path.user_id)),
        query,
        "created_at",
      );
    },
  },

  tasks: {
    "tax-exemptions.create"(world, id) {
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

    "tax-exemptions.change"(world, id) {
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

    "tax-exemptions.delete"(world, id) {
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

    "tax-exemptions.expire"(world, id) {
      const exemption = world.tables.taxExemptions.need(id);
      // Its end may have been put off since.
      const { status, valid_to_date } = exemption;
      if (status !== "ACTIVE" || valid_to_date === null || valid_to_date >= world.date()) return;
      exemption.status = "EXPIRED";
      exemption.updated_at = world.time();
    },
  },
};

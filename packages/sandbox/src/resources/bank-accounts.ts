import type { Resource } from "../handler.js";
import { page } from "../page.js";
import { fullName, knownUser, masked, refusal } from "../payment-checks.js";
import { unprocessable } from "../problem.js";

const sameName = (a: string, b: string): boolean => plainName(a) === plainName(b);
const plainName = (name: string): string => name.trim().replace(/\s+/g, " ").toLowerCase();

const sepa =
  "AD AL AT BE BG CH CY CZ DE DK EE ES FI FR GB GI GR HR HU IE IS IT LI LT LU LV MC MD ME MK MT NL NO PL PT RO RS SE SI SK SM VA".split(
    " ",
  );

/** Reference accounts and mandates. */
export const bankAccounts: Resource = {
  handlers: {
    listReferenceAccounts({ world: { tables }, path: { user_id }, query }) {
      tables.users.need(user_id);
      return page(
        tables.referenceAccounts.list((row) => row.user_id === user_id),
        query,
        "created_at",
      );
    },
    createReferenceAccount(call) {
      const { world, body } = call;
      const { user_id, account_owner, iban, bic, confirmed_at } = body;
      const user = knownUser(call, user_id);
      if (!sameName(account_owner, fullName(user)))
        throw refusal(
          call,
          `account_owner is "${account_owner}", but the user's name is "${fullName(user)}"; only the user's own bank account can be registered.`,
        );
      if (!sepa.includes(iban.slice(0, 2)))
        throw refusal(
          call,
          `iban begins with ${iban.slice(0, 2)}, outside of SEPA; send that of a euro account within SEPA.`,
        );
      if (body.name === undefined) call.assumed("name is empty when it is left out");
      const now = world.time();
      const id = world.ids.uuid();
      return world.tables.referenceAccounts.set(id, {
        id,
        created_at: now,
        updated_at: now,
        user_id: user.id,
        account_owner,
        name: body.name ?? "",
        iban: masked(iban),
        bic,
        confirmed_at,
      });
    },
    retrieveReferenceAccount: ({ world, path }) =>
      world.tables.referenceAccounts.need(path.reference_account_id),
    deleteReferenceAccount(call) {
      const { tables } = call.world;
      const { id, user_id } = tables.referenceAccounts.need(call.path.reference_account_id);
      if (tables.referenceAccounts.list((row) => row.user_id === user_id).length === 1) {
        call.assumed("the status of this refusal");
        throw unprocessable(
          `The reference account ${id} is the user's last one; register another one first, then delete it.`,
        );
      }
      tables.referenceAccounts.delete(id);
    },

    listMandates({ world: { tables }, path: { user_id }, query }) {
      tables.users.need(user_id);
      return page(
        tables.mandates.list((row) => row.user_id === user_id),
        query,
        "created_at",
      );
    },
    createMandate(call) {
      const { world, body } = call;
      const user = knownUser(call, body.user_id);
      if (user.status !== "ACTIVE")
        throw refusal(call, `The user ${user.id} is ${user.status}; a mandate needs one who is ACTIVE.`);
      const id = world.ids.uuid();
      return world.tables.mandates.set(id, {
        id,
        created_at: world.time(),
        user_id: user.id,
        iban: masked(body.iban),
        bic: body.bic,
        creditor_name: "Sandbox Creditor",
        // What the Bundesbank gives to test with.
        creditor_id: "DE98ZZZ09999999999",
        creditor_address: {
          address_line1: "Sandbox Street 1",
          postcode: "10115",
          city: "Berlin",
          country: "DE",
        },
        type: "RECURRENT",
        confirmed_at: body.confirmed_at,
      });
    },
    retrieveMandate: ({ world, path }) => world.tables.mandates.need(path.mandate_id),
    deleteMandate(call) {
      const { tables } = call.world;
      tables.mandates.need(call.path.mandate_id);
      call.assumed("direct debits that are under way go on");
      tables.mandates.delete(call.path.mandate_id);
    },
  },
};

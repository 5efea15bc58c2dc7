import type { Address, UserByolCreateRequest, UserTolCreateRequest } from "@upvest-sdk/types";
import { createIds } from "../../src/ids.js";

const lower = "abcdefghijklmnopqrstuvwxyz";
/** Each of them is bought at 100 and more, and traded in fractions and in euros. */
const isins = ["IE0032077012", "DE0005933931", "IE00BJ0KDR00", "IE00BK5BQT80", "US0378331005"] as const;

/** Random values for the free fields of requests: each call gives another one, a seed always the same ones. */
export function createValues(seed: string) {
  const ids = createIds(seed);
  const whole = (from: number, to: number) => from + Math.floor(ids.random() * (to - from + 1));
  const pick = <One>(list: readonly One[]): One => list[whole(0, list.length - 1)]!;
  const letters = (count: number, of = lower) => Array.from({ length: count }, () => pick([...of])).join("");
  let turn = 0;
  const values = {
    whole,
    pick,
    uuid: ids.uuid,
    digits: ids.digits,
    /** One after the other, so that two that follow differ. */
    next: <One>(list: readonly One[]): One => list[turn++ % list.length]!,
    /** ASCII only. */
    plain: () => letters(1).toUpperCase() + letters(whole(6, 12)),
    word: () => letters(1).toUpperCase() + letters(whole(6, 12), `${lower}äöüßéñłø`),
    sentence: () => `${values.word()} ${values.word()} ${whole(1, 999)}`,
    /** Of cents that mean nothing special. */
    amount: (from = 1, to = 99) => `${whole(from, to)}.${whole(20, 99)}`,
    date: (from: number, to: number) =>
      `${whole(from, to)}-${String(whole(1, 12)).padStart(2, "0")}-${String(whole(1, 28)).padStart(2, "0")}`,
    /** In 2025. */
    time: () => `${values.date(2025, 2025)}T0${whole(0, 9)}:${whole(10, 59)}:${whole(10, 59)}Z`,
    country: () => pick(["DE", "FR", "NL", "US", "JP", "BR", "NO"] as const),
    isin: () => values.next(isins),
    iban: () => `DE${ids.digits(20)}`,
    bic: () => `${letters(6, "ABCDEFGHIJ")}${letters(2, "KLMNOP23456789")}XXX`,
    address: (): Address => ({
      address_line1: values.sentence(),
      address_line2: values.word(),
      postcode: ids.digits(5),
      country: values.country(),
      state: values.word(),
      city: values.word(),
    }),
    byol: (): UserByolCreateRequest => ({
      first_name: values.word(),
      last_name: values.word(),
      salutation: pick(["SALUTATION_MALE", "SALUTATION_FEMALE", "SALUTATION_DIVERSE"]),
      title: pick(["DR", "PROF", "DIPL_ING", "MAGISTER"]),
      birth_date: values.date(1950, 2000),
      birth_city: values.word(),
      birth_country: values.country(),
      birth_name: values.word(),
      // Of the first one the identifier is made without being sent.
      nationalities: [pick(["AT", "DE", "FR", "HU", "IE", "LU"]), pick(["US", "BR", "JP"])],
      address: values.address(),
      postal_address: values.address(),
      branch_id: ids.uuid(),
    }),
    tol: (): UserTolCreateRequest => ({
      ...values.byol(),
      email: `${values.plain()}@example.org`,
      phone_number: ids.digits(12),
      fatca: { status: pick([true, false]), confirmed_at: values.time() },
      terms_and_conditions: { consent_document_id: ids.uuid(), confirmed_at: values.time() },
      data_privacy_and_sharing_agreement: { consent_document_id: ids.uuid(), confirmed_at: values.time() },
    }),
  };
  return values;
}

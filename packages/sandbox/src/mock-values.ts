/**
 * ISINs that make an order take a certain course. The first three are documented by Upvest, the others are the
 * sandbox's own: their country code ZZ belongs to no country, their check digit is right.
 */
export const mockIsins = {
  /** Up to 4 partial executions, then the trading partner cancels the order before the last. */
  partlyThenCancelled: "IE00BF2GFH28",
  /** Executed in one to five parts: below 101, 201, 301 and 401 of the currency one to four, else five. */
  inParts: "IE00B5M1WJ87",
  /** Its price changes by chance at each full hour. */
  randomPrice: "IE00B95PGT31",
  /** NEW, PROCESSING, then CANCELLED by the trading partner. */
  cancelledByPartner: "ZZCANCELLED0",
  /** A quarter of what a sell brings is withheld as tax. */
  taxedOnSell: "ZZTAXONSELL7",
  /** A LIMIT or STOP order stays PROCESSING until it is cancelled or expires; a MARKET order is filled. */
  neverReached: "ZZUNREACHED7",
  /** Costs 200 and 300 by turns, changing at each full hour of UTC. */
  swings: "ZZSWINGHOUR0",
  /** No fractions: neither `cash_amount` nor a broken `quantity` is taken. */
  wholeUnits: "ZZWHOLEONLY3",
  /** Not tradable: its orders are cancelled. */
  inactive: "ZZ0INACTIVE3",
} as const;
/**
 * A direct debit or a withdrawal whose amount ends in these cents comes back from the bank: CANCELLED after CONFIRMED,
 * and booked back. The sandbox's own, the real one documents no such amount; few people write it by chance.
 */
export const bouncingCents = ".13";

/** Where a simulated transfer goes to that is assigned by its text: `CF` and a securities account number, or `topup` and a settlement reference. */
export const transferIban = "NL70ABNA0106295004";

/** Where a simulated transfer goes to that names a virtual bank account by its id; its own IBAN does as well. */
export const virtualTransferIban = "FR7617789000011051089906447";

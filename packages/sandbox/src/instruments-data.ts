import { createHash } from "node:crypto";
import type { CurrencyEurGbp, InstrumentTradingStatus } from "@upvest-sdk/types";
import { mockIsins } from "./mock-values.js";

/** A UUID that is the same in every sandbox. */
const fixedUuid = (of: string): string => {
  const id = createHash("sha256").update(of).digest().subarray(0, 16);
  id[6] = (id[6]! & 0x0f) | 0x40;
  id[8] = (id[8]! & 0x3f) | 0x80;
  return id.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
};

export interface Venue {
  id: string;
  name: string;
  /** All that is traded there is traded in it. */
  currency: CurrencyEurGbp;
}

export const venues: readonly Venue[] = [
  { id: fixedUuid("venue EUR"), name: "Sandbox Exchange", currency: "EUR" },
  { id: fixedUuid("venue GBP"), name: "Sandbox Exchange London", currency: "GBP" },
];

export interface InstrumentData {
  uuid: string;
  isin: string;
  name: string;
  /** What a seller gets and what a buyer pays, decimal text; the same number in every currency. */
  bid: string;
  offer: string;
  /** The price changes at each full hour instead; bid and offer are where it begins. */
  moves?: "swings" | "random" | undefined;
  /** Of the venues that trade it. */
  currencies: readonly CurrencyEurGbp[];
  fractional_trading: boolean;
  trading_status: InstrumentTradingStatus;
}

const instrument = (
  isin: string,
  name: string,
  bid = "100",
  offer = "100",
  more: Partial<InstrumentData> = {},
): InstrumentData => ({
  uuid: fixedUuid(isin),
  isin,
  name,
  bid,
  offer,
  // Irish funds are listed in London as well.
  currencies: /^(IE|ZZ)/.test(isin) ? ["EUR", "GBP"] : ["EUR"],
  fractional_trading: true,
  trading_status: "ACTIVE",
  ...more,
});

// The documented ones with their documented prices, some of which have the bid above the offer; then those of the
// sandbox itself. The names are made up.
const list: readonly InstrumentData[] = [
  instrument("IE00BKBF6H24", "Mock World Equity Fund", "7.51", "6.23"),
  instrument("IE00B3XXRP09", "Mock 500 Companies Fund", "113.03", "115.05"),
  instrument("DE0005933931", "Mock 40 Companies Fund", "81.77", "85.22"),
  instrument("IE00BK5BCH80", "Mock Clean Energy Fund", "13.20", "11.24"),
  instrument("IE00BM8QRZ79", "Mock Water Fund", "38.45", "41.25"),
  instrument("IE00BYZK4552", "Mock Automation Fund", "11.10", "9.96"),
  instrument("FR0010790980", "Mock Europe 50 Fund", "90.11", "93.55"),
  instrument("FR0010524777", "Mock New Energy Fund", "38.345", "38.955"),
  instrument("LU2194447293", "Mock Climate Fund", "14.564", "14.744"),
  instrument("IE00BGBN6P67", "Mock Blockchain Fund", "70.07", "72.09"),
  instrument("IE00BGL86Z12", "Mock Electric Vehicles Fund", "6.261", "6.299"),
  instrument("LU0779800910", "Mock Large Companies Fund", "14.31", "14.44"),
  instrument("IE00BJ0KDR00", "Mock North America Fund", "108.08", "108.43"),
  instrument("LU0533033667", "Mock Technology Fund", "472.50", "481.10"),
  instrument("IE00BM67HK77", "Mock Health Care Fund", "43.88", "44.23"),
  instrument("IE00BM67HL84", "Mock Financials Fund", "22.02", "44.23"),
  instrument("LU1291109616", "Mock Infrastructure Fund", "17.02", "17.28"),
  instrument("IE00BM67HM91", "Mock Energy Fund", "43.50", "43.26"),
  instrument(mockIsins.randomPrice, "Mock Random Price Fund", "100", "100", { moves: "random" }),
  instrument("IE0032077012", "Mock 100 Companies Fund"),
  instrument("IE00BK5BQT80", "Mock All World Fund"),
  instrument("US0378331005", "Mock Computer Company"),
  instrument(mockIsins.partlyThenCancelled, "Mock Fund, Filled in Part"),
  instrument(mockIsins.inParts, "Mock Fund, Filled in Parts"),
  instrument(mockIsins.cancelledByPartner, "Sandbox: cancelled by the trading partner"),
  instrument(mockIsins.taxedOnSell, "Sandbox: a quarter of the proceeds is tax"),
  instrument(mockIsins.neverReached, "Sandbox: no limit or stop price is reached"),
  instrument(mockIsins.swings, "Sandbox: 200 and 300, changing each hour", "200", "200", { moves: "swings" }),
  instrument(mockIsins.wholeUnits, "Sandbox: whole units only", "100", "100", { fractional_trading: false }),
  instrument(mockIsins.inactive, "Sandbox: not tradable", "100", "100", { trading_status: "INACTIVE" }),
];

/** All instruments by ISIN. */
export const instrumentsData: ReadonlyMap<string, InstrumentData> = new Map(
  list.map((data) => [data.isin, data]),
);

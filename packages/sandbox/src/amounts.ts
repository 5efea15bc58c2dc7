import { BigNumber } from "bignumber.js";

/** Decimal arithmetic: exact, and rounded only where it is said. Never a float. */
export const decimal = (value: string | BigNumber): BigNumber => new BigNumber(value);

/** Money as text, two decimals. What is finer is cut off. */
export const money = (value: BigNumber): string => value.toFixed(2, BigNumber.ROUND_DOWN);

/** Units as text, at most 10 decimals, none that is 0 at the end. What is finer is cut off. */
export const units = (value: BigNumber): string => value.decimalPlaces(10, BigNumber.ROUND_DOWN).toFixed();

export const plus = (a: string, b: string | BigNumber): string => decimal(a).plus(b).toFixed();
export const minus = (a: string, b: string | BigNumber): string => decimal(a).minus(b).toFixed();

export { BigNumber };

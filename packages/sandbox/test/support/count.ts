// Counts in whole numbers: a way of its own, which has nothing to do with that of the sandbox.

/** Decimal text as a whole number of its last decimals. */
export const scaled =
  (decimals: number) =>
  (text: string): bigint => {
    const [whole = "", rest = ""] = text.replace("-", "").split(".");
    const cut = rest.replace(/0+$/, "");
    if (cut.length > decimals) throw new Error(`${text} has more than ${decimals} decimals`);
    return BigInt(`${whole}${cut.padEnd(decimals, "0")}`) * (text.startsWith("-") ? -1n : 1n);
  };

export const cents = scaled(2);
export const units = scaled(10);

/** Cents as decimal text. */
export function toCents(value: bigint): string {
  const digits = String(value < 0n ? -value : value).padStart(3, "0");
  return `${value < 0n ? "-" : ""}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

/** Units, counted in ten decimals, as decimal text without zeros at the end. */
export function toUnits(value: bigint): string {
  const digits = String(value).padStart(11, "0");
  return `${digits.slice(0, -10)}.${digits.slice(-10)}`.replace(/\.?0+$/, "");
}

export const sum = <One>(all: Iterable<One>, of: (one: One) => bigint): bigint => {
  let total = 0n;
  for (const one of all) total += of(one);
  return total;
};

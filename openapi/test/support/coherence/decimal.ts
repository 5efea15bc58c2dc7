/** Exact decimals as whole numbers of 10^-30, more places than any field has. */
const places = 30;
const one = 10n ** BigInt(places);

/** Reads decimal text such as "-12.50"; absent and empty text count as zero. */
export function decimal(text: string | undefined): bigint {
  const [, sign, whole = "", fraction = ""] = /^(-?)(\d*)(?:\.(\d+))?$/.exec(text ?? "") ?? [];
  if (sign === undefined) throw new Error(`not a decimal: ${text}`);
  const value = BigInt(whole || "0") * one + BigInt(fraction.padEnd(places, "0") || "0");
  return sign === "-" ? -value : value;
}

export function sum(values: bigint[]): bigint {
  return values.reduce((total, value) => total + value, 0n);
}

export function times(a: bigint, b: bigint): bigint {
  return (a * b) / one;
}

/** `a / b`, rounded half away from zero to so many decimals. */
export function quotient(a: bigint, b: bigint, decimals: number): bigint {
  return round((a * one) / b, decimals);
}

export function round(value: bigint, decimals: number): bigint {
  const unit = 10n ** BigInt(places - decimals);
  const half = value < 0n ? -unit / 2n : unit / 2n;
  return ((value + half) / unit) * unit;
}

/** As text, for messages. */
export function show(value: bigint): string {
  const digits = String(value < 0n ? -value : value).padStart(places + 1, "0");
  const fraction = digits.slice(-places).replace(/0+$/, "");
  return `${value < 0n ? "-" : ""}${digits.slice(0, -places)}${fraction && `.${fraction}`}`;
}

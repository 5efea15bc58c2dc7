/** ISO 6166: letters become two digits each, then Luhn over all of it. */
export function isIsin(text: string): boolean {
  if (!/^[A-Z]{2}[A-Z0-9]{9}[0-9]$/.test(text)) return false;
  const digits = [...lettersToDigits(text)].reverse().map(Number);
  const sum = digits.reduce((total, digit, i) => total + (i % 2 === 0 ? digit : crossSum(digit * 2)), 0);
  return sum % 10 === 0;
}

/** ISO 13616: the first four characters go to the end, and the whole number leaves 1 when divided by 97. */
export function isIban(text: string): boolean {
  return /^[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}$/.test(text) && leavesOne(text.slice(4) + text.slice(0, 4));
}

/** First six characters, ten asterisks, last four. */
export function isMaskedIban(text: string): boolean {
  return /^[A-Z]{2}[0-9]{2}[A-Z0-9]{2}\*{10}[A-Z0-9]{4}$/.test(text);
}

/** The SEPA creditor identifier: as an IBAN, but its business code (characters 5 to 7) does not count. */
export function isCreditorId(text: string): boolean {
  return (
    /^[A-Z]{2}[0-9]{2}[A-Z0-9]{3}[A-Z0-9]{1,28}$/.test(text) && leavesOne(text.slice(7) + text.slice(0, 4))
  );
}

/** The German tax identification number: eleven digits, the last of them by ISO 7064 MOD 11,10. */
export function isGermanTaxNumber(text: string): boolean {
  if (!/^[1-9][0-9]{10}$/.test(text)) return false;
  const product = [...text.slice(0, 10)].reduce((previous, digit) => {
    const sum = (Number(digit) + previous) % 10;
    return ((sum === 0 ? 10 : sum) * 2) % 11;
  }, 10);
  return (11 - product) % 10 === Number(text[10]);
}

function lettersToDigits(text: string): string {
  return text.replace(/[A-Z]/g, (letter) => String(letter.charCodeAt(0) - 55));
}

function crossSum(number: number): number {
  return number > 9 ? number - 9 : number;
}

function leavesOne(text: string): boolean {
  return BigInt(lettersToDigits(text)) % 97n === 1n;
}

/** Numbers in examples whose check digits are wrong, one line each. */
export function wrongCheckDigits(texts: { key: string; text: string; title: string }[]): string[] {
  const rules: [(key: string, text: string) => boolean, (text: string) => boolean, string][] = [
    [(key, text) => key === "isin" || (key === "instrument_id" && text.length === 12), isIsin, "ISIN"],
    [(key, text) => key === "iban" && !text.includes("*"), isIban, "IBAN"],
    [(key, text) => key === "iban" && text.includes("*"), isMaskedIban, "masked IBAN"],
    [(key) => key === "creditor_id", isCreditorId, "creditor identifier"],
    [(key) => key === "tax_identifier_number", isGermanTaxNumber, "German tax number"],
  ];
  return texts.flatMap(({ key, text, title }) =>
    rules
      .filter(([applies, right]) => applies(key, text) && !right(text))
      .map(([, , name]) => `${title}: ${text} is no ${name}`),
  );
}

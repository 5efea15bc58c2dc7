/** `account_group`, `AccountGroup`, `Account Group (BYOL)` -> its words, as written. */
export function splitWords(text: string): readonly string[] {
  // A word that is one already, as most are: the rest of this takes longer than all else that naming does.
  if (/^[a-z]+$|^[A-Z][a-z]*$/.test(text)) return [text];
  return text
    .normalize("NFC")
    .replace(/([\p{Ll}\p{N}])(\p{Lu})/gu, "$1 $2")
    .replace(/(\p{Lu})(\p{Lu}\p{Ll})/gu, "$1 $2")
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== "");
}

const digitNames = ["Zero", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine"];

/** A name never ends in a digit: `AddressV2` -> `AddressVTwo`. */
function spellLastDigits(name: string): string {
  return name.replace(/[0-9]+$/, (digits) => [...digits].map((digit) => digitNames[Number(digit)]).join(""));
}

/** Words -> a type name: `["account", "BYOL"]` -> `AccountByol`. Letters outside ASCII are written as their code point. */
export function pascalCase(words: readonly string[]): string {
  const joined = words
    .flatMap((word) => splitWords(word))
    .map((word) => (word === word.toUpperCase() && word.length > 1 ? word.toLowerCase() : word))
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join("")
    .normalize("NFD")
    .replace(/\p{M}/gu, "")
    .replace(/[^A-Za-z0-9]/gu, (letter) => `U${letter.codePointAt(0)?.toString(16).toUpperCase()}`);
  const name = spellLastDigits(joined);
  return /^[A-Za-z]/.test(name) ? name : name === "" ? "" : `The${name}`;
}

/** `create_account_group` -> `createAccountGroup`. */
export function camelCase(text: string): string {
  const name = pascalCase(splitWords(text));
  return name.charAt(0).toLowerCase() + name.slice(1);
}

/** The singular of an English noun, as far as API names need it. */
export function singular(word: string): string {
  if (/(ss|us|is|news|data|series|status|fees?t)$/i.test(word) && !/fees$/i.test(word)) return word;
  if (/ies$/i.test(word) && word.length > 4)
    return word.replace(/ies$/i, (end) => (end === "IES" ? "Y" : "y"));
  if (/(ches|shes|xes|sses|zes)$/i.test(word)) return word.slice(0, -2);
  if (/s$/i.test(word) && word.length > 3) return word.slice(0, -1);
  return word;
}

/** The words with the last one in the singular. */
export function singularLast(words: readonly string[]): string[] {
  return words.map((word, index) => (index === words.length - 1 ? singular(word) : word));
}

/** Words that all lists have, in the order of the first. */
export function commonWords(lists: readonly (readonly string[])[]): string[] {
  const [first, ...rest] = lists;
  if (first === undefined) return [];
  const others = rest.map((list) => new Set(list.map((word) => word.toLowerCase())));
  return first.filter((word) => others.every((words) => words.has(word.toLowerCase())));
}

/** Puts two lists of words together without saying twice what both have in the middle: `Order` + `order type`,
 * `TaxExemptionDetails` + `tax exemption type`. */
export function joinWords(head: readonly string[], tail: readonly string[]): string[] {
  const begins = head.findIndex((word, index) => word.toLowerCase() !== tail[index]?.toLowerCase());
  if (begins >= 2) return [...tail];
  for (let length = Math.min(head.length, tail.length); length > 0; length--) {
    const overlap = head.slice(head.length - length).map((word) => singular(word.toLowerCase()));
    if (tail.slice(0, length).every((word, index) => singular(word.toLowerCase()) === overlap[index])) {
      return [...head, ...tail.slice(length)];
    }
  }
  return [...head, ...tail];
}

/** Compares by code points: the same order in every locale. */
export function byCodePoint(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

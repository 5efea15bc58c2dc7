import { pascalCase, splitWords } from "../../words.js";
import { isReserved } from "./reserved.js";

/** A name from `components/schemas` as a TypeScript name; as it is, if it can be. */
export function modelName(given: string): string {
  const isFine = /^[A-Z][A-Za-z0-9_$]*[A-Za-z_$]$/.test(given) && !isReserved(given);
  if (isFine) return given;
  const name = pascalCase(splitWords(given));
  if (name === "") return "Schema";
  return isReserved(name) ? `${name}Model` : name;
}

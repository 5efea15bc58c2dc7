import { refuse } from "./errors.js";

/** The query with its question mark, or nothing. What is undefined or null is left out; a list repeats its name. */
export function writeQuery(query: object | undefined): string {
  if (!query) return "";
  const search = new URLSearchParams();
  for (const [name, given] of Object.entries(query)) {
    for (const value of Array.isArray(given) ? given : [given]) {
      if (typeof value === "object" && value)
        refuse("INVALID_INPUT", `query parameter ${name}: text, number, boolean or a list`);
      if (value !== undefined && value !== null) search.append(name, value);
    }
  }
  const text = `${search}`;
  return text && `?${text}`;
}

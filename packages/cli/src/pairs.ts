import { UsageError } from "./errors.js";

/**
 * `k=v` arguments as an object; a name that comes again makes a list.
 *
 * @throws {UsageError} one has no name or no `=`
 */
export function readPairs(option: string, given: readonly string[] = []): Record<string, string | string[]> {
  const pairs = new Map<string, string[]>();
  for (const text of given) {
    const at = text.indexOf("=");
    if (at < 1) throw new UsageError(`--${option} takes name=value.`);
    const name = text.slice(0, at);
    pairs.set(name, [...(pairs.get(name) ?? []), text.slice(at + 1)]);
  }
  return Object.fromEntries(
    [...pairs].map(([name, values]) => [name, values.length === 1 ? values[0]! : values]),
  );
}

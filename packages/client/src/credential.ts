import type { Stop } from "./clock.js";
import { UpvestError } from "./errors.js";
import { shared } from "./shared.js";

/** Something that is given, or asked for once and then kept. */
export interface Credential<T> {
  /** What there is now. */
  readonly current: T | undefined;
  get(stop: Stop): Promise<T>;
  /** It is asked for anew. */
  forget(): void;
}

export function credential<T extends object | string>(given: T | (() => T | Promise<T>)): Credential<T> {
  const ask = typeof given === "function" ? (given as () => T | Promise<T>) : undefined;
  let current = ask ? undefined : (given as T);
  let generation = 0;
  const asking = shared(async () => {
    const mine = generation;
    let value: T | undefined;
    let cause: unknown;
    try {
      value = await ask!();
    } catch (error) {
      cause = error;
    }
    if (!value)
      throw new UpvestError("CREDENTIALS_FAILED", "clientSecret or signer could not be had", { cause });
    if (mine === generation) current = value;
    return value;
  });
  return {
    get current() {
      return current;
    },
    get: asking.get,
    forget() {
      if (!ask) return;
      generation++;
      current = undefined;
      asking.forget();
    },
  };
}

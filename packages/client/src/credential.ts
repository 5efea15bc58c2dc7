import { UpvestError } from "./errors.js";
import { type Shared, shared } from "./shared.js";

/** Something that is given, or asked for once and then kept, until it is forgotten. */
export function credential<T extends object | string>(
  given: T | (() => T | Promise<T>),
): Pick<Shared<T>, "current" | "get" | "forget"> {
  if (typeof given !== "function") return { current: () => given, get: async () => given, forget() {} };
  return shared(async () => {
    let value: T | undefined;
    let cause: unknown;
    try {
      value = await (given as () => T | Promise<T>)();
    } catch (error) {
      cause = error;
    }
    if (!value) throw new UpvestError("CREDENTIALS_FAILED", "no clientSecret or no signer", { cause });
    return value;
  });
}

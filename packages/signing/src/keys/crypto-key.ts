import type { Algorithm } from "../keys.js";
import { refuse } from "../refuse.js";
import { algorithmOf } from "./algorithm.js";
import type { CryptoKeyLike } from "./private-key-input.js";

/** By its shape: the class is not a global everywhere. */
export function isCryptoKey(key: unknown): key is CryptoKeyLike {
  return Array.isArray(Object(key).usages);
}

export function cryptoKeyAlgorithm({ type, algorithm, usages }: CryptoKeyLike): Algorithm {
  const { name, namedCurve = name } = algorithm as { name: string; namedCurve?: string };
  const found = algorithmOf(namedCurve);
  if (type !== "private" || !usages.includes("sign")) refuse("KEY_USAGE", 'not private, to "sign"');
  return found;
}

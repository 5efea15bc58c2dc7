import { byCodePoint } from "../../words.js";
import { type Claim, claimOf, entityNouns, settleClaims } from "./claims.js";
import { nameByContext } from "./context.js";
import type { Group } from "./group.js";
import { type Model, Names } from "./register.js";

/**
 * Names every model as a person would, from what stands nearest: the name in the description, the type of an event,
 * a title, what an operation is about, the model and the property that hold it. The result depends neither on the
 * order of paths nor on that of components.
 */
export function nameModels(groups: readonly Group[]): Model[] {
  const sorted = [...groups].sort((a, b) => byCodePoint(a.key, b.key));
  const names = new Names();
  const entities = entityNouns(sorted);
  const claims: Claim[] = [];
  const waiting: Group[] = [];
  for (const group of sorted) {
    const own = claimOf(group, entities);
    if (own === undefined) waiting.push(group);
    else claims.push(own);
  }
  const losers = settleClaims(claims, names);
  nameByContext([...waiting, ...losers], names);
  return names.models;
}

import { byCodePoint, pascalCase, singularLast, splitWords } from "../../words.js";
import type { Occurrence } from "./collect.js";
import { eventTypes } from "./event-types.js";
import { type Group, propertyOf, titleOf } from "./group.js";
import { modelName } from "./model-name.js";
import type { Names } from "./register.js";
import { isSuccess, nameFromTitle, operationNoun, operationVerb, readTitle } from "./titles.js";

/** A name that a group has a right to; the lowest rank wins it. */
export interface Claim {
  group: Group;
  name: string;
  rank: number;
}

const rank = { exact: 0, given: 1, event: 2, resource: 3, matching: 4, titled: 5 };

export function claimOf(group: Group, entities: ReadonlySet<string>): Claim | undefined {
  if (group.given !== undefined) {
    const name = modelName(group.given);
    return { group, name, rank: name === group.given ? rank.exact : rank.given };
  }
  const event = eventPrefix(group);
  if (event !== undefined) return { group, name: pascalCase([...event, "Event"]), rank: rank.event };
  const noun = resourceNoun(group);
  if (group.title !== undefined) {
    if (isLabelInUnion(group)) return undefined;
    const name = nameFromTitle(group.title, (word) => entities.has(word.toLowerCase()));
    if (name === "") return undefined;
    if (noun !== undefined && matches(name, noun)) return { group, name, rank: rank.resource };
    const isMatching = group.occurrences.some((occurrence) =>
      matches(name, splitWords(propertyOf(occurrence) ?? "")),
    );
    return { group, name, rank: isMatching ? rank.matching : rank.titled };
  }
  if (noun !== undefined) return { group, name: pascalCase(noun), rank: rank.resource };
  return undefined;
}

function matches(name: string, noun: readonly string[]): boolean {
  const bare = splitWords(name).filter((word) => !/^(List|Response|Request)$/.test(word));
  return noun.length > 0 && pascalCase(singularLast(bare)) === pascalCase(singularLast(noun));
}

/** Gives out what is claimed; whoever loses a name, or finds that nobody has the better right, is named by context. */
export function settleClaims(claims: readonly Claim[], names: Names): Group[] {
  const losers: Group[] = [];
  const wanted = new Map<string, Claim[]>();
  for (const claim of claims) {
    const same = wanted.get(claim.name.toLowerCase());
    if (same === undefined) wanted.set(claim.name.toLowerCase(), [claim]);
    else same.push(claim);
  }
  const order = [...wanted.values()].sort((a, b) => bestRank(a) - bestRank(b));
  for (const rivals of order) {
    const best = bestRank(rivals);
    const first = rivals.filter((claim) => claim.rank === best);
    const most = Math.max(...first.map(({ group }) => group.occurrences.length));
    // Several resources may share a title that one of them was copied from; any other clash is settled by context.
    const winners =
      best <= rank.resource ? first.filter(({ group }) => group.occurrences.length === most) : first;
    const [winner, ...others] = winners;
    const isClear = winner !== undefined && others.length === 0 && names.isFree(winner.name);
    if (isClear) names.give(winner.group, winner.group.occurrences, winner.name);
    for (const claim of rivals) if (!isClear || claim !== winner) losers.push(claim.group);
  }
  return losers;
}

const bestRank = (claims: readonly Claim[]) => Math.min(...claims.map((claim) => claim.rank));

/** Nouns that stand alone in a title: models, not drawers. */
export function entityNouns(groups: readonly Group[]): Set<string> {
  const entities = new Set<string>();
  for (const { title } of groups) {
    if (title === undefined) continue;
    const { nouns } = readTitle(title);
    const [only] = nouns;
    if (nouns.length === 1 && only !== undefined) {
      entities.add(only.toLowerCase());
      entities.add(singularLast(splitWords(only)).join(" ").toLowerCase());
    }
  }
  return entities;
}

/** The words before the dot of an event's types: `["ACCOUNT", "GROUP"]` for `ACCOUNT_GROUP.CREATED`. */
function eventPrefix(group: Group): readonly string[] | undefined {
  if (
    !group.occurrences.some(
      ({ place, parent, steps }) => place.in === "event" && parent === undefined && steps.length === 0,
    )
  )
    return undefined;
  const prefixes = new Set(
    (group.occurrences[0] === undefined ? [] : eventTypes(group.occurrences[0])).map(
      (type) => type.split(".")[0],
    ),
  );
  const [only] = prefixes;
  return prefixes.size === 1 && only !== undefined ? splitWords(only) : undefined;
}

/** What the operations that answer with this model (or a list of it), or the events that carry it, are about. */
function resourceNoun(group: Group): readonly string[] | undefined {
  const nouns: (readonly string[])[] = [];
  for (const { place, parent, steps } of group.occurrences) {
    const [step, second] = steps;
    if (place.in === "response" && !isSuccess(place.status)) continue;
    if (place.in === "response" && parent === undefined && steps.length === 0) {
      const verb = operationVerb(place.operationId);
      if (verb !== "list" && verb !== "trigger" && verb !== "cancel")
        nouns.push(operationNoun(place.operationId));
    } else if (
      place.in === "response" &&
      parent?.parent === undefined &&
      parent?.steps.length === 0 &&
      steps.length === 2 &&
      step?.kind === "property" &&
      step.name === "data" &&
      second?.kind === "items"
    ) {
      nouns.push(operationNoun(place.operationId));
    } else if (
      place.in === "event" &&
      parent?.parent === undefined &&
      parent !== undefined &&
      steps.length === 1 &&
      step?.kind === "property" &&
      step.name === "object"
    ) {
      const prefix = eventTypes(parent)[0]?.split(".")[0];
      if (prefix !== undefined) nouns.push(splitWords(prefix));
    }
  }
  if (nouns.length === 0) return undefined;
  const counts = new Map<string, { noun: readonly string[]; count: number }>();
  for (const noun of nouns) {
    const key = pascalCase(noun);
    counts.set(key, { noun, count: (counts.get(key)?.count ?? 0) + 1 });
  }
  const best = [...counts].sort(([a, x], [b, y]) => y.count - x.count || byCodePoint(a, b))[0];
  return best?.[1].noun;
}

/** A member of a union whose title is only a label there: `Name change` in `User - Data Change - Request`. */
function isLabelInUnion(group: Group): boolean {
  return group.occurrences.every(({ steps, parent, title }) => {
    if (steps.at(-1)?.kind !== "member" || parent === undefined) return false;
    const around = nearestTitle(parent);
    if (around === undefined || title === undefined) return false;
    const first = splitWords(around)[0]?.toLowerCase();
    return first !== splitWords(title)[0]?.toLowerCase();
  });
}

function nearestTitle(occurrence: Occurrence | undefined): string | undefined {
  return occurrence === undefined ? undefined : (titleOf(occurrence) ?? nearestTitle(occurrence.parent));
}

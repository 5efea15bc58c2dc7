import { isObject } from "../../document.js";
import type { SchemaStep } from "../../schemas.js";
import {
  byCodePoint,
  commonWords,
  joinWords,
  pascalCase,
  singular,
  singularLast,
  splitWords,
} from "../../words.js";
import { isNull, type Occurrence } from "./collect.js";
import { type Group, propertyOf, titleOf, wayOf } from "./group.js";
import { isReserved } from "./reserved.js";
import { nameFromTitle, operationNoun, operationVerb, readTitle } from "./titles.js";

/** A model: a group, or the part of an untitled group that one parent uses. */
export interface Model {
  group: Group;
  occurrences: Occurrence[];
  name: string;
}

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

class Names {
  readonly models: Model[] = [];
  readonly #taken = new Set<string>();
  readonly #byOccurrence = new Map<Occurrence, Model>();

  isFree(name: string): boolean {
    return name !== "" && !this.#taken.has(name.toLowerCase()) && !isReserved(name);
  }

  give(group: Group, occurrences: Occurrence[], name: string): void {
    this.#taken.add(name.toLowerCase());
    const model = { group, occurrences, name };
    this.models.push(model);
    for (const occurrence of occurrences) this.#byOccurrence.set(occurrence, model);
  }

  of(occurrence: Occurrence | undefined): string | undefined {
    return occurrence === undefined ? undefined : this.#byOccurrence.get(occurrence)?.name;
  }

  /** What the list `data` of this model holds. */
  itemOf(list: Occurrence): string | undefined {
    for (const [{ parent, steps }, { name }] of this.#byOccurrence) {
      if (parent === list && steps.length === 2 && isStep(steps[0], "data") && steps[1]?.kind === "items")
        return name;
    }
    return undefined;
  }
}

function isStep(step: SchemaStep | undefined, property: string): boolean {
  return step?.kind === "property" && step.name === property;
}

/** A name that a group has a right to; the lowest rank wins it. */
interface Claim {
  group: Group;
  name: string;
  rank: number;
}

const rank = { given: 0, event: 1, resource: 2, matching: 3, titled: 4 };

function claimOf(group: Group, entities: ReadonlySet<string>): Claim | undefined {
  if (group.given !== undefined) return { group, name: group.given, rank: rank.given };
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
function settleClaims(claims: readonly Claim[], names: Names): Group[] {
  const losers: Group[] = [];
  const wanted = new Map<string, Claim[]>();
  for (const claim of claims) {
    const name = claim.rank === rank.given ? modelName(claim.name) : claim.name;
    const same = wanted.get(name.toLowerCase());
    if (same === undefined) wanted.set(name.toLowerCase(), [{ ...claim, name }]);
    else same.push({ ...claim, name });
  }
  const order = [...wanted.values()].sort((a, b) => bestRank(a) - bestRank(b));
  for (const rivals of order) {
    const best = bestRank(rivals);
    const first = rivals.filter((claim) => claim.rank === best);
    const most = Math.max(...first.map(({ group }) => group.occurrences.length));
    const winners =
      best < rank.titled ? first.filter(({ group }) => group.occurrences.length === most) : first;
    const [winner, ...others] = winners;
    const isClear = winner !== undefined && others.length === 0 && names.isFree(winner.name);
    if (isClear) names.give(winner.group, winner.group.occurrences, winner.name);
    for (const claim of rivals) if (!isClear || claim !== winner) losers.push(claim.group);
  }
  return losers;
}

const bestRank = (claims: readonly Claim[]) => Math.min(...claims.map((claim) => claim.rank));

/** A name from `components/schemas` as a TypeScript name; as it is, if it can be. */
export function modelName(given: string): string {
  const isFine = /^[A-Z][A-Za-z0-9_$]*[A-Za-z_$]$/.test(given) && !isReserved(given);
  if (isFine) return given;
  const name = pascalCase(splitWords(given));
  if (name === "") return "Schema";
  return isReserved(name) ? `${name}Model` : name;
}

/** Nouns that stand alone in a title: models, not drawers. */
function entityNouns(groups: readonly Group[]): Set<string> {
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

/** The event types that an event's schema lists, if it is one. */
function eventTypes({ schema }: Occurrence): string[] {
  const properties = schema["properties"];
  const type = isObject(properties) ? properties["type"] : undefined;
  if (!isObject(type)) return [];
  const values = Array.isArray(type["enum"]) ? type["enum"] : [type["const"]];
  return values.every((value): value is string => typeof value === "string" && value.includes("."))
    ? values
    : [];
}

/** What the operations that answer with this model (or a list of it), or the events that carry it, are about. */
function resourceNoun(group: Group): readonly string[] | undefined {
  const nouns: (readonly string[])[] = [];
  for (const { place, parent, steps } of group.occurrences) {
    const [step, second] = steps;
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

/** Names the rest from the outside in, in rounds: parents first; within a round nobody's turn comes before another's. */
function nameByContext(groups: readonly Group[], names: Names): void {
  let waiting = [...groups];
  while (waiting.length > 0) {
    const ready = waiting.filter((group) =>
      group.occurrences.every(({ parent }) => parent === undefined || names.of(parent) !== undefined),
    );
    const round = ready.length > 0 ? ready : waiting;
    settleRound(
      round.flatMap((group) => wishes(group, names)),
      names,
    );
    waiting = waiting.filter((group) => !round.includes(group));
  }
}

/** What a group (or a part of it) would like to be called, best first; `apart` divides it when no name fits all of it. */
interface Wish {
  group: Group;
  occurrences: Occurrence[];
  candidates: string[];
}

function settleRound(round: readonly Wish[], names: Names): void {
  let open = round.map((wish) => ({ wish, at: 0 }));
  while (open.length > 0) {
    const byName = new Map<string, typeof open>();
    for (const each of open) {
      const name = each.wish.candidates[each.at] ?? "";
      const same = byName.get(name.toLowerCase());
      if (same === undefined) byName.set(name.toLowerCase(), [each]);
      else same.push(each);
    }
    const next: typeof open = [];
    for (const rivals of byName.values()) {
      const name = rivals[0]?.wish.candidates[rivals[0].at] ?? "";
      const isLast = rivals.every(({ wish, at }) => at >= wish.candidates.length - 1);
      const winner = rivals.length === 1 || isLast ? rivals[0] : undefined;
      if (winner !== undefined && names.isFree(name)) {
        names.give(winner.wish.group, winner.wish.occurrences, name);
      } else if (winner !== undefined && winner.at >= winner.wish.candidates.length - 1) {
        names.give(
          winner.wish.group,
          winner.wish.occurrences,
          lettered(name === "" ? "Schema" : name, names),
        );
      } else if (winner !== undefined) next.push({ ...winner, at: winner.at + 1 });
      for (const each of rivals)
        if (each !== winner)
          next.push({ ...each, at: Math.min(each.at + 1, each.wish.candidates.length - 1) });
    }
    open = next.sort((a, b) =>
      byCodePoint(
        a.wish.group.key + wayOf(a.wish.occurrences[0]!),
        b.wish.group.key + wayOf(b.wish.occurrences[0]!),
      ),
    );
  }
}

/** The last resort, which no description from life has needed: a letter, never a number. */
function lettered(name: string, names: Names): string {
  for (let index = 0; ; index++) {
    let suffix = "";
    for (let rest = index; ; rest = Math.floor(rest / 26) - 1) {
      suffix = String.fromCharCode(65 + (rest % 26)) + suffix;
      if (rest < 26) break;
    }
    if (names.isFree(`${name}${suffix}`)) return `${name}${suffix}`;
  }
}

function wishes(group: Group, names: Names): Wish[] {
  if (group.title !== undefined || group.given !== undefined) {
    return [{ group, occurrences: group.occurrences, candidates: titledCandidates(group, names) }];
  }
  // The same untitled shape under names that have no word in common is not one thing.
  return clusterBy(group.occurrences, (occurrence) =>
    propertyWords(occurrence).filter((word) => !fillers.has(word)),
  ).flatMap((sameProperty) => {
    const owners = sameProperty.map((occurrence) => ownerWords(occurrence, names));
    const property = vocabulary(sharedProperty(sameProperty), sameProperty);
    if (commonWords(owners).length > 0 || property.length === 0) {
      return [{ group, occurrences: sameProperty, candidates: untitledCandidates(sameProperty, names) }];
    }
    if (property.length > 1 || !generic.has(property.join())) {
      const candidates = [pascalCase(property), ...untitledCandidates(sameProperty, names)];
      return [{ group, occurrences: sameProperty, candidates }];
    }
    return clusterBy(sameProperty, (occurrence) => ownerWords(occurrence, names).slice(0, 1)).map(
      (occurrences) => ({
        group,
        occurrences,
        candidates: untitledCandidates(occurrences, names),
      }),
    );
  });
}

/** Properties whose name says nothing without what it is a property of. */
const generic: ReadonlySet<string> = new Set(
  "action category code data details direction format group item kind level list method mode name object option order period reason reference result role side sort source state status title type unit value".split(
    " ",
  ),
);

/** Puts together what shares a word, and keeps the rest apart; the same whatever the order. */
function clusterBy(
  occurrences: readonly Occurrence[],
  words: (occurrence: Occurrence) => readonly string[],
): Occurrence[][] {
  const clusters = new Map<string, Occurrence[]>();
  const all = commonWords(occurrences.map(words));
  if (all.length > 0 || occurrences.length === 1) return [[...occurrences]];
  for (const occurrence of occurrences) {
    const key = words(occurrence).join(" ").toLowerCase();
    const same = clusters.get(key);
    if (same === undefined) clusters.set(key, [occurrence]);
    else same.push(occurrence);
  }
  return [...clusters].sort(([a], [b]) => byCodePoint(a, b)).map(([, members]) => members);
}

function propertyWords(occurrence: Occurrence): string[] {
  const property = propertyOf(occurrence);
  if (property === undefined) return [];
  const words = splitWords(property);
  const isItem =
    occurrence.steps.at(-1)?.kind === "items" || occurrence.steps.some((step) => step.kind === "items");
  return (isItem ? singularLast(words) : words).map((word) => word.toLowerCase());
}

/** What the names of the properties have in common: all of it, if they are the same. */
function sharedProperty(occurrences: readonly Occurrence[]): string[] {
  const all = occurrences.map(propertyWords);
  const [first] = all;
  if (first !== undefined && all.every((words) => words.join() === first.join())) return first;
  return commonWords(all).filter((word) => !fillers.has(word));
}

const fillers: ReadonlySet<string> = new Set([
  "a",
  "an",
  "and",
  "by",
  "for",
  "in",
  "of",
  "on",
  "or",
  "the",
  "to",
  "with",
]);

/** What holds the occurrence, without what says only that it is a request or an answer. */
function ownerWords(occurrence: Occurrence, names: Names): readonly string[] {
  const { parent, place } = occurrence;
  const name = names.of(parent);
  if (name !== undefined) {
    const words = splitWords(name);
    if (occurrence.steps.at(-1)?.kind === "member")
      return words.at(-1) === "Request" ? words.slice(0, -1) : words;
    return propertyOf(occurrence) === "data" ? words : withoutRole(words);
  }
  if (place.in === "parameter" || place.in === "request" || place.in === "response" || place.in === "event")
    return operationNoun(place.operationId);
  return place.in === "shared" ? splitWords(place.name) : [];
}

function withoutRole(words: readonly string[]): string[] {
  const last = words.at(-1);
  if (words.length < 2) return [...words];
  if (last === "Response") return withoutRole(words.slice(0, -1));
  if (last === "List") return words.slice(0, -1);
  if (last === "Request") {
    const rest = words.slice(0, -1);
    const action = rest.at(-1);
    return action !== undefined && rest.length > 1 && operationVerb(action) !== undefined
      ? rest.slice(0, -1)
      : rest;
  }
  return [...words];
}

function untitledCandidates(occurrences: readonly Occurrence[], names: Names): string[] {
  const owners = occurrences.map((occurrence) => ownerWords(occurrence, names));
  const full = occurrences
    .map((occurrence) => splitWords(names.of(occurrence.parent) ?? ""))
    .filter((words) => words.length > 0);
  const property = vocabulary(sharedProperty(occurrences), occurrences);
  const variant = variantWords(occurrences[0]!);
  const role = roleWords(occurrences);
  const shared = commonWords(owners);
  const joined = joinWords(shared, property);
  const [first] = occurrences;
  const step = first?.steps.at(-1);
  const isItem = occurrences.every(({ steps }) => steps.at(-1)?.kind === "items");
  const candidates = [
    ...(step?.kind === "member" ? memberNames(first) : []),
    pascalCase([...joined, ...variant, ...role]),
    ...(isItem && joined.length === shared.length
      ? [pascalCase(singularLast(joined)), pascalCase([...joined, "Item"])]
      : []),
    pascalCase([...joinWords(commonWords(full), property), ...variant, ...role]),
    ...(full[0] === undefined
      ? []
      : [
          pascalCase([
            ...joinWords([...full].sort((a, b) => byCodePoint(a.join(), b.join()))[0] ?? [], property),
            ...variant,
          ]),
        ]),
    ...longerCandidates(occurrences[0]!),
  ];
  return [...new Set(candidates.filter((name) => name !== ""))];
}

/** A union inside a union is named by what its members' names have in common. */
function memberNames(occurrence: Occurrence | undefined): string[] {
  const members = occurrence?.schema["oneOf"] ?? occurrence?.schema["anyOf"];
  if (!Array.isArray(members)) return [];
  const names = members.map((member) =>
    isObject(member) ? /^#\/components\/schemas\/(.+)$/.exec(String(member["$ref"]))?.[1] : undefined,
  );
  const common = commonWords(names.map((name) => splitWords(name ?? "")));
  return common.length > 1 ? [pascalCase(common)] : [];
}

/** The whole way to the place: long, but never in anybody's way. */
function longerCandidates(occurrence: Occurrence): string[] {
  const words: string[] = [];
  for (let each: Occurrence | undefined = occurrence; each !== undefined; each = each.parent) {
    const steps = each.steps.flatMap((step) =>
      step.kind === "property"
        ? splitWords(step.name)
        : step.kind === "items"
          ? ["item"]
          : step.kind === "other"
            ? [step.keyword]
            : variantWords(each!),
    );
    words.unshift(...steps);
    if (each.parent === undefined) {
      const { place } = each;
      if (place.in === "component") words.unshift(...splitWords(place.name));
      else if (place.in === "shared") words.unshift(...splitWords(place.name), singular(place.section));
      else {
        const side =
          place.in === "parameter"
            ? [...splitWords(place.name), "parameter"]
            : place.in === "response"
              ? ["response"]
              : place.in === "request"
                ? ["request"]
                : ["event"];
        words.unshift(...splitWords(place.operationId), ...side);
      }
    }
  }
  return [pascalCase(words)];
}

function titledCandidates(group: Group, names: Names): string[] {
  const { occurrences, title, given } = group;
  const first = occurrences[0]!;
  const own = splitWords(title ?? given ?? "");
  const wanted = given !== undefined ? modelName(given) : nameFromTitle(title ?? "", () => true);
  const owners = occurrences.map((occurrence) => ownerWords(occurrence, names));
  const shared = commonWords(owners);
  const isMember = occurrences.every(({ steps }) => steps.at(-1)?.kind === "member");
  if (isMember && given === undefined) {
    const role = roleWords(occurrences);
    return [
      ...new Set([
        pascalCase([...joinWords(shared, own), ...role]),
        ...untitledCandidates(occurrences, names),
      ]),
    ];
  }
  const isRoot = occurrences.some(({ parent, steps }) => parent === undefined && steps.length === 0);
  if (isRoot && given === undefined) return [...new Set(rootCandidates(first, wanted, names))];
  const property = sharedProperty(occurrences);
  const candidates =
    given !== undefined
      ? [`${wanted}Schema`, `${wanted}Model`]
      : [
          ...(shared.length > 0
            ? [
                pascalCase(joinWords(shared, property.length > 0 ? property : own)),
                pascalCase(joinWords(shared, own)),
              ]
            : []),
          ...(shared.length === 0 && property.length > 0 && pascalCase(property) !== wanted
            ? [pascalCase(property)]
            : []),
          `${wanted}Reference`,
          ...untitledCandidates(occurrences, names),
        ];
  return [...new Set(candidates.filter((name) => name !== ""))];
}

/** A body whose title another body has as well: its operation says what it is. */
function rootCandidates(occurrence: Occurrence, wanted: string, names: Names): string[] {
  const { place, schema } = occurrence;
  if (place.in !== "request" && place.in !== "response" && place.in !== "event") return [wanted];
  const noun = operationNoun(place.operationId);
  const verb = operationVerb(place.operationId);
  const properties = schema["properties"];
  const isList =
    isObject(properties) && isObject(properties["data"]) && properties["data"]["type"] === "array";
  if (place.in === "event")
    return [pascalCase([...noun, "Event"]), pascalCase([...splitWords(place.operationId), "Event"])];
  const item = names.itemOf(occurrence);
  if (place.in === "response" && isList)
    return [
      ...(item === undefined ? [] : [`${item}ListResponse`]),
      pascalCase([...noun, "List", "Response"]),
      pascalCase([...splitWords(place.operationId), "Response"]),
    ];
  const side = place.in === "request" ? "Request" : "Response";
  return [
    pascalCase([...noun, ...(verb === undefined ? [] : [verb]), side]),
    pascalCase([...splitWords(place.operationId), side]),
  ];
}

/** What tells a member of a union from the others: a constant, else a field that only it has. */
function variantWords({ steps, schema, parent }: Occurrence): readonly string[] {
  const step = steps.at(-1);
  if (step?.kind !== "member") return [];
  const properties = isObject(schema["properties"]) ? schema["properties"] : {};
  const constants = Object.entries(properties)
    .sort(([a], [b]) => byCodePoint(a, b))
    .flatMap(([, property]) =>
      isObject(property) && typeof property["const"] === "string" ? [property["const"]] : [],
    );
  if (constants[0] !== undefined) return splitWords(constants[0]);
  const members = parent?.schema[step.of];
  const others = Array.isArray(members)
    ? members.filter((member) => member !== schema && !isNull(member))
    : [];
  const elsewhere = new Set(
    others.flatMap((member) =>
      isObject(member) && isObject(member["properties"]) ? Object.keys(member["properties"]) : [],
    ),
  );
  const required = new Set(Array.isArray(schema["required"]) ? schema["required"] : []);
  const [own] = Object.keys(properties)
    .filter((name) => !elsewhere.has(name))
    .sort((a, b) => Number(required.has(b)) - Number(required.has(a)) || byCodePoint(a, b));
  return own === undefined ? ["variant"] : ["with", ...splitWords(own)];
}

function roleWords(occurrences: readonly Occurrence[]): string[] {
  const isRoot = occurrences.every(({ parent, steps }) => parent === undefined && steps.length === 0);
  const isMember = occurrences.every(({ steps }) => steps.at(-1)?.kind === "member");
  const places = occurrences.map(({ place }) => place);
  const [first] = places;
  const verb =
    isRoot && (first?.in === "request" || first?.in === "response")
      ? operationVerb(first.operationId)
      : undefined;
  const acted = verb === undefined ? [] : [verb];
  if (places.every((place) => place.in === "request") && (isRoot || isMember)) return [...acted, "Request"];
  if (places.every((place) => place.in === "response") && isRoot) return [...acted, "Response"];
  return [];
}

/** Words that mean something else beside a model's name: the order of a list is not an order. */
function vocabulary(property: string[], occurrences: readonly Occurrence[]): string[] {
  const isDirection = occurrences.every(
    ({ schema }) => Array.isArray(schema["enum"]) && [...schema["enum"]].sort().join() === "ASC,DESC",
  );
  if (isDirection) return ["sort", "order"];
  return property;
}

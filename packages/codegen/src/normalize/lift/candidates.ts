import { isObject } from "../../document.js";
import {
  byCodePoint,
  commonWords,
  joinWords,
  pascalCase,
  singular,
  singularLast,
  splitWords,
} from "../../words.js";
import type { Occurrence } from "./collect.js";
import { eventTypes } from "./event-types.js";
import type { Group } from "./group.js";
import { modelName } from "./model-name.js";
import { ownerWords, roleWords, sharedProperty, variantWords, vocabulary } from "./place-words.js";
import type { Names } from "./register.js";
import { nameFromTitle, operationNoun, operationVerb } from "./titles.js";

export function untitledCandidates(occurrences: readonly Occurrence[], names: Names): string[] {
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
  const isEvent =
    first !== undefined &&
    first.place.in === "event" &&
    first.parent === undefined &&
    first.steps.length === 0;
  const candidates = [
    ...(isEvent && first.place.in === "event" ? eventNames(first, first.place.operationId) : []),
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

/** `postal address` says all that `Address` says. */
function saysAll(words: readonly string[], title: readonly string[]): boolean {
  const said = new Set(words.map((word) => singular(word.toLowerCase())));
  return title.every((word) => said.has(singular(word.toLowerCase())));
}

export function titledCandidates(group: Group, names: Names): string[] {
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
            ? [saysAll(property, own) ? property : own, own, property]
                .filter((words) => words.length > 0)
                .map((words) => pascalCase(joinWords(shared, words)))
            : []),
          ...(shared.length === 0 && property.length > 0 && pascalCase(property) !== wanted
            ? [pascalCase(property)]
            : []),
          `${wanted}Reference`,
          ...untitledCandidates(occurrences, names),
        ];
  return [...new Set(candidates.filter((name) => name !== ""))];
}

/** An event whose prefix another event has as well: its one type tells them apart, else its webhook. */
function eventNames(occurrence: Occurrence, operationId: string): string[] {
  const types = eventTypes(occurrence);
  return [
    ...(types.length === 1 ? [pascalCase([...splitWords(types[0] ?? ""), "Event"])] : []),
    pascalCase(joinWords(splitWords(operationId), ["event"])),
  ];
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
  if (place.in === "event") return eventNames(occurrence, place.operationId);
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

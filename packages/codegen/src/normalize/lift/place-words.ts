import { isObject } from "../../document.js";
import { byCodePoint, commonWords, singularLast, splitWords } from "../../words.js";
import { isNull, type Occurrence } from "./collect.js";
import { propertyOf } from "./group.js";
import type { Names } from "./register.js";
import { isSuccess, operationNoun, operationVerb } from "./titles.js";

/** The words of the property that the occurrence is the value of; of one, where it is in a list. */
export function propertyWords(occurrence: Occurrence): string[] {
  const property = propertyOf(occurrence);
  if (property === undefined) return [];
  const words = splitWords(property);
  const isItem = occurrence.steps.some((step) => step.kind === "items");
  return (isItem ? singularLast(words) : words).map((word) => word.toLowerCase());
}

/** What the names of the properties have in common: all of it, if they are the same. */
export function sharedProperty(occurrences: readonly Occurrence[]): string[] {
  const all = occurrences.map(propertyWords);
  const [first] = all;
  if (first !== undefined && all.every((words) => words.join() === first.join())) return first;
  return withoutFillers(commonWords(all));
}

const fillers: ReadonlySet<string> = new Set("a an and by for in of on or the to with".split(" "));

export function withoutFillers(words: readonly string[]): string[] {
  return words.filter((word) => !fillers.has(word));
}

/** What holds the occurrence, without what says only that it is a request or an answer. */
export function ownerWords(occurrence: Occurrence, names: Names): readonly string[] {
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

/** What tells a member of a union from the others: a constant, else a field that only it has. */
export function variantWords({ steps, schema, parent }: Occurrence): readonly string[] {
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

/** `Request` and `Response`, with the verb where it tells more, for what only one side has. */
export function roleWords(occurrences: readonly Occurrence[]): string[] {
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
  if (isRoot && places.every((place) => place.in === "response" && !isSuccess(place.status)))
    return ["Error"];
  if (isRoot && places.every((place) => place.in === "event")) return ["Event"];
  if (places.every((place) => place.in === "response") && isRoot) return [...acted, "Response"];
  return [];
}

/** Words that mean something else beside a model's name: the order of a list is not an order. */
export function vocabulary(property: string[], occurrences: readonly Occurrence[]): string[] {
  const isDirection = occurrences.every(
    ({ schema }) => Array.isArray(schema["enum"]) && [...schema["enum"]].sort().join() === "ASC,DESC",
  );
  if (isDirection) return ["sort", "order"];
  return property;
}

import { byCodePoint, pascalCase, singular, splitWords } from "../../words.js";
import type { ModelKind, Occurrence } from "./collect.js";
import { readTitle } from "./titles.js";

/** Occurrences that are one model. */
export interface Group {
  /** Stable and independent of the order of paths. */
  key: string;
  kind: ModelKind;
  shape: string;
  title: string | undefined;
  /** The name that the description itself gives it, under `components/schemas`. */
  given: string | undefined;
  occurrences: Occurrence[];
}

/**
 * Puts occurrences together: the same shape under one title, and an untitled shape into the only titled one that has
 * it. The same shape under two titles stays two models: `cancelOrder` does not answer with a user check.
 */
export function group(occurrences: readonly Occurrence[]): Map<Occurrence, Group> {
  const groups = new Map<string, Group>();
  const result = new Map<Occurrence, Group>();
  const named = new Map<string, Set<string>>();
  const join = (
    occurrence: Occurrence,
    key: string,
    title: string | undefined,
    given: string | undefined,
  ) => {
    const known = groups.get(key);
    const into: Group = known ?? {
      key,
      kind: occurrence.kind,
      shape: occurrence.shape,
      title,
      given,
      occurrences: [],
    };
    if (known === undefined) groups.set(key, into);
    into.occurrences.push(occurrence);
    result.set(occurrence, into);
  };
  const remember = (shape: string, key: string) => {
    const keys = named.get(shape);
    if (keys === undefined) named.set(shape, new Set([key]));
    else keys.add(key);
  };
  const inComponents: Occurrence[] = [];
  const titled: Occurrence[] = [];
  const untitled: Occurrence[] = [];
  for (const occurrence of occurrences) {
    if (
      occurrence.place.in === "component" &&
      occurrence.parent === undefined &&
      occurrence.steps.length === 0
    )
      inComponents.push(occurrence);
    else if (titleOf(occurrence) !== undefined) titled.push(occurrence);
    else untitled.push(occurrence);
  }
  for (const occurrence of inComponents) {
    const name = occurrence.place.in === "component" ? occurrence.place.name : "";
    const key = `component ${name}`;
    join(occurrence, key, undefined, name);
    if (occurrence.kind !== "other") remember(occurrence.shape, key);
  }
  for (const occurrence of titled) {
    const title = titleOf(occurrence) ?? "";
    const same = [...(named.get(occurrence.shape) ?? [])].find(
      (key) =>
        key.startsWith("component ") &&
        pascalCase(splitWords(title)) === pascalCase(splitWords(key.slice(10))),
    );
    const key = same ?? `${occurrence.shape} ${title}`;
    join(occurrence, key, title, groups.get(key)?.given);
  }
  for (const occurrence of titled) {
    const into = result.get(occurrence);
    if (into !== undefined) remember(occurrence.shape, into.key);
  }
  for (const occurrence of untitled) {
    const candidates = [...(named.get(occurrence.shape) ?? [])].filter((key) =>
      fits(occurrence, groups.get(key)),
    );
    const [only] = candidates;
    const into = candidates.length === 1 && only !== undefined ? groups.get(only) : undefined;
    if (into !== undefined && isRelated(occurrence, into)) join(occurrence, into.key, into.title, into.given);
    else join(occurrence, `${occurrence.shape} `, undefined, undefined);
  }
  for (const { occurrences: members } of groups.values())
    members.sort((a, b) => byCodePoint(wayOf(a), wayOf(b)));
  return result;
}

/** The title, unless it contradicts the place: an answer whose title says `Request` was copied without a thought. */
export function titleOf({ title, place, parent, steps }: Occurrence): string | undefined {
  if (title === undefined || splitWords(title).length === 0) return undefined;
  const { role } = readTitle(title);
  if (parent !== undefined || steps.length > 0) return role === "Event" ? undefined : title;
  if (role === "Request" && place.in === "response") return undefined;
  if (role === "Response" && place.in === "request") return undefined;
  return title;
}

/** What is titled as a request is not the model of an answer, nor the other way round. */
function fits({ place, parent, steps }: Occurrence, into: Group | undefined): boolean {
  if (into?.title === undefined || parent !== undefined || steps.length > 0) return true;
  const { role, action } = readTitle(into.title);
  if (role === "Request") return place.in !== "response" && place.in !== "event";
  return !(role === "Response" && action !== undefined && place.in === "request");
}

/** A small enum that happens to have the same values as a titled one is that one only if their names have a word in common. */
function isRelated(occurrence: Occurrence, into: Group): boolean {
  if (occurrence.kind !== "enum")
    return Object.keys(occurrence.schema["properties"] ?? {}).length !== 1 || shareWord(occurrence, into);
  return shareWord(occurrence, into);
}

function shareWord(occurrence: Occurrence, into: Group): boolean {
  const own = new Set(splitWords(propertyOf(occurrence) ?? "").map((word) => singular(word.toLowerCase())));
  const theirs = splitWords(into.given ?? into.title ?? "").map((word) => singular(word.toLowerCase()));
  return theirs.some((word) => own.has(word));
}

/** The property (or parameter) that an occurrence is the value of, if any: `users` for `users[]`. */
export function propertyOf({ steps, place, parent }: Occurrence): string | undefined {
  const step = steps.findLast((each) => each.kind === "property");
  if (step?.kind === "property") return step.name;
  if (parent === undefined && place.in === "parameter") return place.name;
  return parent === undefined && place.in === "shared" ? place.name : undefined;
}

/** A text that tells one occurrence from another, whatever the order in which they were found. */
export function wayOf(occurrence: Occurrence): string {
  const known = ways.get(occurrence);
  if (known !== undefined) return known;
  const { place, parent, steps } = occurrence;
  const from = parent === undefined ? JSON.stringify(place) : wayOf(parent);
  const way = `${from}${steps.map((step) => JSON.stringify(step)).join("")}`;
  ways.set(occurrence, way);
  return way;
}

const ways = new WeakMap<Occurrence, string>();

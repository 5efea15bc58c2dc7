import { byCodePoint, commonWords, pascalCase } from "../../words.js";
import { titledCandidates, untitledCandidates } from "./candidates.js";
import type { Occurrence } from "./collect.js";
import { type Group, wayOf } from "./group.js";
import {
  ownerWords,
  propertyWords,
  roleWords,
  sharedProperty,
  vocabulary,
  withoutFillers,
} from "./place-words.js";
import type { Names } from "./register.js";

/** Names the rest from the outside in, in rounds: parents first; within a round nobody's turn comes before another's. */
export function nameByContext(groups: readonly Group[], names: Names): void {
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

/** What a group (or a part of it) would like to be called, best first. */
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
  if (roleWords(group.occurrences).join() === "Error") {
    const shared = commonWords(group.occurrences.map((occurrence) => ownerWords(occurrence, names)));
    const candidates = [
      pascalCase([...shared, "Error"]),
      "ErrorResponse",
      ...untitledCandidates(group.occurrences, names),
    ];
    return [{ group, occurrences: group.occurrences, candidates }];
  }
  // The same untitled shape under names that have no word in common is not one thing.
  return clusterBy(group.occurrences, (occurrence) => withoutFillers(propertyWords(occurrence))).flatMap(
    (sameProperty) => {
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
    },
  );
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

import { type OpenApiDocument, objectAt } from "../document.js";
import type { Direction, Finding } from "./findings.js";
import { modelName, modelRef, refLabel, type Site, siteOfRef } from "./schema-site.js";
import { code, codeList, compareText, sortedKeys } from "./text.js";
import { type ModelUse, modelUse } from "./usage.js";
import { newSink, type Place, type Sink, subject, type Walk } from "./walk.js";

interface Pair {
  readonly oldRef: string;
  readonly nextRef: string;
  readonly direction: Direction;
  readonly sink: Sink;
}

/** What became of a pair that took another's place, with everything below it. */
interface Outcome {
  differs: boolean;
  breaking: boolean;
}

/**
 * The pairs of models that the walk met. A pair is compared once for each direction, and told of once under its model,
 * however many places use it. Where a place refers to another model while the old or the new one is in both
 * descriptions, the difference belongs to the place, not to the model: the pair is compared to see whether it breaks.
 */
export class ModelPairs {
  /** Event models: whoever compares events tells of their types. */
  readonly oldEvents: Set<string> = new Set();
  readonly nextEvents: Set<string> = new Set();
  private readonly pairs = new Map<string, Pair>();
  private readonly waiting: Pair[] = [];
  private readonly oldNames: Set<string>;
  private readonly nextNames: Set<string>;

  constructor(private readonly walk: Walk) {
    this.oldNames = new Set(modelNames(walk.old));
    this.nextNames = new Set(modelNames(walk.next));
  }

  add(oldRef: string, nextRef: string, place: Place, at: Site, what?: string): void {
    const key = this.ensure(oldRef, nextRef, place.direction);
    if (!this.isReplacement(oldRef, nextRef)) return;
    const change = `from ${code(refLabel(oldRef))} to ${code(refLabel(nextRef))}`;
    const text = what ?? `${subject(place)} changed its type ${change}`;
    place.sink.replacements.push({ key, pointer: at.pointer, what: text, direction: place.direction });
  }

  /** Compares what is waiting, then the models that no operation or event of both descriptions leads to. */
  finish(): void {
    this.drain();
    const met = new Set(
      [...this.pairs.values()].flatMap((pair) => (pair.oldRef === pair.nextRef ? [pair.oldRef] : [])),
    );
    const uses = [modelUse(this.walk.old), modelUse(this.walk.next)];
    for (const name of [...this.oldNames].sort(compareText)) {
      const ref = modelRef(name);
      if (!this.nextNames.has(name) || met.has(ref)) continue;
      for (const direction of directionsOf(ref, uses)) this.ensure(ref, ref, direction);
    }
    this.drain();
  }

  findings(sinks: readonly Sink[]): Finding[] {
    const own = [...this.pairs.values()].filter((pair) => !this.isReplacement(pair.oldRef, pair.nextRef));
    const outcomes = this.outcomes();
    const all = [...sinks, ...own.map((pair) => pair.sink)];
    const told = all.flatMap((sink) => [...sink.findings, ...this.replacementsOf(sink, outcomes)]);
    return [...told, ...this.nameFindings()];
  }

  private ensure(oldRef: string, nextRef: string, direction: Direction): string {
    const key = JSON.stringify([direction, oldRef, nextRef]);
    if (!this.pairs.has(key)) {
      const model = modelName(oldRef);
      const pair = { oldRef, nextRef, direction, sink: newSink(model === undefined ? {} : { model }) };
      this.pairs.set(key, pair);
      this.waiting.push(pair);
    }
    return key;
  }

  private drain(): void {
    for (let pair = this.waiting.pop(); pair !== undefined; pair = this.waiting.pop()) {
      const { oldRef, nextRef, direction, sink } = pair;
      const place: Place = { sink, direction, label: "", path: "" };
      const areEvents = this.oldEvents.has(oldRef) && this.nextEvents.has(nextRef);
      const start = areEvents ? { ...place, skip: "type" } : place;
      this.walk.compareAt(siteOfRef(this.walk.old, oldRef), siteOfRef(this.walk.next, nextRef), start);
    }
  }

  private isReplacement(oldRef: string, nextRef: string): boolean {
    return oldRef !== nextRef && !(this.isGone(oldRef) && this.isNew(nextRef));
  }

  private isGone(ref: string): boolean {
    const name = modelName(ref);
    return name !== undefined && this.oldNames.has(name) && !this.nextNames.has(name);
  }

  private isNew(ref: string): boolean {
    const name = modelName(ref);
    return name !== undefined && this.nextNames.has(name) && !this.oldNames.has(name);
  }

  /** A pair differs when something in it does, or in a pair that it leads to by a replacement. */
  private outcomes(): Map<string, Outcome> {
    const outcomes = new Map<string, Outcome>();
    const leadingTo = new Map<string, string[]>();
    for (const [key, { sink }] of this.pairs) {
      const breaking = sink.findings.some((finding) => finding.breaking);
      outcomes.set(key, { differs: sink.findings.length > 0, breaking });
      for (const next of sink.replacements)
        leadingTo.set(next.key, [...(leadingTo.get(next.key) ?? []), key]);
    }
    const changed = [...outcomes.keys()];
    for (let key = changed.pop(); key !== undefined; key = changed.pop()) {
      const { differs, breaking } = outcomes.get(key)!;
      for (const from of leadingTo.get(key) ?? []) {
        const outcome = outcomes.get(from)!;
        if ((!differs || outcome.differs) && (!breaking || outcome.breaking)) continue;
        outcome.differs ||= differs;
        outcome.breaking ||= breaking;
        changed.push(from);
      }
    }
    return outcomes;
  }

  private replacementsOf(sink: Sink, outcomes: Map<string, Outcome>): Finding[] {
    return sink.replacements.map(({ key, pointer, what, direction }) => {
      const { differs, breaking } = outcomes.get(key)!;
      const why = differs ? `they differ (${this.reasons(key)})` : "they have the same structure";
      return { kind: "changed", owner: sink.owner, pointer, what, breaking, why, direction };
    });
  }

  private reasons(key: string): string {
    const { findings } = this.pairs.get(key)!.sink;
    const breaking = findings.filter((finding) => finding.breaking);
    const texts = new Set((breaking.length > 0 ? breaking : findings).map((finding) => finding.what));
    const sorted = [...texts].sort(compareText);
    if (sorted.length === 0) return "in what they refer to";
    const shown = sorted.slice(0, 3).join("; ");
    return sorted.length > 3 ? `${shown}; and ${sorted.length - 3} more` : shown;
  }

  /** Models by name: consumers import them, so a name that is gone breaks even where the structure stayed. */
  private nameFindings(): Finding[] {
    const renamed = this.renamed();
    const newNames = new Set(renamed.values());
    const findings: Finding[] = [];
    const note = (kind: Finding["kind"], name: string, model: string, what: string, why: string): void => {
      findings.push({
        kind,
        owner: { model },
        pointer: modelRef(name),
        what,
        breaking: kind !== "added",
        why,
      });
    };
    for (const name of this.oldNames) {
      if (this.nextNames.has(name)) continue;
      const now = renamed.get(name);
      if (now !== undefined) {
        note(
          "changed",
          now,
          name,
          `the model was renamed to ${code(now)}`,
          "code that imports it no longer compiles",
        );
        continue;
      }
      const heirs = this.heirs(name);
      const more = heirs.length > 0 ? `; where it was used there is ${codeList(heirs)} now` : "";
      note("removed", name, name, "the model was removed", `code that imports it no longer compiles${more}`);
    }
    for (const name of this.nextNames) {
      if (this.oldNames.has(name) || newNames.has(name)) continue;
      note("added", name, name, "the model was added", "");
    }
    return findings;
  }

  /** The models that took the removed model's place somewhere. */
  private heirs(name: string): string[] {
    const ref = modelRef(name);
    const refs = [...this.pairs.values()].filter((pair) => pair.oldRef === ref).map((pair) => pair.nextRef);
    return [...new Set(refs.map(refLabel))].sort(compareText);
  }

  /** Old names to new ones, where a single new model took the old one's place everywhere and nothing else differs. */
  private renamed(): Map<string, string> {
    const forward = new Map<string, Set<string>>();
    const backward = new Map<string, Set<string>>();
    const different = new Set<string>();
    for (const { oldRef, nextRef, sink } of this.pairs.values()) {
      if (!this.isGone(oldRef) || !this.isNew(nextRef)) continue;
      forward.set(oldRef, (forward.get(oldRef) ?? new Set()).add(nextRef));
      backward.set(nextRef, (backward.get(nextRef) ?? new Set()).add(oldRef));
      if (sink.findings.length + sink.replacements.length > 0) different.add(oldRef);
    }
    const pairs = [...forward].flatMap(([oldRef, nextRefs]): [string, string][] => {
      const [nextRef] = nextRefs;
      if (different.has(oldRef) || nextRefs.size !== 1 || backward.get(nextRef!)?.size !== 1) return [];
      return [[refLabel(oldRef), refLabel(nextRef!)]];
    });
    return new Map(pairs);
  }
}

function modelNames(document: OpenApiDocument): string[] {
  return sortedKeys(objectAt(objectAt(document, "components"), "schemas"));
}

/** What no path or webhook leads to may be used either way for all that anybody knows. */
function directionsOf(ref: string, uses: readonly ModelUse[]): Direction[] {
  const known = (["request", "answer"] as const).filter((direction) =>
    uses.some((use) => use[direction].has(ref)),
  );
  return known.length > 0 ? known : ["request", "answer"];
}

import type { OpenApiDocument } from "../document.js";
import type { Direction, Finding, Owner } from "./findings.js";
import type { Site } from "./schema-site.js";
import { code } from "./text.js";
import type { ChangeKind } from "./types.js";

/** Where findings are gathered: one for each operation, event and pair of models. */
export interface Sink {
  readonly owner: Owner;
  readonly findings: Finding[];
  readonly replacements: Replacement[];
  /** The pairs of schemas in place that this sink has seen: recursion by way of `allOf` ends here. */
  readonly seen: Set<string>;
}

/** A place that referred to one model and now refers to another one, while at least one of the two is in both descriptions. */
export interface Replacement {
  readonly key: string;
  readonly pointer: string;
  readonly what: string;
  readonly direction: Direction;
}

/** Where in a message's terms a comparison is. */
export interface Place {
  readonly sink: Sink;
  readonly direction: Direction;
  /** What the path starts from: empty for a model, else such as "request body". */
  readonly label: string;
  /** The path of fields from there. */
  readonly path: string;
  /** A field that somebody else compares. */
  readonly skip?: string;
}

/** What a fact means in one direction. */
export interface Verdict {
  readonly breaking: boolean;
  readonly why: string;
}

export interface Walk {
  readonly old: OpenApiDocument;
  readonly next: OpenApiDocument;
  compareAt(old: Site, next: Site, place: Place): void;
  /** Two models: compared once for each direction, whoever asks. `what` is told where one took the other's place. */
  pair(oldRef: string, nextRef: string, place: Place, at: Site, what?: string): void;
}

export function newSink(owner: Owner): Sink {
  return { owner, findings: [], replacements: [], seen: new Set() };
}

export function breaks(why: string): Verdict {
  return { breaking: true, why };
}

export function fine(why = ""): Verdict {
  return { breaking: false, why };
}

export function tell(
  place: Place,
  kind: ChangeKind,
  pointer: string,
  what: string,
  verdicts: { readonly request: Verdict; readonly answer: Verdict },
): void {
  const { sink, direction } = place;
  const { breaking, why } = verdicts[direction];
  const text = `${subject(place)} ${what}`;
  sink.findings.push({ kind, owner: sink.owner, pointer, what: text, breaking, why, direction });
}

/** A fact that means the same in both directions. */
export function both(verdict: Verdict): { readonly request: Verdict; readonly answer: Verdict } {
  return { request: verdict, answer: verdict };
}

export function subject(place: Place): string {
  if (place.path === "") return place.label === "" ? "the model" : place.label;
  return `${place.label} field ${code(place.path)}`.trim();
}

export function atField(place: Place, name: string): Place {
  return inside(place, place.path === "" ? name : `${place.path}.${name}`);
}

export function atItems(place: Place, mark: string): Place {
  return inside(place, `${place.path}${mark}`);
}

function inside(place: Place, path: string): Place {
  return { sink: place.sink, direction: place.direction, label: place.label, path };
}

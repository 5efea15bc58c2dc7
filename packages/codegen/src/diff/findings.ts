import { compareText } from "./text.js";
import type { Change, ChangeKind } from "./types.js";

/** Who sends the schema: `request` is what callers send, `answer` is what they get (answers and webhooks). */
export type Direction = "request" | "answer";

/** The one thing that a change is told under. */
export interface Owner {
  readonly operation?: string;
  readonly event?: string;
  readonly model?: string;
}

/** A difference as it was found. The same one may be found once for each direction. */
export interface Finding {
  readonly kind: ChangeKind;
  readonly owner: Owner;
  readonly pointer: string;
  /** The fact: the same whichever direction it was found in. */
  readonly what: string;
  readonly breaking: boolean;
  /** What the fact means for a consumer; empty when it says itself. */
  readonly why: string;
  readonly direction?: Direction;
}

/** The mark by which a report finds the changes to call out. It is in the message so that a change stays plain JSON. */
const calledOut = "an exhaustive `switch` over it now misses a case";

export const calledOutWhy: string = calledOut;

/** A new enum value or union member in an answer: not breaking, and still something that consumers should look at. */
export function isCalledOut(change: Change): boolean {
  return change.kind === "added" && !change.breaking && change.message.includes(calledOut);
}

/** Findings as changes: one for each fact, however many directions it was found in, in a fixed order. */
export function toChanges(findings: readonly Finding[]): Change[] {
  const groups = new Map<string, Finding[]>();
  for (const finding of findings) {
    const { operation, event, model } = finding.owner;
    const key = JSON.stringify([operation, event, model, finding.kind, finding.pointer, finding.what]);
    const group = groups.get(key);
    if (group) group.push(finding);
    else groups.set(key, [finding]);
  }
  return [...groups.values()].map(toChange).sort(compareChanges);
}

function toChange(group: readonly Finding[]): Change {
  const { kind, owner, pointer, what } = group[0]!;
  const why = joinReasons(group);
  return {
    kind,
    breaking: group.some((finding) => finding.breaking),
    ...owner,
    pointer,
    message: why === "" ? what : `${what}: ${why}`,
  };
}

function joinReasons(group: readonly Finding[]): string {
  const reasons = new Set(group.map((finding) => finding.why));
  if (reasons.size === 1) return group[0]!.why;
  const parts: string[] = [];
  for (const direction of ["request", "answer"] as const) {
    const whys = group.filter((finding) => finding.direction === direction && finding.why !== "");
    const texts = [...new Set(whys.map((finding) => finding.why))].sort(compareText);
    if (texts.length > 0) parts.push(`in ${direction}s ${texts.join("; ")}`);
  }
  return parts.join("; ");
}

/** Breaking changes first, then operations, events, models and the rest by name, then by place and message. */
function compareChanges(a: Change, b: Change): number {
  return (
    Number(b.breaking) - Number(a.breaking) ||
    rank(a) - rank(b) ||
    compareText(nameOf(a), nameOf(b)) ||
    compareText(a.pointer, b.pointer) ||
    compareText(a.message, b.message) ||
    compareText(a.kind, b.kind)
  );
}

function rank(change: Change): number {
  if (change.operation !== undefined) return 0;
  if (change.event !== undefined) return 1;
  return change.model !== undefined ? 2 : 3;
}

function nameOf(change: Change): string {
  return change.operation ?? change.event ?? change.model ?? "";
}

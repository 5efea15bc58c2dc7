import { isCalledOut } from "./findings.js";
import { compareText, oneLine } from "./text.js";
import type { Change, ChangeKind, Diff } from "./types.js";

/** What the two descriptions are called, such as their versions. */
export interface DiffVersions {
  /** The old one, for the heading. */
  readonly from: string;
  /** The new one, for the heading. */
  readonly to: string;
}

interface Section {
  readonly title: string;
  readonly changes: readonly Change[];
}

/** The whole comparison as a Markdown document. */
export function diffMarkdown(diff: Diff, versions: DiffVersions): string {
  const lines = [`# API changes from ${plain(versions.from)} to ${plain(versions.to)}`, "", counts(diff)];
  for (const section of sectionsOf(diff.changes)) {
    lines.push("", `## ${section.title}`);
    for (const group of groups(section.changes)) {
      lines.push("", `### ${group.heading}`, "", ...group.lines.map((line) => `- ${line}`));
    }
  }
  return `${lines.join("\n")}\n`;
}

const mostLines = 8;
const longestLine = 200;

/** The comparison in at most a dozen lines of Markdown, for a changelog: the counts and the first breaking changes. */
export function diffSummary(diff: Diff, versions: DiffVersions): string {
  const lines = [`API ${plain(versions.from)} to ${plain(versions.to)}: ${counts(diff)}`];
  const breaking = diff.changes.filter((change) => change.breaking);
  if (breaking.length > 0) lines.push("");
  for (const change of breaking.slice(0, mostLines)) {
    lines.push(`- ${subjectOf(change)}: ${sentence(shortened(change.message))}`);
  }
  if (breaking.length > mostLines) lines.push(`- and ${breaking.length - mostLines} more that break`);
  return `${lines.join("\n")}\n`;
}

/** Each change is in one section: what breaks first, then what is called out, then by kind. */
function sectionsOf(changes: readonly Change[]): Section[] {
  const rest = changes.filter((change) => !change.breaking && !isCalledOut(change));
  const ofKind = (kind: ChangeKind): Change[] => rest.filter((change) => change.kind === kind);
  const sections: Section[] = [
    { title: "Breaking", changes: changes.filter((change) => change.breaking) },
    { title: "New enum values", changes: changes.filter(isCalledOut) },
    { title: "Added", changes: ofKind("added") },
    { title: "Changed", changes: ofKind("changed") },
    { title: "Deprecated", changes: ofKind("deprecated") },
    { title: "Removed", changes: ofKind("removed") },
  ];
  return sections.filter((section) => section.changes.length > 0);
}

function counts(diff: Diff): string {
  const total = diff.changes.length;
  if (total === 0) return "No changes.";
  const parts = sectionsOf(diff.changes).map(({ title, changes }) => {
    const counted = title.toLowerCase();
    return `${changes.length} ${changes.length === 1 ? counted.replace(/values$/, "value") : counted}`;
  });
  return `${total} ${total === 1 ? "change" : "changes"} (${diff.bump}): ${parts.join(", ")}.`;
}

/** From how many operations (or events, or models) on the same sentence is written once for all of them. */
const several = 4;

interface Group {
  readonly heading: string;
  readonly order: string;
  readonly lines: string[];
}

/** By operation, event, model and the rest, in this order, each by name. What many share comes first. */
function groups(changes: readonly Change[]): Group[] {
  const found = new Map<string, Group>();
  const add = (heading: string, order: string, line: string): void => {
    const group = found.get(heading) ?? { heading, order, lines: [] };
    if (!group.lines.includes(line)) group.lines.push(line);
    found.set(heading, group);
  };
  for (const [, alike] of sameSentence(changes)) {
    const first = alike[0]!;
    const names = [...new Set(alike.map((change) => nameOf(change)))].sort(compareText);
    if (names.length >= several && rank(first) < 4) {
      const list = names.map(name).join(", ");
      add(
        `Several ${kindOf(first).toLowerCase()}s`,
        String(rank(first)),
        `${sentence(first.message)} (${list})`,
      );
    } else {
      for (const change of alike) {
        add(subjectOf(change), `${rank(change)}${nameOf(change)}`, sentence(change.message));
      }
    }
  }
  return [...found.values()].sort((a, b) => compareText(a.order, b.order));
}

function sameSentence(changes: readonly Change[]): Map<string, Change[]> {
  const found = new Map<string, Change[]>();
  for (const change of changes) {
    const key = JSON.stringify([rank(change), change.message]);
    const alike = found.get(key);
    if (alike) alike.push(change);
    else found.set(key, [change]);
  }
  return found;
}

function rank(change: Change): number {
  if (change.operation !== undefined) return 1;
  if (change.event !== undefined) return 2;
  return change.model === undefined ? 4 : 3;
}

function nameOf(change: Change): string {
  return change.operation ?? change.event ?? change.model ?? "";
}

function kindOf(change: Change): string {
  return ["Operation", "Event", "Model"][rank(change) - 1] ?? "";
}

function subjectOf(change: Change): string {
  return rank(change) === 4 ? "The API as a whole" : `${kindOf(change)} ${name(nameOf(change))}`;
}

/** A name as a code span, or as escaped text when it holds what a code span cannot. */
function name(text: string): string {
  const line = oneLine(text);
  return line === "" || line.trim() !== line || /[`|]/.test(line) ? plain(line) : `\`${line}\``;
}

/** A message keeps its code spans as long as its backticks come in pairs. Everything else in it is plain text. */
function sentence(message: string): string {
  const pieces = oneLine(message).split("`");
  if (pieces.length % 2 === 0) return plain(message);
  return pieces.map((piece, index) => (index % 2 === 1 ? name(piece) : plain(piece))).join("");
}

/** Text in which nothing means anything to Markdown or HTML. */
function plain(text: string): string {
  return oneLine(text)
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(/[\\`*_[\]{}|#~>!]/g, "\\$&");
}

function shortened(message: string): string {
  return message.length > longestLine ? `${message.slice(0, longestLine)}…` : message;
}

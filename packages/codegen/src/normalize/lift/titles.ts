import { pascalCase, singular, singularLast, splitWords } from "../../words.js";

export type Role = "Request" | "Response" | "Event" | undefined;

/** What a title such as `Account Group - Create - Request` says. */
export interface Title {
  /** `["Account Group"]`; `["User Check", "Know your customer"]` */
  nouns: string[];
  /** `Create`, `List` */
  action: string | undefined;
  role: Role;
}

const roleWords: Record<string, Role> = { request: "Request", response: "Response", callback: "Event" };

/** Reads the form of titles that the API's own description uses. Any other title is one noun. */
export function readTitle(title: string): Title {
  let segments = title
    .split(/\s+[-–—/|]\s+/)
    .map((segment) => splitWords(segment).join(" "))
    .filter((segment) => segment !== "");
  let role: Role;
  const lead = roleWords[(segments[0] ?? "").toLowerCase()];
  if (lead !== undefined && segments.length > 1) {
    role = lead;
    segments = segments.slice(1);
    // `Request - Auth - Request Access Token` says it again.
    const again = splitWords(segments.at(-1) ?? "");
    if (roleWords[(again[0] ?? "").toLowerCase()] === role && again.length > 1) {
      return { nouns: [...segments.slice(0, -1), again.slice(1).join(" ")], action: undefined, role };
    }
  } else {
    const last = splitWords(segments.at(-1) ?? "");
    const tail = roleWords[(last.at(-1) ?? "").toLowerCase()];
    if (tail !== undefined && (segments.length > 1 || last.length > 1)) {
      role = tail;
      const rest = last.slice(0, -1).join(" ");
      segments = rest === "" ? segments.slice(0, -1) : [...segments.slice(0, -1), rest];
    }
  }
  if (role === "Event" && /^webhooks?$/i.test(segments[0] ?? "") && segments.length > 1)
    segments = segments.slice(1);
  let action: string | undefined;
  const last = splitWords(segments.at(-1) ?? "");
  if (role === "Request" || role === "Response") {
    if (/^list$/i.test(last.at(-1) ?? "") && last.length > 1) {
      action = "List";
      segments = [...segments.slice(0, -1), last.slice(0, -1).join(" ")];
    } else if (segments.length > 1) {
      action = segments.at(-1);
      segments = segments.slice(0, -1);
    }
  }
  return { nouns: segments, action, role };
}

/**
 * The name of the model that a title stands for. `isEntity` tells whether a noun stands alone elsewhere: one that
 * never does (`Payments - Direct Debit`) is only a drawer, and left out.
 */
export function nameFromTitle(title: string, isEntity: (noun: string) => boolean): string {
  const { nouns, action, role } = readTitle(title);
  const kept = nouns.filter((noun, index) => index === nouns.length - 1 || isEntity(noun));
  const words = kept.flatMap((noun) => splitWords(noun));
  if (role === "Event") return pascalCase([...singularLast(words), "Event"]);
  if (action !== undefined && /^list$/i.test(action))
    return pascalCase([...singularLast(words), "List", "Response"]);
  if (
    role === "Response" &&
    (action === undefined || /^(get|retrieve|read)$/i.test(action)) &&
    nouns.length > 0
  ) {
    return action === undefined ? pascalCase([...words, "Response"]) : pascalCase(words);
  }
  const acted = role === "Request" && action !== undefined ? singularLastUnlessOnly(words) : words;
  return pascalCase([...acted, ...splitWords(action ?? ""), ...(role === undefined ? [] : [role])]);
}

function singularLastUnlessOnly(words: string[]): string[] {
  return words.length > 1 ? words : words.map((word) => (word.length > 4 ? singular(word) : word));
}

/** Whether an answer with this status is what the caller hoped for. */
export function isSuccess(status: string): boolean {
  return status.startsWith("2");
}

const verbs: ReadonlySet<string> = new Set(
  "add cancel change confirm create delete disable enable execute fetch fetching find get issue list modify patch place post put read remove replace retrieve search set submit trigger update upload".split(
    " ",
  ),
);

/** What an operation is about, from its id: `create_account_group` -> `["account", "group"]`. */
export function operationNoun(operationId: string): string[] {
  const words = splitWords(operationId);
  const start = words.findIndex((word) => !verbs.has(word.toLowerCase()));
  const rest = start === -1 ? words : words.slice(start);
  const end = rest.findIndex((word, index) => index > 0 && /^(by|for|from|of|with)$/i.test(word));
  return singularLast(end === -1 ? rest : rest.slice(0, end));
}

/** The verb that an operation's id begins with: `create`. */
export function operationVerb(operationId: string): string | undefined {
  const first = splitWords(operationId)[0]?.toLowerCase();
  return first !== undefined && verbs.has(first) ? first : undefined;
}

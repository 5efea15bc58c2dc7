import { parseItemOrInnerList, parseKey, parseParameters } from "@svta/cml-structured-field-values";
import type { SignatureErrorCode } from "./errors.js";
import { refuse } from "./refuse.js";

export type Params = Readonly<Record<string, unknown>>;

/** An item: its value, and its parameters if it has any. */
export interface Item {
  readonly value: unknown;
  readonly params?: Params | undefined;
}

/** A member of a dictionary. Its value is a list of items if it is an inner list. */
export interface Member extends Item {
  /** As it was on the wire, without its key. */
  readonly text: string;
}

/**
 * Reads a dictionary (RFC 8941). Stricter than it, and than the library: a key that is there twice is an error, not
 * overwritten, and only spaces are white space within a member.
 */
export function readDictionary(
  value: string,
  header: string,
  malformed: SignatureErrorCode,
  repeated: SignatureErrorCode = malformed,
): Map<string, Member> {
  const members = new Map<string, Member>();
  for (const part of split(/[^\t -~]/.test(value) ? "" : value, ",")) {
    const [key, member] = readMember(part) ?? refuse(malformed, header);
    if (members.has(key)) refuse(repeated, `a key of ${header}`);
    members.set(key, member);
  }
  return members;
}

// Tokens not as symbols: those from a sender would stay in memory for ever.
const options = { useSymbol: false };

function readMember(part: string): [string, Member] | undefined {
  try {
    const { value: key, src } = parseKey(part);
    const text = src.slice(1);
    const item =
      src[0] === "="
        ? parseItemOrInnerList(text, options)
        : { value: { value: true }, src: parseParameters(src, options).src };
    const { value, params } = item.value as Item;
    if (item.src === "" && !part.includes("\t")) return [key, { value, params, text }];
  } catch {}
  return undefined;
}

/** The parts between separators that are not in a string, trimmed. */
export function split(text: string, separator: string): string[] {
  const parts: string[] = [];
  let start = 0;
  let quoted = false;
  for (let index = 0; index < text.length; index++) {
    const char = text[index];
    if (char === '"') quoted = !quoted;
    else if (char === "\\" && quoted) index++;
    else if (char === separator && !quoted) {
      parts.push(text.slice(start, index).trim());
      start = index + 1;
    }
  }
  parts.push(text.slice(start).trim());
  return parts;
}

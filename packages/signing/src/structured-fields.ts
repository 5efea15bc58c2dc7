import { type BareItem, type InnerList, type Item, parseDictionary } from "structured-headers";
import type { SignatureErrorCode } from "./errors.js";
import { refuse } from "./refuse.js";

export interface Member {
  /** As it was on the wire. */
  readonly text: string;
  readonly value: BareItem | InnerList[0];
  readonly params: Item[1];
}

/** Reads a dictionary (RFC 8941). Stricter than it: a key that is there twice is an error, not overwritten. */
export function readDictionary(
  value: string,
  header: string,
  malformed: SignatureErrorCode,
  repeated: SignatureErrorCode = malformed,
): Map<string, Member> {
  const members = new Map<string, Member>();
  // Here a display string (RFC 9651) would be taken for a string, which ends in another way.
  for (const part of split(/[^\t -~]|%"/.test(value) ? "" : value, ",")) {
    let entry: [string, Item | InnerList] | undefined;
    try {
      [entry] = parseDictionary(part);
    } catch {}
    if (entry === undefined) refuse(malformed, header);
    const [key, [parsed, params]] = entry;
    if (members.has(key)) refuse(repeated, `a key of ${header}`);
    members.set(key, { text: part.slice(key.length + 1), value: parsed, params });
  }
  return members;
}

/** The parts between separators that are not in a string, trimmed. */
export function split(text: string, separator: string): string[] {
  const parts: string[] = [];
  let quoted = false;
  let start = 0;
  for (let index = 0; index <= text.length; index++) {
    const character = text[index];
    if (quoted && character === "\\") index++;
    else if (character === '"') quoted = !quoted;
    else if (character === undefined || (!quoted && character === separator)) {
      parts.push(text.slice(start, index).trim());
      start = index + 1;
    }
  }
  return parts;
}

/**
 * What stands in a DER value, in hex, as text that a regular expression can look at: tag and content of each part,
 * `06:2b6570 04:0420...`; of sequences their parts instead. Empty if the value is cut off, or is no sequence.
 */
export function readDer(hex: string): string {
  const header = /(..)(?:81(..)|82(....)|([0-7].))/y;
  const parts: string[] = [];
  for (let found = header.exec(hex); found; found = header.exec(hex)) {
    const [, tag, ...lengths] = found;
    const start = header.lastIndex;
    const end = start + 2 * Number.parseInt(lengths.join(""), 16);
    if (end > hex.length || (found.index === 0 && (end < hex.length || tag !== "30"))) return "";
    if (tag === "30") continue;
    parts.push(`${tag}:${hex.slice(start, end)}`);
    header.lastIndex = end;
  }
  return parts.join(" ");
}

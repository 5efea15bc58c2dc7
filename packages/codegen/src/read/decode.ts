import { CodegenError } from "../errors.js";

/** UTF-8 bytes as text, without a byte order mark. */
export function decode(bytes: Uint8Array, name: string): string {
  const [first, second] = bytes;
  // A byte order mark, or a first ASCII character written in two bytes.
  const isUtf16 =
    (first === 0xff && second === 0xfe) ||
    (first === 0xfe && second === 0xff) ||
    (bytes.length >= 2 && (first === 0) !== (second === 0));
  if (isUtf16) throw new CodegenError("NOT_YAML", `${name} is UTF-16 text; save it as UTF-8.`);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new CodegenError("NOT_YAML", `${name} is not UTF-8 text; save it as UTF-8.`);
  }
}

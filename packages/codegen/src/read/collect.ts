import { CodegenError } from "../errors.js";
import { maxBytes } from "./limits.js";

/** All bytes of a stream; stops reading at the size limit, so an endless stream ends too. */
export async function collect(chunks: AsyncIterable<Uint8Array | string>, name: string): Promise<Buffer> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const chunk of chunks) {
    const part = Buffer.from(chunk);
    size += part.length;
    if (size > maxBytes) throw tooLarge(name);
    parts.push(part);
  }
  return Buffer.concat(parts);
}

export function tooLarge(name: string): CodegenError {
  return new CodegenError(
    "TOO_LARGE",
    `${name} is larger than ${maxBytes / 1_000_000} MB; give a smaller description.`,
  );
}

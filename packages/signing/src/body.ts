import { toBytes } from "./bytes.js";
import type { RequestLike } from "./message.js";
import { refuse } from "./refuse.js";

/** 16 MiB. */
export const defaultMaxBodyBytes = 16_777_216;

interface Stream {
  readonly locked: boolean;
  getReader(): {
    read(): Promise<{ readonly done: boolean; readonly value?: unknown }>;
    cancel(): Promise<unknown>;
  };
}

/** Reads the body of a fetch request to its end, at most `limit` bytes: of a clone, if the request is to stay usable. */
export async function readBody(given: RequestLike, limit: number, clone: boolean): Promise<Uint8Array> {
  const body = given.body as Stream | null | undefined;
  if (given.bodyUsed || body?.locked) refuse("BODY_USED", "pass the request before it is read, or a clone");
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    const request = clone && body !== null ? (given.clone() as RequestLike) : given;
    // Firefox has no `body` on requests.
    const stream = request.body === undefined ? new Response(await request.arrayBuffer()).body : request.body;
    const reader = (stream as Stream | null)?.getReader();
    for (let part = await reader?.read(); part && !part.done; part = await reader?.read()) {
      // What is no bytes throws here.
      const chunk = toBytes(part.value)!;
      chunks.push(chunk);
      size += chunk.length;
      if (size > limit) {
        reader?.cancel().catch(() => {});
        break;
      }
    }
  } catch (cause) {
    refuse("INVALID_REQUEST", "its body cannot be read", { cause });
  }
  if (size > limit) refuse("BODY_TOO_LARGE", `more than ${limit} bytes, see maxBodyBytes`);
  return chunks.length === 1 ? chunks[0]! : new Uint8Array(await new Blob(chunks).arrayBuffer());
}

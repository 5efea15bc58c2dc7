import { SignatureError } from "./errors.js";
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
export async function readBody(given: RequestLike, limit: number, clone?: boolean): Promise<Uint8Array> {
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
      if (!ArrayBuffer.isView(part.value)) throw new TypeError("not bytes");
      size += part.value.byteLength;
      if (size > limit) {
        reader?.cancel().catch(() => {});
        refuse("BODY_TOO_LARGE", `more than ${limit} bytes, see maxBodyBytes`);
      }
      chunks.push(part.value as Uint8Array);
    }
  } catch (cause) {
    if (cause instanceof SignatureError) throw cause;
    throw new SignatureError("INVALID_REQUEST", "invalid request: its body cannot be read", { cause });
  }
  return chunks.length === 1 ? chunks[0]! : new Uint8Array(await new Blob(chunks).arrayBuffer());
}

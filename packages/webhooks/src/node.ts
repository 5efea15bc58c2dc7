import type { IncomingMessage, ServerResponse } from "node:http";
import { Readable } from "node:stream";
import type { RequestLike } from "@upvest-sdk/signing";
import type { WebhookReceiver } from "./receiver.js";

/** What frameworks and platforms add to a request. */
interface Incoming extends IncomingMessage {
  /** Express: the path before it was mounted. */
  readonly originalUrl?: string;
  /** Of a body parser; bytes of `express.raw`. */
  readonly body?: unknown;
  /** Of some platforms. */
  readonly rawBody?: unknown;
}

/** As `node:http` and Express have it. */
export type NodeHandler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/**
 * The receiver for `node:http`, for Express 4 and 5, and, with the raw objects, for Fastify. It reads the body by itself, or
 * takes the bytes of `express.raw`. A parser that came before has left nothing to verify: then the answer is 500, and
 * `onError` is told `BODY_PARSED`.
 */
export function toNodeHandler(receiver: Pick<WebhookReceiver, "handle">): NodeHandler {
  return async (incoming: Incoming, outgoing) => {
    const answer = (await receiver.handle(toRequest(incoming))) as Response;
    const text = await answer.text();
    outgoing.writeHead(answer.status, Object.fromEntries(answer.headers));
    outgoing.end(text);
  };
}

function toRequest(incoming: Incoming): RequestLike {
  const { method = "GET", headers: fields, rawHeaders, body, rawBody } = incoming;
  const headers = new Headers();
  for (let index = 0; index < rawHeaders.length; index += 2) {
    try {
      headers.append(rawHeaders[index]!, rawHeaders[index + 1]!);
    } catch {
      // Node takes header values that fetch refuses; such a one cannot be covered.
    }
  }
  const url = `http://${fields.host ?? "localhost"}${incoming.originalUrl ?? incoming.url ?? "/"}`;
  const bytes = [rawBody, body].find((given) => given instanceof Uint8Array);
  const eaten = bytes === undefined && (incoming.readableDidRead || incoming.readableEnded);
  const stream = () =>
    bytes ? new Blob([bytes as Uint8Array<ArrayBuffer>]).stream() : Readable.toWeb(incoming);
  // Not a `Request`: that takes no body with a GET, which is to be answered with 405, and rewrites some paths.
  return {
    method,
    url,
    headers,
    body: eaten ? null : stream(),
    bodyUsed: eaten,
    arrayBuffer: () => Promise.reject(new TypeError("the body is read as a stream")),
    clone: () => fail(),
  };
}

function fail(): never {
  throw new TypeError("a delivery is read once");
}

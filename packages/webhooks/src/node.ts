/**
 * Receives webhooks in Node's own servers, and in what is built on them.
 *
 * @packageDocumentation
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { fail } from "./errors.js";
import type { DeliveryRequest, WebhookReceiver } from "./receiver.js";

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
    // Something that limits the time may have answered meanwhile.
    if (outgoing.headersSent) return;
    outgoing.writeHead(answer.status, Object.fromEntries(answer.headers));
    outgoing.end(text);
  };
}

function toRequest(incoming: Incoming): DeliveryRequest {
  const { method = "GET", rawHeaders, body, rawBody } = incoming;
  const headers = new Headers();
  for (let index = 0; index < rawHeaders.length; index += 2) {
    try {
      headers.append(rawHeaders[index]!, rawHeaders[index + 1]!);
    } catch {
      // Node takes header values that fetch refuses; such a one cannot be covered.
    }
  }
  const bytes = [rawBody, body].find((given) => given instanceof Uint8Array);
  const eaten = incoming.readableDidRead || incoming.readableEnded;
  let stream: unknown;
  // Not a `Request`: that takes no body with a GET, which is to be answered with 405, and rewrites some paths.
  return {
    method,
    // As received: an absolute one would have the `host` in it, which is anything.
    url: incoming.originalUrl ?? incoming.url ?? "/",
    headers,
    get body() {
      // Not before it is asked for: a body that nobody began to read, Node takes off the connection by itself.
      stream ??= bytes
        ? new Blob([bytes as Uint8Array<ArrayBuffer>]).stream()
        : eaten
          ? bodyParsed()
          : Readable.toWeb(incoming);
      return stream;
    },
    bodyUsed: false,
    arrayBuffer: readOnce,
    clone: readOnce,
  };
}

function readOnce(): never {
  throw new TypeError("a delivery is read once, as a stream");
}

function bodyParsed(): never {
  fail(
    "BODY_PARSED",
    "a body parser has read the body, and what was signed are its bytes: mount the receiver before the parser (in Express before express.json(), in Fastify with a content type parser that leaves it), or behind one that gives the bytes, such as express.raw()",
  );
}

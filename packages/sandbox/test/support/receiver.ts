import { createServer, type IncomingHttpHeaders, type RequestListener, type ServerResponse } from "node:http";

export interface Received {
  readonly method: string;
  readonly target: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** Ids of the events, in the order of the request. */
  readonly ids: string[];
}

export interface Receiver {
  readonly url: string;
  readonly received: Received[];
  /** Answers; 200 at once when it is not set. */
  answer: (response: ServerResponse, request: Received) => void;
  close(): Promise<void>;
}

/** A server on this machine, on a port that is free. */
export async function listen(handler: RequestListener): Promise<{ url: string; close(): Promise<void> }> {
  const server = createServer(handler);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("a server has a port");
  return {
    url: `http://127.0.0.1:${address.port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** An endpoint that keeps what comes. */
export async function startReceiver(): Promise<Receiver> {
  const received: Received[] = [];
  const { url, close } = await listen(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part);
    const body = Buffer.concat(parts).toString();
    const { payload }: { payload: { id: string }[] } = JSON.parse(body);
    const one: Received = {
      method: request.method ?? "",
      target: request.url ?? "",
      headers: request.headers,
      body,
      ids: payload.map(({ id }) => id),
    };
    received.push(one);
    receiver.answer(response, one);
  });
  const receiver: Receiver = {
    url: `${url}/upvest`,
    received,
    answer: (response) => response.end("ok"),
    close,
  };
  return receiver;
}

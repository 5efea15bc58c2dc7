import { createServer } from "node:net";

export interface Recorder {
  readonly url: string;
  /** The bytes of the first request, as they came. */
  readonly first: Promise<Buffer>;
  close(): Promise<void>;
}

/** An endpoint that keeps what comes over the wire, and answers 200. */
export async function startRecorder(): Promise<Recorder> {
  let keep: (bytes: Buffer) => void;
  const first = new Promise<Buffer>((resolve) => {
    keep = resolve;
  });
  const server = createServer((socket) => {
    let bytes = Buffer.alloc(0);
    socket.on("error", () => {});
    socket.on("data", (data) => {
      bytes = Buffer.concat([bytes, data]);
      const text = bytes.toString("latin1");
      const end = text.indexOf("\r\n\r\n");
      const length = Number(/content-length: *(\d+)/i.exec(text)?.[1]);
      if (end < 0 || bytes.length < end + 4 + length) return;
      keep(bytes);
      socket.end("HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address() as { port: number };
  return {
    url: `http://127.0.0.1:${address.port}/hooks/upvest?tenant=7`,
    first,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

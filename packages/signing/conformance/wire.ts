import { createServer, type Socket } from "node:net";
import { importPublicKeys, type PublicKeys, uncoveredHeaders, verifyRequest } from "../src/index.js";
import { plainKeys } from "./fixtures.js";
import { wireCases } from "./wire-requests.js";

export const caseNames = (): string[] => wireCases().map(({ name }) => name);

/** A request byte for byte as it came. */
export interface WireRequest {
  method: string;
  /** The request target. */
  url: string;
  headers: [name: string, value: string][];
  body: Uint8Array;
}

export interface WireServer {
  origin: string;
  received: WireRequest[];
  close(): Promise<void>;
}

const allow = (request: WireRequest): string =>
  [
    "Access-Control-Allow-Origin: *",
    "Access-Control-Allow-Methods: GET, HEAD, POST, PUT, PATCH, DELETE",
    `Access-Control-Allow-Headers: ${headerOf(request, "access-control-request-headers") ?? "*"}`,
    "Access-Control-Max-Age: 0",
  ].join("\r\n");

/** A raw TCP server on loopback that keeps what it gets; preflights of CORS are answered, and not kept. */
export async function startWireServer(): Promise<WireServer> {
  const received: WireRequest[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    let data: Buffer = Buffer.alloc(0);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => {});
    socket.on("data", (chunk: Buffer) => {
      data = Buffer.concat([data, chunk]);
      const request = readRequest(data);
      if (request === undefined) return;
      if (request.method !== "OPTIONS" && request.url.startsWith("/wire/")) received.push(request);
      socket.end(`HTTP/1.1 200 OK\r\n${allow(request)}\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}`);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  return {
    origin: `http://127.0.0.1:${port}`,
    received,
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Reads one request of HTTP/1.1; nothing as long as it is not complete. */
function readRequest(data: Buffer): WireRequest | undefined {
  const end = data.indexOf("\r\n\r\n");
  if (end < 0) return undefined;
  const [line, ...fields] = data.toString("latin1", 0, end).split("\r\n");
  const [method, url] = line!.split(" ") as [string, string];
  const headers = fields.map((field): [string, string] => {
    const colon = field.indexOf(":");
    return [field.slice(0, colon), field.slice(colon + 1).trim()];
  });
  const rest = data.subarray(end + 4);
  const request = { method, url, headers, body: new Uint8Array() };
  const body = /chunked/i.test(headerOf(request, "transfer-encoding") ?? "")
    ? readChunks(rest)
    : readLength(rest, Number(headerOf(request, "content-length") ?? 0));
  return body && { ...request, body };
}

const readLength = (data: Buffer, length: number): Buffer | undefined =>
  data.length < length ? undefined : data.subarray(0, length);

function readChunks(data: Buffer): Buffer | undefined {
  const chunks: Buffer[] = [];
  for (let at = 0; ; ) {
    const lineEnd = data.indexOf("\r\n", at);
    if (lineEnd < 0) return undefined;
    const size = Number.parseInt(data.toString("latin1", at, lineEnd), 16);
    at = lineEnd + 2 + size + 2;
    if (data.length < at) return undefined;
    if (size === 0) return Buffer.concat(chunks);
    chunks.push(data.subarray(lineEnd + 2, lineEnd + 2 + size));
  }
}

export const headerOf = ({ headers }: WireRequest, wanted: string): string | undefined =>
  headers.find(([name]) => name.toLowerCase() === wanted)?.[1];

/** Which of the requests that the suite sends. */
export const caseOf = ({ url }: WireRequest): string =>
  new URL(url, "http://a").searchParams.get("case") ?? url;

const isListed = (name: string): boolean =>
  uncoveredHeaders.some((listed) =>
    listed.name.endsWith("*") ? name.startsWith(listed.name.slice(0, -1)) : name === listed.name,
  );

/** The headers of a request by whether its signature covers them. */
export interface Sorted {
  covered: string[];
  /** On the list of those that are never covered. */
  listed: string[];
  /** Neither: there must be none. */
  neither: string[];
}

export function sortHeaders(request: WireRequest): Sorted {
  const [, list = ""] = /^sig1=\(([^)]*)\)/.exec(headerOf(request, "signature-input") ?? "") ?? [];
  const inSignature = list.split(" ").map((name) => name.slice(1, -1));
  const sorted: Sorted = { covered: [], listed: [], neither: [] };
  for (const [given, value] of request.headers) {
    const name = given.toLowerCase();
    if (inSignature.includes(name)) sorted.covered.push(name);
    else if (isListed(name)) sorted.listed.push(name);
    // The API's documentation: without a body, content-length is not covered, whether it is sent or not.
    else if (name !== "content-length" || value !== "0") sorted.neither.push(name);
  }
  return sorted;
}

/** What is wrong with a request as it came; nothing if it is right. */
export async function judge(request: WireRequest): Promise<string | undefined> {
  const { neither } = sortHeaders(request);
  if (neither.length > 0) return `neither covered nor listed: ${neither.join(" ")}`;
  try {
    await verifyRequest(request, { keys: await publicKeys(), version: 15 });
  } catch (error) {
    return `does not verify: ${error}`;
  }
  return undefined;
}

async function publicKeys(): Promise<(keyId: string) => ReturnType<PublicKeys["get"]>> {
  const keys = await Promise.all(
    plainKeys.map(({ algorithm, publicKeyPem }) => importPublicKeys(publicKeyPem, { keyId: algorithm })),
  );
  return (keyId) => keys.map((set) => set.get(keyId)).find((key) => key !== undefined);
}

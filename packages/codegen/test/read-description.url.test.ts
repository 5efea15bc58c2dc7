import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import { afterEach, describe, expect, test, vi } from "vitest";
import { readDescription } from "../src/read-description.js";
import { failureOf, head } from "./read-description.helpers.js";

let server: Server | undefined;
afterEach(() => {
  vi.unstubAllGlobals();
  server?.closeAllConnections();
  server?.close();
  server = undefined;
});

/** Starts a server and returns its address, without a slash at the end. */
async function serve(listener: RequestListener): Promise<string> {
  const started = createServer(listener);
  server = started;
  await new Promise<void>((resolve) => started.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(started.address() as AddressInfo).port}`;
}

/** A fetch of the web, as there is none here: what each URL answers. */
function stubWeb(answers: Record<string, () => Response>): string[] {
  const asked: string[] = [];
  vi.stubGlobal("fetch", async (input: URL) => {
    asked.push(input.href);
    const answer = answers[input.href];
    if (answer === undefined) throw new TypeError(`fetch failed: ${input.href}`);
    return answer();
  });
  return asked;
}

const redirectTo = (location: string) => (): Response =>
  new Response(null, { status: 302, headers: { location } });

describe("a URL", () => {
  test("is read, also when it is compressed", async () => {
    const url = await serve((_, response) => {
      response.setHeader("content-encoding", "gzip");
      response.end(gzipSync(head));
    });
    expect(await readDescription(`${url}/api.yaml`)).toMatchObject({
      document: { openapi: "3.1.0" },
      bytes: Buffer.byteLength(head),
      source: `${url}/api.yaml`,
    });
  });

  test("may be https", async () => {
    stubWeb({ "https://api.test/a.yaml": () => new Response(head) });
    expect((await readDescription("https://api.test/a.yaml")).source).toBe("https://api.test/a.yaml");
  });

  test("may be http only to this computer", async () => {
    const url = await serve((_, response) => response.end(head));
    await readDescription(url.replace("127.0.0.1", "localhost"));
    for (const source of [
      "http://example.test/",
      "http://127.0.0.1.example.test/",
      "http://localhost.example.test/",
      "http://127.0.0.2/",
      "http://user@example.test@localhost.test/",
      "ftp://localhost/",
      "file:///etc/hosts",
      "https://",
    ]) {
      expect(await failureOf(source), source).toMatchObject({ code: "URL_REFUSED" });
    }
  });

  test("that answers with an error is URL_NOT_READABLE, with the status", async () => {
    const url = await serve((_, response) => response.writeHead(404).end("not here"));
    expect(await failureOf(url)).toMatchObject({
      code: "URL_NOT_READABLE",
      message: expect.stringContaining("404"),
    });
  });

  test("where nobody answers, or breaks off, is URL_NOT_READABLE", async () => {
    const url = await serve((_, response) => {
      response.writeHead(200, { "content-length": "1000" });
      response.write("openapi", () => response.destroy());
    });
    expect(await failureOf(url)).toMatchObject({ code: "URL_NOT_READABLE" });
    server?.close();
    server?.closeAllConnections();
    expect(await failureOf(url)).toMatchObject({
      code: "URL_NOT_READABLE",
      message: expect.stringContaining("ECONNREFUSED"),
    });
  });

  test("that does not answer, or not to the end, is URL_TIMEOUT", async () => {
    const url = await serve((request, response) => {
      if (request.url === "/body") response.write(head);
    });
    for (const path of ["/", "/body"]) {
      expect(await failureOf(url + path, { timeoutMs: 200 })).toMatchObject({ code: "URL_TIMEOUT" });
    }
  });

  test("has one timeout for all redirects together", async () => {
    const url = await serve((request, response) => {
      const step = Number(request.url?.slice(1));
      const answer = () => response.writeHead(302, { location: `/${step + 1}` }).end();
      setTimeout(answer, 150);
    });
    expect(await failureOf(`${url}/0`, { timeoutMs: 400 })).toMatchObject({ code: "URL_TIMEOUT" });
  });

  test("with a body over 50,000,000 bytes is TOO_LARGE, whatever its header says, and is not read on", async () => {
    let sent = 0;
    const url = await serve((request, response) => {
      const part = Buffer.alloc(1_000_000, "#");
      const bytes = Buffer.alloc(60_000_000, "#");
      if (request.url === "/gzip") {
        response.setHeader("content-encoding", "gzip");
        response.end(gzipSync(bytes));
        return;
      }
      const more = (): void => {
        while (!response.destroyed && response.write(part)) sent += part.length;
        sent += part.length;
      };
      response.on("drain", more);
      more();
    });
    expect(await failureOf(`${url}/endless`)).toMatchObject({ code: "TOO_LARGE" });
    expect(sent).toBeLessThan(100_000_000);
    expect(await failureOf(`${url}/gzip`)).toMatchObject({ code: "TOO_LARGE" });
  });
});

describe("a redirect", () => {
  test("is followed up to five times", async () => {
    const url = await serve((request, response) => {
      const left = Number(request.url?.slice(1));
      if (left === 0) response.end(head);
      else response.writeHead(left % 2 === 0 ? 301 : 308, { location: `/${left - 1}` }).end();
    });
    expect((await readDescription(`${url}/5`)).source).toBe(`${url}/5`);
    expect(await failureOf(`${url}/6`)).toMatchObject({
      code: "URL_REFUSED",
      message: expect.stringContaining("more than 5 times"),
    });
  });

  test("without an address is URL_NOT_READABLE", async () => {
    const url = await serve((request, response) => {
      response.writeHead(302, request.url === "/bad" ? { location: "http://" } : {}).end();
    });
    expect(await failureOf(url)).toMatchObject({ code: "URL_NOT_READABLE" });
    expect(await failureOf(`${url}/bad`)).toMatchObject({ code: "URL_NOT_READABLE" });
  });

  test("from https to any http is URL_REFUSED", async () => {
    const local = await serve((_, response) => response.end(head));
    for (const target of [`${local}/`, "http://other.test/"]) {
      const asked = stubWeb({ "https://api.test/": redirectTo(target), [target]: () => new Response(head) });
      expect(await failureOf("https://api.test/")).toMatchObject({ code: "URL_REFUSED" });
      expect(asked).toEqual(["https://api.test/"]);
    }
  });

  test("from this computer may go to https, and never back to http", async () => {
    const asked = stubWeb({
      "http://localhost/": redirectTo("https://api.test/"),
      "https://api.test/": () => new Response(head),
      "http://localhost/back": redirectTo("https://api.test/back"),
      "https://api.test/back": redirectTo("http://localhost/"),
      "http://localhost/away": redirectTo("http://api.test/"),
    });
    await readDescription("http://localhost/");
    expect(await failureOf("http://localhost/back")).toMatchObject({ code: "URL_REFUSED" });
    expect(await failureOf("http://localhost/away")).toMatchObject({ code: "URL_REFUSED" });
    expect(asked.slice(2)).toEqual([
      "http://localhost/back",
      "https://api.test/back",
      "http://localhost/away",
    ]);
  });
});

describe("secrets in a URL", () => {
  const secret = /hunter2|hunter3|me%40|me@/;

  test("are sent to the host they are for, and to no other", async () => {
    const seen: (string | undefined)[] = [];
    const url = await serve((request, response) => {
      seen.push(`${request.headers.host} ${request.headers.authorization} ${request.url}`);
      if (request.url === "/api?key=hunter3") response.writeHead(302, { location: "/same" }).end();
      else if (request.url === "/same") {
        response
          .writeHead(302, { location: `http://localhost:${request.headers.host?.split(":")[1]}/other` })
          .end();
      } else response.end(head);
    });
    const { source } = await readDescription(
      `${url.replace("//", "//me%40home:hunter2@")}/api?key=hunter3#part`,
    );
    expect(source).toBe(`${url}/api`);
    const { host, port } = new URL(url);
    const basic = `Basic ${Buffer.from("me@home:hunter2").toString("base64")}`;
    expect(seen).toEqual([
      `${host} ${basic} /api?key=hunter3`,
      `${host} ${basic} /same`,
      `localhost:${port} undefined /other`,
    ]);
  });

  test("are in no error", async () => {
    const url = await serve((request, response) => {
      const path = request.url?.split("?")[0];
      if (path === "/status") response.writeHead(500).end();
      else if (path === "/text") response.end("hello");
      else if (path === "/ref") response.end(`${head}x: {$ref: ./other.yaml}`);
      else if (path === "/refused")
        response.writeHead(302, { location: "http://me:hunter2@a.test/?hunter3" }).end();
      else if (path === "/loop") response.writeHead(302, { location: request.url }).end();
      else if (path === "/reset") response.destroy();
    });
    const host = new URL(url).host;
    const sources = [
      ...["status", "text", "ref", "refused", "loop", "reset", "hang"].map(
        (path) => `http://me%40home:hunter2@${host}/${path}?key=hunter3`,
      ),
      "http://me%40home:hunter2@example.test/?key=hunter3",
      "https://me%40home:hunter2@exa mple/?key=hunter3",
      "https://me%40home:hunter2@127.0.0.1:1/?key=hunter3",
      "https://me:hunter2%zz@127.0.0.1:1/?key=hunter3",
      "ftp://me%40home:hunter2@example.test/?key=hunter3",
    ];
    for (const source of sources) {
      const error = await failureOf(source, { timeoutMs: 300 });
      expect(`${error.message} ${error.stack} ${String(error.cause)}`, source).not.toMatch(secret);
    }
  });
});

import { type ChildProcess, execFileSync, fork, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { type AddressInfo, createServer as createTcpServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { ClientPackage } from "./redis-client.js";
import type { FromProcess, ToProcess } from "./redis-process.js";

const findRedis = (): boolean => {
  try {
    execFileSync("redis-server", ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
};

export const isRedisThere = findRedis();

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createTcpServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });

export interface RedisServer {
  readonly port: number;
  /** Stops answering, connections stay. */
  pause(): void;
  resume(): void;
  kill(): Promise<void>;
  /** On the same port. */
  start(): Promise<void>;
  close(): Promise<void>;
}

/** A `redis-server` that keeps nothing, on a port of its own. */
export async function startRedis({ started = true } = {}): Promise<RedisServer> {
  const folder = mkdtempSync(join(tmpdir(), "upvest-sdk-redis-"));
  const port = await freePort();
  let child: ChildProcess | undefined;
  const server: RedisServer = {
    port,
    pause: () => child?.kill("SIGSTOP"),
    resume: () => child?.kill("SIGCONT"),
    async kill() {
      const ended = child && new Promise((resolve) => child?.on("exit", resolve));
      child?.kill("SIGKILL");
      await ended;
      child = undefined;
    },
    async start() {
      const started = spawn(
        "redis-server",
        ["--port", `${port}`, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", folder],
        { stdio: ["ignore", "pipe", "inherit"] },
      );
      child = started;
      await new Promise<void>((resolve, reject) => {
        createInterface({ input: started.stdout }).on("line", (line) => {
          if (line.includes("Ready to accept connections")) resolve();
        });
        started.on("exit", (code) => reject(new Error(`redis-server ended: ${code}`)));
      });
    },
    async close() {
      await server.kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  if (started) await server.start();
  return server;
}

/** Gives tokens, takes only those, and tells which process came with which. */
export interface TokenServer {
  readonly url: string;
  tokenRequests: number;
  /** In s. */
  expiresIn: number;
  /** While it is there, requests for a token wait for it. */
  gate: Promise<void> | undefined;
  readonly valid: Set<string>;
  /** By the process: the tokens that it was let in with, in their order, each once. */
  readonly used: Map<string, string[]>;
  close(): Promise<void>;
}

export async function startTokenServer(): Promise<TokenServer> {
  const http: Server = createServer(async (request, response) => {
    request.resume();
    response.setHeader("content-type", "application/json");
    if (request.url === "/auth/token") {
      server.tokenRequests++;
      await server.gate;
      const token = `token-${server.tokenRequests}`;
      server.valid.add(token);
      response.end(JSON.stringify({ access_token: token, expires_in: server.expiresIn }));
      return;
    }
    const token = request.headers.authorization?.slice("Bearer ".length) ?? "";
    if (!server.valid.has(token)) response.writeHead(401).end("{}");
    else {
      const name = `${request.headers["x-process"]}`;
      const used = server.used.get(name) ?? [];
      server.used.set(name, used);
      if (used.at(-1) !== token) used.push(token);
      response.end("{}");
    }
  });
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  const server: TokenServer = {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    tokenRequests: 0,
    expiresIn: 3600,
    gate: undefined,
    valid: new Set(),
    used: new Map(),
    close: () =>
      new Promise((resolve) => {
        http.close(() => resolve());
        http.closeAllConnections();
      }),
  };
  return server;
}

export interface ClientProcess {
  readonly name: string;
  /** Makes so many calls at once; gives how many succeeded. */
  call(count: number): Promise<number>;
  kill(): Promise<void>;
}

export async function startProcess(
  file: string,
  settings: { name: string; package: ClientPackage; port: number; url: string },
): Promise<ClientProcess> {
  const child = fork(file, [JSON.stringify(settings)], { execArgv: [] });
  const ended = new Promise<never>((_, reject) => {
    child.once("exit", () => reject(new Error("the process ended")));
  });
  ended.catch(() => {});
  const ask = (message: ToProcess) => {
    const answered = new Promise<FromProcess>((resolve) => {
      child.once("message", (answer) => resolve(answer as FromProcess));
    });
    child.send(message);
    return Promise.race([answered, ended]);
  };
  await ask({ calls: 0 });
  return {
    name: settings.name,
    call: async (calls) => (await ask({ calls })).succeeded,
    async kill() {
      child.kill("SIGKILL");
      await ended.catch(() => {});
    },
  };
}

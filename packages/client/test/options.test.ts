import { afterEach, describe, expect, test, vi } from "vitest";
import {
  type ClientOptions,
  clientOptionsFromEnv,
  createUpvestClient,
  UpvestConfigurationError,
} from "../src/index.js";
import { passphrase, record } from "./support/canaries.js";

afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

const clientSecret = "canary-client-secret-77";
const good = {
  environment: "sandbox" as const,
  clientId: "8e5b3c7f-3a5a-4d0e-9d59-0f6b4a6a1c55",
  clientSecret,
  scopes: ["users:read" as const],
  signer: { headers: async ({ headers }: { headers: Record<string, string> }) => headers },
};

const create = (options: object) => createUpvestClient({ ...good, ...options } as ClientOptions);

function refusal(make: () => unknown): UpvestConfigurationError {
  try {
    make();
  } catch (error) {
    expect(error).toBeInstanceOf(UpvestConfigurationError);
    return record("error", error as UpvestConfigurationError);
  }
  throw new Error("was to be refused");
}

describe("an option that is wrong is refused at once, by name", () => {
  test.each<[string, object]>([
    ["environment", { environment: undefined }],
    ["environment", { environment: "production" }],
    ["environment", { environment: "" }],
    ["environment", { environment: null }],
    ["environment", { environment: "__proto__" }],
    ["environment", { environment: "toString" }],
    ["baseUrl", { baseUrl: "https://sandbox.upvest.co" }],
    ["clientId", { clientId: undefined }],
    ["clientId", { clientId: "" }],
    ["clientId", { clientId: "my-client" }],
    ["clientId", { clientId: "8e5b3c7f3a5a4d0e9d590f6b4a6a1c55" }],
    ["clientId", { clientId: `${good.clientId}\n` }],
    ["clientId", { clientId: 5 }],
    ["clientSecret", { clientSecret: undefined }],
    ["clientSecret", { clientSecret: "" }],
    ["clientSecret", { clientSecret: 5 }],
    ["clientSecret", { clientSecret: { secret: passphrase } }],
    ["scopes", { scopes: undefined }],
    ["scopes", { scopes: [] }],
    ["scopes", { scopes: "users:read" }],
    ["scopes", { scopes: ["users:read", "users"] }],
    ["scopes", { scopes: ["users:read accounts:read"] }],
    ["scopes", { scopes: [undefined] }],
    ["scopes", { scopes: [""] }],
    ["signer", { signer: undefined }],
    ["signer", { signer: null }],
    ["signer", { signer: {} }],
    ["signer", { signer: "-----BEGIN" }],
    ["fetch", { fetch: {} }],
    ["fetch", { fetch: null }],
    ["timeout", { timeout: 0 }],
    ["timeout", { timeout: -1 }],
    ["timeout", { timeout: Number.NaN }],
    ["timeout", { timeout: "30s" }],
    ["timeout", { timeout: null }],
    ["deadline", { deadline: 0 }],
    ["deadline", { deadline: "90" }],
    ["retry", { retry: 3 }],
    ["retry", { retry: "no" }],
    ["maxRetries", { retry: { maxRetries: -1 } }],
    ["maxRetries", { retry: { maxRetries: 1.5 } }],
    ["maxRetries", { retry: { maxRetries: "3" } }],
    ["maxRetries", { retry: { maxRetries: Number.POSITIVE_INFINITY } }],
    ["baseDelay", { retry: { baseDelay: -1 } }],
    ["baseDelay", { retry: { baseDelay: Number.NaN } }],
    ["baseDelay", { retry: { baseDelay: "1s" } }],
    ["maxDelay", { retry: { maxDelay: -1 } }],
    ["budget", { retry: { budget: -0.1 } }],
    ["budget", { retry: { budget: Number.NaN } }],
    ["tokenStore", { tokenStore: {} }],
    ["tokenStore", { tokenStore: null }],
    ["tokenStore", { tokenStore: "redis://" }],
    ["idempotency", { idempotency: "none" }],
    ["idempotency", { idempotency: null }],
    ["hooks", { hooks: null }],
    ["hooks", { hooks: { onRequest: "log" } }],
    ["hooks", { hooks: { onToken: {} } }],
  ])("%s: %j", (name, options) => {
    const error = refusal(() => create(options));
    expect(error).toMatchObject({ code: "INVALID_OPTION", outcome: "not_sent" });
    expect(error.message).toContain(name);
  });

  test.each([undefined, null, {}, 5, "x"])("createUpvestClient(%j)", (options) => {
    expect(refusal(() => createUpvestClient(options as never))).toMatchObject({ code: "INVALID_OPTION" });
  });
});

describe("baseUrl", () => {
  const at = (baseUrl: unknown) => () => create({ environment: undefined, baseUrl });

  test.each([
    "",
    "sandbox.upvest.co",
    "/users",
    "http://sandbox.upvest.co",
    "http://localhost.evil.test",
    "http://127.0.0.1.evil.test",
    "http://10.0.0.1",
    "http://0.0.0.0",
    "ftp://localhost",
    "ws://localhost",
    "file:///etc/passwd",
    "javascript:alert(1)",
    "https://user@sandbox.upvest.co",
    `https://user:${passphrase}@sandbox.upvest.co`,
    `https://sandbox.upvest.co?key=${passphrase}`,
    "https://sandbox.upvest.co#x",
    "https://",
    5,
    null,
    {},
  ])("%s is refused", (baseUrl) => {
    const error = refusal(at(baseUrl));
    expect(error).toMatchObject({ code: "INVALID_OPTION" });
    expect(error.message).toContain("baseUrl");
  });

  test.each([
    "https://sandbox.upvest.co",
    "https://sandbox.upvest.co/",
    "https://proxy.test:8443/upvest/",
    "HTTPS://Sandbox.Upvest.co",
    "http://localhost",
    "http://localhost:3000",
    "http://127.0.0.1:3000",
    "http://127.8.8.8",
    "http://[::1]:3000",
  ])("%s is taken", (baseUrl) => {
    expect(at(baseUrl)).not.toThrow();
  });
});

describe("what is taken", () => {
  test.each<[string, object]>([
    [
      "all that is undefined",
      {
        baseUrl: undefined,
        fetch: undefined,
        retry: undefined,
        timeout: undefined,
        deadline: undefined,
        tokenStore: undefined,
        idempotency: undefined,
        hooks: undefined,
        dangerouslyAllowBrowser: undefined,
      },
    ],
    [
      "retry options that are undefined",
      { retry: { maxRetries: undefined, baseDelay: undefined, maxDelay: undefined, budget: undefined } },
    ],
    ["functions for secret and signer", { clientSecret: async () => "x", signer: async () => good.signer }],
    [
      "no end",
      {
        timeout: Number.POSITIVE_INFINITY,
        deadline: Number.POSITIVE_INFINITY,
        retry: { budget: Number.POSITIVE_INFINITY },
      },
    ],
    ["nothing", { retry: { maxRetries: 0, baseDelay: 0, maxDelay: 0, budget: 0 } }],
    ["some hooks", { hooks: { onRetry: () => {}, onToken: undefined } }],
    ["a client id in capitals", { clientId: good.clientId.toUpperCase() }],
  ])("%s", (_, options) => {
    expect(() => create(options)).not.toThrow();
  });

  test("sandbox and live are the vendor's hosts", async () => {
    const urls: string[] = [];
    for (const environment of ["sandbox", "live"]) {
      const fetch = async (url: string) => {
        urls.push(url);
        throw new TypeError("nowhere");
      };
      await create({ environment, fetch, retry: { maxRetries: 0 } }).GET("/users");
    }
    expect(urls).toEqual(["https://sandbox.upvest.co/auth/token", "https://api.upvest.co/auth/token"]);
  });

  test("what becomes of the options afterwards changes nothing", async () => {
    const scopes = ["users:read" as const];
    const bodies: string[] = [];
    const options = {
      ...good,
      scopes,
      fetch: async (_: string, { body }: { body?: Uint8Array }) => {
        if (body) bodies.push(new TextDecoder().decode(body));
        return Response.json({
          access_token: "canary-token-1",
          expires_in: 60,
          scope: "users:read",
        }) as never;
      },
    };
    const client = createUpvestClient(options);
    scopes.push("users:admin" as never);
    options.clientSecret = "other";
    await client.GET("/users");
    const form = new URLSearchParams(bodies[0]);
    expect([form.get("scope"), form.get("client_secret")]).toEqual(["users:read", clientSecret]);
  });
});

describe("clientOptionsFromEnv", () => {
  const env = {
    UPVEST_API_BASE_URL: " https://sandbox.upvest.co\n",
    UPVEST_API_CLIENT_ID: good.clientId,
    UPVEST_API_CLIENT_SECRET: clientSecret,
    UPVEST_API_SCOPES: "users:read, accounts:admin,,orders:read ",
    UPVEST_API_KEY_ID: "key",
    UPVEST_API_HTTP_SIGN_PRIVATE_KEY: "canary-token",
    UPVEST_API_HTTP_SIGN_PRIVATE_KEY_PASSPHRASE: passphrase,
  };

  test("reads the vendor's names, and no key", () => {
    expect(clientOptionsFromEnv(env)).toEqual({
      baseUrl: "https://sandbox.upvest.co",
      clientId: good.clientId,
      clientSecret,
      scopes: ["users:read", "accounts:admin", "orders:read"],
    });
  });

  test("is what a client takes", () => {
    expect(() => createUpvestClient({ ...clientOptionsFromEnv(env), signer: good.signer })).not.toThrow();
  });

  test("reads process.env, if nothing is given", () => {
    for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
    expect(clientOptionsFromEnv()).toEqual(clientOptionsFromEnv(env));
    vi.unstubAllEnvs();
  });

  test("names all that is missing or empty, and guesses nothing", () => {
    const error = refusal(() =>
      clientOptionsFromEnv({ ...env, UPVEST_API_BASE_URL: undefined, UPVEST_API_SCOPES: " " }),
    );
    expect(error).toMatchObject({ code: "INVALID_OPTION" });
    expect(error.message).toContain("UPVEST_API_BASE_URL");
    expect(error.message).toContain("UPVEST_API_SCOPES");
    expect(error.message).not.toContain("UPVEST_API_CLIENT_ID");
  });

  test("where there is no process, nothing is set", () => {
    vi.stubGlobal("process", undefined);
    const error = (() => {
      try {
        return clientOptionsFromEnv();
      } catch (thrown) {
        return thrown;
      } finally {
        vi.unstubAllGlobals();
      }
    })();
    expect(error).toMatchObject({ code: "INVALID_OPTION" });
  });
});

describe("in a browser", () => {
  const chromium =
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36";
  /** What making a client gives, where these are the globals. */
  const madeIn = (globals: Record<string, unknown>, options: object = {}): unknown => {
    for (const [name, value] of Object.entries(globals)) vi.stubGlobal(name, value);
    try {
      return create(options);
    } catch (error) {
      return error;
    } finally {
      vi.unstubAllGlobals();
    }
  };
  const client = expect.objectContaining({ call: expect.any(Function) });

  test.each<[string, Record<string, unknown>]>([
    ["a page", { navigator: { userAgent: chromium }, process: undefined, window: {}, document: {} }],
    ["a worker", { navigator: { userAgent: chromium }, process: undefined, WorkerGlobalScope: class {} }],
    [
      "a page with a bundler's process",
      { navigator: { userAgent: chromium }, process: { env: {}, versions: {} }, window: {} },
    ],
    [
      "Firefox",
      {
        navigator: { userAgent: "Mozilla/5.0 (X11; rv:127.0) Gecko/20100101 Firefox/127.0" },
        process: undefined,
      },
    ],
  ])("%s is refused, unless it is allowed", (_, globals) => {
    const error = madeIn(globals);
    expect(error).toBeInstanceOf(UpvestConfigurationError);
    expect(error).toMatchObject({ code: "BROWSER", outcome: "not_sent" });
    expect(madeIn(globals, { dangerouslyAllowBrowser: false })).toMatchObject({ code: "BROWSER" });
    expect(madeIn(globals, { dangerouslyAllowBrowser: "yes" })).toMatchObject({ code: "BROWSER" });
    expect(madeIn(globals, { dangerouslyAllowBrowser: true })).toEqual(client);
  });

  test.each<[string, Record<string, unknown>]>([
    [
      "workerd",
      { navigator: { userAgent: "Cloudflare-Workers" }, process: undefined, WorkerGlobalScope: class {} },
    ],
    ["Deno", { navigator: { userAgent: "Deno/2.1.0" } }],
    ["Bun", { navigator: { userAgent: "Bun/1.2.0" } }],
    ["Node without a navigator", { navigator: undefined }],
    ["an edge runtime", { navigator: undefined, process: { env: {} }, EdgeRuntime: "edge-runtime" }],
    [
      "jsdom under Node",
      {
        navigator: { userAgent: "Mozilla/5.0 (linux) AppleWebKit/537.36 jsdom/24.0.0" },
        window: {},
        document: {},
      },
    ],
  ])("%s is none", (_, globals) => {
    expect(madeIn(globals)).toEqual(client);
  });
});

test("making a client uses no clock, timer, randomness or network: Workers forbid it at the top of a module", () => {
  const forbidden = vi.fn(() => {
    throw new Error("not allowed here");
  });
  for (const name of ["setTimeout", "setInterval", "setImmediate", "queueMicrotask", "fetch"]) {
    vi.stubGlobal(name, forbidden);
  }
  vi.stubGlobal("performance", { now: forbidden });
  vi.stubGlobal("crypto", { getRandomValues: forbidden, randomUUID: forbidden, subtle: undefined });
  vi.spyOn(Date, "now").mockImplementation(forbidden);
  vi.spyOn(Math, "random").mockImplementation(forbidden);
  let error: unknown;
  try {
    create({
      clientSecret: forbidden,
      signer: forbidden,
      hooks: { onRequest: forbidden, onToken: forbidden },
    });
  } catch (thrown) {
    error = thrown;
  }
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
  expect(error).toBeUndefined();
  expect(forbidden).not.toHaveBeenCalled();
});

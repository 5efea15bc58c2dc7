import { createHash, randomUUID } from "node:crypto";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { request } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createAdaptorServer } from "@hono/node-server";
import type { User } from "@upvest-sdk/types";
import {
  createAccount,
  createAccountGroup,
  createUser,
  createVirtualCashIncrease,
  createWebhook,
  listAccountOrders,
  placeOrder,
  retrieveOrder,
  updateWebhook,
} from "@upvest-sdk/types/operations";
import { Hono } from "hono";
import { type BrowserContext, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { serveConsole } from "../src/console.js";
import { createWorld, type OwnWorld } from "../src/create-world.js";
import type { DeliveryRecord } from "../src/deliveries.js";
import type { Env, Exchange } from "../src/server.js";
import { byol } from "./support/people.js";
import { startReceiver } from "./support/receiver.js";
import { run } from "./support/running.js";

const evil = `<script>alert("x")</script><img src=x onerror=alert(1)>`;
const ids = {
  verified: "11111111-1111-4111-8111-111111111111",
  refused: "22222222-2222-4222-8222-222222222222",
  hostile: "33333333-3333-4333-8333-333333333333",
  user: "44444444-4444-4444-8444-444444444444",
  webhook: "55555555-5555-4555-8555-555555555555",
  delivered: "0123456789abcdef0123456789abcdef",
  failed: "fedcba9876543210fedcba9876543210",
};

const base = `"@method": POST
"@path": /orders
"@query": ?
"content-length": 187
"content-type": application/json
"accept": application/json
"authorization": (blanked)
"idempotency-key": 2d0d3b1c-7c1f-4f0e-8a52-6a5d1f3f6a11
"upvest-client-id": c6f4a8ac-4d3e-4a3b-9f57-0a5dd3b9f2c4
"content-digest": sha-512=:WZDPaVn/7XgHaAy8pmojAkGWoRx2UFChF41A2svX+TaPm+AbwAgBWnrIiYllu7BNNyealdVLvRwEmTHWXvJwew==:
"@signature-params": ("@method" "@path" "@query" "content-length" "content-type" "accept" "authorization" "idempotency-key" "upvest-client-id" "content-digest");keyid="a3f1";created=1767603600;nonce="6f1c";expires=1767603610`;
const components = [...base.matchAll(/^"([^"]+)": /gm)].map(([, name]) => name!).slice(0, -1);

const exchange = (id: string, more: Partial<Exchange>): Exchange => ({
  id,
  at: Date.UTC(2026, 0, 5, 9, 0, 1, 234),
  method: "GET",
  target: "/users",
  operation: "list_users",
  status: 200,
  signature: { verdict: "verified", keyId: "a3f1", components, base },
  assumed: [],
  ms: 3.21,
  ...more,
});

const hostileUser: User = {
  id: ids.user,
  created_at: "2026-01-05T09:00:00.000Z",
  updated_at: "2026-01-05T09:00:00.000Z",
  first_name: evil,
  last_name: "Lovelace",
  birth_date: "1995-12-10",
  nationalities: ["DE"],
  address: { address_line1: "Unter den Linden 1", postcode: "10117", city: "Berlin", country: "DE" },
  status: "ACTIVE",
};

interface Served {
  url: string;
  port: number;
  world: OwnWorld;
  requests: Exchange[];
  deliveries: DeliveryRecord[];
  close(): void;
}

async function serve(): Promise<Served> {
  const world = createWorld({ clock: "manual", seed: "console", tasks: {} });
  const requests: Exchange[] = [];
  const deliveries: DeliveryRecord[] = [];
  const app = new Hono<Env>();
  serveConsole(app, { world, requests, deliveries, clientSecret: "hush-of-the-sandbox" });
  const server = createAdaptorServer({ fetch: app.fetch });
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => sockets.add(socket));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    world,
    requests,
    deliveries,
    close() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

/** Something of everything. */
function fill({ world, requests, deliveries }: Served): void {
  world.tables.users.set(ids.user, hostileUser);
  world.tables.webhooks.set(ids.webhook, {
    id: ids.webhook,
    created_at: "2026-01-05T09:00:00.000Z",
    updated_at: "2026-01-05T09:00:00.000Z",
    title: "mine",
    url: "http://localhost:3000/upvest",
    enabled: true,
    type: ["ALL"],
    config: { delay: "1s", max_package_size: 51_200 },
  });
  world.tables.answers.set("secret answer", {
    operation: "create_user",
    fingerprint: "f",
    status: 200,
    body: "not to be seen",
    at: 0,
  });
  world.tables.outboxes.set(ids.webhook, { waiting: ["not to be seen"], batch: [], attempts: 0 });
  world.emit("USER.CREATED", hostileUser);
  world.emit("USER.ACTIVATED", { ...hostileUser, first_name: "Ada" });
  const events = world.tables.events.list().map(({ id }) => id);
  const delivery: DeliveryRecord = {
    id: ids.delivered,
    webhook_id: ids.webhook,
    url: "http://localhost:3000/upvest",
    at: world.clock.now(),
    attempt: 2,
    status: 200,
    events,
    signatureBase: `"content-type": application/json\n"@method": POST`,
    ms: 12,
  };
  deliveries.push(
    {
      ...delivery,
      id: ids.failed,
      attempt: 1,
      status: 503,
      error: `answered with 503 ${evil}`,
      url: "http://localhost:3000/upvest?token=hush",
    },
    delivery,
  );
  requests.push(
    exchange("a1", {
      method: "POST",
      target: "/auth/token?client_secret=hush&scope=x",
      operation: "issue_token",
    }),
    exchange("a2", { method: "POST", operation: "create_user" }),
    exchange("a3", { target: `/users/${ids.user}`, operation: "retrieve_user" }),
    exchange("a4", { method: "POST", target: "/account_groups", operation: "create_account_group" }),
    exchange("a5", { method: "POST", target: "/accounts", operation: "create_account" }),
    exchange("a6", {
      method: "POST",
      target: "/webhooks",
      operation: "create_webhook",
      assumed: ["What config leaves out is 1s."],
    }),
    exchange(ids.hostile, {
      target: `/users/${evil}?x=${evil}`,
      status: 404,
      problem: `There is no user ${evil}.`,
      assumed: [evil],
      signature: { verdict: "verified", keyId: evil, components: [evil], base: `"@path": ${evil}` },
    }),
    exchange("a7", {
      target: "/orders",
      status: 400,
      signature: { verdict: "not checked" },
      problem: "Missing upvest-client-id header: send the client id, a UUID, with every request.",
    }),
    exchange(ids.verified, { method: "POST", target: "/orders", operation: "place_order" }),
    exchange(ids.refused, {
      method: "POST",
      target: "/orders",
      operation: "place_order",
      status: 401,
      signature: { verdict: "CONTENT_DIGEST_MISMATCH", keyId: "a3f1", components, base },
      problem:
        "Signature is incorrect: the body's digest is not the one in content-digest; sign exactly the bytes that are sent.",
    }),
  );
}

const pageOf = async ({ url }: Served, path: string) => {
  const answer = await fetch(`${url}/_console${path}`);
  return { status: answer.status, headers: answer.headers, text: await answer.text() };
};

/** A request with any Host and method. */
const ask = ({ port }: Served, host: string, method: string) =>
  new Promise<{ status: number | undefined; headers: Record<string, unknown>; text: string }>(
    (resolve, reject) => {
      request(
        { host: "127.0.0.1", port, method, path: "/_console", headers: { host, origin: "http://a.example" } },
        (answer) => {
          let text = "";
          answer.setEncoding("utf8").on("data", (part: string) => {
            text += part;
          });
          answer.on("end", () => resolve({ status: answer.statusCode, headers: answer.headers, text }));
        },
      )
        .on("error", reject)
        .end();
    },
  );

describe("the console", () => {
  let empty: Served;
  let full: Served;
  beforeAll(async () => {
    empty = await serve();
    full = await serve();
    fill(full);
  });
  afterAll(() => {
    empty.close();
    full.close();
  });

  const everyPage = () => [
    "",
    "?only=refused",
    "?only=assumed",
    ...full.requests.map(({ id }) => `/requests/${id}`),
    "/events",
    ...full.world.tables.events.list().map(({ id }) => `/events/${id}`),
    "/deliveries",
    ...full.deliveries.map(({ id }) => `/deliveries/${id}`),
    "/resources",
    "/resources/users",
    `/resources/users/${ids.user}`,
    `/resources/webhooks/${ids.webhook}`,
  ];

  it("answers this machine only, and only GET", async () => {
    for (const host of ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example:80", "10.0.0.1"]) {
      const { status, text } = await ask(full, host, "GET");
      expect(status).toBe(403);
      expect(text).not.toContain("Requests");
    }
    for (const host of ["localhost", `localhost:${full.port}`, "127.0.0.1", "[::1]:80"])
      expect((await ask(full, host, "GET")).status).toBe(200);
    for (const method of ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"]) {
      const { status, headers } = await ask(full, "localhost", method);
      expect(status).toBe(405);
      expect(headers["allow"]).toBe("GET");
      expect(headers["access-control-allow-origin"]).toBeUndefined();
    }
    expect((await ask(full, "localhost", "GET")).headers["access-control-allow-origin"]).toBeUndefined();
  });

  it("lets nothing run but its own script, and loads nothing from elsewhere", async () => {
    for (const path of everyPage()) {
      const { status, headers, text } = await pageOf(full, path);
      expect(status, path).toBe(200);
      const policy = headers.get("content-security-policy") ?? "";
      expect(policy).toContain("default-src 'none'");
      expect(policy).not.toContain("unsafe");
      for (const tag of ["script", "style"]) {
        const inline = [...text.matchAll(new RegExp(`<${tag}[^>]*>([\\s\\S]*?)</${tag}>`, "g"))];
        expect(inline).toHaveLength(1);
        const hash = createHash("sha256").update(inline[0]![1]!).digest("base64");
        expect(policy).toContain(`${tag}-src 'sha256-${hash}'`);
      }
      const markup = text.replace(/<(script|style)[^>]*>[\s\S]*?<\/\1>/g, "");
      expect(markup).not.toMatch(/<[^>]*\son\w+=/);
      expect(markup).not.toMatch(/<[^>]*\sstyle=/);
      for (const [, target] of markup.matchAll(/(?:href|src)="([^"]*)"/g))
        expect(target).toMatch(/^(\/_console|#|data:image\/svg\+xml,)/);
    }
  });

  it("escapes what comes from requests", async () => {
    for (const path of everyPage()) {
      const { text } = await pageOf(full, path);
      expect(text, path).not.toContain("<script>alert");
      expect(text, path).not.toContain("<img");
    }
    const escaped = "&lt;script&gt;alert(";
    for (const path of ["", `/requests/${ids.hostile}`, "/resources/users", `/resources/users/${ids.user}`])
      expect((await pageOf(full, path)).text).toContain(escaped);
    expect((await pageOf(full, `/deliveries/${ids.failed}`)).text).toContain(escaped);
    const unknown = await pageOf(
      full,
      `/requests/${encodeURIComponent(evil)}?only=${encodeURIComponent(evil)}`,
    );
    expect(unknown.status).toBe(404);
    expect(unknown.text).not.toContain("<script>alert");
  });

  it("tells no secrets", async () => {
    for (const path of everyPage()) {
      const { text } = await pageOf(full, path);
      expect(text, path).not.toMatch(/hush|not to be seen|secret answer/);
    }
    expect((await pageOf(full, "")).text).toContain("client_secret=(blanked)");
    for (const name of ["answers", "outboxes", "orderWork", "events", "constructor"])
      expect((await pageOf(full, `/resources/${name}`)).status, name).toBe(404);
    expect((await pageOf(full, `/resources/outboxes/${ids.webhook}`)).status).toBe(404);

    const leaky = await serve();
    leaky.requests.push(
      exchange("b1", {
        problem: "The token ory_at_hush-1_x was revoked.",
        signature: {
          verdict: "verified",
          base: `"@query": ?access_token=hush&a=b\n"authorization": Bearer hush\n"upvest-client-id": hush-of-the-sandbox`,
        },
      }),
    );
    leaky.world.emit("USER.CREATED", Object.assign({}, hostileUser, { client_secret: "hush" }));
    const [event] = leaky.world.tables.events.list();
    for (const path of ["/requests/b1", `/events/${event!.id}`]) {
      const { text } = await pageOf(leaky, path);
      expect(text).not.toContain("hush");
      expect(text).toContain("(blanked)");
    }
    leaky.close();
  });

  it("shows of a request what was checked, refused and assumed", async () => {
    const list = (await pageOf(full, "")).text;
    expect(list.indexOf(`row-${ids.refused}`)).toBeLessThan(list.indexOf(`row-${ids.verified}`));
    expect(list).toContain("09:00:01.234");
    expect(list).toContain("CONTENT_DIGEST_MISMATCH");
    const refused = (await pageOf(full, `/requests/${ids.refused}`)).text;
    expect(refused).toContain("sign exactly the bytes that are sent");
    expect(refused).toContain("401 Unauthorized");
    expect(refused).toContain("<li>idempotency-key</li>");
    expect(refused).toContain("&quot;@path&quot;:</span> /orders");
    expect(refused).toContain("&quot;authorization&quot;:</span> (blanked)");
    expect((await pageOf(full, "/requests/a6")).text).toContain("<li>What config leaves out is 1s.</li>");
    expect((await pageOf(full, "/requests/a7")).text).toContain("it was refused before");
    const only = (await pageOf(full, "?only=refused")).text;
    expect(only.match(/<tr id="row-/g)).toHaveLength(3);
    expect(only).toContain(`href="/_console/requests/${ids.refused}?only=refused#detail"`);
  });

  it("shows events, deliveries and resources, and how they belong together", async () => {
    const [created] = full.world.tables.events.list();
    const event = (await pageOf(full, `/events/${created!.id}`)).text;
    expect(event).toContain("USER.CREATED");
    expect(event).toContain(`href="/_console/deliveries/${ids.delivered}#detail"`);
    expect(event).toContain(`href="/_console/resources/users/${ids.user}#detail"`);
    const delivery = (await pageOf(full, `/deliveries/${ids.failed}`)).text;
    expect(delivery).toContain("answered with 503");
    expect(delivery).toContain(`href="/_console/events/${created!.id}#detail"`);
    expect(delivery).toContain(`href="/_console/resources/webhooks/${ids.webhook}#detail"`);
    const resources = (await pageOf(full, "/resources")).text;
    expect(resources).toContain(`href="/_console/resources/users"`);
    expect(resources).not.toContain(`href="/_console/resources/orders"`);
    expect((await pageOf(full, "/resources/users")).text).toContain('<span class="badge good">ACTIVE</span>');
  });

  it("says what to do next where there is nothing", async () => {
    expect((await pageOf(empty, "")).text).toContain(`export UPVEST_API_BASE_URL=${empty.url}`);
    expect((await pageOf(empty, "/events")).text).toContain("No events yet");
    expect((await pageOf(empty, "/deliveries")).text).toContain(`POST ${empty.url}/webhooks`);
    expect((await pageOf(empty, "/resources")).text).toContain("POST /users");
    expect((await pageOf(empty, "/resources/taxResidencies")).text).toContain("No tax residencies yet");
    for (const path of ["/requests/x", "/events/x", "/deliveries/x", "/resources/users/x"]) {
      const { status, text } = await pageOf(empty, path);
      expect(status).toBe(404);
      expect(text).toContain("There is no such");
    }
    expect((await fetch(`${empty.url}/_console/nowhere`)).url).toBe(`${empty.url}/_console`);
  });
});

const executablePath = "/usr/bin/chromium";
const isThere = existsSync(executablePath);
if (!isThere)
  console.warn(
    `SKIPPED: the console in a browser. There is no ${executablePath} (apt-get install chromium).`,
  );

describe.skipIf(!isThere)("the console in Chromium", () => {
  let served: Served;
  let profile: string;
  let context: BrowserContext;
  const open = async (path: string, url = served.url) => {
    const page = await context.newPage();
    const faults: string[] = [];
    page.on("console", (message) => {
      if (message.type() === "error" || message.type() === "warning") faults.push(message.text());
    });
    page.on("pageerror", (error) => faults.push(String(error)));
    page.on("dialog", (dialog) => faults.push(`dialog ${dialog.message()}`));
    await page.goto(`${url}/_console${path}`);
    return { page, faults };
  };
  const isOverflowing = (page: Page) =>
    page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth");

  beforeAll(async () => {
    served = await serve();
    fill(served);
    profile = mkdtempSync(join(tmpdir(), "upvest-sdk-chromium-"));
    context = await chromium.launchPersistentContext(profile, {
      executablePath,
      viewport: { width: 1280, height: 800 },
      args: [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--no-first-run",
      ],
    });
  });
  afterAll(async () => {
    await context?.close();
    served?.close();
    if (profile) rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  });

  it("renders every kind of page, without violations or errors, wide and narrow", async () => {
    const { page, faults } = await open("");
    const [event] = served.world.tables.events.list();
    for (const width of [1280, 400]) {
      await page.setViewportSize({ width, height: 800 });
      for (const path of [
        "",
        `/requests/${ids.refused}`,
        `/requests/${ids.hostile}`,
        `/events/${event!.id}`,
        `/deliveries/${ids.failed}`,
        "/resources",
        `/resources/users/${ids.user}`,
      ]) {
        await page.goto(`${served.url}/_console${path}`);
        await page.getByRole("heading", { name: "Upvest sandbox" }).waitFor();
        expect(await isOverflowing(page), `${path} at ${width}`).toBe(false);
        expect(await page.locator("#live output").textContent()).toBe("Live");
      }
    }
    expect(await page.locator("main script, main img").count()).toBe(0);
    await page.goto(`${served.url}/_console/resources/users`);
    expect(await page.locator("tbody td").first().textContent()).toBe(`${evil} Lovelace`);
    expect(faults).toEqual([]);
    await page.close();
  });

  it("shows what is new without a reload, and leaves alone what is read", async () => {
    const { page, faults } = await open("");
    await page.evaluate("document.body.dataset.mark = 'same'; document.querySelector('tbody tr').old = true");
    const second = page.locator("a.row").nth(1);
    await second.focus();
    const name = await second.getAttribute("id");
    const before = await page.locator("tbody tr").count();
    served.requests.push(
      exchange("new1", { target: `/users/new?${evil}`, status: 503, operation: "list_users" }),
    );
    await page.locator("#row-new1").waitFor({ timeout: 10_000 });
    expect(await page.locator("tbody tr").count()).toBe(before + 1);
    expect(await page.locator("tbody tr").first().getAttribute("id")).toBe("row-new1");
    expect(await page.evaluate("document.querySelectorAll('tbody tr')[1].old")).toBe(true);
    expect(await page.evaluate("document.activeElement.id")).toBe(name);
    expect(await page.locator("nav a[aria-current] .count").textContent()).toBe(String(before + 1));

    served.requests.splice(
      served.requests.findIndex(({ id }) => id === "new1"),
      1,
    );
    await page.locator("#row-new1").waitFor({ state: "detached", timeout: 10_000 });
    expect(await page.locator("tbody tr").count()).toBe(before);

    await page.getByRole("button", { name: "Pause" }).click();
    served.requests.push(exchange("new2", {}));
    await new Promise((done) => setTimeout(done, 2500));
    expect(await page.locator("#row-new2").count()).toBe(0);
    await page.getByRole("button", { name: "Resume" }).click();
    await page.locator("#row-new2").waitFor({ timeout: 10_000 });
    served.requests.pop();
    expect(faults).toEqual([]);
    await page.close();
  });

  it("is used by keyboard: rows, details, the way back", async () => {
    const { page, faults } = await open("");
    await page.evaluate("window.mark = 'no reload'");
    const isFocused = (id: string) => page.locator(`[id="${id}"]:focus`).waitFor({ timeout: 10_000 });
    await page.keyboard.press("Tab");
    expect(await page.evaluate("document.activeElement.textContent")).toBe("Skip to the list");
    await page.keyboard.press("Enter");
    // Past the filter.
    for (let tabs = 0; tabs < 4; tabs++) await page.keyboard.press("Tab");
    await isFocused(`open-${ids.refused}`);
    await page.keyboard.press("ArrowDown");
    await isFocused(`open-${ids.verified}`);
    await page.keyboard.press("ArrowUp");
    await page.keyboard.press("Enter");
    await isFocused("detail-title");
    expect(new URL(page.url()).pathname).toBe(`/_console/requests/${ids.refused}`);
    expect(await page.locator("#detail").textContent()).toContain("sign exactly the bytes that are sent");
    expect(await page.locator("#detail pre").textContent()).toContain('"@path": /orders');

    // A selection in it outlives what is new.
    await page.evaluate("getSelection().selectAllChildren(document.querySelector('#detail pre'))");
    served.requests.push(exchange("new3", {}));
    await page.locator("#row-new3").waitFor({ timeout: 10_000 });
    expect(await page.evaluate("String(getSelection())")).toContain("@signature-params");
    served.requests.pop();

    await page.keyboard.press("Escape");
    await isFocused(`open-${ids.refused}`);
    expect(await page.locator("#detail").count()).toBe(0);
    await page.goBack();
    await page.locator("#detail").waitFor();
    await page.getByRole("link", { name: /^Events/ }).press("Enter");
    await page.getByRole("heading", { name: "Events" }).waitFor();
    expect(await page.title()).toBe("Events · Upvest sandbox");
    expect(await page.evaluate("window.mark")).toBe("no reload");
    expect(faults).toEqual([]);
    await page.close();
  });

  it("says so when the sandbox has ended", async () => {
    const other = await serve();
    const page = await context.newPage();
    await page.goto(`${other.url}/_console`);
    other.close();
    await page.getByText("The sandbox does not answer").waitFor({ timeout: 10_000 });
    await page.close();
  });

  it("works without a script", async () => {
    const plain = await context.browser()?.newContext({ javaScriptEnabled: false });
    const page = await (plain ?? context).newPage();
    await page.goto(`${served.url}/_console`);
    if (plain) expect(await page.locator("#live output").textContent()).toBe("Reload to see what is new");
    await page.locator(`#open-${ids.refused}`).press("Enter");
    await page.getByText("sign exactly the bytes that are sent").waitFor();
    await page.getByRole("link", { name: "Close" }).press("Enter");
    await page.locator("#detail").waitFor({ state: "detached" });
    await plain?.close();
  });

  it("shows a whole sandbox, but none of its secrets", async () => {
    const receiver = await startReceiver();
    const { sandbox, client, request } = await run({ seed: "console", clock: "manual" });
    const { clock, credentials, url } = sandbox;
    let token = "";
    try {
      const idempotencyKey = () => randomUUID();
      const webhook = await client.call(createWebhook, {
        body: { title: "mine", url: receiver.url, type: ["ALL"] },
      });
      await client.call(updateWebhook, { path: { webhook_id: webhook.id }, body: { enabled: true } });
      const user = await client.call(createUser, {
        body: { ...byol, last_name: "Lovelace" },
        idempotencyKey: idempotencyKey(),
      });
      const group = await client.call(createAccountGroup, {
        body: { user_id: user.id, type: "PERSONAL" },
        idempotencyKey: idempotencyKey(),
      });
      const account = await client.call(createAccount, {
        body: { user_id: user.id, account_group_id: group.id, type: "TRADING", name: "Trading" },
        idempotencyKey: idempotencyKey(),
      });
      await clock.advance(2000);
      receiver.answer = (response) => response.writeHead(503).end();
      await client.call(createVirtualCashIncrease, {
        body: { account_group_id: group.id, amount: "1000.00", currency: "EUR" },
        idempotencyKey: idempotencyKey(),
      });
      await clock.advance(1500);
      receiver.answer = (response) => response.end();
      const body = {
        account_id: account.id,
        side: "BUY",
        instrument_id: "IE00B3XXRP09",
        instrument_id_type: "ISIN",
        order_type: "MARKET",
        cash_amount: "100.00",
        currency: "EUR",
      } as const;
      const order = await client.call(placeOrder, { body, idempotencyKey: idempotencyKey() });
      await clock.advance(5000);
      await client.call(retrieveOrder, { path: { order_id: order.id } });
      await client.call(listAccountOrders, { path: { account_id: account.id } });
      const refused = await request("POST", "/orders", {
        body: JSON.stringify(body),
        headers: { "idempotency-key": idempotencyKey() },
        after: { "idempotency-key": idempotencyKey() },
      });
      expect(refused.status).toBe(401);
      const form = new URLSearchParams({
        client_id: credentials.clientId,
        client_secret: credentials.clientSecret,
        grant_type: "client_credentials",
        scope: "users:read",
      });
      const issued = await request("POST", "/auth/token", {
        body: form.toString(),
        headers: { "content-type": "application/x-www-form-urlencoded", authorization: undefined },
      });
      token = issued.body.access_token;
      expect(token).toMatch(/^ory_at_/);
      const read = await request("GET", `/users/${user.id}`, {
        headers: { authorization: `Bearer ${token}` },
      });
      expect(read.status).toBe(200);

      // All pages that a link leads to.
      const secrets = [
        credentials.clientSecret,
        token,
        "PRIVATE KEY",
        ...credentials.privateKeyPem.split("\n").filter((line) => line.length > 40),
      ];
      const paths = new Set(["/_console"]);
      for (const path of paths) {
        const answer = await fetch(url + path);
        const text = await answer.text();
        expect(answer.status, path).toBe(200);
        for (const secret of secrets) expect(text.includes(secret), path).toBe(false);
        for (const [, next] of text.matchAll(/href="(\/_console[^"#]*)/g))
          paths.add(next!.replaceAll("&amp;", "&"));
      }
      expect(paths.size).toBeGreaterThan(50);

      const { page, faults } = await open("", url);
      const refusedId: string = refused.body.request_id;
      await page.locator(`#open-${refusedId}`).click();
      await page.getByText("Signature is incorrect").waitFor();
      const picture = process.env["UPVEST_SDK_SCREENSHOT"];
      if (picture !== undefined) await page.screenshot({ path: picture, animations: "disabled" });
      await page.getByRole("link", { name: /^Deliveries/ }).click();
      await page.getByText("503", { exact: true }).waitFor();
      await page.getByRole("link", { name: /^Events/ }).click();
      await page.getByRole("link", { name: "ORDER.FILLED" }).click();
      await page.getByRole("link", { name: order.id, exact: true }).first().click();
      await page.getByRole("heading", { name: `Order ${order.id}` }).waitFor();
      expect(faults).toEqual([]);
      await page.close();
      // What the console itself asked for is none of the API's requests.
      expect(sandbox.requests.filter(({ target }) => /console|favicon/.test(target))).toEqual([]);
    } finally {
      await sandbox.close();
      await receiver.close();
    }
  });
});

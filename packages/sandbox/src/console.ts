import { createHash } from "node:crypto";
import { STATUS_CODES } from "node:http";
import type { Context, Hono } from "hono";
import { html, raw } from "hono/html";
import { script, style } from "./console-assets.js";
import {
  bar,
  blank,
  block,
  capital,
  count,
  dateAndTime,
  detail,
  duration,
  empty,
  gone,
  type Html,
  iso,
  json,
  note,
  pairs,
  plural,
  rows,
  signatureBase,
  statusBadge,
  textOf,
  timeOfDay,
  toneOf,
  verdictOf,
} from "./console-parts.js";
import { isLocal } from "./control.js";
import type { DeliveryRecord } from "./deliveries.js";
import type { Env, Exchange } from "./server.js";
import type { World } from "./world.js";

/** What the console shows: as it is whenever somebody looks. */
export interface ConsoleOptions {
  world: World;
  requests: readonly Exchange[];
  deliveries: readonly DeliveryRecord[];
  /** Of the sandbox: not shown, wherever somebody sent it. */
  clientSecret: string;
}

/** One page: a list, and beside it what was chosen of it. */
interface View {
  part: "requests" | "events" | "deliveries" | "resources";
  title: string;
  list: Html;
  detail?: Html | undefined;
  status?: 404;
}

const root = "/_console";
const shown = 500;
// What the sandbox notes for itself; events have a page of their own.
const hidden = new Set(["answers", "outboxes", "orderWork", "valuationDays", "events"]);

const hash = (text: string) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
const headers = {
  "content-security-policy": [
    "default-src 'none'",
    `script-src ${hash(script)}`,
    `style-src ${hash(style)}`,
    "img-src data:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; "),
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "cache-control": "no-store",
};
const icon =
  "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Cpath fill='none' stroke='%235b78f0' stroke-width='2.4' stroke-linecap='round' stroke-linejoin='round' d='M2 12l4-4 3 3 5-7'/%3E%3C/svg%3E";

const path = (...parts: string[]) => [root, ...parts.map(encodeURIComponent)].join("/");
/** The anchor is for browsers that run no script: they go on from there. */
const detailPath = (...parts: string[]) => `${path(...parts)}#detail`;
const newest = <One>(list: readonly One[]) => list.slice(-shown).reverse();

/** Adds the console, a page for people on this machine that shows what the sandbox does, at `/_console`. */
export function serveConsole(
  app: Hono<Env>,
  { world, requests, deliveries, clientSecret }: ConsoleOptions,
): void {
  const tables = Object.entries(world.tables).filter(([name]) => !hidden.has(name));
  const resourceOf = (id: string) => {
    if (!/^[0-9a-f-]{36}$/.test(id)) return undefined;
    const found = tables.find(([, table]) => table.get(id) !== undefined);
    return found && detailPath("resources", found[0], id);
  };
  const linked = (id: string) => {
    const href = resourceOf(id);
    return href ? html`<a class="mono" href="${href}">${id}</a>` : html`<code>${id}</code>`;
  };
  const eventOf = (id: string) => {
    const stored = world.tables.events.get(id);
    if (!stored) return undefined;
    const event: { created_at: string; object: unknown } = JSON.parse(stored.json);
    return { id, type: stored.type, at: event.created_at, event, subject: textOf(event.object, "id") ?? "" };
  };

  const page = ({ part, title, list, detail }: View) => {
    const counts = {
      requests: requests.length,
      events: world.tables.events.size,
      deliveries: deliveries.length,
      resources: tables.reduce((sum, [, table]) => sum + table.size, 0),
    };
    const link = (name: View["part"]) =>
      html`<a href="${path(name)}"${name === part ? raw(' aria-current="page"') : ""}>${capital(name)} <span class="count">${counts[name]}</span></a>`;
    return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · Upvest sandbox</title>
<link rel="icon" href="${icon}">
<style>${raw(style)}</style>
<script type="module">${raw(script)}</script>
</head>
<body>
<header>
<a class="skip" href="#list">Skip to the list</a>
<h1><a href="${root}"><svg width="18" height="18" viewBox="0 0 16 16" fill="none" stroke="currentColor" stroke-width="2.2" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true"><path d="M2 12l4-4 3 3 5-7"/></svg>Upvest sandbox</a></h1>
<nav aria-label="Parts of the console">${link("requests")}${link("events")}${link("deliveries")}${link("resources")}</nav>
<div class="facts">
<span>Clock ${dateAndTime(world.time())} UTC</span>
<div id="live"><output>Reload to see what is new</output><button type="button" hidden>Pause</button></div>
</div>
</header>
<main${detail ? raw(' class="split"') : ""}>
<section id="list" tabindex="-1" aria-labelledby="list-title">${list}</section>
${detail && html`<section id="detail" aria-labelledby="detail-title">${detail}</section>`}
</main>
</body>
</html>`;
  };

  const requestViews = (id: string | undefined, only: string | undefined, host: string): View => {
    const filters = {
      all: requests,
      refused: requests.filter(({ status }) => status >= 400),
      assumed: requests.filter(({ assumed }) => assumed.length > 0),
    };
    const chosen = only === "refused" || only === "assumed" ? only : "all";
    const query = chosen === "all" ? "" : `?only=${chosen}`;
    const close = `${path("requests")}${query}`;
    const filter = (name: keyof typeof filters, title: string) =>
      html`<a href="${path("requests")}${name === "all" ? "" : `?only=${name}`}"${name === chosen ? raw(' aria-current="true"') : ""}>${title} ${filters[name].length}</a>`;
    const nothing = requests.length
      ? empty(
          `No request was ${chosen}`,
          html`<p>Of the ${count(requests.length, "request")} that are kept. <a href="${path("requests")}">Show all of them.</a></p>`,
        )
      : empty(
          "No requests yet",
          html`<p>Give your program this base URL, and the client id, client secret and key that the sandbox printed when it started. Each request shows up here, with what was checked of its signature.</p>`,
          html`<pre>export UPVEST_API_BASE_URL=http://${host}</pre>`,
        );
    const list = html`${bar("Requests", requests.length > 0 && html`<div class="filter">${filter("all", "All")}${filter("refused", "Refused")}${filter("assumed", "Assumed")}</div>`)}${
      filters[chosen].length
        ? rows(
            newest(filters[chosen]),
            [
              { name: "Time (UTC)", style: "w-time", cell: ({ at }) => timeOfDay(at) },
              { name: "Method", style: "w-method mono", cell: ({ method }) => method },
              { name: "Path", style: "mono", cell: ({ target }) => blank(target) },
              { name: "Operation", style: "w-operation soft wide", cell: ({ operation }) => operation },
              {
                name: "Assumed",
                style: "w-number wide",
                cell: ({ assumed }) =>
                  assumed.length > 0 && html`<span class="badge warn">${assumed.length}</span>`,
              },
              { name: "Status", style: "w-status", cell: ({ status }) => statusBadge(status) },
              {
                name: "Signature",
                style: "w-signature medium",
                cell: ({ signature }) => verdictOf(signature),
              },
              { name: "Took", style: "w-number number wide soft", cell: ({ ms }) => duration(ms) },
            ],
            {
              key: "Path",
              idOf: (one) => one.id,
              hrefOf: (one) => `${path("requests", one.id)}${query}#detail`,
              chosen: id,
            },
          )
        : nothing
    }`;
    if (id === undefined) return { part: "requests", title: "Requests", list };
    const one = requests.find((request) => request.id === id);
    if (!one)
      return {
        part: "requests",
        title: "Requests",
        list,
        status: 404,
        detail: gone("request", close, `The last ${shown} are kept, until the sandbox ends.`),
      };
    const { signature } = one;
    // Those of a signature that is wrong are known from its base only.
    const components =
      signature.components ??
      signature.base
        ?.match(/^"[^"\n]*"(?=:)/gm)
        ?.map((quoted) => quoted.slice(1, -1))
        .filter((component) => component !== "@signature-params");
    const name = `${one.method} ${blank(one.target)}`;
    return {
      part: "requests",
      title: name,
      list,
      detail: detail(
        one.id,
        close,
        html`<span class="mono">${name}</span>`,
        statusBadge(one.status, STATUS_CODES[one.status]),
        html`
${one.problem !== undefined && note(toneOf(one.status), "Refused", html`<p>${blank(one.problem)}</p>`)}
${
  one.assumed.length > 0 &&
  note(
    "warn",
    "Assumed: not documented, the API may do otherwise",
    html`<ul>${one.assumed.map((what) => html`<li>${what}</li>`)}</ul>`,
  )
}
${pairs({
  Operation: one.operation ?? html`<span class="soft">none</span>`,
  Signature: html`${verdictOf(signature)}${signature.verdict === "not checked" && html` <span class="soft">– it was refused before</span>`}`,
  "Key id": signature.keyId && html`<code>${signature.keyId}</code>`,
  Time: html`${dateAndTime(iso(one.at))} UTC`,
  Took: duration(one.ms),
  "Request id": html`<code>${one.id}</code>`,
})}
${
  components !== undefined &&
  block(
    "Covered components",
    html`<ul class="chips mono">${components.map((component) => html`<li>${component}</li>`)}</ul>`,
  )
}
${signature.base !== undefined && signatureBase(signature.base)}`,
      ),
    };
  };

  const eventViews = (id: string | undefined): View => {
    const all = newest(world.tables.events.list()).flatMap((stored) => eventOf(stored.id) ?? []);
    const { size } = world.tables.events;
    const list = html`${bar("Events", size > shown && html`<span class="soft">the last ${shown} of ${size}</span>`)}${
      all.length
        ? rows(
            all,
            [
              { name: "Clock (UTC)", style: "w-date medium", cell: ({ at }) => dateAndTime(at) },
              { name: "Type", style: "w-event mono", cell: ({ type }) => type },
              { name: "Object", style: "mono soft wide", cell: ({ subject }) => subject },
            ],
            {
              key: "Type",
              idOf: (one) => one.id,
              hrefOf: (one) => detailPath("events", one.id),
              chosen: id,
            },
          )
        : empty(
            "No events yet",
            html`<p>Something has to happen first: create a user (<code>POST /users</code>), or place an order. Life cycles then go on by themselves, and tell of it here.</p>`,
          )
    }`;
    if (id === undefined) return { part: "events", title: "Events", list };
    const one = eventOf(id);
    if (!one)
      return {
        part: "events",
        title: "Events",
        list,
        status: 404,
        detail: gone("event", path("events"), "It may be of an earlier run."),
      };
    const sent = deliveries.filter(({ events }) => events.includes(id));
    return {
      part: "events",
      title: one.type,
      list,
      detail: detail(
        id,
        path("events"),
        html`<span class="mono">${one.type}</span>`,
        "",
        html`
${pairs({ Clock: html`${dateAndTime(one.at)} UTC`, Object: one.subject && linked(one.subject), "Event id": html`<code>${id}</code>` })}
${block(
  "Deliveries",
  sent.length
    ? html`<ul class="rows">${sent.map((delivery) => html`<li><a href="${detailPath("deliveries", delivery.id)}">${blank(delivery.url)}</a>${resultOf(delivery)}<span class="soft">attempt ${delivery.attempt}</span></li>`)}</ul>`
    : html`<p class="soft">None so far: no webhook that is enabled takes it, or it still waits for its batch.</p>`,
)}
${block("Event", json(one.event, resourceOf))}`,
      ),
    };
  };

  const resultOf = ({ status, error }: DeliveryRecord) => {
    const text = [status, status === undefined ? "no answer" : ""].filter(Boolean).join(" ");
    return html`<span class="badge ${error === undefined ? "good" : "bad"}">${text}</span>`;
  };

  const noDeliveries = (host: string) => {
    const webhooks = world.tables.webhooks.list();
    const enabled = webhooks.filter((webhook) => webhook.enabled);
    if (enabled.length)
      return empty(
        "No deliveries yet",
        html`<p>${count(enabled.length, "webhook")} ${enabled.length === 1 ? "is" : "are"} enabled. Events are collected for a moment, then sent: make something happen, e.g. with <code>POST /users</code>.</p>`,
      );
    const [first] = webhooks;
    if (first)
      return empty(
        "No deliveries yet",
        html`<p>A webhook is there, but a new one is not enabled until you say so:</p>`,
        html`<pre>PATCH http://${host}/webhooks/${first.id}\n\n{"enabled": true}</pre>`,
      );
    return empty(
      "No deliveries yet",
      html`<p>Nobody asked for events. Create a webhook that leads to a server on this machine, then enable it:</p>`,
      html`<pre>POST http://${host}/webhooks\n\n{"title": "mine", "url": "http://localhost:3000/upvest", "type": ["ALL"]}</pre>`,
    );
  };

  const deliveryViews = (id: string | undefined, host: string): View => {
    const list = html`${bar("Deliveries")}${
      deliveries.length
        ? rows(
            newest(deliveries),
            [
              { name: "Clock (UTC)", style: "w-date medium", cell: ({ at }) => dateAndTime(iso(at)) },
              { name: "URL", style: "mono", cell: ({ url }) => blank(url) },
              { name: "Attempt", style: "w-number number", cell: ({ attempt }) => attempt },
              { name: "Events", style: "w-number number wide", cell: ({ events }) => events.length },
              { name: "Answer", style: "w-answer", cell: resultOf },
              { name: "Took", style: "w-number number soft wide", cell: ({ ms }) => duration(ms) },
            ],
            {
              key: "URL",
              idOf: (one) => one.id,
              hrefOf: (one) => detailPath("deliveries", one.id),
              chosen: id,
            },
          )
        : noDeliveries(host)
    }`;
    if (id === undefined) return { part: "deliveries", title: "Deliveries", list };
    const close = path("deliveries");
    const one = deliveries.find((delivery) => delivery.id === id);
    if (!one)
      return {
        part: "deliveries",
        title: "Deliveries",
        list,
        status: 404,
        detail: gone("delivery", close, `The last ${shown} are kept, until the sandbox ends.`),
      };
    const events = one.events.map((eventId) => {
      const event = eventOf(eventId);
      return event
        ? html`<li><a class="mono" href="${detailPath("events", eventId)}">${event.type}</a><span class="soft">${dateAndTime(event.at)}</span></li>`
        : html`<li><code>${eventId}</code><span class="soft">a test</span></li>`;
    });
    return {
      part: "deliveries",
      title: `Delivery to ${blank(one.url)}`,
      list,
      detail: detail(
        id,
        close,
        html`<span class="mono">POST ${blank(one.url)}</span>`,
        resultOf(one),
        html`
${one.error !== undefined && note("bad", "Not delivered", html`<p>${blank(one.error)}</p>`)}
${pairs({
  Webhook: linked(one.webhook_id),
  Attempt: one.attempt,
  Clock: html`${dateAndTime(iso(one.at))} UTC`,
  Took: duration(one.ms),
})}
${block(count(one.events.length, "event"), html`<ul class="rows">${events}</ul>`)}
${one.signatureBase !== undefined && signatureBase(one.signatureBase)}`,
      ),
    };
  };

  const stateOf = (row: unknown) => {
    const state = textOf(row, "status") ?? textOf(row, "state");
    if (state !== undefined) return state;
    if (typeof row !== "object" || row === null || !("enabled" in row)) return undefined;
    return row.enabled ? "enabled" : "disabled";
  };
  const stateBadge = (row: unknown) => {
    const state = stateOf(row);
    if (state === undefined) return "";
    const tone = /^(ACTIVE|FILLED|PASSED|CONFIRMED|SUCCEEDED|SETTLED|DONE|enabled|FINALISED|COMPLETED)$/.test(
      state,
    )
      ? "good"
      : /FAIL|CANCEL|REJECT|CLOSED|INACTIVE|disabled/.test(state)
        ? "bad"
        : /NEW|PROCESS|PENDING|WAIT/.test(state)
          ? "warn"
          : "";
    return html`<span class="badge ${tone}">${state}</span>`;
  };
  /** What a person knows it by. */
  const nameOf = (row: unknown) => {
    const texts = (names: string[]) =>
      names
        .map((name) => textOf(row, name))
        .filter((text) => text && text !== "0")
        .join(" ");
    return (
      texts(["first_name", "last_name"]) ||
      textOf(row, "name") ||
      textOf(row, "title") ||
      texts([
        "side",
        "type",
        "cash_amount",
        "amount",
        "balance",
        "quantity",
        "currency",
        "isin",
        "instrument_id",
      ])
    );
  };

  const newestOf = (list: readonly (readonly [string, unknown])[]) => {
    const row = list.at(-1)?.[1];
    return html`${nameOf(row)} ${stateBadge(row)}`;
  };

  const resourceViews = (name: string | undefined, id: string | undefined): View => {
    const kinds = tables.filter(([, table]) => table.size > 0);
    const overview = html`${bar("Resources")}${
      kinds.length
        ? rows(
            kinds,
            [
              { name: "Kind", style: "w-name", cell: ([, table]) => capital(plural(table.what)) },
              { name: "Number", style: "w-number number", cell: ([, table]) => table.size },
              { name: "Newest", style: "soft", cell: ([, table]) => newestOf(table.toJSON()) },
            ],
            {
              key: "Kind",
              idOf: ([kind]) => kind,
              hrefOf: ([kind]) => path("resources", kind),
              chosen: undefined,
            },
          )
        : empty(
            "No resources yet",
            html`<p>The sandbox starts empty. Begin with a user (<code>POST /users</code>), then an account group and an account.</p>`,
          )
    }`;
    if (name === undefined) return { part: "resources", title: "Resources", list: overview };
    const [, table] = tables.find(([kind]) => kind === name) ?? [];
    if (!table)
      return {
        part: "resources",
        title: "Resources",
        list: overview,
        status: 404,
        detail: gone("kind of resource", path("resources"), "The list has all of which there are any."),
      };
    const title = capital(plural(table.what));
    const all: readonly (readonly [string, unknown])[] = table.toJSON();
    const list = html`${bar(
      html`<a href="${path("resources")}">Resources</a> / ${title}`,
      all.length > shown && html`<span class="soft">the last ${shown} of ${all.length}</span>`,
    )}${
      all.length
        ? rows(
            newest(all),
            [
              { name: "Id", style: "w-id mono", cell: ([rowId]) => rowId },
              { name: "Name", style: "", cell: ([, row]) => nameOf(row) },
              { name: "State", style: "w-state", cell: ([, row]) => stateBadge(row) },
              {
                name: "Created (UTC)",
                style: "w-date wide",
                cell: ([, row]) => dateAndTime(textOf(row, "created_at") ?? ""),
              },
            ],
            {
              key: "Id",
              idOf: ([rowId]) => rowId,
              hrefOf: ([rowId]) => detailPath("resources", name, rowId),
              chosen: id,
            },
          )
        : empty(
            `No ${plural(table.what)} yet`,
            html`<p><a href="${path("resources")}">See what there is.</a></p>`,
          )
    }`;
    if (id === undefined) return { part: "resources", title, list };
    const close = path("resources", name);
    const row: unknown = table.get(id);
    if (row === undefined)
      return {
        part: "resources",
        title,
        list,
        status: 404,
        detail: gone(table.what, close, "It may have been deleted."),
      };
    return {
      part: "resources",
      title: `${table.what} ${id}`,
      list,
      detail: detail(
        id,
        close,
        html`${capital(table.what)} <span class="mono">${id}</span>`,
        stateBadge(row),
        json(row, (other) => (other === id ? undefined : resourceOf(other))),
      ),
    };
  };

  const answer = (context: Context<Env>, view: (host: string) => View) => {
    const shownView = view(context.req.header("host") ?? "");
    const shownPage = String(page(shownView)).replaceAll(clientSecret, "(blanked)");
    return context.html(shownPage, shownView.status ?? 200, headers);
  };

  app.use(`${root}/*`, async (context, next) => {
    if (!isLocal(context.req.header("host"))) return context.text("Only for this machine.", 403, headers);
    if (context.req.method !== "GET")
      return context.text("Only to be looked at: GET.", 405, { ...headers, allow: "GET" });
    return await next();
  });
  app.get(root, (context) =>
    answer(context, (host) => requestViews(undefined, context.req.query("only"), host)),
  );
  app.get(`${root}/requests/:id?`, (context) =>
    answer(context, (host) => requestViews(context.req.param("id"), context.req.query("only"), host)),
  );
  app.get(`${root}/events/:id?`, (context) => answer(context, () => eventViews(context.req.param("id"))));
  app.get(`${root}/deliveries/:id?`, (context) =>
    answer(context, (host) => deliveryViews(context.req.param("id"), host)),
  );
  app.get(`${root}/resources/:name?/:id?`, (context) =>
    answer(context, () => resourceViews(context.req.param("name"), context.req.param("id"))),
  );
  app.get(`${root}/*`, (context) => context.redirect(root));
}

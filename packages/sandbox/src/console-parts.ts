// What the pages of the console are made of. Knows nothing of what is kept, nor where it is shown.
import { html, raw } from "hono/html";
import type { Exchange } from "./server.js";

/** Text that is HTML already: what stands in it was escaped. */
export type Html = ReturnType<typeof html>;

/** Secrets that were sent where they don't belong are nobody's to see. */
export const blank = (text: string): string =>
  text
    .replace(/^("authorization": ).*$/gim, "$1(blanked)")
    .replace(/\b((?:client_secret|access_token|refresh_token|token|password)=)[^&\s"]+/gi, "$1(blanked)")
    .replace(/\bory_at_[\w-]+/g, "(blanked)");
const secretName = /^(client_?secret|access_?token|refresh_?token|private_?key(_?pem)?|password)$/i;

export const capital = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1);
export const plural = (what: string): string =>
  what.includes(" of ") ? what.replace(" of ", "s of ") : `${what.replace(/([^aeiou])y$/, "$1ie")}s`;
export const count = (number: number, what: string): string =>
  `${number} ${number === 1 ? what : plural(what)}`;
export const duration = (ms: number): string => `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`;
export const iso = (ms: number): string => new Date(ms).toISOString();
export const dateAndTime = (text: string): Html =>
  html`<time datetime="${text}">${text.slice(0, 19).replace("T", " ")}</time>`;
export const timeOfDay = (ms: number): Html =>
  html`<time datetime="${iso(ms)}">${iso(ms).slice(11, 23)}</time>`;

export function textOf(row: unknown, name: string): string | undefined {
  if (typeof row !== "object" || row === null) return undefined;
  const value: unknown = Reflect.get(row, name);
  return typeof value === "string" || typeof value === "number" ? String(value) : undefined;
}

export const toneOf = (status: number): string =>
  status < 300 ? "good" : status < 400 ? "warn" : status < 500 ? "bad" : "fault";
export const statusBadge = (status: number, words = ""): Html =>
  html`<span class="badge ${toneOf(status)}">${[status, words].filter(Boolean).join(" ")}</span>`;

export function verdictOf({ verdict }: Exchange["signature"]): Html {
  if (verdict === "verified") return html`<span class="verdict good">✓ verified</span>`;
  if (verdict === "not checked") return html`<span class="verdict soft">not checked</span>`;
  return html`<span class="verdict bad mono">✗ ${verdict}</span>`;
}

export const note = (tone: string, title: string, content: unknown): Html =>
  html`<div class="note ${tone}"><h3>${title}</h3>${content}</div>`;

export const block = (title: string, content: unknown): Html => html`<div><h3>${title}</h3>${content}</div>`;

export const pairs = (values: Record<string, unknown>): Html =>
  html`<dl class="pairs">${Object.entries(values).map(([name, value]) =>
    value === undefined || value === "" ? "" : html`<dt>${name}</dt><dd>${value}</dd>`,
  )}</dl>`;

export const empty = (title: string, ...content: unknown[]): Html =>
  html`<div class="empty"><h3>${title}</h3>${content}</div>`;

export function signatureBase(text: string): Html {
  const lines = blank(text)
    .split("\n")
    .map((line) => {
      const [, name = "", value = line] = /^([^:\s]+:)(.*)$/.exec(line) ?? [];
      return html`<span><span class="key">${name}</span>${value}</span>`;
    });
  return block("Signature base", html`<pre class="lines">${lines}</pre>`);
}

/** @param linkOf where the thing with an id is shown */
export function json(value: unknown, linkOf: (id: string) => string | undefined): Html {
  const text = JSON.stringify(
    value,
    (name, inner: unknown) =>
      secretName.test(name) ? "(blanked)" : typeof inner === "string" ? blank(inner) : inner,
    2,
  );
  const parts: unknown[] = [];
  let end = 0;
  for (const found of text.matchAll(/("(?:\\.|[^"\\])*")(\s*:)?|\b(?:true|false|null)\b|-?\d[\d.eE+-]*/g)) {
    const [all, quoted, colon] = found;
    parts.push(text.slice(end, found.index));
    end = found.index + all.length;
    const link = quoted && !colon ? linkOf(quoted.slice(1, -1)) : undefined;
    if (colon) parts.push(html`<span class="key">${quoted}</span>${colon}`);
    else if (link) parts.push(html`<a class="text" href="${link}">${quoted}</a>`);
    else parts.push(html`<span class="${quoted ? "text" : "other"}">${all}</span>`);
  }
  return html`<pre>${parts}${text.slice(end)}</pre>`;
}

interface Column<One> {
  name: string;
  /** Width, and from which width of the list on it is there. */
  style: string;
  cell: (one: One) => unknown;
}

/** A table whose rows open their detail; the column `key` names the row. */
export function rows<One>(
  list: readonly One[],
  columns: readonly Column<One>[],
  { key, idOf, hrefOf, chosen }: Rows<One>,
): Html {
  const cell = (one: One, { name, style, cell }: Column<One>) =>
    name === key
      ? html`<th scope="row" class="${style}"><a class="row" id="open-${idOf(one)}" href="${hrefOf(one)}">${cell(one)}</a></th>`
      : html`<td class="${style}">${cell(one)}</td>`;
  return html`<table>
<thead><tr>${columns.map(({ name, style }) => html`<th scope="col" class="${style}">${name}</th>`)}</tr></thead>
<tbody>${list.map(
    (one) => html`
<tr id="row-${idOf(one)}"${idOf(one) === chosen ? raw(' class="chosen"') : ""}>${columns.map((column) => cell(one, column))}</tr>`,
  )}</tbody></table>`;
}

interface Rows<One> {
  key: string;
  idOf: (one: One) => string;
  hrefOf: (one: One) => string;
  chosen: string | undefined;
}

export const bar = (title: unknown, more: unknown = ""): Html =>
  html`<div class="bar"><h2 id="list-title">${title}</h2>${more}</div>`;

export const detail = (id: string, close: string, title: unknown, badge: unknown, content: unknown): Html =>
  html`<article id="of-${id}">
<div class="head"><h2 id="detail-title" tabindex="-1">${title}</h2>${badge}<a class="close" href="${close}">Close</a></div>
${content}</article>`;

export const gone = (what: string, close: string, why: string): Html =>
  detail(
    "nothing",
    close,
    `There is no such ${what}`,
    "",
    html`<p>${why} <a href="${close}">Back to the list</a></p>`,
  );

/** The style of the console, one for all of its pages. */
export const style = `
:root {
  color-scheme: light dark;
  --page: #f7f7f5; --pane: #ffffff; --sunk: #f4f4f1; --line: #e3e3de; --hover: #f4f6fb; --chosen: #e8edfb;
  --text: #1d2026; --soft: #5b616e; --accent: #3350c4;
  --good: #17663a; --good-bg: #e2f4e8; --bad: #a01c1c; --bad-bg: #fdeaea;
  --fault: #8a3ffc; --fault-bg: #f2eafe; --warn: #7a4b00; --warn-bg: #fdf1d8;
  --json-key: #3350c4; --json-text: #17663a; --json-other: #9a4a00;
  --mono: ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #14161a; --pane: #1a1d22; --sunk: #14161a; --line: #2d3139; --hover: #21252c; --chosen: #263050;
    --text: #e7e9ee; --soft: #a2a9b6; --accent: #9db1ff;
    --good: #7fdba0; --good-bg: #16321f; --bad: #ff9d98; --bad-bg: #401a1b;
    --fault: #cdb0ff; --fault-bg: #2f2149; --warn: #f2c46d; --warn-bg: #3a2b0c;
    --json-key: #9db1ff; --json-text: #7fdba0; --json-other: #f0b27a;
  }
}
* { box-sizing: border-box; }
html, body { height: 100%; margin: 0; }
body {
  display: grid; grid-template-rows: auto minmax(0, 1fr); grid-template-columns: minmax(0, 1fr);
  background: var(--page); color: var(--text);
  font: 14px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif;
  font-variant-numeric: tabular-nums;
}
a { color: var(--accent); text-decoration-thickness: 1px; text-underline-offset: 2px; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 4px; }
h1, h2, h3, p, ol, ul, dl, dd, pre { margin: 0; padding: 0; }
code, pre, .mono { font-family: var(--mono); font-size: 12.5px; }
.soft { color: var(--soft); }
.skip { position: absolute; left: -100vw; top: 8px; background: var(--pane); padding: 6px 12px; z-index: 3; }
.skip:focus { left: 8px; }

header {
  display: flex; flex-wrap: wrap; align-items: center; gap: 6px 24px; padding: 0 20px;
  background: var(--pane); border-bottom: 1px solid var(--line);
}
header h1 { font-size: 15px; font-weight: 650; letter-spacing: -0.01em; }
header h1 a { display: flex; align-items: center; gap: 9px; color: inherit; text-decoration: none; }
header h1 svg { color: var(--accent); }
nav { display: flex; gap: 4px; align-self: stretch; }
nav a {
  display: flex; align-items: center; gap: 8px; min-height: 52px; padding: 0 12px; color: var(--soft);
  text-decoration: none; border-bottom: 2px solid transparent; border-top: 2px solid transparent;
}
nav a:hover { color: var(--text); }
nav a[aria-current] { color: var(--text); border-bottom-color: var(--accent); font-weight: 550; }
.count {
  min-width: 22px; padding: 0 6px; border-radius: 999px; background: var(--sunk); color: var(--soft);
  font-size: 12px; font-weight: 500; text-align: center; border: 1px solid var(--line);
}
.facts { margin-left: auto; display: flex; flex-wrap: wrap; align-items: center; gap: 4px 18px; color: var(--soft); font-size: 13px; }
#live { display: flex; align-items: center; gap: 10px; }
#live output { display: flex; align-items: center; gap: 7px; }
#live output::before { content: ""; width: 8px; height: 8px; border-radius: 50%; background: var(--soft); }
#live[data-state="live"] output { color: var(--good); }
#live[data-state="live"] output::before { background: currentcolor; }
#live[data-state="lost"] output { color: var(--bad); }
#live[data-state="lost"] output::before { background: currentcolor; }
button {
  font: inherit; font-size: 13px; color: var(--text); background: transparent; border: 1px solid var(--line);
  border-radius: 6px; padding: 2px 10px; cursor: pointer;
}
button:hover { background: var(--hover); }

main { display: grid; grid-template-columns: minmax(0, 1fr); min-height: 0; }
main.split { grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); }
main > section { overflow: auto; min-height: 0; overscroll-behavior: contain; }
#list { container-type: inline-size; background: var(--pane); }
#detail { background: var(--page); border-left: 1px solid var(--line); }
.bar { display: flex; flex-wrap: wrap; align-items: baseline; gap: 4px 16px; padding: 14px 20px 10px; }
.bar h2 { font-size: 17px; font-weight: 650; letter-spacing: -0.01em; }
.bar h2 a { font-weight: 500; }
.filter { display: flex; gap: 4px; margin-left: auto; font-size: 13px; }
.filter a { padding: 2px 10px; border-radius: 999px; color: var(--soft); text-decoration: none; }
.filter a:hover { color: var(--text); background: var(--hover); }
.filter a[aria-current] { background: var(--chosen); color: var(--text); }

table { width: 100%; border-collapse: collapse; table-layout: fixed; }
thead th, thead th.mono {
  font-family: system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif;
  position: sticky; top: 0; z-index: 1; background: var(--pane); color: var(--soft); text-align: left;
  font-size: 12px; font-weight: 500; padding: 6px 8px; box-shadow: inset 0 -1px var(--line); white-space: nowrap;
}
tbody th { font-weight: 400; text-align: left; }
td, tbody th {
  padding: 7px 8px; border-bottom: 1px solid var(--line); white-space: nowrap; overflow: hidden; text-overflow: ellipsis;
}
tr > :first-child { padding-left: 20px; }
tr > :last-child { padding-right: 20px; }
tbody tr { position: relative; }
tbody tr:hover { background: var(--hover); }
tbody tr.chosen { background: var(--chosen); }
tbody tr.chosen > :first-child { box-shadow: inset 3px 0 var(--accent); }
a.row { color: inherit; text-decoration: none; }
a.row::after { content: ""; position: absolute; inset: 0; }
a.row:focus-visible { outline: none; }
a.row:focus-visible::after { outline: 2px solid var(--accent); outline-offset: -2px; border-radius: 4px; }
.number { text-align: right; }
.w-time { width: 124px; } .w-date { width: 180px; } .w-method { width: 70px; } .w-operation { width: 230px; }
.w-status { width: 66px; } .w-state { width: 150px; } .w-answer { width: 124px; } .w-signature { width: 182px; } .w-number { width: 84px; } .w-event { width: 270px; }
.w-id { width: 300px; } .w-name { width: 320px; }
@container (max-width: 940px) { .wide { display: none; } .w-event { width: auto; } .w-id { width: 46%; } }
@container (max-width: 560px) {
  .medium { display: none; } .w-method { width: 66px; } .w-status { width: 76px; }
}

.badge {
  display: inline-block; padding: 0 8px; border-radius: 999px; font-size: 12.5px; font-weight: 550; line-height: 20px;
  background: var(--sunk); color: var(--soft); max-width: 100%; overflow: hidden; text-overflow: ellipsis; vertical-align: middle;
}
.badge.good, .note.good { background: var(--good-bg); color: var(--good); }
.badge.bad, .note.bad { background: var(--bad-bg); color: var(--bad); }
.badge.fault, .note.fault { background: var(--fault-bg); color: var(--fault); }
.badge.warn, .note.warn { background: var(--warn-bg); color: var(--warn); }
.verdict { font-size: 13px; } .verdict.good { color: var(--good); } .verdict.bad { color: var(--bad); }

article { padding: 14px 24px 40px; display: grid; gap: 20px; grid-template-columns: minmax(0, 1fr); }
.head { display: flex; align-items: flex-start; gap: 8px 12px; }
.head h2 { flex: 1; font-size: 16px; font-weight: 600; line-height: 1.45; overflow-wrap: anywhere; }
.head h2:focus { outline: none; }
.head h2:focus-visible { outline: 2px solid var(--accent); outline-offset: 4px; }
.head .badge { margin-top: 2px; white-space: nowrap; }
.close { padding: 0 10px; border: 1px solid var(--line); border-radius: 6px; font-size: 13px; text-decoration: none; color: var(--text); background: var(--pane); line-height: 24px; }
.close:hover { background: var(--hover); }
article h3 { font-size: 13px; font-weight: 600; margin-bottom: 6px; }
dl.pairs { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: 4px 20px; }
dl.pairs dt { color: var(--soft); }
dl.pairs dd { overflow-wrap: anywhere; }
.note { padding: 12px 16px; border-radius: 8px; overflow-wrap: anywhere; }
.note h3 { margin-bottom: 2px; }
.note ul { padding-left: 18px; }
.chips { display: flex; flex-wrap: wrap; gap: 6px; list-style: none; }
.chips li { padding: 1px 8px; background: var(--pane); border: 1px solid var(--line); border-radius: 6px; }
pre {
  padding: 12px 16px; background: var(--pane); border: 1px solid var(--line); border-radius: 8px; line-height: 1.6;
  white-space: pre-wrap; overflow-wrap: anywhere; tab-size: 2;
}
pre.lines > span { display: block; padding-left: 2ch; text-indent: -2ch; }
pre .key { color: var(--json-key); } pre .text { color: var(--json-text); } pre .other { color: var(--json-other); }
.rows { list-style: none; border: 1px solid var(--line); border-radius: 8px; background: var(--pane); }
.rows li { display: flex; flex-wrap: wrap; gap: 2px 12px; align-items: baseline; padding: 7px 14px; }
.rows li + li { border-top: 1px solid var(--line); }
.rows .soft { margin-left: auto; }
.empty { max-width: 620px; margin: 9vh auto 0; padding: 0 24px 40px; display: grid; gap: 12px; }
.empty h3 { font-size: 17px; font-weight: 600; }
.empty p { color: var(--soft); }
.empty pre { color: var(--text); background: var(--sunk); }
@media (max-width: 900px) {
  main.split { grid-template-columns: minmax(0, 1fr); }
  main.split #list { display: none; }
  #detail { border-left: 0; }
  .facts { margin-left: 0; padding-bottom: 8px; }
  nav { order: 1; width: 100%; overflow-x: auto; }
  nav a { min-height: 40px; padding: 0 10px; }
  header h1 { padding-top: 10px; }
}
@media (max-width: 520px) { nav .count { display: none; } }
`;

/**
 * What keeps a page of the console up to date: reads it again and again, and puts in what has changed. Links are followed in
 * the same way, so that the list stays where it is.
 */
export const script = `
const live = document.getElementById("live");
const [status, button] = live.children;
let paused = false;
let visit = 0;

const say = (state, text) => {
  live.dataset.state = state;
  if (status.textContent !== text) status.textContent = text;
};

async function load(url) {
  const answer = await fetch(url, { cache: "no-store" });
  if (!(answer.headers.get("content-type") ?? "").startsWith("text/html")) throw new Error("no page");
  return new DOMParser().parseFromString(await answer.text(), "text/html");
}

const still = matchMedia("(prefers-reduced-motion: reduce)");
function flash(row) {
  if (!still.matches) row.animate([{ backgroundColor: "var(--chosen)" }, { backgroundColor: "transparent" }], 1500);
}

// Nodes that stay the same are left alone, with their focus, selection and scroll position.
function morph(old, next, flashing) {
  if (old.id === "live" || old.isEqualNode(next)) return;
  if (old.nodeType === Node.TEXT_NODE) {
    old.data = next.data;
    return;
  }
  for (const { name } of [...old.attributes]) if (!next.hasAttribute(name)) old.removeAttribute(name);
  for (const { name, value } of next.attributes) if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  const byId = new Map([...old.children].filter(({ id }) => id).map((child) => [child.id, child]));
  let at = old.firstChild;
  for (const child of [...next.childNodes]) {
    const same = child.id ? byId.get(child.id) : at && !at.id && at.nodeName === child.nodeName ? at : undefined;
    if (!same) {
      old.insertBefore(child, at);
      if (flashing && child.nodeName === "TR") flash(child);
      continue;
    }
    if (same === at) at = at.nextSibling;
    else old.insertBefore(same, at);
    morph(same, child, flashing);
  }
  while (at) {
    const rest = at.nextSibling;
    at.remove();
    at = rest;
  }
}

async function go(href, isNew) {
  const mine = ++visit;
  let next;
  try {
    next = await load(href);
  } catch {
    location.assign(href);
    return;
  }
  if (mine !== visit) return;
  if (isNew) history.pushState(null, "", href);
  const before = document.querySelector("tr.chosen a.row")?.id;
  const list = document.querySelector("#list h2")?.textContent;
  document.title = next.title;
  morph(document.body, next.body, false);
  if (list !== document.querySelector("#list h2")?.textContent) document.getElementById("list").scrollTop = 0;
  const detail = document.getElementById("detail");
  if (detail) {
    detail.scrollTop = 0;
    document.getElementById("detail-title").focus();
  } else if (before) document.getElementById(before)?.focus();
}

addEventListener("popstate", () => go(location.href, false));
addEventListener("click", (event) => {
  const link = event.target.closest("a[href]");
  if (!link || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  if (link.origin !== location.origin || link.getAttribute("href").startsWith("#")) return;
  event.preventDefault();
  go(link.href, true);
});
addEventListener("keydown", (event) => {
  if (event.key === "Escape") document.querySelector("a.close")?.click();
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step || !document.activeElement.matches("a.row")) return;
  const rows = [...document.querySelectorAll("a.row")];
  rows[rows.indexOf(document.activeElement) + step]?.focus();
  event.preventDefault();
});
button.addEventListener("click", () => {
  paused = !paused;
  button.textContent = paused ? "Resume" : "Pause";
  if (paused) say("paused", "Paused");
});
button.hidden = false;

async function keepUp() {
  if (!paused && !document.hidden) {
    const { href } = location;
    try {
      const next = await load(href);
      // Or one has gone elsewhere meanwhile.
      if (!paused && href === location.href) {
        say("live", "Live");
        morph(document.body, next.body, true);
      }
    } catch {
      if (!paused) say("lost", "The sandbox does not answer; trying again");
    }
  }
  setTimeout(keepUp, 1000);
}
say("live", "Live");
setTimeout(keepUp, 1000);
`;

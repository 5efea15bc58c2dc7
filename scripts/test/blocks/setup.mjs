// Loaded before a block of a page, in its process: what the page says about the vendor's sandbox is answered by the local one.
import { Server } from "node:net";

const vendor = "https://sandbox.upvest.co";
const local = process.env["UPVEST_API_BASE_URL"];
const here = (/** @type {string} */ url) =>
  url.startsWith(`${vendor}/`) ? local + url.slice(vendor.length) : url;

const { fetch } = globalThis;
globalThis.fetch = async (input, init) => {
  if (!(input instanceof Request)) return fetch(here(String(input)), init);
  const { method, headers, body } = input;
  const bytes = body ? await input.arrayBuffer() : undefined;
  return fetch(here(input.url), { method, headers, body: bytes, ...init });
};

// Ports of the pages are taken, perhaps.
const { listen } = Server.prototype;
Server.prototype.listen = function (/** @type {unknown[]} */ ...given) {
  return listen.apply(this, typeof given[0] === "number" ? [0, ...given.slice(1)] : given);
};

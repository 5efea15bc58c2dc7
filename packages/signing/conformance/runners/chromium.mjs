import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";

const flags = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--no-first-run",
];

/**
 * The bundle in a page of loopback, which is a secure context: only there is WebCrypto.
 *
 * @param elsewhere answers what the page asks its own origin for, besides the bundle
 */
export async function runChromium({ binary, bundle, calls, timeout, elsewhere }) {
  const server = createServer((request, response) => {
    const isBundle = request.url === "/bundle.mjs";
    if (!isBundle && request.url !== "/" && elsewhere) return elsewhere(request, response);
    response.setHeader("content-type", isBundle ? "text/javascript" : "text/html");
    response.end(isBundle ? readFileSync(bundle) : "<!doctype html><title>conformance</title>");
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const profile = mkdtempSync(join(tmpdir(), "upvest-sdk-chromium-"));
  let context;
  try {
    context = await chromium.launchPersistentContext(profile, {
      executablePath: binary,
      args: flags,
      timeout,
    });
    const page = await context.newPage();
    page.setDefaultTimeout(timeout);
    await page.goto(`http://127.0.0.1:${server.address().port}/`);
    const result = page.evaluate(async (calls) => {
      const exported = await import("/bundle.mjs");
      const results = [];
      for (const [name, ...args] of calls) results.push(await exported[name](...args));
      return results;
    }, calls);
    let timer;
    const late = new Promise((_, reject) => {
      timer = setTimeout(() => reject(new Error(`not done after ${timeout} ms`)), timeout);
    });
    return await Promise.race([result, late]).finally(() => clearTimeout(timer));
  } finally {
    await context?.close();
    server.close();
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  }
}

import { CodegenError } from "../errors.js";
import { collect } from "./collect.js";
import { errorCode } from "./error-code.js";
import { maxRedirects } from "./limits.js";

const redirectStatuses = new Set([301, 302, 303, 307, 308]);
const loopbackHosts = new Set(["localhost", "127.0.0.1", "[::1]"]);

export function isUrl(source: string): boolean {
  return /^(https?:|[a-z][a-z0-9+.-]*:\/\/)/i.test(source);
}

/** The URL without user, password, query and fragment: these may be secrets. */
export function publicUrl(url: URL): string {
  return `${url.protocol}//${url.host}${url.pathname}`;
}

/** A source that `isUrl`; the error does not repeat it, for it may hold a password. */
export function parseUrl(source: string): URL {
  const url = URL.canParse(source) ? new URL(source) : undefined;
  if (url === undefined) {
    throw new CodegenError(
      "URL_REFUSED",
      "The source begins like a URL but is not a valid one; correct it or give a path.",
    );
  }
  if (url.protocol !== "https:" && !isLoopbackHttp(url)) {
    throw new CodegenError(
      "URL_REFUSED",
      `The URL ${publicUrl(url)} is refused; give an https URL or the path of a file.`,
    );
  }
  return url;
}

/** The body of a URL, decompressed; `timeoutMs` holds for all redirects and the body together. */
export async function fetchBytes(start: URL, timeoutMs: number): Promise<Buffer> {
  const signal = AbortSignal.timeout(timeoutMs);
  let url = start;
  try {
    for (let redirects = 0; ; redirects++) {
      const response = await request(url, start, signal);
      if (!redirectStatuses.has(response.status)) return await body(response, url);
      await response.body?.cancel();
      if (redirects === maxRedirects) {
        throw new CodegenError(
          "URL_REFUSED",
          `The URL ${publicUrl(start)} redirects more than ${maxRedirects} times; give the URL where the description is.`,
        );
      }
      url = redirectTarget(url, response.headers.get("location"));
    }
  } catch (error) {
    if (error instanceof CodegenError) throw error;
    // The causes below are left out on purpose: an error of fetch may hold the whole URL.
    if (signal.aborted) {
      throw new CodegenError(
        "URL_TIMEOUT",
        `The URL ${publicUrl(url)} was not read within ${timeoutMs} ms; try again later or download it and give the path.`,
      );
    }
    const why = errorCode(error instanceof Error && error.cause !== undefined ? error.cause : error);
    throw new CodegenError(
      "URL_NOT_READABLE",
      `The URL ${publicUrl(url)} cannot be read (${why}); check the address and the network.`,
    );
  }
}

function request(url: URL, start: URL, signal: AbortSignal): Promise<Response> {
  const headers = new Headers({ accept: "application/yaml, application/json, */*;q=0.5" });
  // The password was meant for the host that was asked, not for one that it redirects to.
  if (start.username + start.password !== "" && url.origin === start.origin) {
    const user = `${decodeURIComponent(start.username)}:${decodeURIComponent(start.password)}`;
    headers.set("authorization", `Basic ${Buffer.from(user).toString("base64")}`);
  }
  // fetch refuses URLs with a user, and repeats them in its message.
  const plain = new URL(url.href);
  plain.username = "";
  plain.password = "";
  return fetch(plain, { headers, redirect: "manual", signal });
}

async function body(response: Response, url: URL): Promise<Buffer> {
  if (!response.ok) {
    await response.body?.cancel();
    throw new CodegenError(
      "URL_NOT_READABLE",
      `The URL ${publicUrl(url)} answers with status ${response.status}; check the address and who may read it.`,
    );
  }
  return response.body === null ? Buffer.alloc(0) : await collect(response.body, publicUrl(url));
}

function redirectTarget(from: URL, location: string | null): URL {
  const target =
    location !== null && URL.canParse(location, from.href) ? new URL(location, from.href) : undefined;
  if (target === undefined) {
    throw new CodegenError(
      "URL_NOT_READABLE",
      `The URL ${publicUrl(from)} redirects without a valid address; give the URL where the description is.`,
    );
  }
  if (target.protocol === "https:" || (from.protocol === "http:" && isLoopbackHttp(target))) return target;
  throw new CodegenError(
    "URL_REFUSED",
    `The URL ${publicUrl(from)} redirects to ${publicUrl(target)}, which is not https; give the https URL of the description.`,
  );
}

function isLoopbackHttp(url: URL): boolean {
  return url.protocol === "http:" && loopbackHosts.has(url.hostname);
}

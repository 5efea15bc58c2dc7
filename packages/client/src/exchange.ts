import { aborted, type Stop } from "./clock.js";
import { UpvestApiError, UpvestConnectionError, UpvestError } from "./errors.js";
import { isNotConnected } from "./not-connected.js";
import { codeOf, problemOf } from "./problem.js";
import { retryAfter } from "./retry-after.js";
import { sentOnce } from "./sent-once.js";
import type { Shared } from "./shared.js";
import type { Answer, As, Fetch, ResponseLike, Signer, Wire } from "./wire.js";

/** What goes with one exchange. */
export interface Watch {
  /** Set when the request may reach the server from now on. */
  sent?: boolean;
  /** Told the answer before it is read. */
  readonly answered?: ((response: ResponseLike) => void) | undefined;
}

/**
 * One request and its answer, signed and read to its end. Throws an error for all but a 2xx that can be read.
 *
 * @param headers all but those of the signature
 */
export async function exchange(
  { method, url, bytes }: Wire,
  headers: Record<string, string>,
  as: As,
  signers: Pick<Shared<Signer>, "current" | "get">,
  fetch: Fetch | undefined,
  stop: Stop,
  watch: Watch,
): Promise<Answer> {
  const signer = signers.current() ?? (await signers.get(stop));
  let signed: Record<string, string>;
  try {
    signed = Object.assign({}, await signer.headers({ method, url, headers, body: bytes }));
    // `fetch` sets it by itself, from the same bytes; an undici that is newer than Node's own refuses it twice.
    delete signed["content-length"];
  } catch (cause) {
    throw new UpvestError("SIGNING_FAILED", "the signer failed, see the cause", { cause });
  }
  // Nobody waits for it any more.
  if (stop.stopped) throw aborted;
  watch.sent = true;
  let response: ResponseLike;
  try {
    const init = {
      method,
      headers: signed,
      body: bytes,
      // Never followed: `fetch` would take token and signature along, to whatever host the answer names.
      redirect: "manual",
      ...(!fetch && method !== "GET" && sentOnce()),
      get signal() {
        return stop.signal;
      },
    };
    response = await (fetch ?? (globalThis.fetch as Fetch))(url, init);
  } catch (cause) {
    throw isNotConnected(cause)
      ? new UpvestConnectionError("NOT_CONNECTED", "no connection", { cause })
      : new UpvestConnectionError("CONNECTION_LOST", "the connection broke", { cause });
  }
  watch.answered?.(response);
  const { status, headers: received } = response;
  const requestId = received.get("upvest-request-id") ?? undefined;
  if (status > 399) throw await apiError(response, requestId, headers["authorization"], bytes);
  if (status < 200 || status > 299) {
    (response.body as ReadableStream | null)?.cancel().catch(() => {});
    throw new UpvestConnectionError("REDIRECTED", "a redirect", {
      status,
      requestId,
    });
  }
  try {
    let data: unknown;
    if (as === "stream") data = response.body;
    else if (as === "blob") data = await response.blob();
    else {
      const text = await response.text();
      if (text) data = JSON.parse(text);
    }
    return { status, headers: received, requestId, data };
  } catch {
    // Without a cause: a parser quotes what it read.
    throw new UpvestConnectionError("ANSWER_UNREADABLE", `${status}, its body is cut or no JSON`, {
      status,
      requestId,
    });
  }
}

async function apiError(
  response: ResponseLike,
  requestId: string | undefined,
  authorization: string | undefined,
  sent: Uint8Array | undefined,
): Promise<UpvestApiError> {
  const { status, headers } = response;
  // Where the body is cut, the status still says what there is to know.
  let text = await response.text().catch(() => "");
  // What it was sent with is not quoted: the token, or the secret that asks for one; as it is, in a form, in JSON.
  const secret =
    authorization?.slice("Bearer ".length) ??
    new URLSearchParams(new TextDecoder().decode(sent)).get("client_secret");
  if (secret) {
    for (const spelling of [
      secret,
      `${new URLSearchParams({ "": secret })}`.slice(1),
      JSON.stringify(secret).slice(1, -1),
    ])
      text = text.replaceAll(spelling, "***");
  }
  const problem = problemOf(text);
  const code = codeOf(problem?.type) ?? `http_${status}`;
  const date = Date.parse(headers.get("date") ?? "");
  const clockOffset = status === 401 && date ? Date.now() - date : undefined;
  const title = problem?.title ? `: ${problem.title}` : "";
  const clock = clockOffset === undefined ? "" : ` (our clock is ${clockOffset} ms ahead of the server's)`;
  return new UpvestApiError(code, `${status} ${code}${title}${clock}`, {
    status,
    requestId,
    problem,
    body: problem ? undefined : text.slice(0, 2048),
    clockOffset,
    retryAfter: retryAfter(headers),
  });
}

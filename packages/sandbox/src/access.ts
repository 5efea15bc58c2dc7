import { createHash, timingSafeEqual } from "node:crypto";
import {
  type PublicKeys,
  SignatureError,
  type VerifiedRequest,
  verifyRequest,
} from "@upvest-sdk/signing/node";
import type { Clock } from "./clock.js";
import type { ApiOperation } from "./description.js";
import type { Ids } from "./ids.js";
import { Problem } from "./problem.js";

/** Who may call, and with what. */
export interface Credentials {
  /** UUID: the `clientId` of a client. */
  clientId: string;
  /** Its password: the `clientSecret` of a client. */
  clientSecret: string;
  /** UUID: the `keyId` of a signer. */
  keyId: string;
  /** The key to sign with, EC P-521: PKCS#8 PEM, not encrypted. */
  privateKeyPem: string;
}

/** A request as it came in. */
export interface Incoming {
  readonly method: string;
  /** Path and query as they were sent. */
  readonly target: string;
  readonly headers: Headers;
  readonly bytes: Uint8Array;
}

/** What was seen of the signature; for the console and for whoever is refused. */
export interface SignatureReport {
  /** The signature base (RFC 9421, 2.5) as the sandbox built it; the value of `authorization` is blanked. */
  base?: string;
  /** The `keyid` of the signature, if the key is known here. */
  keyId?: string;
  /** The covered components, in their order. */
  components?: readonly string[];
  /**
   * `verified`; `not checked` where it was refused before; else the code of what was wrong: one of `SignatureError` of
   * `@upvest-sdk/signing`, or `PARAMETER_MISSING`, `COMPONENT_REQUIRED`, `NONCE_USED`.
   */
  verdict: string;
}

const hash = (text: string) => createHash("sha256").update(text).digest();
const same = (a: string, b: string) => timingSafeEqual(hash(a), hash(b));

/** The value of `authorization` is nobody's to see. */
const blank = (base: string) => base.replace(/^("authorization": ).*$/m, "$1(blanked)");

// What the vendor's pages list; a header that is not there needs no cover.
const documented = [
  "accept",
  "authorization",
  "content-length",
  "content-type",
  "idempotency-key",
  "upvest-client-id",
  "upvest-api-version",
];

const unauthorised = (detail: string, more?: Record<string, unknown>) =>
  new Problem(401, "unauthorised", detail, more);

export interface AccessOptions {
  credentials: Credentials;
  keys: PublicKeys;
  ids: Ids;
  clock: Clock;
  scopes: ReadonlySet<string>;
  /** Which headers have to be covered: all documented ones that are there, or only what no signature does without. */
  coverage: "documented" | "minimal";
  /** A nonce that was used: refused, or let through. */
  nonces: "once" | "any";
}

export interface Access {
  checkClient(request: Incoming): void;
  /**
   * @param skew ms that the server's clock is wrong by
   * @param report filled with what was seen
   * @param assumed told when it is refused for what nobody knows to be refused
   */
  checkSignature(
    request: Incoming,
    skew: number,
    report: SignatureReport,
    assumed: (what: string) => void,
  ): Promise<void>;
  /** @returns the body of the answer */
  issueToken(form: Readonly<Record<string, unknown>>): object;
  checkToken(request: Incoming, operation: ApiOperation): void;
  revokeTokens(): void;
}

// The newest: enough to find a signature that is sent twice, and memory stays as it is.
const nonceMemory = 4000;

/** How long a token is valid, s. */
const tokenLifetime = 1799;

/** The debug header in which a client sends its own signature base, base64 of UTF-8. */
const debugHeader = "x-sandbox-signature-base";

export function createAccess(options: AccessOptions): Access {
  const { credentials, keys, ids, clock, scopes } = options;
  const tokens = new Map<string, { scopes: Set<string>; until: number }>();
  const nonces = new Set<string>();

  const verify = (request: Incoming, skew: number, seen: (keyId: string, base: string) => void) => {
    const now = Date.now() + skew;
    return verifyRequest(
      { method: request.method, url: request.target, headers: request.headers, body: request.bytes },
      {
        version: 15,
        clockSkew: 30_000,
        now: () => now,
        keys: async (keyId) => {
          const key = keys.get(keyId);
          return (
            key && {
              algorithm: key.algorithm,
              verify(signature, bytes) {
                seen(keyId, blank(new TextDecoder().decode(bytes)));
                return key.verify(signature, bytes);
              },
            }
          );
        },
      },
    );
  };

  /** The first line in which what the client signed differs from what the server saw. */
  const difference = (theirs: string, ours: string) => {
    const mine = ours.split("\n");
    const other = blank(Buffer.from(theirs, "base64").toString("utf8")).split("\n");
    const at = mine.findIndex((line, index) => line !== other[index]);
    if (at < 0 && other.length <= mine.length) return undefined;
    const line = at < 0 ? mine.length : at;
    return {
      line: line + 1,
      server: mine[line] ?? "(no such line)",
      client: other[line] ?? "(no such line)",
    };
  };

  const used = (nonce: string) => {
    if (nonces.has(nonce)) return true;
    nonces.add(nonce);
    if (nonces.size > nonceMemory) nonces.delete(nonces.values().next().value!);
    return false;
  };

  return {
    checkClient({ headers }) {
      const clientId = headers.get("upvest-client-id");
      if (clientId === null)
        throw new Problem(
          400,
          "missing_client_id",
          "Missing upvest-client-id header: send the client id, a UUID, with every request.",
        );
      if (!same(clientId, credentials.clientId))
        throw unauthorised(
          "The upvest-client-id is not the one of this sandbox: it prints its client id when it starts.",
        );
    },

    async checkSignature(request, skew, report, assumed) {
      const version = request.headers.get("upvest-signature-version");
      if (version !== "15")
        throw unauthorised(
          version === null
            ? "Signature is incorrect: there is no upvest-signature-version header, so that version 6 would be assumed; send `upvest-signature-version: 15`."
            : "Signature is incorrect: upvest-signature-version must be 15, the only one that this sandbox takes for requests.",
        );
      const refuse = (code: string, text: string): never => {
        const theirs = request.headers.get(debugHeader);
        const first =
          report.base !== undefined && theirs !== null ? difference(theirs, report.base) : undefined;
        report.verdict = code;
        throw unauthorised(`Signature is incorrect: ${text}`, {
          code,
          ...(report.base !== undefined && { signature_base: report.base }),
          ...(first && { first_difference: first }),
        });
      };
      let verified: VerifiedRequest;
      try {
        verified = await verify(request, skew, (keyId, base) => Object.assign(report, { keyId, base }));
      } catch (error) {
        if (!(error instanceof SignatureError)) throw error;
        return refuse(error.code, error.message);
      }
      const { components, nonce } = verified;
      report.components = components;
      if (verified.expires === undefined || nonce === undefined)
        return refuse(
          "PARAMETER_MISSING",
          "keyid, created, expires and nonce are needed; give all four to signature-input.",
        );
      if (options.coverage === "documented") {
        const missing = documented.filter((name) => request.headers.has(name) && !components.includes(name));
        // A length of 0 is no part of what is signed.
        const needed = missing.filter((name) => name !== "content-length" || request.bytes.length > 0);
        if (needed.length) {
          assumed("coverage: every documented header that is sent has to be covered");
          return refuse(
            "COMPONENT_REQUIRED",
            `${needed.join(", ")} is sent but not covered; cover every documented header that is sent. Covered: ${components.join(" ")}.`,
          );
        }
      }
      if (options.nonces === "once" && used(`${verified.keyId} ${nonce}`)) {
        assumed("nonces: one that was used before is refused");
        return refuse("NONCE_USED", "this nonce was used before; sign every attempt afresh.");
      }
      report.verdict = "verified";
    },

    issueToken(form) {
      const { client_id, client_secret, scope } = form as Record<string, string>;
      const right =
        same(client_id ?? "", credentials.clientId) && same(client_secret ?? "", credentials.clientSecret);
      if (!right)
        throw unauthorised(
          "client_id or client_secret is not the one of this sandbox: it prints both when it starts.",
        );
      const asked = (scope ?? "").split(" ").filter(Boolean);
      const unknown = asked.filter((one) => !scopes.has(one));
      if (unknown.length || !asked.length)
        throw new Problem(
          400,
          "invalid_request",
          asked.length
            ? `There is no scope ${unknown.join(", ")}; scopes are separated by one space.`
            : "scope is empty; ask for the scopes that the operations need, separated by one space.",
        );
      const token = `ory_at_${ids.bytes(32).toString("base64url")}`;
      tokens.set(token, { scopes: new Set(asked), until: clock.now() + tokenLifetime * 1000 });
      return { access_token: token, expires_in: tokenLifetime, token_type: "bearer", scope: asked.join(" ") };
    },

    checkToken({ headers }, operation) {
      const [kind, value] = (headers.get("authorization") ?? "").split(" ");
      if (!value || kind?.toLowerCase() !== "bearer")
        throw unauthorised(
          "There is no token: send `authorization: Bearer ...` with the access_token of POST /auth/token.",
        );
      const token = tokens.get(value);
      if (!token)
        throw unauthorised("The token is unknown or was revoked: get a new one with POST /auth/token.");
      if (token.until <= clock.now()) {
        tokens.delete(value);
        throw unauthorised("The token has expired: get a new one with POST /auth/token.");
      }
      if (operation.scopes.length && !operation.scopes.some((scope) => token.scopes.has(scope)))
        throw new Problem(
          403,
          "forbidden",
          `${operation.id} needs the scope ${operation.scopes.join(" or ")}, which the token does not have: ask for it with POST /auth/token.`,
        );
    },

    revokeTokens: () => tokens.clear(),
  };
}

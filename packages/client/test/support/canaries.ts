import { inspect } from "node:util";
import { afterEach, expect } from "vitest";
import type { Hooks, UpvestClient } from "../../src/index.js";

/** Planted in the bodies that are sent. */
export const person = {
  first_name: "Canaria Vogelsang",
  iban: "DE89370400440532013000",
  tax_id: "canary-tax-41238765",
};

export const passphrase = "canary-passphrase-0c7d";

// What nothing that the client says may contain. Every token of the test server begins with `canary-token`.
const secrets = new Set(["canary-client-secret", "canary-token", passphrase]);

/** A text that must never be seen from now on. */
export function plant(secret: string): void {
  secrets.add(secret);
}

const seen: { what: string; value: unknown }[] = [];

/** Keeps it, to be searched at the end of the test. */
export function record<T>(what: string, value: T): T {
  seen.push({ what, value });
  return value;
}

const json = (value: unknown): string => {
  const above: unknown[] = [];
  return String(
    JSON.stringify(value, function (this: unknown, _, one) {
      while (above.length && above.at(-1) !== this) above.pop();
      if (above.includes(one)) return "(again)";
      if (typeof one === "object" && one) above.push(one);
      return typeof one === "bigint" ? `${one}` : one;
    }),
  );
};

/** All that a log could make of it. */
function textsOf(value: unknown): string[] {
  const texts = [
    String(value),
    inspect(value, { depth: Number.POSITIVE_INFINITY, showHidden: true, maxStringLength: null }),
    json(value),
  ];
  for (let cause = value, depth = 0; cause instanceof Error && depth < 10; cause = cause.cause, depth++) {
    texts.push(cause.message, String(cause.stack), json({ ...cause }));
  }
  return texts;
}

/** The same without what the API itself said of the call. */
function withoutAnswer(value: unknown): unknown {
  if (!(value instanceof Error)) return value;
  const {
    problem: _,
    body: __,
    ...own
  } = Object.getOwnPropertyDescriptors(value) as Record<string, PropertyDescriptor>;
  return Object.create(Object.getPrototypeOf(value), own);
}

/**
 * Secrets, tokens and keys are nowhere. What was sent of a person is nowhere but in `problem` and `body` of an error, if the
 * API says it there: these are its words, and of use.
 */
export function searchForCanaries(): void {
  for (const { what, value } of seen.splice(0)) {
    for (const text of textsOf(value)) {
      for (const secret of secrets)
        expect(text.includes(secret), `${what} has ${secret}: ${text}`).toBe(false);
    }
    for (const text of textsOf(withoutAnswer(value))) {
      for (const datum of Object.values(person)) {
        expect(text.includes(datum), `${what} has ${datum}: ${text}`).toBe(false);
      }
    }
  }
}

// Of every test of a file that takes its clients from here.
afterEach(searchForCanaries);

/** The hooks, and all payloads are searched. */
export function watchedHooks(hooks: Hooks = {}): Hooks {
  const watched =
    <I>(name: keyof Hooks, hook: ((info: I) => unknown) | undefined) =>
    (info: I) => {
      record(name, structuredClone(info));
      return hook?.(info);
    };
  return {
    onRequest: watched("onRequest", hooks.onRequest),
    onResponse: watched("onResponse", hooks.onResponse),
    onRetry: watched("onRetry", hooks.onRetry),
    onToken: watched("onToken", hooks.onToken),
  };
}

type Any = (...args: never[]) => unknown;

/** The same client; all that it throws or gives as an error is searched, and so is it itself. */
export function watched(client: UpvestClient): UpvestClient {
  record("client", client);
  const caught = (error: unknown): never => {
    throw record("error", error);
  };
  const method = <F extends Any>(call: F): F =>
    (async (...args: never[]) => {
      const result = await (call(...args) as Promise<unknown>).catch(caught);
      const { error } = Object(result);
      if (error instanceof Error) record("error", error);
      return result;
    }) as unknown as F;
  const iterator = (all: AsyncIterable<unknown>) => {
    const one = all[Symbol.asyncIterator]();
    return {
      next: () => one.next().catch(caught),
      return: () => one.return!(),
      [Symbol.asyncIterator]() {
        return this;
      },
    };
  };
  const { call, paginate, GET, POST, PUT, PATCH, DELETE } = client;
  return Object.assign(client, {
    call: Object.assign(method(call), { withResponse: method(call.withResponse) }),
    paginate: (...args: Parameters<typeof paginate>) => {
      const pages = paginate(...args);
      return {
        pages: () => iterator(pages.pages()),
        [Symbol.asyncIterator]: () => iterator(pages),
      };
    },
    GET: method(GET),
    POST: method(POST),
    PUT: method(PUT),
    PATCH: method(PATCH),
    DELETE: method(DELETE),
  });
}

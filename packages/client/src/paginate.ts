import type { CallOptions } from "./build-call.js";
import type { Callable, CallFunction, InputMissing, Nothing } from "./call.js";
import { refuse, UpvestError } from "./errors.js";

/** What an operation answers with that has pages. */
export interface Page<T> {
  /** What the API says of the whole list. */
  readonly meta: {
    /** How many items there are on all pages. */
    readonly total_count: number;
  };
  /** The items of this page. */
  readonly data: readonly T[];
}

/** The items of all pages, in their order; each iteration begins anew. */
export interface Pages<T, P> extends AsyncIterable<T> {
  /** The pages as the API gives them, less the items that were on an earlier one. */
  pages(): AsyncIterable<P>;
}

/** An operation's constant that has `paged`. */
export interface PagedCallable<I, P> extends Callable<I, P> {
  /** Answers in pages, with `offset` and `limit`. */
  readonly paged: true;
}

/** What a page is a list of. */
type ItemOf<P> = P extends Page<infer T> ? T : never;

/** What applies to the call of each page. */
type PagedOptions = Omit<CallOptions, "idempotencyKey">;

// Two signatures, as `CallFunction` has them.
/** `client.paginate`: goes through a list, a page at a time; the next page is on its way while one is worked on. */
export interface PaginateFunction {
  /** Goes through a list that needs no input. */
  <I, P extends Page<unknown>>(
    operation: Nothing extends I ? PagedCallable<I, P> : InputMissing,
  ): Pages<ItemOf<P>, P>;
  /**
   * Goes through a list, from `query.offset` on, `query.limit` items at a time. `timeout` and `deadline` (ms) are those of
   * each page.
   *
   * @throws {UpvestConfigurationError} `INVALID_INPUT`, at once
   * @throws {UpvestError} while it is read: what a call throws, and `PAGES_SHIFTED`
   */
  <I, P extends Page<unknown>>(operation: PagedCallable<I, P>, input: I & PagedOptions): Pages<ItemOf<P>, P>;
}

interface Input extends CallOptions {
  readonly query?: { readonly offset?: number; readonly limit?: number };
}

export function paginateFunction(call: CallFunction): PaginateFunction {
  const paginate = (
    operation: PagedCallable<Input, Page<unknown>>,
    input: Input = {},
  ): Pages<unknown, Page<unknown>> => {
    if (operation?.paged !== true) refuse("INVALID_INPUT", "the operation has no pages");
    const { offset: first = 0, limit } = input.query ?? {};
    if (
      !Number.isInteger(first) ||
      first < 0 ||
      !(limit === undefined || (Number.isInteger(limit) && limit > 0))
    ) {
      refuse("INVALID_INPUT", "offset: integer from 0, limit: from 1");
    }
    async function* pages(): AsyncGenerator<Page<unknown>> {
      const seen = new Set<unknown>();
      const stop = new AbortController();
      const onAbort = () => stop.abort(input.signal?.reason);
      if (input.signal?.aborted) onAbort();
      input.signal?.addEventListener("abort", onAbort);
      const get = (offset: number) => {
        const page = call(operation, { ...input, query: { ...input.query, offset }, signal: stop.signal });
        // Its failure is the consumer's once it comes to this page.
        page.catch(() => {});
        return page;
      };
      try {
        let offset = first;
        let total = 0;
        for (let next: Promise<Page<unknown>> | undefined = get(offset); next; ) {
          const { data, meta, ...rest } = Object(await next) as Page<unknown>;
          if (!Array.isArray(data) || typeof meta?.total_count !== "number") {
            throw new UpvestError("ANSWER_UNREADABLE", `${operation.id}: the answer is no page`, {
              outcome: "unknown",
            });
          }
          if (meta.total_count < total) {
            throw new UpvestError(
              "PAGES_SHIFTED",
              `${operation.id}: items went away, others may be missing: begin anew`,
              { outcome: "unknown" },
            );
          }
          total = meta.total_count;
          offset += data.length;
          next = data.length && offset < total ? get(offset) : undefined;
          const fresh = data.filter((item) => {
            const id = Object(item).id;
            return id === undefined || seen.size < seen.add(id).size;
          });
          yield { ...rest, meta, data: fresh };
        }
      } finally {
        input.signal?.removeEventListener("abort", onAbort);
        stop.abort();
      }
    }
    return {
      pages,
      async *[Symbol.asyncIterator]() {
        for await (const { data } of pages()) yield* data;
      },
    };
  };
  return paginate as unknown as PaginateFunction;
}

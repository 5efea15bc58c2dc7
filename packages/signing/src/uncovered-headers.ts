/** A header that a signature never covers. A name that ends with `*` stands for all that begin so. */
export interface UncoveredHeader {
  /** In lower case; with a `*` at its end, all that begin so. */
  readonly name: string;
  /** Why, for people. */
  readonly reason: string;
}

const namesByReason = {
  "carries the signature": "signature signature-input upvest-signature*",
  "the API ignores it": "cdn-* cf-* cookie* priority* sec-* x-*",
  "belongs to the connection":
    "connection expect forwarded host keep-alive proxy-* te trailer transfer-encoding upgrade via",
  "HTTP clients set, change or drop it":
    "accept-charset accept-encoding access-control-* cache-control date dnt origin pragma referer user-agent",
  "tracing changes it on the way": "baggage traceparent tracestate",
};

/** The headers that are never covered; every other one that is set on a request is. */
export const uncoveredHeaders: readonly UncoveredHeader[] = /* @__PURE__ */ Object.entries(
  namesByReason,
).flatMap(([reason, names]) => names.split(" ").map((name) => ({ name, reason })));

const matching = (names: string): RegExp =>
  new RegExp(`^(${names.replaceAll("*", ".*").replaceAll(" ", "|")})$`);

const uncovered = /* @__PURE__ */ matching(Object.values(namesByReason).join(" "));

/** @param name in lower case */
export const isUncovered = (name: string): boolean => uncovered.test(name);

/** @param name of an uncovered header, in lower case */
export const whyUncovered = (name: string): string | undefined =>
  uncoveredHeaders.find((header) => matching(header.name).test(name))?.reason;

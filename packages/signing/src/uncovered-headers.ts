/** A header that a signature never covers. A name that ends with `*` stands for all that begin so. */
export interface UncoveredHeader {
  readonly name: string;
  readonly reason: string;
}

const because = (reason: string, names: string): UncoveredHeader[] =>
  names.split(" ").map((name) => ({ name, reason }));

/** The headers that are never covered; every other one that is set on a request is. */
export const uncoveredHeaders: readonly UncoveredHeader[] = [
  ...because("carries the signature", "signature signature-input upvest-signature*"),
  ...because("the API ignores it", "cdn-* cf-* cookie* priority* sec-* x-*"),
  ...because(
    "belongs to the connection",
    "connection expect forwarded host keep-alive proxy-* te trailer transfer-encoding upgrade via",
  ),
  ...because(
    "HTTP clients set, change or drop it",
    "accept-charset accept-encoding access-control-* cache-control date dnt origin pragma referer user-agent",
  ),
  ...because("tracing changes it on the way", "baggage traceparent tracestate"),
];

const patterns = uncoveredHeaders.map(({ name }) => name.replace("*", ".*"));
const pattern = new RegExp(`^(?:${patterns.join("|")})$`);

/** @param name in lower case */
export const isUncovered = (name: string): boolean => pattern.test(name);

/** @param name of an uncovered header, in lower case */
export const whyUncovered = (name: string): string | undefined =>
  uncoveredHeaders.find((_, index) => new RegExp(`^${patterns[index]}$`).test(name))?.reason;

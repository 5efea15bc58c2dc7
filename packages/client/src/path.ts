import { refuse } from "./errors.js";

// A value with one of these could name another resource: `/users/../accounts` is `/accounts`. Half a pair of surrogates is
// no text.
const notInSegment = /^\.{0,2}$|[/\\?#%\p{Cc}\p{Cs}]/u;

// Legal in a segment (RFC 3986, 3.3) is more than what `encodeURIComponent` leaves as it is.
const illegal = /[^\w.~!$&'()*+,;=:@-]+/g;

const template = /^(\/(?!\.{1,2}(\/|$))[\w.{}-]+)+$/;

/** Puts the values into the path of an operation. */
export function fillPath(path: string, values: object = {}): string {
  if (typeof path !== "string" || !template.test(path)) {
    refuse("INVALID_INPUT", "the path: one of the description");
  }
  const parts = path.split(/[{}]/);
  // Between braces is every other one.
  for (let index = 1; index < parts.length; index += 2) parts[index] = segment(values, parts[index]!);
  return parts.join("");
}

function segment(values: object, name: string): string {
  const value: unknown = Object.hasOwn(values, name) ? values[name as never] : undefined;
  if ((typeof value !== "string" && !Number.isFinite(value)) || notInSegment.test(`${value}`)) {
    refuse("INVALID_INPUT", `path parameter ${name}: text, no dot segment, none of / \\ ? # %`);
  }
  return `${value}`.replace(illegal, encodeURIComponent);
}

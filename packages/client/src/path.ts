import { refuse } from "./errors.js";

// A value with one of these could name another resource: `/users/../accounts` is `/accounts`. Half a pair of surrogates is
// no text.
const notInSegment = /^\.{0,2}$|[/\\?#%\p{Cc}\p{Cs}]/u;

// Legal in a segment (RFC 3986, 3.3), and escaped by `encodeURIComponent` all the same.
const legal = /%(3A|40|24|26|2B|2C|3B|3D)/g;

const template = /^(\/(?!\.{1,2}(\/|$))[\w.{}-]+)+$/;

/** Puts the values into the path of an operation. */
export function fillPath(path: string, given: object = {}): string {
  const values = given as Readonly<Record<string, unknown>>;
  if (typeof path !== "string" || !template.test(path)) {
    refuse("INVALID_INPUT", "the path: one of the description");
  }
  return path.replace(/\{(.+?)\}/g, (_, name: string) => {
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    if ((typeof value !== "string" && !Number.isFinite(value)) || notInSegment.test(`${value}`)) {
      refuse("INVALID_INPUT", `path parameter ${name}: text, not empty, no dot segment, none of / \\ ? # %`);
    }
    return encodeURIComponent(value as string).replace(legal, decodeURIComponent);
  });
}

import { refuse } from "./errors.js";

// A value with one of these could name another resource: `/users/../accounts` is `/accounts`.
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const notInSegment = /^\.{0,2}$|[/\\?#%\u0000-\u001f\u007f-\u009f]/;

// Legal in a segment (RFC 3986, 3.3), and escaped by `encodeURIComponent` all the same.
const legal = /%(3A|40|24|26|2B|2C|3B|3D)/g;

const template = /^(\/(?!\.{1,2}(\/|$))[\w.{}-]+)+$/;

/** Puts the values into the path of an operation. */
export function fillPath(path: string, given: object = {}): string {
  const values = given as Readonly<Record<string, unknown>>;
  if (typeof path !== "string" || !template.test(path)) {
    refuse("INVALID_INPUT", "a path is one of the description, without origin and query");
  }
  return path.replace(/\{(.+?)\}/g, (_, name: string) => {
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    if ((typeof value !== "string" && !Number.isFinite(value)) || notInSegment.test(`${value}`)) {
      refuse(
        "INVALID_INPUT",
        `path parameter ${name}: text that is not empty, not a dot segment, and has none of / \\ ? # %`,
      );
    }
    try {
      return encodeURIComponent(value as string).replace(legal, decodeURIComponent);
    } catch {
      refuse("INVALID_INPUT", `path parameter ${name}: it is no Unicode text`);
    }
  });
}

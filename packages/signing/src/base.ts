import { refuse } from "./refuse.js";

/** 15: `draft-ietf-httpbis-message-signatures-15`, as RFC 9421. 6: the older form that webhooks have, component names unquoted. */
export type SignatureVersion = 15 | 6;

/** The covered components in their order: their names, with parameters, and their values. */
export type Covered = Map<string, string>;

/**
 * The text that is signed, RFC 9421, 2.5. Built here for both sides.
 * @param params what `signature-input` has after the label
 */
export function signatureBase(covered: Covered, params: string, version: SignatureVersion): string {
  const quote = version === 15 ? '"' : "";
  let base = "";
  for (const [component, value] of covered) {
    if (value.includes("\n") || value.includes("\r")) refuse("INVALID_REQUEST", `line break in ${component}`);
    const end = component.indexOf(";");
    base +=
      end < 0
        ? `${quote}${component}${quote}: ${value}\n`
        : `${quote}${component.slice(0, end)}${quote}${component.slice(end)}: ${value}\n`;
  }
  return `${base}${quote}@signature-params${quote}: ${params}`;
}

/** Only ASCII can be signed: for anything else it is not defined which bytes go on the wire. */
export function baseBytes(base: string, encode: (text: string) => Uint8Array): Uint8Array {
  const bytes = encode(base);
  if (bytes.length !== base.length) refuse("INVALID_REQUEST", "what is covered is not ASCII");
  return bytes;
}

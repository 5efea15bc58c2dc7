import { refuse } from "./refuse.js";

/** 15: `draft-ietf-httpbis-message-signatures-15`, as RFC 9421. 6: the older form that webhooks have, component names unquoted. */
export type SignatureVersion = 15 | 6;

/** A covered component. */
export interface Component {
  readonly name: string;
  /** Such as `;name="a"`. */
  readonly parameters?: string;
  readonly value: string;
}

const notInLine = /[\n\r\x80-\uffff]/;

/**
 * The text that is signed, RFC 9421, 2.5. Built here for both sides. Only ASCII can be signed: for anything else it is not
 * defined which bytes go on the wire.
 * @param covered in their order
 * @param params what `signature-input` has after the label
 */
export function signatureBase(
  covered: Iterable<Component>,
  params: string,
  version: SignatureVersion,
): string {
  const quote = version === 15 ? '"' : "";
  let base = "";
  for (const { name, parameters = "", value } of covered) {
    if (notInLine.test(value)) refuse("INVALID_REQUEST", `line break, or not ASCII, in ${name}`);
    base += `${quote}${name}${quote}${parameters}: ${value}\n`;
  }
  return `${base}${quote}@signature-params${quote}: ${params}`;
}

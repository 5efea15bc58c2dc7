import { refuse } from "../refuse.js";
import { base64ToHex } from "./hex.js";

export interface PemBlock {
  /** What stands after BEGIN: `PRIVATE KEY`. */
  label: string;
  /** What the Base64 holds. */
  hex: string;
  /** The header DEK-Info of the legacy encryption (RFC 1421): `AES-256-CBC,<IV>`. */
  dekInfo: string | undefined;
}

/**
 * The first block (RFC 7468) whose label ends as asked for; text and other blocks around it are skipped, such as the
 * EC PARAMETERS that openssl writes first. Line ends may be LF, CRLF or, as environment variables often have them,
 * a backslash and an n.
 */
export function pemBlock(text: string, labelEnd: string): PemBlock {
  const [, label = "", body = ""] =
    new RegExp(`-----BEGIN ([^-]*${labelEnd})-----((?:-?[^-])*)-----END \\1-----`).exec(
      text.replaceAll("\\n", "\n"),
    ) ?? [];
  // Without the headers.
  const hex =
    base64ToHex(body.replace(/^.*:.*$/gm, "")) || refuse("KEY_FORMAT", `no PEM block ${labelEnd}, in Base64`);
  return { label, hex, dekInfo: /DEK-Info:(.*)/.exec(body)?.[1]?.trim() };
}

export function toPem(label: string, base64: string): string {
  return `-----BEGIN ${label}-----\n${base64.replace(/.{1,64}/g, "$&\n")}-----END ${label}-----\n`;
}

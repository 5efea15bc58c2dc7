// Keys are read as text of hex digits: what stands in them is compared and cut more easily than bytes.

export function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export function fromHex(hex: string): Uint8Array {
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

/** From Base64 or base64url, padded or not, with white space or without. Empty when it is neither. */
export function base64ToHex(text: unknown): string {
  try {
    const chars = atob((text as string).replace(/-/g, "+").replace(/_/g, "/"));
    return toHex(Uint8Array.from(chars, (char) => char.charCodeAt(0)));
  } catch {
    return "";
  }
}

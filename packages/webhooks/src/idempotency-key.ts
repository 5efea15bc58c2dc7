/** Of this package: 16 bytes. */
const namespace = "upvest-sdk event";

/** A UUID of version 5 (RFC 9562, 5.5). */
export async function idempotencyKey(eventId: string, handlerName: string): Promise<string> {
  const text = new TextEncoder().encode(namespace + JSON.stringify([eventId, handlerName]));
  const bytes = new Uint8Array(await crypto.subtle.digest("SHA-1", text), 0, 16);
  bytes[6] = (bytes[6]! & 0x0f) | 0x50;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

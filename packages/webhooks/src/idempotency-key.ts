// Of this package, made once at random.
const namespace = [
  0x1d, 0x73, 0xe6, 0x0c, 0x92, 0x4b, 0x4e, 0x2f, 0xa8, 0x35, 0x5c, 0xd0, 0x17, 0x6a, 0xb1, 0x9e,
];

/** A UUID of version 5 (RFC 9562, 5.5). */
export async function idempotencyKey(eventId: string, handlerName: string): Promise<string> {
  const text = new TextEncoder().encode(JSON.stringify([eventId, handlerName]));
  const bytes = new Uint8Array(await crypto.subtle.digest("SHA-1", new Uint8Array([...namespace, ...text])));
  bytes[6] = (bytes[6]! & 0x0f) | 0x50;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = Array.from(bytes.subarray(0, 16), (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

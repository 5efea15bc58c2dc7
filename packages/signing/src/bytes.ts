const encoder = /* @__PURE__ */ new TextEncoder();

export const encode = (text: string): Uint8Array => encoder.encode(text);

/** Bytes of any realm: `instanceof` knows only its own. Nothing if they are none. */
export function toBytes(value: unknown): Uint8Array | undefined {
  if (ArrayBuffer.isView(value)) {
    return new Uint8Array(value.buffer as ArrayBuffer, value.byteOffset, value.byteLength);
  }
  return {}.toString.call(value) === "[object ArrayBuffer]"
    ? new Uint8Array(value as ArrayBuffer)
    : undefined;
}

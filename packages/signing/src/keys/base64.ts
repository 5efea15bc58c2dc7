export function toBase64(bytes: Uint8Array): string {
  // Not spread: that is slow.
  return btoa(String.fromCharCode.apply(null, bytes as unknown as number[]));
}

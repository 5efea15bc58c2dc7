import type { Captured } from "./facts.js";

const replaced = (text: string, index: number): string =>
  text.slice(0, index) + (text[index] === "A" ? "B" : "A") + text.slice(index + 1);

/** Another signature, or digest, of the same form: the last bytes are plain numbers, also of a P-521 signature in DER. */
export const otherBytes = (value: string): string => replaced(value, value.length - 12);

/** A delivery with one thing changed on its way, by what that is. */
export function tampered(delivery: Captured): Record<string, Captured> {
  const { target, headers, body } = delivery;
  const header = (wanted: string, change: (value: string) => string): Captured => ({
    ...delivery,
    headers: headers.map(([name, value]) => [name, name.toLowerCase() === wanted ? change(value) : value]),
  });
  return {
    "the body": { ...delivery, body: btoa(atob(body).replace("USER.CREATED", "USER.CREATEE")) },
    "the path": { ...delivery, target: target.replace("/hooks", "/hook") },
    "the query": { ...delivery, target: target.replace("tenant=", "tenan=") },
    "the digest": header("digest", otherBytes),
    "the signature": header("signature", otherBytes),
    "the key id": header("signature-input", (value) => value.replace(/keyid="./, 'keyid="_')),
    "the time": header("signature-input", (value) => value.replace(/created=\d/, "created=2")),
    "no signature": { ...delivery, headers: headers.filter(([name]) => name.toLowerCase() !== "signature") },
  };
}

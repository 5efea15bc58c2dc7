// Words, so that a model which takes its name from an operation does not end in a digit.
const words = ["bravo", "charlie", "delta", "echo", "foxtrot", "golf", "hotel"];

/** @typedef {{ [key: string]: unknown }} JsonObject */

/**
 * A description with all of its paths several times, each time under another prefix and with other operation ids. The
 * first copy, the webhooks and the components stay as they are.
 *
 * @param {JsonObject} document
 * @param {number} times 1 to 8
 * @returns {JsonObject}
 */
export function repeatPaths(document, times) {
  if (!Number.isInteger(times) || times < 1 || times > words.length + 1) {
    throw new RangeError(`Paths can be repeated 1 to ${words.length + 1} times, not ${times}.`);
  }
  const paths = Object.entries(/** @type {JsonObject} */ (document["paths"] ?? {}));
  const copies = words
    .slice(0, times - 1)
    .flatMap((word) => paths.map(([path, item]) => [`/${word}${path}`, renamed(item, word)]));
  return { ...document, paths: Object.fromEntries([...paths, ...copies]) };
}

/**
 * A copy in which operations, and the links that lead to them, have other ids.
 *
 * @param {unknown} value
 * @param {string} word
 * @returns {unknown}
 */
function renamed(value, word) {
  if (Array.isArray(value)) return value.map((item) => renamed(item, word));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [
      key,
      key === "operationId" && typeof member === "string" ? `${member}_${word}` : renamed(member, word),
    ]),
  );
}

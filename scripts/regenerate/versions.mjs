/**
 * Compares two versions of the API (semver, as far as it uses it): negative when `a` is older.
 *
 * @param {string} a
 * @param {string} b
 * @returns {number}
 */
export function compareVersions(a, b) {
  const [left, right] = [parse(a), parse(b)];
  for (const index of [0, 1, 2]) {
    const difference = (left.numbers[index] ?? 0) - (right.numbers[index] ?? 0);
    if (difference !== 0) return difference;
  }
  // A version with a suffix (1.2.0-rc.1) comes before the one without.
  if (left.suffix === right.suffix) return 0;
  if (left.suffix === "") return 1;
  if (right.suffix === "") return -1;
  return left.suffix < right.suffix ? -1 : 1;
}

/** @param {string} version */
function parse(version) {
  const [, numbers = "", suffix = ""] = /^v?([0-9.]*)-?(.*)$/.exec(version.trim()) ?? [];
  return { numbers: numbers.split(".").map(Number), suffix };
}

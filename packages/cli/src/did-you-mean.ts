const plain = (text: string) => text.toLowerCase().replace(/[^a-z\d]/g, "");

/** How many characters have to be put in, taken out or changed to come from one text to the other. */
function distance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 0; i < from.length; i++) {
    const next = [i + 1];
    for (let j = 0; j < to.length; j++) {
      next.push(Math.min(row[j]! + Number(from[i] !== to[j]), row[j + 1]! + 1, next[j]! + 1));
    }
    row = next;
  }
  return row[to.length]!;
}

/** ` Did you mean ...?`, or nothing where none of the names is near. */
export function didYouMean(given: string, names: readonly string[]): string {
  const wanted = plain(given).slice(0, 100);
  if (wanted === "") return "";
  const near = names
    .map((name) => {
      const own = plain(name);
      const within = wanted.length > 3 && own.includes(wanted);
      return { name, far: within ? 0.5 : distance(wanted, own), reach: Math.max(2, own.length / 4) };
    })
    .filter(({ far, reach }) => far <= reach)
    .sort((a, b) => a.far - b.far)
    .slice(0, 3)
    .map(({ name }) => name);
  return near.length ? ` Did you mean ${near.join(", ").replace(/, ([^,]*)$/, " or $1")}?` : "";
}

/** Never shown, whatever an answer or an error quotes. */
const secrets = new Set<string>();

// What is shorter stands in ordinary words, too, and says little.
const shortest = 8;

/** From now on `***` is shown in place of this text, as it is and as JSON, a form or Base64 would write it. */
export function conceal(secret: string | undefined): void {
  if (secret === undefined || secret.trim().length < shortest) return;
  for (const text of [secret, secret.trim()]) {
    secrets.add(text);
    secrets.add(JSON.stringify(text).slice(1, -1));
    secrets.add(`${new URLSearchParams([[text, ""]])}`.slice(0, -1));
    secrets.add(Buffer.from(text).toString("base64"));
  }
}

/** Conceals a private key as a whole and line by line. */
export function concealKey(text: string | undefined): void {
  conceal(text);
  for (const line of (text ?? "").split(/[\r\n]+|\\r|\\n/))
    if (/^[\w+/=-]{16,}$/.test(line.trim()) && !line.startsWith("-----")) conceal(line);
}

// Control characters would be obeyed by a terminal. In JSON these escapes mean the same.
// biome-ignore lint/suspicious/noControlCharactersInRegex: that is what is looked for
const control = /[\0-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

function clean(text: string): string {
  let shown = text;
  // The longest first: one may be part of another.
  for (const secret of [...secrets].sort((a, b) => b.length - a.length))
    shown = shown.replaceAll(secret, "***");
  return shown.replace(control, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** Writes a line, or several, to the standard output, and waits until a pipe has taken all of it. */
export function print(text: string): Promise<void> {
  return write(process.stdout, text);
}

/** Writes to the standard error: what is said beside the result. */
export function printError(text: string): Promise<void> {
  return write(process.stderr, text);
}

function write(stream: NodeJS.WriteStream, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.write(`${clean(text)}\n`, (error) => (error ? reject(error) : resolve()));
  });
}

/** Rows with their columns aligned, two spaces apart. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows)
    row.forEach((cell, index) => {
      widths[index] = Math.max(widths[index] ?? 0, cell.length);
    });
  return rows
    .map((row) =>
      row
        .map((cell, index) => cell.padEnd(widths[index]!))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

/** Indents each line. */
export function indent(text: string, by = "  "): string {
  return text.replace(/^(?=.)/gm, by);
}

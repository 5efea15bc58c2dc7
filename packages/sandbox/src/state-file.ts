import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";

/** Keeps state in a file: written soon after a change, and whole or not at all. */
export interface StateFile<State> {
  changed(): void;
  /** Writes what is not written yet. */
  flush(): void;
  readonly saved: State | undefined;
}

const soon = 200;
// Of the time, writing takes a tenth at most, however much there is to write.
const share = 10;

/**
 * @param form which form of state this release reads
 * @throws {Error} there is a file that cannot be read; it is left as it is
 */
export function openStateFile<State>(file: string, form: string, current: () => State): StateFile<State> {
  let saved: State | undefined;
  if (existsSync(file)) {
    let content: { form?: unknown; state?: State };
    try {
      content = JSON.parse(readFileSync(file, "utf8"));
    } catch (cause) {
      throw new Error(`${file} is no state of a sandbox: give another file, or remove it.`, { cause });
    }
    if (content?.form !== form)
      throw new Error(
        `${file} was written by another release of the sandbox: give another file, or remove it.`,
      );
    saved = content.state;
  }
  let pause = soon;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const write = () => {
    timer = undefined;
    const began = performance.now();
    const next = `${file}.next`;
    // It holds a private key and a secret.
    writeFileSync(next, JSON.stringify({ form, state: current() }), { mode: 0o600 });
    renameSync(next, file);
    pause = Math.max(soon, (performance.now() - began) * share);
  };
  return {
    saved,
    changed() {
      timer ??= setTimeout(write, pause);
    },
    flush() {
      if (timer === undefined) return;
      clearTimeout(timer);
      write();
    },
  };
}

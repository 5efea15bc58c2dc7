/** A workerd that listens. */
export interface Workerd {
  readonly origin: string;
  /** What it wrote, so far. */
  readonly output: () => string;
  close(): Promise<void>;
}

/** @throws when it ends before it listens */
export function serveWorkerd(binary: string, configFile: string): Promise<Workerd>;

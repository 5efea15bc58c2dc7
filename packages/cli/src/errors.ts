/** The command line is wrong: exit code 2. */
export class UsageError extends Error {}

/** What was asked for could not be done: exit code 1. */
export class Failure extends Error {
  /** What to do about it. */
  readonly advice: string | undefined;

  constructor(message: string, advice?: string) {
    super(message);
    this.advice = advice;
  }
}

/** Why a file could not be read or written, without what is in it. */
export function fileFault(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException;
  const known: Record<string, string> = {
    ENOENT: "there is no such file or folder",
    EACCES: "it may not be opened",
    EISDIR: "it is a folder",
    EEXIST: "it exists already",
    ENOTDIR: "a part of its path is no folder",
  };
  return known[code ?? ""] ?? code ?? "it cannot be opened";
}

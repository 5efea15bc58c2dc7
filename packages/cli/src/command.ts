import type { ParseArgsConfig } from "node:util";

/** One command of `upvest`: help and completion are made from what it says of itself. */
export interface Command {
  /** As it is typed: `webhooks verify`. */
  readonly name: string;
  /** One line. */
  readonly summary: string;
  /** Arguments and options, for `--help`. */
  readonly usage: string;
  readonly options: NonNullable<ParseArgsConfig["options"]>;
  /** What an option takes, where that is one of a few. */
  readonly choices?: Readonly<Record<string, readonly string[]>>;
  /** What its first argument is one of, if it is not a file. */
  readonly argument?: readonly string[];
  /**
   * @param args what comes after the name
   * @returns the exit code: 0 done, 1 failed
   */
  run(args: string[]): Promise<number>;
}

import { parseArgs } from "node:util";
import type { Command } from "./command.js";
import { UsageError } from "./errors.js";
import { operations } from "./find-operation.js";
import { print } from "./output.js";

const options = {} as const;
const shells = ["bash", "zsh", "fish"] as const;

/**
 * `upvest completion`: a script for a shell.
 *
 * @param commands all that there are, once they are known
 */
export function completion(commands: () => readonly Command[]): Command {
  return {
    name: "completion",
    summary: "prints a script that completes commands, options and operations",
    usage: `upvest completion bash|zsh|fish

  bash   source <(upvest completion bash)            in ~/.bashrc
  zsh    source <(upvest completion zsh)             in ~/.zshrc, after compinit
  fish   upvest completion fish | source             in ~/.config/fish/config.fish`,
    options,
    argument: shells,
    async run(args) {
      const { positionals } = parseArgs({ args, options, allowPositionals: true });
      const [shell] = positionals;
      if (positionals.length !== 1 || !shells.some((one) => one === shell))
        throw new UsageError("give one shell: bash, zsh or fish.");
      await print({ bash, zsh, fish }[shell as "bash"](commands()).trimEnd());
      return 0;
    },
  };
}

const flags = ({ options }: Command) => [...Object.keys(options), "help"].map((name) => `--${name}`);

/** Whether the command's name has two words. */
const inner = ({ name }: Command) => name.split(" ")[1];

const firstWords = (commands: readonly Command[]) => [
  ...new Set(commands.map(({ name }) => name.split(" ")[0]!)),
];

function bash(commands: readonly Command[]): string {
  const cases = commands.map((command) => {
    const [first] = command.name.split(" ");
    const words = inner(command) ?? command.argument?.join(" ");
    const choices = Object.entries(command.choices ?? {}).map(
      ([option, values]) => `      if [[ $before == --${option} ]]; then words="${values.join(" ")}"; fi\n`,
    );
    return `    ${first})
      if [[ $now == -* ]]; then words="${flags(command).join(" ")}"
      elif (( COMP_CWORD == 2 )); then words="${words ?? ""}"; fi
${choices.join("")}      ;;`;
  });
  return `# Completion of upvest for bash.
_upvest() {
  local now="\${COMP_WORDS[COMP_CWORD]}" before="\${COMP_WORDS[COMP_CWORD-1]}" words=""
  case "$COMP_CWORD:\${COMP_WORDS[1]}" in
    1:*) words="${firstWords(commands).join(" ")} --help --version" ;;
${cases.join("\n").replace(/^ {4}(\w+)\)$/gm, "    *:$1)")}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$now"))
}
# Where it has nothing to say, files are completed.
complete -o default -F _upvest upvest
`;
}

function zsh(commands: readonly Command[]): string {
  const described = (rows: readonly (readonly [string, string])[]) =>
    rows.map(([name, text]) => `'${name}:${text.replaceAll("'", "'\\''")}'`).join(" ");
  const cases = commands.map((command) => {
    const [first] = command.name.split(" ");
    const words = inner(command) ?? command.argument?.join(" ");
    const choices = Object.entries(command.choices ?? {}).map(
      ([option, values]) =>
        `      if [[ $words[CURRENT-1] == --${option} ]]; then compadd -- ${values.join(" ")}; return; fi\n`,
    );
    return `    ${first})
${choices.join("")}      if [[ $words[CURRENT] == -* ]]; then compadd -- ${flags(command).join(" ")}
${words ? `      elif (( CURRENT == 3 )); then compadd -- ${words}\n` : ""}      else _files; fi
      ;;`;
  });
  const first = firstWords(commands).map((word): [string, string] => [
    word,
    commands.find(({ name }) => name.split(" ")[0] === word)!.summary,
  ]);
  return `#compdef upvest
# Completion of upvest for zsh.
_upvest() {
  if (( CURRENT == 2 )); then
    local -a names=(${described(first)})
    _describe command names
    return
  fi
  case $words[2] in
${cases.join("\n")}
  esac
}
if [[ $funcstack[1] == _upvest ]]; then _upvest "$@"; else compdef _upvest upvest; fi
`;
}

function fish(commands: readonly Command[]): string {
  const quote = (text: string) => `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
  const lines = ["# Completion of upvest for fish.", "complete -c upvest -f"];
  for (const word of firstWords(commands)) {
    const { summary } = commands.find(({ name }) => name.split(" ")[0] === word)!;
    lines.push(`complete -c upvest -n __fish_use_subcommand -a ${word} -d ${quote(summary)}`);
  }
  for (const command of commands) {
    const [first] = command.name.split(" ");
    const seen = `-n '__fish_seen_subcommand_from ${first}'`;
    const only = `-n '__fish_seen_subcommand_from ${first}; and test (count (commandline -opc)) -eq 2'`;
    const second = inner(command);
    if (second) lines.push(`complete -c upvest ${only} -a ${second}`);
    // Files only after the second word.
    if (second) lines.push(`complete -c upvest -n '__fish_seen_subcommand_from ${second}' -F`);
    for (const word of command.argument ?? []) {
      const operation = operations.get(word);
      const text = operation ? ` -d ${quote(`${operation.method} ${operation.path}`)}` : "";
      lines.push(`complete -c upvest ${only} -a ${word}${text}`);
    }
    for (const [option, { type }] of Object.entries(command.options)) {
      const values = command.choices?.[option];
      const takes = type === "boolean" ? "" : values ? ` -x -a ${quote(values.join(" "))}` : " -r -F";
      lines.push(`complete -c upvest ${seen} -l ${option}${takes}`);
    }
  }
  return `${lines.join("\n")}\n`;
}

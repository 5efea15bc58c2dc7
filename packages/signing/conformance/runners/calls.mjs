import process from "node:process";

/** What the runner wrote to the standard input: `[[name, ...args], ...]`. Not an argument, which every process can read. */
export async function readCalls() {
  let text = "";
  for await (const chunk of process.stdin.setEncoding("utf8")) text += chunk;
  return JSON.parse(text);
}

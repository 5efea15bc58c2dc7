export type RuntimeName = "node-20" | "node-22" | "node-24" | "deno" | "bun" | "workerd";
/** The file to run; installs what is not in the folder yet. */
export function findRuntime(name: RuntimeName, kept: string): string;

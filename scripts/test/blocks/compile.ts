import ts from "typescript";
import { type Block, root } from "./find-blocks.js";

const options: ts.CompilerOptions = {
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  allowJs: true,
  checkJs: true,
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  target: ts.ScriptTarget.ES2022,
  lib: ["lib.es2022.d.ts"],
  types: ["node"],
  skipLibCheck: true,
  noEmit: true,
};

/** What the compiler says of the blocks, each a module of its own that has what `scripts/` depends on. By name of the block. */
export function compile(blocks: readonly Block[]): Map<string, string[]> {
  const files = new Map(
    blocks.map((block, index) => [
      `${root}scripts/block-${index}.${block.language === "js" ? "js" : "ts"}`,
      { block, text: `${block.code}\nexport {};\n` },
    ]),
  );
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists } = host;
  host.getSourceFile = (name, version) => {
    const file = files.get(name);
    return file ? ts.createSourceFile(name, file.text, version) : getSourceFile.call(host, name, version);
  };
  host.fileExists = (name) => files.has(name) || fileExists.call(host, name);
  host.getCurrentDirectory = () => `${root}scripts`;
  const found = new Map(blocks.map(({ name }) => [name, [] as string[]]));
  for (const diagnostic of ts.getPreEmitDiagnostics(ts.createProgram([...files.keys()], options, host))) {
    const { file, start = 0, messageText } = diagnostic;
    const block = file && files.get(file.fileName)?.block;
    const text = ts.flattenDiagnosticMessageText(messageText, " ");
    if (!file || !block) throw new Error(`${file?.fileName}: ${text}`);
    const line = block.line + file.getLineAndCharacterOfPosition(start).line;
    found.get(block.name)!.push(`${block.page}:${line}: ${text}`);
  }
  return found;
}

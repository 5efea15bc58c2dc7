import { Comment, CommentTag, Context, Converter, normalizePath, ReflectionKind } from "typedoc";
import ts from "typescript";

/** Where they are listed, on the page of their entry. */
const group = "Shapes that are not exported";

/**
 * Types that the signature of a public name mentions, and which nobody can import, get a page as well: half of what an
 * option means may be written at such a type. They are listed apart.
 *
 * @param {import("typedoc").Application} app
 * @param {string} packages only types whose source is below this folder
 */
export function addMentionedTypes(app, packages) {
  /** @type {Map<import("typescript").Symbol, { module: import("typedoc").Reflection, context: Context }>} */
  const mentioned = new Map();
  const original = Context.prototype.createSymbolReference;
  Context.prototype.createSymbolReference = function (symbol, context, name) {
    if (!mentioned.has(symbol) && isOurs(symbol, packages))
      mentioned.set(symbol, { module: moduleOf(context.scope), context });
    return original.call(this, symbol, context, name);
  };

  app.converter.on(
    Converter.EVENT_RESOLVE_BEGIN,
    () => {
      // Those that are found meanwhile come after those that are there: a map is walked to its very end.
      for (const [symbol, { module, context }] of mentioned) {
        if (context.getReflectionFromSymbol(symbol)) continue;
        const scope = new Context(app.converter, context.programs, context.project, module);
        scope.setActiveProgram(context.program);
        app.converter.convertSymbol(scope, symbol);
        const reflection = context.getReflectionFromSymbol(symbol);
        if (!reflection) continue;
        reflection.comment ??= new Comment();
        reflection.comment.blockTags.push(new CommentTag("@group", [{ kind: "text", text: group }]));
      }
      Context.prototype.createSymbolReference = original;
    },
    // Before comments are taken apart.
    1e9,
  );
}

/**
 * @param {import("typescript").Symbol} symbol
 * @param {string} packages
 */
function isOurs(symbol, packages) {
  const type = ts.SymbolFlags.Interface | ts.SymbolFlags.TypeAlias | ts.SymbolFlags.Class;
  return (
    (symbol.flags & type) !== 0 &&
    (symbol.declarations ?? []).some((declaration) => {
      const { fileName } = declaration.getSourceFile();
      return fileName.startsWith(`${normalizePath(packages)}/`) && !fileName.includes("/node_modules/");
    })
  );
}

/** @param {import("typedoc").Reflection} reflection */
function moduleOf(reflection) {
  let at = reflection;
  while (at.parent && !at.kindOf(ReflectionKind.Module)) at = at.parent;
  return at;
}

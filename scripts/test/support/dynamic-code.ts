import ts from "typescript";

/** Where a program makes code of data: what of it is parsed and not searched for, so that words in texts do not count. */
export function dynamicCode(file: string, text: string): string[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true, ts.ScriptKind.JS);
  const found: string[] = [];
  const named = (node: ts.Node, name: string): boolean =>
    (ts.isIdentifier(node) && node.text === name) ||
    (ts.isPropertyAccessExpression(node) && node.name.text === name) ||
    (ts.isElementAccessExpression(node) &&
      ts.isStringLiteralLike(node.argumentExpression) &&
      node.argumentExpression.text === name);
  const isText = (node: ts.Node | undefined): boolean =>
    node !== undefined && (ts.isStringLiteralLike(node) || ts.isTemplateExpression(node));
  const isRequire = (callee: ts.Node): boolean =>
    named(callee, "require") || (ts.isCallExpression(callee) && named(callee.expression, "createRequire"));

  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node) && node.text === "eval" && !ts.isPropertyAssignment(node.parent))
      found.push("eval");
    if (ts.isCallExpression(node) || ts.isNewExpression(node)) {
      const { expression: callee, arguments: given = [] } = node;
      if (named(callee, "Function")) found.push("Function");
      // `x.constructor(text)` of a function is `Function(text)`; with `new` it makes another of a known class.
      if (named(callee, "constructor") && ts.isCallExpression(node)) found.push("constructor()");
      if (named(callee, "setTimeout") || named(callee, "setInterval"))
        if (isText(given[0])) found.push("a timer with a text");
      const loads =
        callee.kind === ts.SyntaxKind.ImportKeyword || (ts.isCallExpression(node) && isRequire(callee));
      if (loads && !(given[0] && ts.isStringLiteralLike(given[0])))
        found.push("a module whose name is not a literal");
    }
    const loaded =
      (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) && node.moduleSpecifier
        ? node.moduleSpecifier
        : ts.isCallExpression(node) && isRequire(node.expression)
          ? node.arguments[0]
          : undefined;
    if (
      loaded &&
      ts.isStringLiteralLike(loaded) &&
      /^(node:)?(vm|inspector|worker_threads)$/.test(loaded.text)
    )
      found.push(loaded.text);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

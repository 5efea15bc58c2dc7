import ts = require("typescript");

import { isNamed } from "./typescript.js";

/**
 * Takes out of `paths`, `webhooks` and `operations` what openapi-typescript writes of methods, bodies and cookies that are
 * not there (`put?: never`): openapi-fetch and its relatives take a member that is missing for the same, and the compiler
 * has less to do for each call. `query?: never` and its like stay: without them, openapi-fetch would let a query pass that
 * the operation does not take. So does the `content` of answers, which it reads unasked.
 */
export function dropNever(each: ts.InterfaceDeclaration): ts.InterfaceDeclaration {
  const kept = { paths: ofPathItem, webhooks: ofPathItem, operations: ofOperation }[each.name.text];
  if (kept === undefined) return each;
  const members = each.members.map((member) => changed(member, kept));
  return ts.factory.updateInterfaceDeclaration(
    each,
    each.modifiers,
    each.name,
    undefined,
    undefined,
    members,
  );
}

type Members = readonly ts.TypeElement[];

const ofPathItem = (item: Members): Members =>
  item.filter(
    (member) =>
      !isNever(member) &&
      !(
        isNamed(member, "parameters") &&
        ts.isTypeLiteralNode(member.type!) &&
        member.type.members.every(isNever)
      ),
  );

const ofOperation = (operation: Members): Members =>
  operation
    .filter((member) => !isNever(member))
    .map((member) => (isNamed(member, "parameters") ? changed(member, ofParameters) : member));

const ofParameters = (parameters: Members): Members =>
  parameters.filter((member) => !(isNamed(member, "cookie") && isNever(member)));

/** The property with other members in its type. */
function changed(member: ts.TypeElement, members: (of: Members) => Members): ts.TypeElement {
  if (!ts.isPropertySignature(member) || !member.type || !ts.isTypeLiteralNode(member.type)) return member;
  const type = ts.factory.updateTypeLiteralNode(
    member.type,
    ts.factory.createNodeArray(members(member.type.members)),
  );
  return ts.factory.updatePropertySignature(
    member,
    member.modifiers,
    member.name,
    member.questionToken,
    type,
  );
}

function isNever(member: ts.TypeElement): boolean {
  return ts.isPropertySignature(member) && member.type?.kind === ts.SyntaxKind.NeverKeyword;
}

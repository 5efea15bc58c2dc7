import { DeclarationReflection, ReferenceReflection, ReflectionKind } from "typedoc";

/**
 * Names that a user can write or read and that have no doc comment: modules, what they export, members of it, members of
 * object types that are written out at a property, a parameter, a result or in a union. Not asked of: constructors (the
 * class says what it is), what another library declares, and the patterns of conditional types.
 *
 * @param {import("typedoc").ProjectReflection} project
 * @returns {string[]} one line a name: where to find it, and its file
 */
export function undocumented(project) {
  /** @type {string[]} */
  const found = [];
  for (const module of project.getChildrenByKind(ReflectionKind.Module)) {
    if (!says(module)) found.push(`${module.name} (${module.sources?.[0]?.fileName})`);
    visitChildren(module, found);
  }
  return found;
}

/**
 * @param {import("typedoc").ContainerReflection} container
 * @param {string[]} found
 */
function visitChildren(container, found) {
  for (const child of container.children ?? []) {
    // A name that is exported twice is looked at once.
    if (child instanceof ReferenceReflection || child.flags.isExternal) continue;
    if (child.kindOf(ReflectionKind.Constructor)) continue;
    visit(child, found);
  }
}

/**
 * @param {DeclarationReflection} name
 * @param {string[]} found
 */
function visit(name, found) {
  if (!isDocumented(name)) found.push(`${name.getFriendlyFullName()} (${name.sources?.[0]?.fileName})`);
  // A property that is there for the type checker only: nobody looks into it.
  if (name.name.startsWith("~")) return;
  visitChildren(name, found);
  visitSignatures(name, found);
  visitType(name.type, found);
}

/**
 * @param {DeclarationReflection} name
 * @param {string[]} found
 */
function visitSignatures(name, found) {
  for (const { parameters = [], type } of signaturesOf(name)) {
    for (const parameter of parameters) visitType(parameter.type, found);
    visitType(type, found);
  }
}

/**
 * @param {import("typedoc").SomeType | undefined} type
 * @param {string[]} found
 */
function visitType(type, found) {
  switch (type?.type) {
    case "reflection":
      visitChildren(type.declaration, found);
      visitSignatures(type.declaration, found);
      break;
    case "union":
    case "intersection":
      for (const each of type.types) visitType(each, found);
      break;
    case "array":
      visitType(type.elementType, found);
      break;
    case "typeOperator":
      visitType(type.target, found);
      break;
    case "tuple":
      for (const each of type.elements) visitType(each, found);
      break;
    case "optional":
    case "rest":
      visitType(type.elementType, found);
      break;
    case "namedTupleMember":
      visitType(type.element, found);
      break;
    case "reference":
      for (const each of type.typeArguments ?? []) visitType(each, found);
      break;
  }
}

/** @param {DeclarationReflection} name */
function isDocumented(name) {
  const signatures = signaturesOf(name);
  return (
    says(name) ||
    (signatures.length > 0 && signatures.every(says)) ||
    (name.type?.type === "reflection" && (name.type.declaration.signatures ?? []).some(says))
  );
}

/** @param {DeclarationReflection} name */
function signaturesOf(name) {
  return [...(name.signatures ?? []), ...(name.getSignature ? [name.getSignature] : [])];
}

/** @param {import("typedoc").Reflection} reflection */
function says({ comment }) {
  return (comment?.summary ?? []).some(({ text }) => text.trim() !== "");
}

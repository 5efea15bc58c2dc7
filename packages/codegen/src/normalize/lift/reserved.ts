/** Names that mean something else in the generated files: global types that they refer to, and what they export themselves. */
const reserved: ReadonlySet<string> = new Set(
  (
    "Array Extract NonNullable Omit Partial Pick Readonly ReadonlyArray Record Uint8Array WithRequired " +
    "EventMap EventOf EventType InputOf Operation OperationId OperationTypes OutputOf Scope WebhookEvent"
  ).split(" "),
);

export function isReserved(name: string): boolean {
  return reserved.has(name);
}

/** A bug of ours, never a peer's doing. The host stops the replica and says why. */
export class InvariantError extends Error {
  override readonly name = "InvariantError";
}

/** @throws InvariantError when `condition` is false. */
export function invariant(condition: boolean, message: string): asserts condition {
  if (!condition) throw new InvariantError(message);
}

/** Marks a switch as complete: fails to compile when a variant is missing. */
export function assertNever(value: never): never {
  throw new InvariantError(`unreachable variant: ${JSON.stringify(value)}`);
}

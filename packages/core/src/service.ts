import type { ClientId, SeqNum } from "./ids.js";
import type { OperationResult } from "./machine.js";
import type { Store } from "./store/store.js";

/** What a service may know beside the state; equal on every correct replica. */
export interface OperationContext {
  readonly client: ClientId;
  readonly seq: SeqNum;
}

/**
 * A deterministic state machine: the same operations in the same order give the same results and the same state everywhere.
 * It has no state of its own outside `store`. What it throws becomes a failed result. A failed operation leaves no trace in the
 * store.
 */
export interface Service {
  readonly name: string;
  /** One line for a person: the operations that it knows. */
  readonly usage: string;
  execute(store: Store, operation: string, context: OperationContext): OperationResult;
}

/** Thrown by a service when an operation fails: the store is put back, and the message, equal everywhere, is the result. */
export class OperationError extends Error {
  override readonly name = "OperationError";
}

/** What the engine throws by itself, in words that differ between its versions: only the name may become a result. */
export const ENGINE_ERRORS: ReadonlySet<string> = new Set([
  "TypeError",
  "RangeError",
  "ReferenceError",
  "SyntaxError",
  "URIError",
  "EvalError",
]);

export function succeeded(value: string | null): OperationResult {
  return { ok: true, value };
}

export function refused(reason: string): OperationResult {
  return { ok: false, value: reason };
}

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
 * It has no state of its own outside `store`. What it throws becomes a failed result, and the store is put back.
 */
export interface Service {
  readonly name: string;
  /** One line for a person: the operations that it knows. */
  readonly usage: string;
  execute(store: Store, operation: string, context: OperationContext): OperationResult;
}

export function succeeded(value: string | null): OperationResult {
  return { ok: true, value };
}

export function refused(reason: string): OperationResult {
  return { ok: false, value: reason };
}

import { InvariantError } from "./invariant.js";
import type { OperationResult } from "./machine.js";
import { ENGINE_ERRORS, type OperationContext, OperationError, refused, type Service } from "./service.js";
import type { MerkleStore } from "./store/merkle-store.js";
import type { Store } from "./store/store.js";
import { isWireText, utf8Length } from "./wire/text.js";

/** A service and the whole state that it works on, of which it sees a part. */
export interface ServiceHost {
  readonly service: Service;
  readonly store: MerkleStore;
}

/** Bytes that all results of one request may take in the client table: a leaf of sixteen such fits into a message. */
const RESULTS_BYTES_MAX = 262_144;

/**
 * Executes the operations of one request, one after the other, and changes the state.
 * @param store what the service sees of the state
 */
export function callService(
  host: ServiceHost,
  store: Store,
  context: OperationContext,
  operations: readonly string[],
): readonly OperationResult[] {
  let left = RESULTS_BYTES_MAX;
  return operations.map((operation) => {
    const result = executeOperation(host, store, context, operation, left);
    left -= resultBytes(result.value);
    return result;
  });
}

/**
 * One operation of the service. Whatever it throws is a failed result, equal on every correct replica, and a failed operation
 * leaves no trace in the state: a user's mistake never stops a replica.
 */
function executeOperation(
  host: ServiceHost,
  store: Store,
  context: OperationContext,
  operation: string,
  bytesMax: number,
): OperationResult {
  const before = host.store.snapshot();
  try {
    const { ok, value } = host.service.execute(store, operation, context);
    const problem = whyNoResult(value, bytesMax);
    if (problem === null && ok === true) return { ok, value };
    host.store.restore(before);
    return problem === null ? { ok: false, value } : refused(problem);
  } catch (error) {
    if (error instanceof InvariantError) throw error;
    host.store.restore(before);
    return refused(reasonOf(error));
  }
}

function whyNoResult(value: unknown, bytesMax: number): string | null {
  if (value === null) return null;
  if (typeof value !== "string") return "the service returned no result";
  if (!isWireText(value)) return "the result is not well-formed Unicode text, or begins with a byte order mark";
  const bytes = resultBytes(value);
  return bytes > bytesMax ? `the result takes ${bytes} bytes, more than the ${bytesMax} that are left for this request` : null;
}

/** As it will stand in the client table. */
function resultBytes(value: string | null): number {
  return value === null ? 0 : utf8Length(JSON.stringify(value));
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return "the service failed";
  const words = error instanceof OperationError ? error.message : `${error.name}: ${error.message}`;
  const reason = ENGINE_ERRORS.has(error.name) ? error.name : words;
  return isWireText(reason) ? reason.slice(0, 200).toWellFormed() : "the service failed";
}

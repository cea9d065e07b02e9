import type { OperationResult } from "@bft/core";

/**
 * One request of one client, from its handing in to its answer. Its operations are executed in order and at once: nothing of
 * another request comes between them.
 */
export interface HistoryOperation {
  readonly client: number;
  /** Tells the requests of one client apart: its timestamp in a trace. */
  readonly id: number;
  readonly operations: readonly string[];
  /** Handed in as one that changes nothing; what it then tries to write may be refused (§5.1.3). */
  readonly readOnly: boolean;
  /** When it was handed in, and when its answer was accepted, on one clock for all clients, in any unit. */
  readonly invoked: number;
  /** null: no answer is known. It may have taken effect at any time since `invoked`, or not at all. */
  readonly returned: number | null;
  /** One for each operation; null exactly when `returned` is. */
  readonly results: readonly OperationResult[] | null;
}

/** What the clients of one run saw, in any order. The service was empty before it. */
export type History = readonly HistoryOperation[];

/** `client 3's request 17 ("get x")`: how an operation is named to a person. */
export function nameOf({ client, id, operations }: HistoryOperation): string {
  return `client ${client}'s request ${id} (${textOf(operations)})`;
}

const OPERATIONS_SHOWN = 4;

function textOf(operations: readonly string[]): string {
  const shown = operations.slice(0, OPERATIONS_SHOWN).map((each) => JSON.stringify(cut(each)));
  const more = operations.length - shown.length;
  return shown.join(", ") + (more > 0 ? `, ${more} more` : "");
}

export function resultsText(results: readonly OperationResult[]): string {
  const shown = results.slice(0, OPERATIONS_SHOWN).map(({ ok, value }) => {
    const text = value === null ? "no value" : JSON.stringify(cut(value));
    return ok ? text : `a refusal (${text})`;
  });
  const more = results.length - shown.length;
  return shown.join(", ") + (more > 0 ? `, ${more} more` : "");
}

/** Of a request whose answer is known and one whose answer is not, the one kind only. */
export function answered(operation: HistoryOperation): operation is Answered {
  return operation.returned !== null && operation.results !== null;
}

export type Answered = HistoryOperation & { readonly returned: number; readonly results: readonly OperationResult[] };

function cut(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60).toWellFormed()}…` : text;
}

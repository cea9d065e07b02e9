import type { History, HistoryOperation } from "./history.js";

/** What is wrong with a history before anything is asked of a service. */
export interface Flaw {
  /** Index of the operation in the history. */
  readonly index: number;
  /** The field that is wrong, and how: `returned: 3 is before invoked, 5`. */
  readonly what: string;
}

/** The first operation that no client can have seen so, or null. */
export function flawOf(history: History): Flaw | null {
  const seen = new Map<string, number>();
  for (const [index, operation] of history.entries()) {
    const what = flawOfOne(operation) ?? duplicate(seen, operation, index);
    if (what !== null) return { index, what };
  }
  return null;
}

function flawOfOne({ operations, invoked, returned, results }: HistoryOperation): string | null {
  if (operations.length === 0) return "operations: a request has at least one operation";
  if ((returned === null) !== (results === null)) return "results: they are null exactly when returned is null";
  if (returned !== null && returned < invoked) return `returned: ${returned} is before invoked, ${invoked}`;
  if (results !== null && results.length !== operations.length)
    return `results: ${operations.length} operations have ${results.length} results`;
  return null;
}

function duplicate(seen: Map<string, number>, { client, id }: HistoryOperation, index: number): string | null {
  const key = `${client} ${id}`;
  const first = seen.get(key);
  seen.set(key, index);
  return first === undefined ? null : `id: client ${client} has used ${id} before, for operation ${first}`;
}

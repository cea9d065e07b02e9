import type { OperationResult, TraceEvent } from "@bft/core";
import type { History, HistoryOperation } from "./history.js";

interface Open {
  readonly operation: HistoryOperation;
  returned: number | null;
  results: readonly OperationResult[] | null;
}

/**
 * What the correct clients of a run saw. Places in the trace stand for times, because many things happen at one virtual
 * millisecond and the trace knows their order. A client that ever lied is left out, and so is an answer to a request whose
 * handing in the trace does not hold. The second handing in under a used timestamp stays in, for the check to find.
 */
export function historyOf(events: Iterable<TraceEvent>): History {
  const opened: Open[] = [];
  const waiting = new Map<string, Open>();
  const liars = new Set<number>();
  let place = 0;
  for (const event of events) {
    place += 1;
    switch (event.kind) {
      case "invoked": {
        const { client, timestamp: id, operations, readOnly } = event;
        const operation = { client, id, operations, readOnly, invoked: place, returned: null, results: null };
        const open: Open = { operation, returned: null, results: null };
        opened.push(open);
        waiting.set(keyOf(client, id), open);
        break;
      }
      case "fell-back":
        moved(waiting, keyOf(event.client, event.from), keyOf(event.client, event.timestamp));
        break;
      case "answered": {
        const open = waiting.get(keyOf(event.client, event.timestamp));
        // The first answer counts: the client has told it to its user.
        if (open === undefined || open.returned !== null) break;
        open.returned = place;
        open.results = event.results;
        break;
      }
      case "client-behaves":
        liars.add(event.client);
        break;
      default:
    }
  }
  return opened
    .filter(({ operation }) => !liars.has(operation.client))
    .map(({ operation, returned, results }) => ({ ...operation, returned, results }));
}

/** The read is asked again under another timestamp; to its user it is still the same request (§5.1.3). */
function moved(waiting: Map<string, Open>, from: string, to: string): void {
  const open = waiting.get(from);
  if (open === undefined) return;
  waiting.delete(from);
  waiting.set(to, open);
}

function keyOf(client: number, timestamp: number): string {
  return `${client} ${timestamp}`;
}

import { changesNothing, type ServiceFacts } from "./facts/facts.js";
import { answered, type History, type HistoryOperation } from "./history.js";

/**
 * One part of a history as a search needs it. Requests with an answer are numbered in the order in which they were handed in;
 * `invoked` and `returned` are places in the order of all that happened. At equal times a request counts as handed in before
 * another one's answer: when in doubt they are concurrent.
 */
export interface Timeline {
  /** As the service is to see them. */
  readonly requests: readonly HistoryOperation[];
  /** The same as the client handed them in. */
  readonly originals: readonly HistoryOperation[];
  readonly invoked: Int32Array;
  readonly returned: Int32Array;
  /** 1 where the request changes nothing in any state in which it gets its answer. */
  readonly still: Uint8Array;
  /** Requests without an answer which do the same, together: one is as good as the other. */
  readonly maybes: readonly Maybe[];
}

export interface Maybe {
  readonly request: HistoryOperation;
  readonly original: HistoryOperation;
  /** Places at which those that do this were handed in, in order. */
  readonly invoked: readonly number[];
}

export function timelineOf(originals: History, facts: ServiceFacts): Timeline {
  const places = placesOf(originals);
  const alike = new Map(facts.alike(originals).map((request, i) => [originals[i], request]));
  const asModelled = (original: HistoryOperation) => alike.get(original) ?? original;
  const known = originals.filter(answered).sort((a, b) => places.invoked(a) - places.invoked(b));
  return {
    requests: known.map(asModelled),
    originals: known,
    invoked: Int32Array.from(known, places.invoked),
    returned: Int32Array.from(known, places.returned),
    still: Uint8Array.from(known, (request) => (changesNothing(facts, request) ? 1 : 0)),
    maybes: maybesOf(originals, asModelled, places.invoked, facts),
  };
}

function maybesOf(
  originals: History,
  asModelled: (original: HistoryOperation) => HistoryOperation,
  placeOf: (original: HistoryOperation) => number,
  facts: ServiceFacts,
): readonly Maybe[] {
  const kinds = new Map<string, Maybe & { readonly invoked: number[] }>();
  for (const original of originals) {
    // What changes nothing need not have taken effect, and nobody can tell whether it has.
    if (answered(original) || changesNothing(facts, original)) continue;
    const request = asModelled(original);
    const kind = JSON.stringify(facts.anonymous ? request.operations : [request.client, ...request.operations]);
    const others = kinds.get(kind);
    if (others === undefined) kinds.set(kind, { request, original, invoked: [placeOf(original)] });
    else others.invoked.push(placeOf(original));
  }
  for (const { invoked } of kinds.values()) invoked.sort((a, b) => a - b);
  return [...kinds.values()];
}

function placesOf(history: History) {
  const invoked = new Map<HistoryOperation, number>();
  const returned = new Map<HistoryOperation, number>();
  const moments = history.flatMap((request) => [
    { at: request.invoked, request, places: invoked },
    ...(request.returned === null ? [] : [{ at: request.returned, request, places: returned }]),
  ]);
  moments.sort((a, b) => a.at - b.at || Number(a.places === returned) - Number(b.places === returned));
  for (const [place, { request, places }] of moments.entries()) places.set(request, place);
  return {
    invoked: (request: HistoryOperation) => invoked.get(request) as number,
    returned: (request: HistoryOperation) => returned.get(request) as number,
  };
}

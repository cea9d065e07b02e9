import type { ClientId, ExecutedRequest, OperationResult, Statement, Timestamp, TraceEvent, ViewChangeClaim } from "@bft/core";

/** Texts of a trace are cut to so many characters, and lists to so many entries. */
const TEXT_MAX = 200;
const LIST_MAX = 2048;
/** Beyond it an id is no client's. */
const CLIENT_MAX = 1_000_000;

/** Thrown and caught in this file only. */
class NotSound extends Error {}

/**
 * An event whose every field is what its type says: ids of replicas that there are, whole numbers, texts and lists of a bounded length.
 * Null for what is not, such as a line that a person wrote. What a chart has no use for is null too.
 */
export function soundEvent(event: TraceEvent, replicas: number): TraceEvent | null {
  try {
    return sound(event, replicas);
  } catch (error) {
    if (error instanceof NotSound) return null;
    throw error;
  }
}

function sound(event: TraceEvent, replicas: number): TraceEvent | null {
  const { at } = event;
  if (!Number.isFinite(at)) throw new NotSound();
  if ("replica" in event && natural(event.replica) >= replicas) throw new NotSound();
  if ("client" in event && natural(event.client) > CLIENT_MAX) throw new NotSound();
  const ids = (list: readonly number[]) => listOf(list, natural).filter((id) => id < replicas);
  switch (event.kind) {
    case "started":
      return { ...event, view: natural(event.view), lastExecuted: natural(event.lastExecuted) };
    case "crashed":
    case "disk-lost":
    case "healed":
      return event;
    case "behaves":
      return { ...event, behaviour: event.behaviour === null ? null : text(event.behaviour) };
    case "broke":
      return { ...event, error: text(event.error) };
    case "sent":
      return { ...event, id: text(event.id), to: ids(event.to), statement: statement(event.statement) };
    case "relayed":
      return { ...event, id: text(event.id), to: ids(event.to), signer: text(event.signer), message: text(event.message) };
    case "took": {
      const [view, seq, timestamp] = [naturalOrNull(event.view), naturalOrNull(event.seq), naturalOrNull(event.timestamp)];
      const { id, via, signer, message } = event;
      return { ...event, id: text(id), via: text(via), signer: text(signer), message: text(message), view, seq, timestamp };
    }
    case "timer-fired":
      return { ...event, timer: text(event.timer) };
    case "replied": {
      const [client, timestamp] = [natural(event.client), natural(event.timestamp)];
      const [seq, view, results] = [natural(event.seq), natural(event.view), listOf(event.results, result)];
      return { ...event, id: text(event.id), client, timestamp, seq, view, results };
    }
    case "executed": {
      const [seq, view] = [natural(event.seq), natural(event.view)];
      return { ...event, seq, view, digest: text(event.digest), requests: listOf(event.requests, executedRequest) };
    }
    case "checkpoint-stable":
    case "state-installed":
      return { ...event, seq: natural(event.seq), stateDigest: text(event.stateDigest) };
    case "abstaining":
      return { ...event, until: naturalOrNull(event.until) };
    case "votes-again":
      return { ...event, seq: natural(event.seq) };
    case "view-change-started":
      return { ...event, view: natural(event.view), because: text(event.because) };
    case "view-entered":
      return { ...event, view: natural(event.view), primary: natural(event.primary) };
    case "dropped": {
      const id = event.id === null ? null : text(event.id);
      return { ...event, id, from: text(event.from), message: text(event.message), reason: text(event.reason) };
    }
    case "link-fault":
      return { ...event, towards: ids(event.towards), fault: event.fault === null ? null : text(event.fault) };
    case "evidence":
      return { ...event, accused: natural(event.accused), first: statement(event.first), second: statement(event.second) };
    case "invoked":
      return { ...event, timestamp: natural(event.timestamp), operations: listOf(event.operations, text) };
    case "fell-back":
      return { ...event, from: natural(event.from), timestamp: natural(event.timestamp) };
    case "answered": {
      const [timestamp, seq] = [natural(event.timestamp), natural(event.seq)];
      return { ...event, timestamp, seq, results: listOf(event.results, result) };
    }
    case "client-behaves":
      return { ...event, behaviour: text(event.behaviour) };
    case "fault":
      return { ...event, what: text(event.what) };
    case "delivered":
      return { ...event, id: text(event.id), from: text(event.from), to: text(event.to) };
    case "lost":
      return { ...event, id: text(event.id), from: text(event.from), to: text(event.to), because: text(event.because) };
    case "refused":
    case "retained":
      return null;
  }
}

function statement(value: Statement): Statement {
  if (typeof value !== "object" || value === null) throw new NotSound();
  switch (value.kind) {
    case "pre-prepare":
    case "prepare":
    case "commit":
    case "accepted":
      return { kind: value.kind, view: natural(value.view), seq: natural(value.seq), digest: text(value.digest) };
    case "checkpoint":
      return { kind: value.kind, seq: natural(value.seq), stateDigest: text(value.stateDigest) };
    case "view-change":
      return { kind: value.kind, ...claim(value) };
    case "new-view": {
      const prePrepares = listOf(value.prePrepares, ({ seq, digest }) => ({ seq: natural(seq), digest: text(digest) }));
      const viewChanges = listOf(value.viewChanges, (each) => ({ replica: natural(each.replica), ...claim(each) }));
      return { kind: value.kind, view: natural(value.view), viewChanges, prePrepares };
    }
    case "accept": {
      const values = listOf(value.values, ({ seq, digest }) => ({ seq: natural(seq), digest: text(digest) }));
      return { kind: value.kind, view: natural(value.view), values };
    }
    case "candidate":
      return { kind: value.kind, view: natural(value.view) };
    case "promise":
      return { kind: value.kind, view: natural(value.view), candidate: natural(value.candidate), accepted: [] };
    case "chosen":
      return { kind: value.kind, view: natural(value.view), upTo: natural(value.upTo) };
    case "other":
      return { kind: value.kind, message: text(value.message) };
    default:
      throw new NotSound();
  }
}

function claim({ newView, stableSeq, prepared }: ViewChangeClaim): ViewChangeClaim {
  return {
    newView: natural(newView),
    stableSeq: natural(stableSeq),
    prepared: listOf(prepared, ({ view, seq, digest }) => ({ view: natural(view), seq: natural(seq), digest: text(digest) })),
  };
}

function executedRequest({ client, timestamp, operations, results }: ExecutedRequest): ExecutedRequest {
  return {
    client: natural(client) as ClientId,
    timestamp: natural(timestamp) as Timestamp,
    operations: listOf(operations, text),
    results: listOf(results, result),
  };
}

function result({ ok, value }: OperationResult): OperationResult {
  return { ok: ok === true, value: value === null ? null : text(value) };
}

function natural(value: number): number {
  if (!Number.isSafeInteger(value) || value < 0) throw new NotSound();
  return value;
}

function naturalOrNull(value: number | null): number | null {
  return value === null ? null : natural(value);
}

function text(value: unknown): string {
  if (typeof value !== "string") throw new NotSound();
  return value.length <= TEXT_MAX ? value : `${value.slice(0, TEXT_MAX)}…`;
}

/** `each` gets entries that are no lists and not null; whatever else they are, taking a field of them does not throw. */
function listOf<T, R>(list: readonly T[], each: (entry: T) => R): R[] {
  if (!Array.isArray(list)) throw new NotSound();
  return list.slice(0, LIST_MAX).map((entry: T) => {
    if (entry === null || entry === undefined || Array.isArray(entry)) throw new NotSound();
    return each(entry);
  });
}

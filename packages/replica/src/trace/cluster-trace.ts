import type { TraceEvent } from "@bft/core";
import type { ClusterConfig } from "../cluster-config.js";
import { ClusterPaths } from "../paths.js";
import { mergedCausally } from "./causal.js";
import { bootId } from "./clock.js";
import { type ReadHistories, readHistories } from "./history-reader.js";
import { mergedByTime } from "./merge.js";
import { UnknownRequests } from "./requests.js";
import { readHeader, traceSegments } from "./segments.js";
import { TraceReader, type TraceSummary } from "./trace-reader.js";
import { type TraceWindow, WHOLE_TRACE } from "./window.js";

/** All that the replicas and clients of one cluster wrote about themselves, as one trace. */
export class ClusterTrace {
  readonly histories: ReadHistories;
  readonly #readers: readonly TraceReader[];
  readonly #unknown: UnknownRequests;

  /**
   * @param until what happened later, by the clock of the trace, is left out
   * @param window how much of the replicas' traces is read
   * @param histories of the clients, where they were read before
   */
  constructor(
    dir: string,
    { clusterId, replicas }: Pick<ClusterConfig, "clusterId" | "replicas">,
    until: number,
    window: TraceWindow = WHOLE_TRACE,
    histories: ReadHistories | null = null,
  ) {
    const paths = new ClusterPaths(dir);
    const boot = bootOf(replicas.map(({ id }) => paths.trace(id)));
    this.histories = histories ?? readHistories({ folder: paths.history, clusterId, boot, until });
    this.#unknown = new UnknownRequests(this.histories);
    this.#readers = replicas.map(
      ({ id }) => new TraceReader({ folder: paths.trace(id), clusterId, replica: id, boot, until }, window),
    );
  }

  /** Replicas that are known from before the first event to have lied. */
  get liars(): readonly number[] {
    return this.#readers.flatMap(({ lied }, id) => (lied ? [id] : []));
  }

  /** Nothing is missing since the cluster was made: the traces begin with it, and no client had to stop writing. */
  get isWhole(): boolean {
    const { ended, earlier, damage } = this.histories;
    return this.#readers.every(({ fromTheBeginning }) => fromTheBeginning) && !ended && earlier.size === 0 && damage.length === 0;
  }

  /**
   * In order of time. Each replica's and each client's own are in the order in which they happened; of different ones only about.
   * To be read once.
   */
  events(): Generator<TraceEvent> {
    const streams = [this.histories.events, ...this.#readers.map((reader) => reader.events())];
    return this.#unknown.madeKnown(mergedByTime(streams));
  }

  /**
   * As `events`, but in an order in which every message is sent before it is taken (docs/trace-format.md). To be read once.
   * @param down replicas that do not run any more: their traces end with a `crashed`
   */
  causalEvents(down: ReadonlySet<number>): Generator<TraceEvent> {
    const replicas = this.#readers.map((reader, id) => withEnds(reader.events(), id, down.has(id)));
    return mergedCausally([...byClient(this.histories.events), ...replicas]);
  }

  /** What was found out about each replica's trace, once `events` has come to its end. */
  summaries(): readonly TraceSummary[] {
    return this.#readers.map((reader) => reader.summary());
  }

  /** Requests that were executed and that no history has, once `events` has come to its end. */
  get unknownRequests(): number {
    return this.#unknown.count;
  }
}

/** A process writes nothing of its own end: each is put right after the last that it wrote, also after the whole when it is `down`. */
function* withEnds(events: Iterable<TraceEvent>, replica: number, down: boolean): Generator<TraceEvent> {
  let at: number | null = null;
  for (const event of events) {
    if (event.kind === "crashed" && at !== null) yield { ...event, at };
    else yield event;
    at = event.at;
  }
  if (at !== null && down) yield { at, kind: "crashed", replica };
}

function byClient(events: readonly TraceEvent[]): readonly TraceEvent[][] {
  const clients = new Map<number, TraceEvent[]>();
  for (const event of events) {
    const client = "client" in event ? event.client : -1;
    const own = clients.get(client);
    if (own === undefined) clients.set(client, [event]);
    else own.push(event);
  }
  return [...clients.values()];
}

/** The present start of this machine, or the last one in which a replica of the cluster ran. */
function bootOf(folders: readonly string[]): string | null {
  const last = folders.flatMap((folder) => {
    const header = traceSegments(folder)
      .toReversed()
      .map((segment) => readHeader(folder, segment))
      .find((each) => each !== null);
    return header?.boot ?? [];
  });
  const present = bootId();
  return last.length === 0 || present === null || last.includes(present) ? present : (last[0] ?? null);
}

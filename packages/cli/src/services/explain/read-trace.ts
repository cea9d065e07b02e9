import { ClusterTrace, type TraceWindow, traceNow } from "@bft/replica";
import type { Cluster } from "../cluster.js";
import type { Subject } from "./subject.js";
import { noTrace, type TraceFacts } from "./trace-facts.js";
import { TraceSearch } from "./trace-search.js";

/** Traces are bounded on the disk; of very long ones as much is read as a person waits for. */
const READ_MS_MAX = 5_000;
/** The clock is looked at after so many events. */
const EVENTS_A_LOOK = 4_096;
const NOT_TRACED = "this cluster is not traced (bft up --trace full), so only what the replicas say now is known";
/** A request is looked for in so much of the end of each trace first. */
const END_BYTES = 8 << 20;

/** What the traces and client histories tell about `subject`. Never throws. @param seq its number, when a replica names it now */
export function readTrace(cluster: Cluster, subject: Subject, seq: number | null): TraceFacts {
  try {
    if (seq !== null) {
      // A number is spoken of while it is inside the window, which has 2K of them (§4.3).
      const ahead = 2 * cluster.config.limits.checkpointInterval;
      return readWindow(cluster, subject, seq, { kind: "seq", seq, ahead });
    }
    const recent = readWindow(cluster, subject, null, { kind: "end", bytes: END_BYTES });
    return recent.executed.length + recent.took.length > 0 ? recent : readWindow(cluster, subject, null, { kind: "all" });
  } catch (error) {
    // Anybody can write into these files.
    return noTrace(`the traces can not be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function readWindow({ dir, config }: Cluster, subject: Subject, seq: number | null, window: TraceWindow): TraceFacts {
  const trace = new ClusterTrace(dir, config, traceNow(), window);
  const search = new TraceSearch(subject, seq);
  const read = readEvents(trace, search);
  // A client that stopped writing its history may have been answered after that.
  if (!trace.histories.ended) for (const event of trace.histories.events) search.observeClient(event);
  const facts = search.facts(gapIn(trace, read));
  // What is left of a time when it was traced tells nothing of where a replica stands now.
  return config.trace === "full" ? facts : { ...facts, gap: NOT_TRACED, lastExecuted: new Map() };
}

interface Read {
  readonly events: number;
  readonly toTheEnd: boolean;
}

function readEvents(trace: ClusterTrace, search: TraceSearch): Read {
  const deadline = performance.now() + READ_MS_MAX;
  let events = 0;
  for (const event of trace.events()) {
    events += 1;
    search.observe(event);
    if (events % EVENTS_A_LOOK === 0 && performance.now() > deadline) return { events, toTheEnd: false };
  }
  return { events, toTheEnd: true };
}

/** What is missing in what was read, as a sentence, or null. */
function gapIn(trace: ClusterTrace, { events, toTheEnd }: Read): string | null {
  if (!toTheEnd) return "the traces are so long that only their beginning was read";
  if (events === 0) return "there are no traces of this cluster, so only what the replicas say now is known";
  const damaged = trace.summaries().find(({ damage }) => damage !== null);
  if (damaged !== undefined) return `the trace of replica ${damaged.replica} can not be read on where ${damaged.damage}`;
  return trace.isWhole ? null : "the traces do not reach back to the beginning: what is older is known from the replicas only";
}

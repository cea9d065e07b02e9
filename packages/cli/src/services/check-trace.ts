import { createHash } from "node:crypto";
import { type Digest, type TraceEvent, toHex } from "@bft/core";
import { protocolNamed } from "@bft/core/protocols";
import type { ClusterConfig, ClusterTrace, TraceSummary } from "@bft/replica";
import { Checks, type Violation } from "@bft/sim";
import { counted, replicasNamed } from "../view/text.js";
import { type CheckLine, line, orUnknown } from "./check-report.js";
import { type Finding, ruleLines, TraceTally } from "./check-rules.js";

/** What the checkers of traces found, and what the clients saw. */
export interface TraceFindings {
  readonly lines: readonly CheckLine[];
  /** Replicas that lied at some time. */
  readonly liars: readonly number[];
  /** What clients asked for and were told, in order, for the check of linearizability; null when it could not be read to its end. */
  readonly history: readonly TraceEvent[] | null;
}

/** How far a running replica says that it is: its trace must tell as much. */
export type Executed = ReadonlyMap<number, number>;

/** Reads a trace to its end and shows it to all checkers. */
export function checkTrace(trace: ClusterTrace, config: ClusterConfig, executed: Executed): TraceFindings {
  const tally = new TraceTally();
  const findings = new Map<string, Finding>();
  const history: TraceEvent[] = [];
  const confusion = show(trace, new Checks(factsOf(trace, config)), tally, findings, history);
  const summaries = trace.summaries();
  const liars = summaries.filter(({ lied }) => lied).map(({ replica }) => replica);
  const events = summaries.reduce((sum, each) => sum + each.events, 0);
  const traced = line("trace", `${counted(events, "event")} of ${replicasNamed(summaries.map(({ replica }) => replica))}`);
  const rules = ruleLines(tally, findings, config.protocol).map((each) =>
    each.name === "validity" ? orUnknown(each, unknownRequests(trace.unknownRequests)) : each,
  );
  const missing = confusion ?? missingIn(trace, executed);
  return { lines: [orUnknown(traced, missing), ...rules], liars, history: confusion === null ? history : null };
}

/** Why the reading ended before the end of the trace, or null. */
function show(
  trace: ClusterTrace,
  checks: Checks,
  tally: TraceTally,
  findings: Map<string, Finding>,
  history: TraceEvent[],
): string | null {
  let last = 0;
  try {
    for (const event of trace.events()) {
      last = event.at;
      tally.observe(event);
      note(findings, checks.observe(event));
      // That a client lies is left out: what it had executed matters to the others, and is known from the replicas.
      if (event.kind === "invoked" || event.kind === "fell-back" || event.kind === "answered") history.push(event);
    }
  } catch (error) {
    // Checkers do not throw for what bft writes; but anybody can write into a file.
    const why = error instanceof Error ? error.message : String(error);
    return `the event after ${last} ms can not be understood (${why}), so what follows was not checked`;
  }
  note(findings, checks.finish(last));
  return null;
}

/** What the checkers must know of a live cluster. */
export function factsOf(trace: ClusterTrace, config: ClusterConfig): ConstructorParameters<typeof Checks>[0] {
  const { protocol, replicas, faults, clients, limits } = config;
  const { checkpointInterval, clientWindow, batchOperationsMax } = limits;
  return {
    protocol,
    replicas: replicas.length,
    faults,
    clients: clients.length,
    checkpointInterval,
    clientWindow,
    batchOperationsMax,
    liars: trace.liars,
    calm: false,
    nullDigest: nullDigest(protocol),
    historyComplete: trace.isWhole,
    exactOrder: false,
  };
}

/** Of what is ordered where nobody asked for anything. */
function nullDigest(protocol: string): Digest {
  return protocolNamed(protocol).nullDigest({ hash: (bytes) => toHex(createHash("sha256").update(bytes).digest()) as Digest });
}

/** The first violation of each checker is told, the others are counted. */
function note(findings: Map<string, Finding>, violation: Violation | null): void {
  if (violation === null) return;
  const before = findings.get(violation.checker);
  if (before !== undefined) findings.set(violation.checker, { ...before, count: before.count + 1 });
  else findings.set(violation.checker, { ...violation, count: 1 });
}

/** What the traces do not tell, in one sentence; null when they tell everything. */
function missingIn(trace: ClusterTrace, executed: Executed): string | null {
  const summaries = trace.summaries();
  const gaps = summaries.flatMap(({ replica, events, lastExecuted, damage }) => {
    if (damage !== null) return [`the trace of replica ${replica} ends where ${damage}`];
    if (events === 0) return [`there is no trace of replica ${replica}`];
    const said = executed.get(replica) ?? 0;
    if (said <= lastExecuted) return [];
    return [`the trace of replica ${replica} ends at ${lastExecuted}, though it has executed ${said}; its log says why`];
  });
  const untraced = summaries.filter(({ traced }) => !traced).map(({ replica }) => replica);
  if (untraced.length > 0)
    return `${replicasNamed(untraced)} ran with --trace off, so what was done then is not known; trace from now on: bft up --trace full`;
  const later = summaries.filter(({ events, fromTheBeginning }) => events > 0 && !fromTheBeginning);
  const all = later.length === 0 ? gaps : [...gaps, beginsLater(later)];
  return all.length === 0 ? null : all.join("; ");
}

function beginsLater(later: readonly TraceSummary[]): string {
  const seqs = later.flatMap(({ firstSeq }) => firstSeq ?? []);
  const [low, high] = [Math.min(...seqs), Math.max(...seqs)];
  const at = seqs.length === 0 ? "later" : low === high ? `at sequence number ${low}` : `at sequence numbers ${low} to ${high}`;
  const [trace, begin] = later.length === 1 ? ["trace", "begins"] : ["traces", "begin"];
  const named = replicasNamed(later.map(({ replica }) => replica));
  return `the ${trace} of ${named} ${begin} ${at}: older parts were deleted, because traces are bounded, or are from before this machine was started`;
}

function unknownRequests(count: number): string | null {
  if (count === 0) return null;
  return `${counted(count, "executed request")} of clients that wrote no history: nobody knows whether they asked for it`;
}

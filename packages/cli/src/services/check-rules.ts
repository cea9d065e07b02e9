import type { ProtocolName, TraceEvent } from "@bft/core";
import { counted } from "../view/text.js";
import { type CheckLine, line } from "./check-report.js";

/** Counts of what a trace holds, to say what was looked at. */
export class TraceTally {
  readonly #counts = new Map<string, number>();
  readonly #executed = new Set<number>();

  observe(event: TraceEvent): void {
    this.#add(event.kind === "sent" ? event.statement.kind : event.kind, 1);
    if (event.kind !== "executed") return;
    this.#executed.add(event.seq);
    this.#add("requests", event.requests.length);
  }

  of(...kinds: readonly string[]): number {
    return kinds.reduce((sum, kind) => sum + (this.#counts.get(kind) ?? 0), 0);
  }

  /** Different sequence numbers that somebody executed. */
  get seqs(): number {
    return this.#executed.size;
  }

  #add(kind: string, count: number): void {
    this.#counts.set(kind, (this.#counts.get(kind) ?? 0) + count);
  }
}

type Looked = (tally: TraceTally) => string;

const executions: Looked = (tally) =>
  `${counted(tally.of("executed"), "execution")} of ${counted(tally.seqs, "sequence number")}`;
const requests: Looked = (tally) => `${counted(tally.of("requests"), "execution")} of requests`;
const votes: Looked = (tally) => counted(tally.of("pre-prepare", "prepare", "commit"), "vote");
const views: Looked = (tally) =>
  `${counted(tally.of("view-change"), "view-change")}, ${counted(tally.of("new-view"), "new-view")}`;

type Rule = readonly [name: string, looked: Looked];

/** The checkers of a trace by name, in the order in which they are told, with what each looks at. */
const OF_REQUESTS: readonly Rule[] = [
  ["agreement", executions],
  ["validity", requests],
  ["exactly-once", requests],
  ["order", executions],
  ["answered", (tally) => `${counted(tally.of("replied"), "reply", "replies")}, ${counted(tally.of("answered"), "answer")}`],
];

const OF_PBFT: readonly Rule[] = [
  ["equivocation", (tally) => `${votes(tally)}, ${views(tally)}`],
  ["evidence", (tally) => `${votes(tally)}, ${views(tally)}`],
  ["certificates", votes],
  ["carry-over", (tally) => `${votes(tally)}, ${views(tally)}`],
  ["new-view", views],
];

const promised: Looked = (tally) => counted(tally.of("candidate", "promise"), "promise");
const accepted: Looked = (tally) => counted(tally.of("accepted"), "acknowledgement");

/** Of Multi-Paxos and Raft. */
const OF_LEADERS: readonly Rule[] = [
  ["one-leader", (tally) => counted(tally.of("view-entered"), "leadership")],
  ["promises", (tally) => `${promised(tally)}, ${accepted(tally)}`],
  ["one-value", (tally) => counted(tally.of("accept"), "proposal")],
  ["evidence", (tally) => counted(tally.of("accept"), "proposal")],
  ["log-matching", accepted],
];

const OF_STATE: readonly Rule[] = [
  ["monotone", (tally) => `${counted(tally.of("started"), "start")}, ${executions(tally)}`],
  [
    "checkpoint-equality",
    (tally) => `${counted(tally.of("checkpoint", "checkpoint-stable", "state-installed"), "checkpoint statement")}`,
  ],
  ["bounded-memory", (tally) => counted(tally.of("retained"), "measurement")],
  ["broke", (tally) => counted(tally.of("started"), "start")],
];

/** What a checker found first, and how often it found something. */
export interface Finding {
  readonly what: string;
  readonly replicas: readonly number[];
  readonly seq: number | null;
  readonly count: number;
}

/** A line for each checker of the protocol, and for each that found something and is not known here. */
export function ruleLines(
  tally: TraceTally,
  findings: ReadonlyMap<string, Finding>,
  protocol: ProtocolName,
): readonly CheckLine[] {
  const rules = [...OF_REQUESTS, ...(protocol === "pbft" ? OF_PBFT : OF_LEADERS), ...OF_STATE];
  const known = rules.map(([name, looked]) => judged(line(name, looked(tally)), findings.get(name)));
  const others = [...findings].filter(([name]) => !rules.some(([rule]) => rule === name));
  return [...known, ...others.map(([name, finding]) => judged(line(name, "the whole trace"), finding))];
}

function judged(checked: CheckLine, finding: Finding | undefined): CheckLine {
  if (finding === undefined) return checked;
  const { what, replicas, seq, count } = finding;
  const more = count > 1 ? ` (and ${count - 1} more)` : "";
  return { ...checked, verdict: "violated", why: `${what}${more}`, replicas, seq };
}

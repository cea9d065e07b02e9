/**
 * A message sequence chart as plain data: what every renderer draws, and what `bft trace --json` prints (docs/charts.md).
 * Rows are moments in causal order: a message is sent in an earlier row than it arrives in, and each process keeps its own order.
 */
export interface Chart {
  readonly version: 1;
  readonly title: string;
  readonly protocol: string;
  readonly replicas: number;
  readonly faults: number;
  /** Clients first, then all replicas. */
  readonly lanes: readonly Lane[];
  readonly rows: readonly Row[];
  readonly messages: readonly ChartMessage[];
  readonly marks: readonly Mark[];
  /** In order; between two of them there may be rows of no phase. */
  readonly bands: readonly Band[];
  /** How each replica changes, in order of rows; those of row -1 are how it stood before. */
  readonly states: readonly StateChange[];
  /** What is not in the chart, and what it can not know, a sentence each. */
  readonly notes: readonly string[];
}

export interface Lane {
  /** `replica 2`, `client 0`. */
  readonly name: string;
  readonly role: "client" | "replica";
  readonly id: number;
  /** It leads in the chart's first view. */
  readonly primary: boolean;
  /** How it lies somewhere in the chart, or null. */
  readonly behaviour: string | null;
}

export interface Row {
  /** Milliseconds since the chart's first row, by the clock of the process that something happens to; rows are not ordered by it. */
  readonly at: number;
  /** The row's phase in the paper's words, or null. */
  readonly phase: string | null;
  readonly seq: number | null;
}

/**
 * `taken`: the receiver's protocol had it. `dropped`: it came, and the receiver had no use for it. `lost`: it never came.
 * `unknown`: the traces do not tell.
 */
export type Fate = "taken" | "dropped" | "lost" | "unknown";

export interface ChartMessage {
  readonly id: string;
  /** Indexes of lanes. `from` delivered it, and signed it unless it is relayed. */
  readonly from: number;
  readonly to: number;
  /** Its kind in the protocol's own words. */
  readonly label: string;
  /** What else there is to say of it: an operation, a result, the beginning of a digest; or null. */
  readonly detail: string | null;
  readonly phase: Phase;
  readonly view: number | null;
  readonly seq: number | null;
  readonly sentRow: number;
  readonly arrivedRow: number | null;
  readonly fate: Fate;
  /** Why it was dropped or lost, or null. */
  readonly because: string | null;
  /** A liar sent it, and it contradicts what that replica said otherwise or what the correct ones agreed on. */
  readonly lying: boolean;
}

export type Phase =
  | "request"
  | "pre-prepare"
  | "prepare"
  | "commit"
  | "reply"
  | "accept"
  | "accepted"
  | "chosen"
  | "view-change"
  | "new-view"
  | "candidate"
  | "promise";

export type MarkKind =
  | "executed"
  | "prepared"
  | "answered"
  | "checkpoint"
  | "timer"
  | "wants-view"
  | "entered-view"
  | "crashed"
  | "started"
  | "lies"
  | "honest"
  | "evidence"
  | "link"
  | "note";

/** Something that happens to one process, or with `lane` null to the world. */
export interface Mark {
  readonly row: number;
  readonly lane: number | null;
  readonly kind: MarkKind;
  /** As a short sentence without its subject. */
  readonly text: string;
}

/** Rows `from` to `to`, both in it, that belong to one phase of one slot. */
export interface Band {
  readonly name: string;
  readonly phase: Phase;
  readonly seq: number | null;
  readonly from: number;
  readonly to: number;
}

export interface StateChange {
  readonly row: number;
  readonly replica: number;
  readonly state: ReplicaState;
}

/** Where a replica stands, as far as its trace tells; null is "not told". */
export interface ReplicaState {
  readonly up: boolean | null;
  readonly view: number | null;
  /** The view that it wants to move to, or null. */
  readonly viewChange: number | null;
  readonly lastExecuted: number | null;
  readonly behaviour: string | null;
  /** Timers that fired so far in the chart, heartbeats and the like left out. */
  readonly timersFired: number;
  /** Charted slots that it knows of; of many, the latest. */
  readonly slots: readonly SlotState[];
}

export interface SlotState {
  readonly seq: number;
  readonly phase: SlotPhase;
  /** Replicas whose prepare it holds, the primary counted by its pre-prepare. */
  readonly prepares: readonly number[];
  /** Replicas whose commit it holds; in Multi-Paxos and Raft, who is known to have accepted or appended. */
  readonly commits: readonly number[];
}

export type SlotPhase = "unknown" | "pre-prepared" | "prepared" | "executed";

/** How replica `id` stands in `row`. */
export function stateAt(chart: Chart, replica: number, row: number): ReplicaState | null {
  return chart.states.findLast((change) => change.replica === replica && change.row <= row)?.state ?? null;
}

/** Reasons that say no more than that a message was not needed any more: what ordinarily becomes of the last votes. */
const NOT_NEEDED = /already|^(request-known|duplicate|view-old|below-window)$/;

/** Dropped because it came too late to matter. */
export function isLate({ fate, because, phase }: Pick<ChartMessage, "fate" | "because" | "phase">): boolean {
  if (fate !== "dropped" || because === null) return false;
  // A vote for who leads already was asked for, but is not any more.
  return NOT_NEEDED.test(because) || (phase === "promise" && because === "not-asked-for");
}

import { type Convictions, convictionsOf } from "../watch/convicted.js";
import { isLying, type Observation } from "../watch/model.js";
import { glyphs } from "./glyphs.js";
import { type Span, span, type Tone } from "./line.js";
import { compact } from "./numbers.js";
import { trustsLeader, wordsOf } from "./protocol-words.js";

/** One word for how a replica is. A lying one keeps its role beside it. */
export type ReplicaState =
  | "primary"
  | "backup"
  | "lying"
  | "abstaining"
  | "catching-up"
  | "paused"
  | "down"
  | "silent"
  | "starting";

export function stateOf(replica: Observation): ReplicaState {
  if (replica.process === "paused" || replica.process === "down") return replica.process;
  if (replica.status === null) return "starting";
  if (!replica.answers) return "silent";
  if (isLying(replica)) return "lying";
  if (replica.status.machine.abstaining) return "abstaining";
  if (replica.status.machine.transfer) return "catching-up";
  return replica.status.machine.isPrimary ? "primary" : "backup";
}

/** `primary` or `backup` as the replica sees itself, null when it says nothing. */
export function roleOf(replica: Observation): "primary" | "backup" | null {
  if (!replica.answers || replica.status === null) return null;
  return replica.status.machine.isPrimary ? "primary" : "backup";
}

const looks: Readonly<Record<ReplicaState, { glyph: string; tone: Tone }>> = {
  primary: { glyph: glyphs.primary, tone: "primary" },
  backup: { glyph: glyphs.backup, tone: "good" },
  lying: { glyph: glyphs.lying, tone: "lying" },
  abstaining: { glyph: glyphs.busy, tone: "warn" },
  "catching-up": { glyph: glyphs.busy, tone: "warn" },
  paused: { glyph: glyphs.paused, tone: "warn" },
  down: { glyph: glyphs.down, tone: "bad" },
  silent: { glyph: glyphs.busy, tone: "warn" },
  starting: { glyph: glyphs.busy, tone: "warn" },
};

/** `◆ primary`, `▲ lying primary`, `○ down`. */
export function stateSpan(replica: Observation): Span {
  const state = stateOf(replica);
  const { glyph, tone } = looks[state];
  const words = wordsOf(replica.status?.protocol ?? "pbft");
  const role = (is: "primary" | "backup" | null) => (is === null ? "" : words[is]);
  if (state === "backup" && isCandidate(replica)) return span(`${glyphs.busy} in ${words.viewChange}`, "warn");
  const text =
    state === "lying" ? `lying ${role(roleOf(replica))}` : state === "primary" || state === "backup" ? role(state) : state;
  return span(`${glyph} ${text.replace("-", " ")}`, tone);
}

/** The sign of `stateSpan` alone. */
export function stateGlyph(replica: Observation): Span {
  const { glyph, tone } = looks[stateOf(replica)];
  return span(glyph, tone);
}

/** An id of two columns and, beside it, whether somebody holds a proof against that replica. */
export function idSpans(id: number, convictions: Convictions): readonly Span[] {
  return [span(String(id).padStart(2), "strong"), span(convictions.has(id) ? glyphs.convicted : " ", "lying")];
}

/** It stands for leader: in its view already, where a replica of PBFT would still be on its way there. */
function isCandidate({ status }: Observation): boolean {
  return status !== null && status.machine.viewChange !== null && trustsLeader(status.protocol);
}

/** A column of the table of replicas. */
export interface ReplicaColumn {
  readonly title: string;
  readonly align: "left" | "right";
  readonly width: number;
  /** The lower, the earlier it goes when there is too little room; the columns of `always` stay. */
  readonly priority: number;
  readonly cell: (replica: Observation) => Span;
}

const none = span("–", "dim");

/** A cell that shows what the replica last said, or a dash when it says nothing. */
function said(
  show: (status: NonNullable<Observation["status"]>, replica: Observation) => string,
  tone: Tone = "plain",
): ReplicaColumn["cell"] {
  return (replica) => (replica.status === null ? none : span(show(replica.status, replica), replica.answers ? tone : "dim"));
}

function viewCell({ machine }: NonNullable<Observation["status"]>): string {
  const { viewChange } = machine;
  return viewChange === null || viewChange.view === machine.view ? String(machine.view) : `${machine.view}→${viewChange.view}`;
}

function refusedTotal(status: NonNullable<Observation["status"]>): number {
  return Object.values(status.refused).reduce((total, count) => total + count, 0);
}

function rateCell(rate: number | null): Span {
  return rate === null ? none : span(compact(rate), rate > 0 ? "plain" : "dim");
}

const right = { align: "right" } as const;

export const columns = {
  id: { ...right, title: "id", width: 2, priority: 100, cell: ({ id }) => span(String(id), "strong") },
  state: { title: "state", align: "left", width: 15, priority: 99, cell: stateSpan },
  view: { ...right, title: "view", width: 5, priority: 98, cell: said(viewCell) },
  executed: { ...right, title: "executed", width: 8, priority: 97, cell: said(({ machine }) => String(machine.lastExecuted)) },
  stable: { ...right, title: "stable h", width: 8, priority: 90, cell: said(({ machine }) => String(machine.lowWaterMark)) },
  high: { ...right, title: "high H", width: 7, priority: 80, cell: said(({ machine }) => String(machine.highWaterMark), "dim") },
  queue: { ...right, title: "queue", width: 5, priority: 95, cell: said(({ machine }) => String(machine.queued)) },
  messageRate: { ...right, title: "msg/s", width: 6, priority: 94, cell: ({ messagesPerSecond }) => rateCell(messagesPerSecond) },
  operationRate: {
    ...right,
    title: "op/s",
    width: 6,
    priority: 60,
    cell: ({ operationsPerSecond }) => rateCell(operationsPerSecond),
  },
  messages: {
    ...right,
    title: "msgs",
    width: 6,
    priority: 94,
    cell: said(({ messagesIn, messagesOut }) => compact(messagesIn + messagesOut)),
  },
  links: { ...right, title: "links", width: 5, priority: 85, cell: linksCell },
  /** In place of `links` when some are faulty. */
  faultyLinks: { ...right, title: "links", width: 9, priority: 85, cell: linksCell },
  refused: { ...right, title: "refused", width: 7, priority: 65, cell: refusedCell },
  clients: { ...right, title: "clients", width: 7, priority: 40, cell: said(({ clientsConnected }) => String(clientsConnected)) },
  behaviour: { title: "behaviour", align: "left", width: 24, priority: 50, cell: behaviourCell },
  memory: { ...right, title: "memory", width: 6, priority: 35, cell: said(({ memory }) => compact(memory.residentBytes), "dim") },
  pid: { ...right, title: "pid", width: 7, priority: 30, cell: ({ pid }) => (pid === null ? none : span(String(pid), "dim")) },
} as const satisfies Record<string, ReplicaColumn>;

/** The columns in the protocol's words, with room for what is wrong with the links when something is. */
export function columnsFor(
  wanted: readonly ReplicaColumn[],
  replicas: readonly Observation[],
  protocol: string,
): readonly ReplicaColumn[] {
  return withConvicted(withLinkFaults(wanted, replicas), replicas).map((column) => inWords(column, protocol));
}

/** While somebody is convicted, the ids get room for the sign of it. */
function withConvicted(wanted: readonly ReplicaColumn[], replicas: readonly Observation[]): readonly ReplicaColumn[] {
  const convictions = convictionsOf(replicas);
  if (convictions.size === 0) return wanted;
  const marked: ReplicaColumn = {
    ...columns.id,
    title: "id ",
    width: 3,
    cell: ({ id }) => (convictions.has(id) ? span(`${id}${glyphs.convicted}`, "lying") : span(`${id} `, "strong")),
  };
  return wanted.map((column) => (column === columns.id ? marked : column));
}

function inWords(column: ReplicaColumn, protocol: string): ReplicaColumn {
  if (!trustsLeader(protocol)) return column;
  // `lying follower` and `lying acceptor` are the longest.
  if (column === columns.state) return { ...column, width: 16 };
  if (column === columns.view) return { ...column, title: wordsOf(protocol).view, width: 6 };
  return column === columns.stable ? { ...column, title: wordsOf(protocol).checkpoint } : column;
}

function withLinkFaults(wanted: readonly ReplicaColumn[], replicas: readonly Observation[]): readonly ReplicaColumn[] {
  if (!replicas.some(({ status }) => status?.links.some(({ fault }) => fault !== null))) return wanted;
  return wanted.map((column) => (column === columns.links ? columns.faultyLinks : column));
}

/** `3/3`, `3/3 2 cut`, `3/3 1 bad`. */
function linksCell({ status, answers }: Observation): Span {
  if (status === null) return none;
  const up = status.links.filter((link) => link.connected).length;
  const cut = status.links.filter((link) => link.fault?.cut).length;
  const bad = status.links.filter((link) => link.fault !== null).length - cut;
  const faults = cut > 0 ? ` ${cut} cut` : bad > 0 ? ` ${bad} bad` : "";
  const sound = up === status.links.length && faults === "";
  return span(`${up}/${status.links.length}${faults}`, !answers ? "dim" : sound ? "plain" : "warn");
}

function refusedCell({ status, answers }: Observation): Span {
  if (status === null) return none;
  const total = refusedTotal(status);
  return span(compact(total), total > 0 && answers ? "warn" : "dim");
}

function behaviourCell({ status }: Observation): Span {
  if (!status?.behaviour) return span("", "plain");
  return span(status.liesTold > 0 ? `${status.behaviour} (${compact(status.liesTold)} lies)` : status.behaviour, "lying");
}

import type { ReplicaStatus } from "@bft/replica";
import { type ClusterModel, hasLostVote, type Observation } from "../watch/model.js";
import { currentPrimary, currentView, type Verdict, verdictOf } from "../watch/verdict.js";
import { type Line, span } from "./line.js";
import { faultyLinkLines } from "./link-faults.js";
import { wordsOf } from "./protocol-words.js";
import { columns as all, columnsFor, type ReplicaColumn, type ReplicaState, roleOf, stateOf } from "./replica-cells.js";
import { columnsThatFit, headLine, rowLine } from "./table.js";
import { printable } from "./text.js";
import { authWarning } from "./unauthenticated.js";

const wanted: readonly ReplicaColumn[] = [
  all.id,
  all.state,
  all.view,
  all.executed,
  all.stable,
  all.high,
  all.queue,
  all.messages,
  all.links,
  all.refused,
  all.behaviour,
  all.memory,
  all.pid,
];

/** The cluster for a person: a table of the replicas, what was refused, and whether it serves. */
export function statusLines(model: ClusterModel, width: number): readonly Line[] {
  const { facts, replicas } = model;
  const words = wordsOf(facts.protocol);
  const shown = columnsThatFit(columnsFor(wanted, replicas, facts.protocol), width);
  const verdict = verdictOf(model);
  const view = currentView(replicas);
  return [
    ...authWarning(facts, width),
    [
      span(`${facts.protocol} ${printable(facts.service)}`, "strong"),
      span(`  n = ${replicas.length}, f = ${facts.faults}, quorum ${facts.quorum}`),
      span(view === null ? "" : `, ${words.view} ${view}, ${words.primary} ${currentPrimary(replicas)?.id ?? "–"}`),
      span(facts.crypto === "noble" ? ", crypto noble" : "", "dim"),
    ],
    headLine(shown),
    ...replicas.map((replica) =>
      rowLine(
        shown,
        shown.map((column) => column.cell(replica)),
      ),
    ),
    ...replicas.flatMap(faultyLinkLines),
    ...replicas.flatMap(refusedLines),
    ...replicas.flatMap(metricsLine),
    ...replicas.filter(hasLostVote).map(lostVoteLine),
    [span(servesText(verdict), verdict.serves ? "good" : "bad")],
  ];
}

/** `serves: 4 of 4 up, quorum 3`, or why not. */
function servesText({ serves, up, of, quorum, headline, why }: Verdict): string {
  if (serves) return `serves: ${up} of ${of} up, quorum ${quorum}${why === null ? "" : ` (${why})`}`;
  return `does not serve: ${headline}${why === null ? "" : `; ${why}`}`;
}

function refusedLines({ id, status }: Observation): Line[] {
  const reasons = Object.entries(status?.refused ?? {}).filter(([, count]) => count > 0);
  if (reasons.length === 0) return [];
  const text = reasons.sort(([, a], [, b]) => b - a).map(([reason, count]) => `${printable(reason)} ${count}`);
  return [[span(`replica ${id} refused: `, "dim"), span(text.join(", "), "warn")]];
}

function metricsLine({ id, status }: Observation): Line[] {
  const url = status?.metrics ?? null;
  return url === null ? [] : [[span(`replica ${id} serves metrics at ${printable(url)}`, "dim")]];
}

function lostVoteLine({ id }: Observation): Line {
  const what = `replica ${id} has lost its disk: it follows and does not vote, and its vote is lost for good; `;
  return [span(what, "warn"), span("for a cluster with all its votes: bft up --fresh", "dim")];
}

/** The answer of `bft status --json`. Stable: fields are added, never changed. */
export interface StatusJson {
  readonly dir: string;
  readonly clusterId: string;
  readonly protocol: string;
  readonly service: string;
  readonly faults: number;
  readonly quorum: number;
  /** `none`: nothing is authenticated, anybody can speak for anybody. */
  readonly auth: "signatures" | "none";
  readonly crypto: "native" | "noble";
  /** The view, ballot or term of most honest replicas, and its primary or leader; null when none answers, or nobody leads. */
  readonly view: number | null;
  readonly primary: number | null;
  readonly verdict: Verdict;
  readonly replicas: readonly ReplicaJson[];
}

export interface ReplicaJson {
  readonly id: number;
  readonly address: string;
  readonly state: ReplicaState;
  readonly role: "primary" | "backup" | null;
  readonly pid: number | null;
  /** What the replica says of itself (`ReplicaStatus` of @bft/replica); null when it says nothing. */
  readonly status: ReplicaStatus | null;
}

export function statusJson(model: ClusterModel): StatusJson {
  const { facts, replicas } = model;
  const { addresses, ...cluster } = facts;
  return {
    ...cluster,
    view: currentView(replicas),
    primary: currentPrimary(replicas)?.id ?? null,
    verdict: verdictOf(model),
    replicas: replicas.map((replica) => ({
      id: replica.id,
      address: addresses[replica.id] ?? "",
      state: stateOf(replica),
      role: roleOf(replica),
      pid: replica.pid,
      status: replica.status,
    })),
  };
}

import { trustsLeader } from "../view/protocol-words.js";
import { type ClusterModel, isHonest, type Observation } from "./model.js";
import { currentView } from "./verdict.js";

/** A view change that somebody wants: how far it is. */
export interface ViewChange {
  /** The view that most want, the later one of two. */
  readonly view: number;
  /** Who wants it, as honest replicas tell, in order of id. */
  readonly wanting: readonly number[];
  /** Who would lead it; null when that is not known before it is decided. */
  readonly primary: number | null;
  /** Honest replicas that are in that view, or a later one: for them it is over. */
  readonly entered: readonly number[];
  /** Others want another view. */
  readonly others: readonly { readonly replica: number; readonly view: number }[];
  /** The first timer of a replica on its way there that runs out, or null. */
  readonly timer: RunningTimer | null;
}

/** A timer of a replica, and when it fires by this machine's clock. */
export interface RunningTimer {
  readonly replica: number;
  readonly timer: string;
  readonly dueAtMs: number;
}

/** What changes the view in each protocol. */
const TIMERS: readonly string[] = ["view-change", "election", "silence"];

/** The view change that is on, or null. */
export function viewChangeOf(cluster: Pick<ClusterModel, "replicas" | "facts">): ViewChange | null {
  const wishes = wishesOf(cluster);
  const byView = new Map<number, number[]>();
  for (const [replica, view] of wishes) byView.set(view, [...(byView.get(view) ?? []), replica]);
  const [most] = [...byView].sort(([viewA, a], [viewB, b]) => b.length - a.length || viewB - viewA);
  if (most === undefined) return null;
  const [view, wanting] = most;
  const others = [...wishes].flatMap(([replica, other]) => (other === view ? [] : [{ replica, view: other }]));
  return {
    view,
    wanting: wanting.sort((a, b) => a - b),
    primary: nextPrimary(cluster, view),
    entered: enteredIn(cluster, view),
    others: others.sort((a, b) => a.replica - b.replica),
    timer: firstTimer(cluster.replicas.filter(({ status }) => status?.machine.viewChange)),
  };
}

/** Which view each replica wants, later than the one that it is in. */
function wishesOf({ replicas, facts }: Pick<ClusterModel, "replicas" | "facts">): ReadonlyMap<number, number> {
  const wishes = new Map<number, number>();
  const present = currentView(replicas) ?? 0;
  for (const teller of replicas.filter(isHonest)) {
    for (const { replica, view } of toldBy(teller)) {
      const accused = replicas[replica];
      if (accused === undefined || !(trustsLeader(facts.protocol) || mayWant(accused, view, present))) continue;
      if (view > (wishes.get(replica) ?? -1)) wishes.set(replica, view);
    }
  }
  return wishes;
}

function toldBy({ id, status }: Observation): readonly { readonly replica: number; readonly view: number }[] {
  if (status === null) return [];
  const { viewChange, wants } = status.machine;
  if (viewChange === null) return wants.filter(({ view }) => view > status.machine.view);
  const votes = viewChange.votes.map((replica) => ({ replica, view: viewChange.view }));
  return [{ replica: id, view: viewChange.view }, ...votes, ...wants];
}

/** Statuses are told one after the other: what is said of a replica that has said otherwise by now is over. */
function mayWant(replica: Observation, view: number, present: number): boolean {
  if (!isHonest(replica) || replica.status === null) return view > present;
  return replica.status.machine.viewChange?.view === view;
}

function enteredIn({ replicas }: Pick<ClusterModel, "replicas">, view: number): number[] {
  const has = ({ status }: Observation) => status !== null && status.machine.viewChange === null && status.machine.view >= view;
  return replicas.filter((replica) => isHonest(replica) && has(replica)).map(({ id }) => id);
}

/** A view or ballot names its primary; in a term whoever stands for it may become leader. */
function nextPrimary({ replicas, facts }: Pick<ClusterModel, "replicas" | "facts">, view: number): number | null {
  if (facts.protocol !== "raft") return view % replicas.length;
  const candidates = replicas.filter((replica) => isHonest(replica) && replica.status?.machine.viewChange?.view === view);
  return candidates.length === 1 ? (candidates[0]?.id ?? null) : null;
}

/** The first timer of those that are still patient which may begin a view change; null when none runs. */
export function nextDoubt(replicas: readonly Observation[]): RunningTimer | null {
  return firstTimer(replicas.filter(({ status }) => status?.machine.viewChange === null));
}

function firstTimer(replicas: readonly Observation[]): RunningTimer | null {
  const running = replicas.filter(isHonest).flatMap(({ id, status, heardAtMs }) => {
    if (status === null || heardAtMs === null) return [];
    const timers = status.timers.filter(({ timer }) => TIMERS.includes(timer));
    return timers.map(({ timer, dueInMs }) => ({ replica: id, timer, dueAtMs: heardAtMs + dueInMs }));
  });
  return running.sort((a, b) => a.dueAtMs - b.dueAtMs)[0] ?? null;
}

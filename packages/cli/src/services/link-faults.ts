import { AdminClient, ClusterError, LINK_DELAY_MS_MAX, type LinkChange, type LinkImpairment, replicaProcess } from "@bft/replica";
import { misuse } from "../errors.js";
import type { Cluster } from "./cluster.js";
import type { Direction, PartitionPlan } from "./partition-plan.js";

/** A person waits for the answer; a replica under load still has this long. */
const ADMIN_TIMEOUT_MS = 2000;

/** Why a replica could not be told. */
export type Deafness = "down" | "paused" | "silent";

/** Who was told what is wrong with its links. */
export interface Telling {
  readonly told: readonly number[];
  readonly notTold: readonly { readonly replica: number; readonly state: Deafness }[];
  /** Whether what was asked for holds now: each link has at least one end that was told. */
  readonly done: boolean;
}

/** Cuts the links of the plan and no others, on the side that sends. */
export async function partition(cluster: Cluster, { cuts }: PartitionPlan): Promise<Telling> {
  const changes = cluster.config.replicas.map(({ id }): [number, LinkChange] => [
    id,
    { kind: "cut", towards: targets(cuts, id) },
  ]);
  return made(await tellAll(cluster, new Map(changes)), cuts);
}

/** Has these links do this to what they carry, in place of what they did. */
export async function impair(cluster: Cluster, links: readonly Direction[], impairment: LinkImpairment): Promise<Telling> {
  const changes = links.map(({ from, to }): [number, LinkChange] => [from, { kind: "impair", towards: [to], impairment }]);
  return made(await tellAll(cluster, new Map(changes)), links);
}

/** Nothing is wrong with these links any more. */
export async function clearLinks(cluster: Cluster, links: readonly Direction[]): Promise<Telling> {
  const senders = new Set(links.map(({ from }) => from));
  const changes = [...senders].map((from): [number, LinkChange] => [from, { kind: "clear", towards: targets(links, from) }]);
  const telling = await tellAll(cluster, new Map(changes));
  // The faults of a process end with it; one that only can not hear keeps them.
  return { ...telling, done: telling.notTold.every(({ state }) => state === "down") };
}

/** Nothing is wrong with any link any more. */
export function heal(cluster: Cluster): Promise<Telling> {
  const ids = cluster.config.replicas.map(({ id }) => id);
  return clearLinks(
    cluster,
    ids.flatMap((from) => ids.filter((to) => to !== from).map((to) => ({ from, to }))),
  );
}

/** What the flags of `bft link` ask for. @throws CliError when they ask for nothing, or for too much. */
export function impairmentOf(asked: Partial<Record<keyof LinkImpairment, number | undefined>>): LinkImpairment {
  const { delayMs, jitterMs, drop, duplicate, reorder } = asked;
  if ([delayMs, jitterMs, drop, duplicate, reorder].every((value) => value === undefined))
    throw misuse("say what the link does to its messages, such as --delay 50ms or --drop 0.1, or --off for nothing");
  for (const [flag, ms] of [
    ["delay", delayMs ?? 0],
    ["jitter", jitterMs ?? 0],
  ] as const)
    if (ms > LINK_DELAY_MS_MAX) throw misuse(`--${flag} is at most ${LINK_DELAY_MS_MAX / 1000}s`);
  return { delayMs: delayMs ?? 0, jitterMs: jitterMs ?? 0, drop: drop ?? 0, duplicate: duplicate ?? 0, reorder: reorder ?? 0 };
}

function targets(links: readonly Direction[], from: number): number[] {
  return links.filter((link) => link.from === from).map(({ to }) => to);
}

/** A link that one of its ends mistreats as asked is faulty; one that no end does is not. */
function made(telling: Omit<Telling, "done">, links: readonly Direction[]): Telling {
  const hears = (id: number) => telling.told.includes(id);
  const back = ({ from, to }: Direction) => links.some((link) => link.from === to && link.to === from);
  return { ...telling, done: links.every((link) => hears(link.from) || (back(link) && hears(link.to))) };
}

async function tellAll(cluster: Cluster, changes: ReadonlyMap<number, LinkChange>): Promise<Omit<Telling, "done">> {
  const outcomes = await Promise.all(
    [...changes].map(async ([replica, change]) => ({ replica, state: await tell(cluster.dir, replica, change) })),
  );
  outcomes.sort((a, b) => a.replica - b.replica);
  return {
    told: outcomes.filter(({ state }) => state === null).map(({ replica }) => replica),
    notTold: outcomes.flatMap(({ replica, state }) => (state === null ? [] : [{ replica, state }])),
  };
}

/** Null when it was told. */
async function tell(dir: string, id: number, change: LinkChange): Promise<Deafness | null> {
  const running = await replicaProcess(dir, id);
  if (running === null) return "down";
  if (running.state === "paused") return "paused";
  try {
    const admin = await AdminClient.connect(dir, id, ADMIN_TIMEOUT_MS);
    await admin.link(change).finally(() => admin.close());
    return null;
  } catch (error) {
    if (error instanceof ClusterError && error.code === "not-running") return "down";
    if (error instanceof ClusterError && error.code === "no-answer") return "silent";
    throw error;
  }
}

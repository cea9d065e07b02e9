import type { Action, Plan } from "@bft/sim";

/** What happens to a cluster, so that a lie can be told and shows. Replica 0 leads first. */
export type Situation = (others: (...ids: readonly number[]) => readonly number[]) => readonly Action[];

const set = (at: number, client: number, key: string, value: string | number): Action => ({
  at,
  kind: "submit",
  client,
  operations: [`set ${key} ${value}`],
  readOnly: false,
});

const get = (at: number, client: number, key: string): Action => ({
  at,
  kind: "submit",
  client,
  operations: [`get ${key}`],
  readOnly: false,
});

/** Both clients write in turns, with never two requests at one time. */
const writes = (from: number, count: number): readonly Action[] =>
  Array.from({ length: count }, (_, i) => set(from + 40 * i, i % 2, `k${i % 3}`, `${from}-${i}`));

const cut = (at: number, some: readonly number[], rest: readonly number[]): readonly Action[] => [
  { at, kind: "cut", from: some, to: rest },
  { at, kind: "cut", from: rest, to: some },
];

const crash = (at: number, replica: number): Action => ({ at, kind: "crash", replica, effects: 0, torn: 0 });
const restart = (at: number, replica: number): Action => ({ at, kind: "restart", replica });
const mend = (at: number): Action => ({ at, kind: "mend" });

/** Nothing but work. */
export const atWork: Situation = () => writes(500, 60);

/** 2 hears nothing of what 0 and 1 choose; then 0 stops, and 2 goes on with 1. */
export const leaderStops: Situation = (others) => [
  ...writes(500, 6),
  ...cut(1000, [2], others(2)),
  ...writes(1100, 10),
  crash(2000, 0),
  mend(2001),
  ...writes(2600, 10),
  restart(4500, 0),
  ...writes(5000, 6),
];

/** The same, and 1 is restarted before 0 stops. */
export const acceptorRestarts: Situation = (others) => [
  ...writes(500, 60),
  ...cut(3000, [2], others(2)),
  ...writes(3100, 10),
  crash(4000, 0),
  crash(4000, 1),
  restart(4001, 1),
  mend(4002),
  ...writes(4600, 10),
  restart(6500, 0),
  ...writes(7000, 6),
];

/** 0 and 2 do not hear each other; 1 hears both. */
export const between: Situation = () => [
  ...writes(500, 6),
  ...cut(1000, [0], [2]),
  ...writes(2500, 20),
  mend(4500),
  ...writes(5000, 6),
];

/** 0 leads, alone with a client, and stops. Somebody reads. */
export const leaderAlone: Situation = (others) => [
  set(500, 0, "x", 1),
  set(600, 1, "y", 1),
  ...cut(1000, [0], others(0)),
  set(1100, 0, "x", 2),
  crash(2500, 0),
  mend(2600),
  get(4000, 0, "x"),
  get(5000, 1, "x"),
];

/** 0 is cut off and another one leads, with whom client 0 works; client 1, who knows only 0, reads. */
export const leaderLeftBehind: Situation = (others) => [
  set(500, 0, "x", 1),
  set(600, 1, "y", 1),
  ...cut(1000, [0], others(0)),
  set(1100, 0, "x", 2),
  mend(4500),
  get(5000, 1, "x"),
  get(5500, 0, "x"),
];

export interface PlanOf {
  readonly protocol: Plan["protocol"];
  readonly situation: Situation;
  readonly liar: { readonly replica: number; readonly behaviour: string } | null;
  readonly seed: number;
  /** Who must make progress in the end; nobody where only safety is asked for. */
  readonly core: readonly number[];
}

/** A cluster for f = 1 with two clients on a quiet network, in which the situation comes about. */
export function planOf({ protocol, situation, liar, seed, core }: PlanOf): Plan {
  const replicas = protocol === "pbft" ? 4 : 3;
  const all = Array.from({ length: replicas }, (_, id) => id);
  return {
    seed,
    protocol,
    service: "kv",
    faults: 1,
    replicas,
    clients: 2,
    settings: {
      checkpointInterval: 64,
      pipelineDepth: 16,
      batchOperationsMax: 64,
      clientWindow: 8,
      viewChangeTimeoutMs: 300,
      statusIntervalMs: 50,
      clientRetryMs: 150,
      reads: "ordered",
      compact: true,
      clockRates: all.map(() => 1),
    },
    network: { delayMsMin: 1, delayMsMax: 5, late: 0, lateMsMax: 0, drop: 0, duplicate: 0, reorder: false },
    liars: liar === null ? [] : [liar],
    twins: [],
    lyingClients: [],
    actions: [...situation((...ids) => all.filter((id) => !ids.includes(id)))].sort((a, b) => a.at - b.at),
    heal: { at: 9000, core, withinMs: 20_000 },
  };
}

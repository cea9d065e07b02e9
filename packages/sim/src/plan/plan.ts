/**
 * Everything that happens to one simulated cluster, as data: what a seed draws, what a person may write, what the shrinker makes
 * smaller. The same plan gives the same trace, byte for byte. Times are virtual milliseconds since the start.
 */
export interface Plan {
  /** Decides what the plan leaves open: the way of each message. */
  readonly seed: number;
  readonly protocol: string;
  readonly service: string;
  readonly faults: number;
  readonly replicas: number;
  readonly clients: number;
  readonly settings: PlanSettings;
  readonly network: NetworkPlan;
  /** Replicas that lie, from the start. More than `faults` of them is allowed: that is how one sees safety break. */
  readonly liars: readonly { readonly replica: number; readonly behaviour: string }[];
  /**
   * Replicas that run twice with one key, each copy honest by itself and with a disk of its own: liars, as nobody can tell the two
   * apart. The copies are numbered from `replicas` on, in this order, wherever an action names replicas.
   */
  readonly twins: readonly number[];
  readonly lyingClients: readonly { readonly client: number; readonly behaviour: string }[];
  /** In order of time. */
  readonly actions: readonly Action[];
  /** When the trouble ends: links are whole, `core` is up, and everything must finish within `withinMs`. */
  readonly heal: { readonly at: number; readonly core: readonly number[]; readonly withinMs: number };
}

export interface PlanSettings {
  readonly checkpointInterval: number;
  readonly pipelineDepth: number;
  readonly batchOperationsMax: number;
  readonly clientWindow: number;
  readonly viewChangeTimeoutMs: number;
  readonly statusIntervalMs: number;
  readonly clientRetryMs: number;
  readonly reads: "ordered" | "fast";
  /** A stable checkpoint takes the place of the records before it; otherwise they are kept from the beginning. */
  readonly compact: boolean;
  /** How fast each replica's clock runs, 1 for true time; as many as replicas. */
  readonly clockRates: readonly number[];
}

/** What every link does by itself until the network heals. */
export interface NetworkPlan {
  readonly delayMsMin: number;
  readonly delayMsMax: number;
  /** Chance that a message is held up to `lateMsMax` instead. */
  readonly late: number;
  readonly lateMsMax: number;
  readonly drop: number;
  readonly duplicate: number;
  /** True: a message may overtake another one on its link. False: a link keeps its order, as TCP does. */
  readonly reorder: boolean;
}

export type Action = { readonly at: number } & Deed;

export type Deed =
  | { readonly kind: "submit"; readonly client: number; readonly operations: readonly string[]; readonly readOnly: boolean }
  /**
   * The replica ends after it carried out `effects` more effects (0: at once); of the records that it wrote since its last
   * message left, the last `torn` were not durable yet. A replica that is down ends so in its next life.
   */
  | { readonly kind: "crash"; readonly replica: number; readonly effects: number; readonly torn: number }
  | { readonly kind: "restart"; readonly replica: number }
  /** The disk of a dead replica is gone. */
  | { readonly kind: "wipe"; readonly replica: number }
  /** Nothing passes from these to those, one way. */
  | { readonly kind: "cut"; readonly from: readonly number[]; readonly to: readonly number[] }
  /** What is sent on these links waits, and arrives all at once when they are mended. */
  | { readonly kind: "clog"; readonly from: readonly number[]; readonly to: readonly number[] }
  /** All links are whole again. */
  | { readonly kind: "mend" }
  /** Every input takes the replica this long; 0: as fast as before. */
  | { readonly kind: "slow"; readonly replica: number; readonly inputMs: number };

/** True when nothing goes wrong in a plan: nobody lies, nothing is lost, late or cut, and nobody stops, also at the end. */
export function isCalm({ replicas, liars, twins, lyingClients, network, actions, settings, heal }: Plan): boolean {
  return (
    liars.length === 0 &&
    twins.length === 0 &&
    lyingClients.length === 0 &&
    network.drop === 0 &&
    network.late === 0 &&
    10 * network.delayMsMax <= settings.viewChangeTimeoutMs &&
    // What is lost by overtaking is asked for again at the next status.
    4 * settings.statusIntervalMs <= settings.viewChangeTimeoutMs &&
    heal.core.length === replicas &&
    settings.clockRates.every((rate) => rate === 1) &&
    actions.every(({ kind }) => kind === "submit")
  );
}

/** Everybody whose word does not count: liars of the catalogue, and replicas that run twice. */
export function lyingReplicas({ liars, twins }: Plan): readonly number[] {
  return [...liars.map(({ replica }) => replica), ...twins];
}

import type { ReplicaId, View } from "@bft/core";
import { inHalves, type LiarContext } from "../liar.js";

/**
 * What all accomplices do, known to each without a word: one of two batches for one slot goes to the first half of the correct
 * replicas and the other to the second, whenever an accomplice is primary. Both go to the accomplices, and the batch with the
 * lower digest is the first half's: so everybody knows whom to vote for to whom.
 */
export class SharedPlan {
  readonly accomplices: readonly ReplicaId[];
  readonly #self: ReplicaId;
  readonly #replicas: number;
  readonly #halves: readonly [readonly ReplicaId[], readonly ReplicaId[]];

  constructor({ config, accomplices }: LiarContext) {
    this.#self = config.self;
    this.#replicas = config.replicas;
    this.accomplices = accomplices.filter((id) => id !== config.self);
    const all = Array.from({ length: config.replicas }, (_, id) => id as ReplicaId);
    this.#halves = inHalves(all.filter((id) => id !== config.self && !accomplices.includes(id)));
  }

  /** The correct replicas. */
  get victims(): readonly ReplicaId[] {
    return this.#halves.flat();
  }

  /** True for a proposal of an accomplice as primary of its view. */
  isOurs(signer: number, view: View): boolean {
    return view % this.#replicas === signer && (signer === this.#self || this.accomplices.some((id) => id === signer));
  }

  /** Which of the two a replica is told: 0 the lower digest, 1 the higher one. */
  sideOf(replica: ReplicaId): 0 | 1 {
    return this.#halves[1].includes(replica) ? 1 : 0;
  }
}

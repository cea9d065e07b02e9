import type { Value } from "../crash/value.js";
import type { ReplicaId, SeqNum } from "../ids.js";
import type { Ballot } from "./messages.js";

/** A value with the number under which it was proposed. */
export interface Proposal {
  readonly ballot: Ballot;
  readonly value: Value;
}

/** One instance of the consensus algorithm (§3): "the i-th instance chooses the i-th command". */
export interface Instance {
  readonly seq: SeqNum;
  /** The proposal with the highest number that this acceptor has accepted. */
  accepted: Proposal | null;
  /** Acceptors that are known to have accepted `accepted`: all that have said so, where this replica leads. */
  readonly acceptors: Set<ReplicaId>;
  /** Set once this learner knows what was chosen, with the ballot in which it knows that. */
  chosen: Proposal | null;
  /** The tick at which this replica proposed it as the leader. */
  proposedAt: number;
}

/** The instances that a replica keeps, by number. */
export class Instances {
  readonly #instances = new Map<SeqNum, Instance>();

  get size(): number {
    return this.#instances.size;
  }

  peek(seq: SeqNum): Instance | null {
    return this.#instances.get(seq) ?? null;
  }

  /** The instance, made when nothing is known of it yet. The caller has seen to the bounds. */
  at(seq: SeqNum): Instance {
    const known = this.#instances.get(seq);
    if (known !== undefined) return known;
    const instance: Instance = { seq, accepted: null, acceptors: new Set(), chosen: null, proposedAt: 0 };
    this.#instances.set(seq, instance);
    return instance;
  }

  /** In order of number, from `from` on. */
  from(from: SeqNum): Instance[] {
    return [...this.#instances.values()].filter(({ seq }) => seq >= from).sort((a, b) => a.seq - b.seq);
  }

  forgetUpTo(low: SeqNum): void {
    for (const seq of this.#instances.keys()) if (seq <= low) this.#instances.delete(seq);
  }
}

/** What is to be said of an instance to who asks: what was chosen, or the proposal that was accepted last. */
export function knownProposal({ chosen, accepted }: Instance): Proposal | null {
  return chosen ?? accepted;
}

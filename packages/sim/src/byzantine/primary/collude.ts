import type { Digest, ReplicaId, Signed } from "@bft/core";
import type { PbftSigned, PrePrepare, Vote } from "@bft/core/pbft";
import { type LiarContext, type PbftBehaviour, type PbftEffect, type PbftInput, send, slotName, telling } from "../liar.js";
import { Remembered } from "../remembered.js";
import { voteFor } from "../votes.js";
import { batchOf } from "./proposing.js";
import { rebatched } from "./rebatch.js";
import { SecondBatches } from "./second-batch.js";
import { SharedPlan } from "./shared-plan.js";

/** Slots whose two digests are remembered, and of how many the two batches too. */
const SLOTS_MAX = 1024;
const BATCHES_MAX = 64;

/**
 * Liars with one plan. While one of them is primary it proposes two batches for one number, each to half of the correct
 * replicas, and all of them vote for the first to the first half and for the second to the second. With f of them no half can
 * get a quorum but one; with f+1, when n = 3f+1, both can: two quorums then share nobody but liars (§3, §4.2).
 */
export function collude(context: LiarContext): PbftBehaviour {
  const conspiracy = new Conspiracy(context);
  const speak = telling(context, (signed, to, toAll) => conspiracy.tell(signed, to, toAll));
  return (input, honest) => {
    const votes = conspiracy.hear(input);
    return [...speak(input, honest), ...votes];
  };
}

/** A slot with two stories. */
interface Plot {
  readonly slot: Pick<Vote, "view" | "seq">;
  /** One or both, in order. */
  readonly digests: readonly Digest[];
}

class Conspiracy {
  readonly #context: LiarContext;
  readonly #plan: SharedPlan;
  readonly #second = new SecondBatches();
  readonly #plots = new Remembered<string, Plot>(SLOTS_MAX);
  /** What this replica proposed as primary, in order of digest. */
  readonly #proposals = new Remembered<string, readonly Signed<PrePrepare>[]>(BATCHES_MAX);

  constructor(context: LiarContext) {
    this.#context = context;
    this.#plan = new SharedPlan(context);
  }

  /** A proposal of an accomplice: once both are known, the votes for them. */
  hear(input: PbftInput): readonly PbftEffect[] {
    if (input.kind !== "message" || input.signed.kind !== "pre-prepare") return [];
    const { signer, message } = input.signed;
    if (signer.role !== "replica" || signer.id === this.#context.config.self) return [];
    if (!this.#plan.isOurs(signer.id, message.view)) return [];
    const known = this.#plots.get(slotName(message))?.digests ?? [];
    if (known.length === 2 || known.includes(message.digest)) return [];
    const plot = this.#note(message, [...known, message.digest]);
    return this.#plan.victims.flatMap((victim) => this.#votes(plot, victim));
  }

  /** What is said in place of an own message; null: the truth. */
  tell(signed: PbftSigned, to: readonly ReplicaId[], toAll: boolean): readonly PbftEffect[] | null {
    if (signed.kind === "pre-prepare") return toAll ? this.#propose(signed) : this.#repeat(signed, to);
    if (signed.kind !== "prepare" && signed.kind !== "commit") return null;
    const plot = this.#plots.get(slotName(signed.message));
    if (plot === undefined) return null;
    // The votes went out when both proposals were known; now only who asks gets them again.
    return toAll ? [] : to.flatMap((replica) => this.#votes(plot, replica));
  }

  #propose(truth: Signed<PrePrepare>): readonly PbftEffect[] | null {
    const batch = batchOf(truth);
    if (batch === null) return null;
    const lie = rebatched(this.#context, truth, this.#second.of(batch));
    if (lie.message.digest === truth.message.digest) return null;
    const two = [truth, lie].sort((a, b) => (a.message.digest < b.message.digest ? -1 : 1));
    this.#proposals.set(slotName(truth.message), two);
    const digests = two.map(({ message }) => message.digest);
    const plot = this.#note(truth.message, digests);
    const { accomplices, victims } = this.#plan;
    return [
      ...[...accomplices, ...victims].flatMap((replica) => this.#proposalsFor(replica, two)),
      ...victims.flatMap((victim) => this.#votes(plot, victim)),
    ];
  }

  #repeat({ message }: Signed<PrePrepare>, to: readonly ReplicaId[]): readonly PbftEffect[] | null {
    const two = this.#proposals.get(slotName(message));
    return two === undefined ? null : to.flatMap((replica) => this.#proposalsFor(replica, two));
  }

  #proposalsFor(replica: ReplicaId, two: readonly Signed<PrePrepare>[]): readonly PbftEffect[] {
    if (this.#plan.accomplices.includes(replica)) return two.map((each) => send(replica, each));
    const one = two[this.#plan.sideOf(replica)];
    return one === undefined ? [] : [send(replica, one)];
  }

  /** Both votes for what a correct replica was told; none before that is certain. The primary does not prepare (§4.2). */
  #votes({ slot, digests }: Plot, replica: ReplicaId): readonly PbftEffect[] {
    const digest = digests.length === 2 ? digests[this.#plan.sideOf(replica)] : undefined;
    if (digest === undefined || this.#plan.accomplices.includes(replica)) return [];
    const commit = send(replica, voteFor(this.#context, "commit", slot, digest));
    if (this.#plan.isOurs(this.#context.config.self, slot.view)) return [commit];
    return [send(replica, voteFor(this.#context, "prepare", slot, digest)), commit];
  }

  #note({ view, seq }: Plot["slot"], digests: readonly Digest[]): Plot {
    const plot = { slot: { view, seq }, digests: [...digests].sort() };
    this.#plots.set(slotName(plot.slot), plot);
    return plot;
  }
}

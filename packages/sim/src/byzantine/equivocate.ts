import type { Digest, Signed } from "@bft/core";
import type { PbftSigned, PrePrepare, Vote } from "@bft/core/pbft";
import { halves, type LiarContext, type PbftBehaviour, type PbftEffect, sendAll, slotName, telling } from "./liar.js";
import { batchOf } from "./primary/proposing.js";
import { rebatched } from "./primary/rebatch.js";
import { SecondBatches } from "./primary/second-batch.js";
import { Remembered } from "./remembered.js";
import { isVote, voteFor } from "./votes.js";
import { otherDigest } from "./wrong-digest.js";

/** Slots whose second story is remembered. */
const REMEMBERED_MAX = 1024;

/**
 * Tells two halves of the cluster two stories. As primary it assigns one sequence number to two batches, both of real
 * client requests, and later commits to each half what it proposed to it. As backup it votes for the proposal to the first
 * half and for something else to the second.
 */
export function equivocate(context: LiarContext): PbftBehaviour {
  const stories = new Stories(context);
  return telling(context, (signed, _to, toAll) => (toAll ? stories.tell(signed) : null));
}

class Stories {
  readonly #context: LiarContext;
  readonly #batches = new SecondBatches();
  /** The digest that the second half was told. */
  readonly #second = new Remembered<string, Digest>(REMEMBERED_MAX);

  constructor(context: LiarContext) {
    this.#context = context;
  }

  tell(signed: PbftSigned): readonly PbftEffect[] | null {
    if (signed.kind === "pre-prepare") return this.#twoProposals(signed);
    if (!isVote(signed)) return null;
    const digest = this.#second.get(slotName(signed.message)) ?? otherDigest(signed.message.digest);
    return this.#split(signed, voteFor(this.#context, signed.kind, signed.message, digest));
  }

  #twoProposals(truth: Signed<PrePrepare>): readonly PbftEffect[] | null {
    const batch = batchOf(truth);
    if (batch === null) return null;
    const lie = rebatched(this.#context, truth, this.#batches.of(batch));
    this.#second.set(slotName(truth.message), lie.message.digest);
    return this.#split(truth, lie);
  }

  #split(truth: Signed<Vote>, lie: Signed<Vote>): readonly PbftEffect[] {
    const [first, second] = halves(this.#context);
    return [...sendAll(first, truth), ...sendAll(second, lie)];
  }
}

import type { Digest, Signed } from "@bft/core";
import {
  type Batch,
  type Claimed,
  type Commit,
  makeBatch,
  type PrePrepare,
  type Prepare,
  type Request,
  readBatch,
  type Vote,
} from "@bft/core/pbft";
import { halves, type LiarContext, type PbftBehaviour, type PbftEffect, send, signAs } from "./liar.js";
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
  return (_input, honest) => honest.flatMap((effect) => stories.tell(effect));
}

class Stories {
  readonly #context: LiarContext;
  /** The digest that the second half was told, by view and sequence number. */
  readonly #second = new Map<string, Digest>();
  #earlier: Claimed<Request> | null = null;

  constructor(context: LiarContext) {
    this.#context = context;
  }

  tell(effect: PbftEffect): readonly PbftEffect[] {
    if (effect.kind !== "broadcast" || effect.signed.signer.id !== this.#context.config.self) return [effect];
    switch (effect.signed.kind) {
      case "pre-prepare":
        return this.#twoProposals(effect.signed);
      case "prepare":
      case "commit":
        return this.#twoVotes(effect.signed);
      default:
        return [effect];
    }
  }

  #twoProposals(signed: Signed<PrePrepare>): readonly PbftEffect[] {
    const { message, attachment } = signed;
    const batch = attachment === null ? null : readBatch(attachment, message.digest);
    if (batch === null) return [{ kind: "broadcast", signed }];
    const other = this.#otherBatch(batch);
    this.#remember(slotName(message), other.digest);
    const lie = signAs<PrePrepare>(this.#context, { ...message, digest: other.digest }, other.bytes);
    return this.#split(signed, lie);
  }

  /** Another batch that every backup would accept by itself: it holds only what clients signed. */
  #otherBatch({ requests }: Batch): Batch {
    const [first] = requests;
    const earlier = this.#earlier;
    this.#earlier = requests.at(-1) ?? earlier;
    if (requests.length > 1) return makeBatch([...requests].reverse(), this.#context.ports);
    if (earlier !== null) return makeBatch([earlier], this.#context.ports);
    return makeBatch(first === undefined ? [] : [first, first], this.#context.ports);
  }

  #twoVotes(signed: Signed<Prepare> | Signed<Commit>): readonly PbftEffect[] {
    const digest = this.#second.get(slotName(signed.message)) ?? otherDigest(signed.message.digest);
    return this.#split(signed, signAs<Vote>(this.#context, { ...signed.message, digest }));
  }

  #split(truth: Signed<Vote>, lie: Signed<Vote>): readonly PbftEffect[] {
    const [first, second] = halves(this.#context);
    return [...first.map((replica) => send(replica, truth)), ...second.map((replica) => send(replica, lie))];
  }

  #remember(slot: string, digest: Digest): void {
    this.#second.set(slot, digest);
    const oldest = this.#second.keys().next().value;
    if (this.#second.size > REMEMBERED_MAX && oldest !== undefined) this.#second.delete(oldest);
  }
}

function slotName({ view, seq }: Vote): string {
  return `${view}/${seq}`;
}

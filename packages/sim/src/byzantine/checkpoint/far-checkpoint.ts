import type { SeqNum } from "@bft/core";
import { type Checkpoint, claimOf, type StableCheckpointMessage } from "@bft/core/pbft";
import { type LiarContext, type PbftBehaviour, sendAll, signAs, telling } from "../liar.js";

/**
 * Claims to be far ahead: its checkpoints are for sequence numbers that nobody has reached, it shows its own signature alone as
 * the proof that they are stable, and its status says the same (§4.3).
 */
export function farCheckpoint(context: LiarContext): PbftBehaviour {
  return telling(context, (signed, to) => {
    switch (signed.kind) {
      case "checkpoint": {
        const far = signAs<Checkpoint>(context, { ...signed.message, seq: farFrom(context, signed.message.seq) });
        const proof = signAs<StableCheckpointMessage>(context, { kind: "stable-checkpoint", checkpoints: [claimOf(far)] });
        return [...sendAll(to, far), ...sendAll(to, proof)];
      }
      case "status": {
        const seq = farFrom(context, signed.message.stableSeq);
        return sendAll(to, signAs(context, { ...signed.message, lastExecuted: seq, stableSeq: seq }));
      }
      default:
        return null;
    }
  });
}

/** A multiple of K: just beyond the window L = 2K, a long way beyond it, or the last that there is. */
function farFrom({ config, random }: LiarContext, seq: SeqNum): SeqNum {
  const interval = config.checkpointInterval;
  const last = Math.floor(Number.MAX_SAFE_INTEGER / interval);
  const steps = Math.floor(seq / interval) + random.pick([3, 1_000_000, last]);
  return (Math.min(steps, last) * interval) as SeqNum;
}

import type { SeqNum } from "@bft/core";
import { type Commit, type Committed, claimOf, makeBatch } from "@bft/core/pbft";
import { type LiarContext, type PbftBehaviour, send, signAs } from "../liar.js";

/**
 * Answers everybody who says where it stands with a false proof of what comes next: that the null request committed, by its own
 * commit alone. Every signature is good; only the quorum is missing (§4.2).
 */
export function thinProof(context: LiarContext): PbftBehaviour {
  return (input, honest) => {
    if (input.kind !== "message" || input.signed.kind !== "status" || input.via.role !== "replica") return honest;
    const { view, lastExecuted } = input.signed.message;
    if (input.via.id === context.config.self || lastExecuted >= Number.MAX_SAFE_INTEGER) return honest;
    const seq = (lastExecuted + 1) as SeqNum;
    const batch = makeBatch([], context.ports);
    const commit = claimOf(signAs<Commit>(context, { kind: "commit", view, seq, digest: batch.digest }));
    const proof = signAs<Committed>(context, { kind: "committed", seq, commits: [commit] }, batch.bytes);
    return [...honest, send(input.via.id, proof)];
  };
}

import type { ReplicaId } from "@bft/core";
import { byzantineQuorums } from "@bft/core";
import { type LiarContext, others, type PbftBehaviour, telling } from "../liar.js";
import { proposing } from "./proposing.js";

/**
 * Sends headers without their batch: now to all, so that nothing can go on, now to those only whose votes are not needed.
 * Whoever asks for a batch gets no answer.
 */
export function withholdBody(context: LiarContext): PbftBehaviour {
  const { replicas, faults } = context.config;
  const enough = others(context).slice(0, byzantineQuorums(replicas, faults).quorum - 1);
  const propose = proposing(context, (truth) => {
    const told: readonly ReplicaId[] = context.random.chance(0.5) ? enough : [];
    const header = { ...truth, attachment: null };
    return (to) => (told.includes(to) ? truth : header);
  });
  const answer = telling(context, ({ kind }) => (kind === "batch" || kind === "committed" ? [] : null));
  return (input, honest) => answer(input, propose(input, honest));
}

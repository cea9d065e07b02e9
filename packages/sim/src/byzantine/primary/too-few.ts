import { byzantineQuorums } from "@bft/core";
import { type LiarContext, others, type PbftBehaviour } from "../liar.js";
import { proposing } from "./proposing.js";

/** Proposes to one replica fewer than it takes to prepare anything. */
export function tooFew(context: LiarContext): PbftBehaviour {
  const { replicas, faults } = context.config;
  // A quorum prepares: the primary itself and quorum - 1 backups (§4.2).
  const told = new Set(others(context).slice(0, byzantineQuorums(replicas, faults).quorum - 2));
  return proposing(context, (truth) => (to) => (told.has(to) ? truth : null));
}

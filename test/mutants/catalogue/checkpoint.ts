import type { Mutant } from "../mutant.js";

/** §4.3: checkpoints and garbage collection. */
export const CHECKPOINT: readonly Mutant[] = [
  {
    name: "stable-at-weak-quorum",
    section: "§4.3",
    what: "A checkpoint counts as stable with f+1 votes.",
    file: "pbft/checkpoint",
    find: "if (certificate.length >= r.config.system.quorum) noteStable(r,",
    replace: "if (certificate.length >= r.config.system.weakQuorum) noteStable(r,",
  },
  {
    name: "checkpoints-of-any-digest",
    section: "§4.3",
    what: "All votes for a checkpoint count, whatever state they name.",
    file: "pbft/checkpoint",
    find: "const certificate = [...votes.values()].filter(({ message }) => message.stateDigest === stateDigest);",
    replace: "const certificate = [...votes.values()];",
  },
  {
    name: "stable-without-proof",
    section: "§4.3",
    what: "The certificate of a stable checkpoint that a peer sends is believed, signatures unchecked.",
    file: "pbft/certificates",
    find: "const certificate = proveDistinct(claims, checker, null);",
    replace: "const certificate = claims.map((claim) => signedBy(claim, replicaPrincipal(claim.signerId as ReplicaId)));",
  },
  {
    name: "log-kept",
    section: "§4.3",
    what: "What lies below a stable checkpoint stays in the log.",
    file: "pbft/log",
    find: "for (const seq of this.#slots.keys()) if (seq <= low) this.#slots.delete(seq);",
    replace: "",
  },
  {
    name: "snapshots-kept",
    section: "§4.3",
    what: "The states at old checkpoints are never dropped.",
    file: "pbft/checkpoint",
    find: "for (const each of r.snapshots.keys()) if (each < seq - SNAPSHOTS_KEPT * r.config.checkpointInterval) r.snapshots.delete(each);",
    replace: "",
  },
  {
    name: "checkpoint-votes-without-window",
    section: "§4.3",
    what: "Checkpoint votes far above the window are kept.",
    file: "pbft/checkpoint",
    find: 'if (seq > r.log.high) return "above-window";',
    replace: "",
  },
  {
    name: "checkpoint-votes-kept",
    section: "§4.3",
    what: "The votes for checkpoints that are stable already are never dropped.",
    file: "pbft/checkpoint",
    find: "for (const each of r.checkpointVotes.keys()) if (each <= seq) r.checkpointVotes.delete(each);",
    replace: "",
  },
  {
    name: "checkpoint-between-steps",
    section: "§4.3",
    what: "A checkpoint is taken after all that a step executes, not between two batches: one that falls in their midst is missed.",
    file: "pbft/replica",
    find: "executed = true;\n      takeCheckpoint(r);\n      reachAhead(r);\n    }",
    replace: "executed = true;\n    }\n    if (executed) takeCheckpoint(r);\n    if (executed) reachAhead(r);",
  },
];

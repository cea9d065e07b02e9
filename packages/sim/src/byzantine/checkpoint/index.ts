import type { Entry } from "../catalogue.js";
import { farCheckpoint } from "./far-checkpoint.js";
import { hugeChunks } from "./huge-chunks.js";
import { shortChunks } from "./short-chunks.js";
import { stalledChunks } from "./stalled-chunks.js";
import { wrongCheckpoint } from "./wrong-checkpoint.js";
import { wrongChunks } from "./wrong-chunks.js";

/** The lies of a replica about its checkpoints and its state. */
export const CHECKPOINT: readonly Entry[] = [
  {
    name: "wrong-checkpoint",
    summary: "signs checkpoints with the digest of a state that nobody has",
    holds: "a checkpoint is stable only when a quorum signed the same digest, so the right one becomes stable without it",
    create: wrongCheckpoint,
  },
  {
    name: "far-checkpoint",
    summary:
      "claims to be far ahead: checkpoints and status for sequence numbers that nobody has reached, proven by itself alone",
    holds: "no window moves and no state is fetched on the word of f replicas",
    create: farCheckpoint,
  },
  {
    name: "wrong-chunks",
    summary: "answers who fetches the state with nodes of another state, or with one bit turned over",
    holds: "each node must have the digest that its parent names, so the right state arrives from the others",
    create: wrongChunks,
  },
  {
    name: "short-chunks",
    summary: "answers who fetches the state with fewer nodes than asked for, none, or nodes cut short",
    holds: "what is missing is asked of the next replica, until the state is whole",
    create: shortChunks,
  },
  {
    name: "huge-chunks",
    summary: "answers who fetches the state with nodes of megabytes, or with hundreds that nobody asked for",
    holds: "what was not asked for is thrown away, memory stays bounded, and the right state arrives",
    create: hugeChunks,
  },
  {
    name: "stalled-chunks",
    summary: "never answers who fetches the state, and is honest in all else",
    holds: "the next question goes to another replica, so the transfer costs a status interval more and no more",
    create: stalledChunks,
  },
];

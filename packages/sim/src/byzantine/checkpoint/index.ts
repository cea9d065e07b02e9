import type { Entry } from "../catalogue.js";

/** The lies of a replica about its checkpoints and its state. */
export const CHECKPOINT: readonly Entry[] = [];

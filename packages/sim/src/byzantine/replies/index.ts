import type { Entry } from "../catalogue.js";

/** The lies of a replica to its clients. */
export const REPLIES: readonly Entry[] = [];

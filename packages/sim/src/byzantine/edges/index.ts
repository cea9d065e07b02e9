import type { Entry } from "../catalogue.js";

/** The lies of a replica with values at the edges. */
export const EDGES: readonly Entry[] = [];

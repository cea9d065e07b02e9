import type { Entry } from "../catalogue.js";

/** The lies of a replica in a view change. */
export const VIEW_CHANGE: readonly Entry[] = [];

import type { Entry } from "../catalogue.js";

/** The lies of a primary. */
export const PRIMARY: readonly Entry[] = [];

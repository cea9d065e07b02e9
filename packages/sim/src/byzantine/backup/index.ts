import type { Entry } from "../catalogue.js";

/** The lies of a backup. */
export const BACKUP: readonly Entry[] = [];

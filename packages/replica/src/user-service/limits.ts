/** What one operation may use. Counted, never timed: so every replica comes to the same end at the same place. */
export const STEPS_MAX = 1_000_000;
/** Calls inside each other. Far below where the engine's own stack ends, which is not the same place on every replica. */
export const CALL_DEPTH_MAX = 1_000;
/** Steps that a call of the store takes, and each entry that it gives back beside. */
export const STORE_CALL_STEPS = 100;
export const STORE_ENTRY_STEPS = 10;
/** Elements or characters that a built-in function works through in one step. */
export const ELEMENTS_PER_STEP = 10;
/** Entries that one `scan` gives back at the most. */
export const SCAN_LIMIT = 10_000;

import type { Entry } from "../outcome.js";

/** What came of a step. */
export type Done = Pick<Entry, "did" | "verdict" | "why">;

/** There was nothing to judge. */
export function done(did: string): Done {
  return { did, verdict: "done", why: null };
}

export function held(did: string, why: string | null = null): Done {
  return { did, verdict: "held", why };
}

export function failed(did: string, why: string): Done {
  return { did, verdict: "failed", why };
}

/** Played without lies, so that it does not apply. */
export function skipped(did: string, why: string | null = null): Done {
  return { did, verdict: "skipped", why };
}

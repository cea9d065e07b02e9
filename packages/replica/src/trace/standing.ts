import type { ReplicaHappening } from "@bft/core";

/** Where a replica stands, by its own trace: what a reader must know who begins to read in the middle. */
export interface Standing {
  readonly view: number;
  readonly lastExecuted: number;
  readonly lowWaterMark: number;
  readonly abstaining: boolean;
  /** It has lied at some time: it is not judged any more. */
  readonly lied: boolean;
}

export const AT_THE_BEGINNING: Standing = { view: 0, lastExecuted: 0, lowWaterMark: 0, abstaining: false, lied: false };

/** Folds one event of a trace into where its replica stands. */
export function standingAfter(standing: Standing, event: ReplicaHappening): Standing {
  switch (event.kind) {
    case "started": {
      const { view, lastExecuted, lowWaterMark, abstaining } = event;
      return { ...standing, view, lastExecuted, lowWaterMark, abstaining };
    }
    case "behaves":
      return event.behaviour === null ? standing : { ...standing, lied: true };
    case "executed":
      return { ...standing, lastExecuted: event.seq };
    case "checkpoint-stable":
      return { ...standing, lowWaterMark: event.seq };
    case "state-installed":
      return { ...standing, lastExecuted: event.seq, lowWaterMark: Math.max(standing.lowWaterMark, event.seq) };
    case "view-change-started":
    case "view-entered":
      return { ...standing, view: event.view };
    case "abstaining":
      return { ...standing, abstaining: true };
    case "votes-again":
      return { ...standing, abstaining: false };
    default:
      return standing;
  }
}

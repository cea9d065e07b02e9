import { type Checker, type EventOf, nothing, type Violation } from "./checker.js";
import type { Knowledge } from "./knowledge.js";
import { violation } from "./words.js";

interface Marks {
  view: number;
  /** h of §4.2. */
  low: number;
  executed: number;
}

/**
 * View, h and last executed never go back, also not by a restart: what others may have seen of a replica it still knows when it
 * comes up again. Only who lost its records may begin anew; it then abstains (TOCS '02 §4.3.2).
 */
export function monotone({ viewWord }: Knowledge): Checker {
  const names: Readonly<Record<keyof Marks, string>> = { view: viewWord, low: "h =", executed: "last executed" };
  const known = new Map<number, Marks>();

  function marksOf(replica: number): Marks {
    let marks = known.get(replica);
    if (marks === undefined) {
      marks = { view: 0, low: 0, executed: 0 };
      known.set(replica, marks);
    }
    return marks;
  }

  function raise(event: { readonly at: number; readonly replica: number }, mark: keyof Marks, value: number): Violation | null {
    const marks = marksOf(event.replica);
    const before = marks[mark];
    if (value < before) {
      const what = `replica ${event.replica} went back from ${names[mark]} ${before} to ${value}.`;
      return violation("monotone", event.at, what, [event.replica], mark === "view" ? null : value);
    }
    marks[mark] = value;
    return null;
  }

  function onStarted(event: EventOf<"started">): Violation | null {
    if (event.abstaining) known.delete(event.replica);
    const view = raise(event, "view", event.view);
    const low = raise(event, "low", event.lowWaterMark);
    return view ?? low ?? raise(event, "executed", event.lastExecuted);
  }

  return {
    name: "monotone",
    interests: [
      "started",
      "disk-lost",
      "executed",
      "state-installed",
      "checkpoint-stable",
      "view-change-started",
      "view-entered",
      "sent",
    ],
    observe(event) {
      switch (event.kind) {
        case "started":
          return onStarted(event);
        case "disk-lost":
          known.delete(event.replica);
          return null;
        case "executed":
        case "state-installed":
          return raise(event, "executed", event.seq);
        case "checkpoint-stable":
          return raise(event, "low", event.seq);
        case "view-change-started":
        case "view-entered":
          return raise(event, "view", event.view);
        case "sent": {
          // Its word for a later view left, though it may have died before it told of the view change.
          const marks = event.statement.kind === "view-change" ? marksOf(event.replica) : null;
          if (marks !== null && event.statement.kind === "view-change")
            marks.view = Math.max(marks.view, event.statement.newView);
          return null;
        }
        default:
          return null;
      }
    },
    finish: nothing,
  };
}

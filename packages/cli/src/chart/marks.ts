import type { TraceEvent } from "@bft/core";
import { wordsOf } from "../view/protocol-words.js";
import type { MarkKind } from "./chart.js";
import { resultsText } from "./pairing.js";

/** What an event is to its own process or to the world, or null. */
export function markOf(event: TraceEvent, protocol: string): { readonly kind: MarkKind; readonly text: string } | null {
  const words = wordsOf(protocol);
  switch (event.kind) {
    case "executed":
      return { kind: "executed", text: `executes ${event.seq}${executedText(event.requests, words.noOp)}` };
    case "sent":
      if (event.statement.kind !== "commit") return null;
      return { kind: "prepared", text: `has prepared ${event.statement.seq}` };
    case "answered":
      return { kind: "answered", text: `is answered: ${resultsText(event.results)}` };
    case "fell-back":
      return { kind: "note", text: "asks again, to be ordered" };
    case "checkpoint-stable":
      return { kind: "checkpoint", text: `${words.checkpoint} ${event.seq} ${words.checkpointDone}` };
    case "state-installed":
      return { kind: "checkpoint", text: `installs the state at ${event.seq}` };
    case "timer-fired":
      return { kind: "timer", text: `${event.timer} timer fires` };
    case "view-change-started":
      return { kind: "wants-view", text: `wants ${words.view} ${event.view}: ${event.because}` };
    case "view-entered":
      return { kind: "entered-view", text: `enters ${words.view} ${event.view}` };
    case "started":
      return { kind: "started", text: `starts at ${event.lastExecuted}` };
    case "crashed":
      return { kind: "crashed", text: "ends" };
    case "broke":
      return { kind: "crashed", text: `stops for a bug: ${event.error}` };
    case "disk-lost":
      return { kind: "note", text: "has lost its disk" };
    case "abstaining":
      return { kind: "note", text: "abstains from voting" };
    case "votes-again":
      return { kind: "note", text: `votes again from ${event.seq} on` };
    case "behaves":
      return event.behaviour === null
        ? { kind: "honest", text: "is honest again" }
        : { kind: "lies", text: `lies from now on: ${event.behaviour}` };
    case "client-behaves":
      return { kind: "lies", text: `lies from now on: ${event.behaviour}` };
    case "evidence":
      return { kind: "evidence", text: `holds evidence against replica ${event.accused}` };
    case "link-fault":
      return { kind: "link", text: `its links to ${event.towards.join(", ")} are ${event.fault ?? "sound again"}` };
    case "fault":
      return { kind: "note", text: event.what };
    case "healed":
      return { kind: "note", text: "the network heals" };
    default:
      return null;
  }
}

function executedText(requests: Extract<TraceEvent, { kind: "executed" }>["requests"], noOp: string): string {
  const [first, ...others] = requests;
  if (first === undefined) return `: ${noOp}`;
  const more = others.length === 0 ? "" : ` and ${others.length} more`;
  return `: ${first.operations.join("; ")} → ${resultsText(first.results)}${more}`;
}

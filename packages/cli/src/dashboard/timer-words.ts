import type { MachineStatus } from "@bft/core";
import { wordsOf } from "../view/protocol-words.js";
import { printable } from "../view/text.js";

/** What a replica does when one of its timers fires, and unless what. */
export function timerMeaning(protocol: string, timer: string, machine: MachineStatus): string {
  const { view, primary, viewChange, isPrimary } = machine;
  const leader = primary === null ? "a leader" : `leader ${primary}`;
  const words = wordsOf(protocol);
  switch (timer) {
    case "view-change":
      return viewChange === null
        ? `asks for view ${view + 1}, unless the request that waits longest is executed first (§4.4)`
        : `asks for view ${viewChange.view + 1}, unless the new-view of view ${viewChange.view} comes first (§4.4)`;
    case "status":
      return "tells the others where it stands, so that they send what it lacks";
    case "election":
      return viewChange === null
        ? `stands for leader in term ${view + 1}, unless it hears of ${leader} first (§5.2)`
        : `stands again, in term ${view + 1}, unless somebody wins first (§5.2)`;
    case "heartbeat":
      return "tells its followers that it leads (§5.2)";
    case "silence":
      return `asks for a ballot of its own, unless it hears of ${leader} first (§3)`;
    case "tick":
      return isPrimary ? "tells the others that it leads, and sends again what was not accepted" : "asks for what it lacks";
    default:
      return `${printable(timer)} of its ${words.view}`;
  }
}

import type { Checker, EventOf, Violation } from "./checker.js";
import type { Knowledge } from "./knowledge.js";
import { list, violation } from "./words.js";

interface Asked {
  readonly at: number;
  readonly operations: readonly string[];
}

/** Where a replica stands. */
interface Standing {
  up: boolean;
  view: number;
  executed: number;
  abstaining: boolean;
}

/**
 * Once the network is healed, a core of correct replicas finishes everything in time: each request of a correct client is
 * answered, the core has executed the same, and all of it votes (§4.5.2, TOCS '02 §4.3.2).
 */
export function liveness(knowledge: Knowledge): Checker {
  const open = new Map<number, Map<number, Asked>>();
  const standings = new Map<number, Standing>();
  let healed: EventOf<"healed"> | null = null;

  function of(replica: number): Standing {
    let standing = standings.get(replica);
    if (standing === undefined) {
      standing = { up: true, view: 0, executed: 0, abstaining: false };
      standings.set(replica, standing);
    }
    return standing;
  }

  function openOf(client: number): Map<number, Asked> {
    const asked = open.get(client) ?? new Map<number, Asked>();
    open.set(client, asked);
    return asked;
  }

  function onEvent(event: Parameters<Checker["observe"]>[0]): void {
    switch (event.kind) {
      case "invoked":
        openOf(event.client).set(event.timestamp, { at: event.at, operations: event.operations });
        return;
      case "fell-back": {
        const asked = openOf(event.client).get(event.from);
        openOf(event.client).delete(event.from);
        if (asked !== undefined) openOf(event.client).set(event.timestamp, asked);
        return;
      }
      case "answered":
        openOf(event.client).delete(event.timestamp);
        return;
      case "client-behaves":
        open.delete(event.client);
        return;
      case "healed":
        healed = event;
        return;
      case "started": {
        const { view, lastExecuted, abstaining } = event;
        standings.set(event.replica, { up: true, view, executed: lastExecuted, abstaining });
        return;
      }
      case "crashed":
        of(event.replica).up = false;
        return;
      case "executed":
      case "state-installed":
        of(event.replica).executed = event.seq;
        return;
      case "view-change-started":
      case "view-entered":
        of(event.replica).view = event.view;
        return;
      case "abstaining":
        of(event.replica).abstaining = true;
        return;
      case "votes-again":
        of(event.replica).abstaining = false;
    }
  }

  function finish(at: number): Violation | null {
    if (healed === null) return null;
    const core = healed.core.filter((id) => !knowledge.lies(id));
    // Fewer can decide nothing without the liars: then no end is promised (§3).
    if (core.length < knowledge.quorum) return null;
    const within = `${healed.withinMs} ms after the network healed`;
    const stand = core.map((id) => told(id, of(id), knowledge.viewWord)).join("; ");
    const first = firstOf(open);
    if (first !== null) {
      const what = `request ${first.client}/${first.timestamp} [${list(first.operations)}], asked for at ${first.at} ms, is not answered ${within}. The core: ${stand}.`;
      return violation("liveness", at, what, core);
    }
    const down = core.filter((id) => !of(id).up);
    if (down.length > 0) return violation("liveness", at, `replica ${down[0]} of the core is down. The core: ${stand}.`, down);
    const highest = Math.max(...core.map((id) => of(id).executed));
    const behind = core.filter((id) => of(id).executed < highest);
    if (behind.length > 0) {
      const what = `replica ${behind[0]} has not executed sequence number ${highest} ${within}. The core: ${stand}.`;
      return violation("liveness", at, what, behind, highest);
    }
    const abstaining = core.filter((id) => of(id).abstaining);
    if (abstaining.length === 0) return null;
    const what = `replica ${abstaining[0]} still abstains from voting ${within}. The core: ${stand}.`;
    return violation("liveness", at, what, abstaining);
  }

  return {
    name: "liveness",
    interests: [
      "invoked",
      "fell-back",
      "answered",
      "client-behaves",
      "healed",
      "started",
      "crashed",
      "executed",
      "state-installed",
      "view-change-started",
      "view-entered",
      "abstaining",
      "votes-again",
    ],
    observe: (event) => {
      onEvent(event);
      return null;
    },
    finish,
  };
}

function told(id: number, { up, view, executed, abstaining }: Standing, viewWord: string): string {
  if (!up) return `replica ${id} is down`;
  return `replica ${id} has executed ${executed} in ${viewWord} ${view}${abstaining ? " and abstains" : ""}`;
}

/** The request that has waited longest. */
function firstOf(open: ReadonlyMap<number, ReadonlyMap<number, Asked>>) {
  let first: (Asked & { readonly client: number; readonly timestamp: number }) | null = null;
  for (const [client, asked] of open)
    for (const [timestamp, each] of asked) if (first === null || each.at < first.at) first = { ...each, client, timestamp };
  return first;
}

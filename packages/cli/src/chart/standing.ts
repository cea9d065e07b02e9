import type { TraceEvent } from "@bft/core";
import type { ReplicaState, SlotPhase, SlotState } from "./chart.js";
import type { Topic } from "./topic.js";

/** How each replica stands, without slots, and what is wrong with its links. */
export interface Standing {
  readonly state: Omit<ReplicaState, "slots">;
  /** By receiver, in words. */
  readonly links: ReadonlyMap<number, string>;
}

const UNTOLD: Standing = {
  state: { up: null, view: null, viewChange: null, lastExecuted: null, behaviour: null, timersFired: 0 },
  links: new Map(),
};

export function untold(replicas: number): readonly Standing[] {
  return Array.from({ length: replicas }, () => UNTOLD);
}

/** Timers that only say that some time is over again, and those by which a simulated liar waits. */
const TICKING = new Set(["status", "heartbeat", "tick"]);

export function isTicking(timer: string): boolean {
  return TICKING.has(timer) || timer.startsWith("lie");
}

/** How a replica stands after an event of its own. */
export function standingAfter(before: Standing, event: TraceEvent): Standing {
  const { state } = before;
  const changed = (other: Partial<Standing["state"]>): Standing => ({ ...before, state: { ...state, ...other } });
  switch (event.kind) {
    case "started":
      return {
        state: { ...state, up: true, view: event.view, viewChange: null, lastExecuted: event.lastExecuted },
        // A process begins with sound links. Who lied is marked on: a simulated liar goes on after a restart without a word.
        links: new Map(),
      };
    case "crashed":
    case "broke":
      return changed({ up: false, viewChange: null });
    case "behaves":
      return changed({ behaviour: event.behaviour });
    case "executed":
      // What is executed in a view was committed in it: the replica is in none before.
      return changed({
        up: true,
        view: Math.max(state.view ?? 0, event.view),
        lastExecuted: Math.max(state.lastExecuted ?? 0, event.seq),
      });
    case "state-installed":
      return changed({ up: true, lastExecuted: Math.max(state.lastExecuted ?? 0, event.seq) });
    case "view-change-started":
      return changed({ up: true, viewChange: event.view });
    case "view-entered":
      return changed({ up: true, view: event.view, viewChange: null });
    case "timer-fired":
      return isTicking(event.timer) ? before : changed({ timersFired: state.timersFired + 1 });
    case "link-fault": {
      const links = new Map(before.links);
      for (const id of event.towards) {
        if (event.fault === null) links.delete(id);
        else links.set(id, event.fault);
      }
      return { ...before, links };
    }
    default:
      return before;
  }
}

/** One replica's knowledge of one slot. */
class SlotKnowledge {
  #view = 0;
  #phase: SlotPhase = "unknown";
  #digest: string | null = null;
  readonly #prepares = new Map<number, string | null>();
  readonly #commits = new Map<number, string | null>();

  /** `who` said it, this replica itself or one whose message it took. */
  hear(who: number, self: boolean, { phase, view, digest }: Pick<Topic, "phase" | "view" | "digest">): void {
    if (view < this.#view) return;
    if (view > this.#view && this.#phase !== "executed") this.#begin(view);
    switch (phase) {
      case "pre-prepare":
        this.#accept(digest);
        this.#vote(this.#prepares, who, digest);
        return;
      case "prepare":
        return this.#vote(this.#prepares, who, digest);
      case "commit":
        if (self && this.#phase !== "executed") this.#phase = "prepared";
        return this.#vote(this.#commits, who, digest);
      case "accept":
        this.#accept(digest);
        return this.#vote(this.#commits, who, null);
      case "accepted":
        if (self) this.#accept(null);
        return this.#vote(this.#commits, who, null);
    }
  }

  execute(): void {
    this.#phase = "executed";
  }

  state(seq: number): SlotState {
    return { seq, phase: this.#phase, prepares: this.#counted(this.#prepares), commits: this.#counted(this.#commits) };
  }

  #begin(view: number): void {
    this.#view = view;
    this.#phase = "unknown";
    this.#digest = null;
    this.#prepares.clear();
    this.#commits.clear();
  }

  #accept(digest: string | null): void {
    this.#digest ??= digest;
    if (this.#phase === "unknown") this.#phase = "pre-prepared";
  }

  /** The first vote of each counts. */
  #vote(votes: Map<number, string | null>, who: number, digest: string | null): void {
    if (!votes.has(who)) votes.set(who, digest);
  }

  /** Votes for what this replica accepted. */
  #counted(votes: ReadonlyMap<number, string | null>): readonly number[] {
    return [...votes]
      .filter(([, digest]) => digest === null || this.#digest === null || digest === this.#digest)
      .map(([id]) => id)
      .sort((a, b) => a - b);
  }
}

/** A state lists at most so many slots. */
const SLOTS_LISTED = 8;

/** What one replica knows of the charted slots. */
export class Slots {
  readonly #slots = new Map<number, SlotKnowledge>();

  hear(seq: number, who: number, self: boolean, topic: Pick<Topic, "phase" | "view" | "digest">): void {
    this.#slot(seq).hear(who, self, topic);
  }

  execute(seq: number): void {
    this.#slot(seq).execute();
  }

  states(): readonly SlotState[] {
    const latest = [...this.#slots].sort(([a], [b]) => a - b).slice(-SLOTS_LISTED);
    return latest.map(([seq, slot]) => slot.state(seq));
  }

  #slot(seq: number): SlotKnowledge {
    let slot = this.#slots.get(seq);
    if (slot === undefined) {
      slot = new SlotKnowledge();
      this.#slots.set(seq, slot);
    }
    return slot;
  }
}

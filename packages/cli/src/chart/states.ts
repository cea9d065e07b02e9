import type { TraceEvent } from "@bft/core";
import type { Placed } from "./arrange.js";
import type { ReplicaState, StateChange } from "./chart.js";
import type { Scope } from "./scope.js";
import { Slots, type Standing, standingAfter } from "./standing.js";
import type { Topic } from "./topic.js";

/** How each replica stands in each row, as changes; and what was wrong with its links then. */
export class States {
  readonly changes: StateChange[] = [];
  readonly #scope: Scope;
  readonly #topics: ReadonlyMap<string, Topic>;
  readonly #refused: ReadonlySet<string>;
  readonly #standing: Standing[];
  readonly #slots: readonly Slots[];

  /** @param topics what each message says, by its name */
  constructor(scope: Scope, before: readonly Standing[], topics: ReadonlyMap<string, Topic>, placed: readonly Placed[]) {
    this.#scope = scope;
    this.#topics = topics;
    this.#refused = new Set(placed.flatMap(({ event }) => (event.kind === "dropped" ? `${event.replica} ${event.id}` : [])));
    // Timers are counted from the chart's beginning.
    this.#standing = before.map(({ state, links }) => ({ state: { ...state, timersFired: 0 }, links }));
    this.#slots = before.map(() => new Slots());
    for (const replica of before.keys()) this.#note(-1, replica);
  }

  observe({ event, row }: Placed): void {
    if (!("replica" in event)) return;
    const before = this.#standing[event.replica];
    if (before === undefined) return;
    this.#standing[event.replica] = standingAfter(before, event);
    this.#hear(event);
    this.#note(row, event.replica);
  }

  standing(replica: number): Standing | null {
    return this.#standing[replica] ?? null;
  }

  #hear(event: TraceEvent & { readonly replica: number }): void {
    const { replica } = event;
    const slots = this.#slots[replica];
    if (slots === undefined) return;
    if (event.kind === "executed" && this.#scope.seqs.has(event.seq)) slots.execute(event.seq);
    if (event.kind !== "sent" && event.kind !== "took") return;
    // What it took and then had no use for does not count.
    if (event.kind === "took" && this.#refused.has(`${replica} ${event.id}`)) return;
    const topic = this.#topics.get(event.id);
    const who = event.kind === "sent" ? replica : idOf(event.signer);
    if (topic === undefined || who === null) return;
    for (const seq of topic.seqs) if (this.#scope.seqs.has(seq)) slots.hear(seq, who, who === replica, topic);
  }

  #note(row: number, replica: number): void {
    const standing = this.#standing[replica];
    if (standing === undefined) return;
    const state: ReplicaState = { ...standing.state, slots: this.#slots[replica]?.states() ?? [] };
    const last = this.changes.findLast((change) => change.replica === replica);
    if (last !== undefined && same(last.state, state)) return;
    if (last !== undefined && last.row === row) this.changes.splice(this.changes.lastIndexOf(last), 1);
    this.changes.push({ row, replica, state });
  }
}

function same(a: ReplicaState, b: ReplicaState): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** 2 of `replica 2`; null for a client. */
function idOf(name: string): number | null {
  const id = /^replica (\d+)$/.exec(name)?.[1];
  return id === undefined ? null : Number(id);
}

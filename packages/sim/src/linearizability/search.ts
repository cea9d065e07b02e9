import type { Budget } from "./budget.js";
import { DeadEnds } from "./dead-ends.js";
import type { ServiceFacts } from "./facts/facts.js";
import { Foresight } from "./foresight.js";
import type { HistoryOperation } from "./history.js";
import type { Model, State } from "./model.js";
import { Relations } from "./relations.js";
import { Remaining } from "./remaining.js";
import type { Timeline } from "./timeline.js";

export type Found =
  | { readonly kind: "order" }
  /** `furthest` is null unless it was asked for. */
  | { readonly kind: "no-order"; readonly furthest: Furthest | null }
  | { readonly kind: "gave-up" };

/** How far the best attempt came. */
export interface Furthest {
  /** In this order their answers are right; among them may be requests without an answer. */
  readonly ordered: readonly HistoryOperation[];
  readonly state: State;
  /** The one that had to be next, since no other answer came before its own, and could not be. */
  readonly stuck: HistoryOperation;
}

/** A request without an answer that was ordered last, and the state before it: the next one has to show why. */
export interface Unproven {
  readonly maybe: number;
  readonly before: State;
  /** How many such stand one after the other here, and the groups that they belong to. */
  readonly length: number;
  readonly groups: readonly number[];
}

/** The state of a service before its first request. */
const EMPTY: State = null;

/** One more request ordered. */
interface Step {
  readonly state: State;
  readonly unproven: Unproven | null;
  /** The request that was ordered, as in `moves`; null for the first step of all. */
  readonly move: number | null;
  /** Requests that change nothing and could follow at once, so they did. */
  readonly still: readonly number[];
  /** Highest number of a request that is ordered. */
  readonly highest: number;
  /** What may come next: a request's number, or -1 - m for the next one of `maybes[m]`. */
  readonly moves: readonly number[];
  tried: number;
}

/**
 * Looks for an order of a part's requests that explains every answer (Wing & Gong '93, with the memory of Lowe '17 for what
 * led nowhere). Four things make it smaller and leave the verdict the same:
 *
 * - A request that changes nothing and whose answer is right now is ordered now: no order needs it later.
 * - A request without an answer is ordered only where the next one shows it. If the next one would do just the same without
 *   it, then it may be left out; if they can change places, then it may come later (and of two such, the later kind does).
 *   So among all orders one is looked for that has the fewest of those, as late as possible: each of them has to do with the
 *   answered request that follows.
 * - Requests without an answer that do the same are one kind, of which the eldest is taken.
 * - An attempt is given up as soon as foresight sees that it is lost.
 *
 * First at most one request without an answer is tried at a place, then two, and so on, for as long as more could help.
 */
export class Search {
  readonly #model: Model;
  readonly #timeline: Timeline;
  readonly #budget: Budget;
  readonly #relations: Relations;
  readonly #foresight: Foresight | null;
  readonly #remaining: Remaining;
  readonly #used: number[];
  readonly #path: Step[] = [];
  #dead: DeadEnds;
  /** Requests without an answer that may stand one after the other, and whether an attempt wanted more. */
  #lengthMax = 1;
  #wantedMore = false;
  #furthest: Furthest | null = null;
  #furthestCount = -1;
  #count = 0;

  /** `explains`: it finds out how far an order can come. Then it looks at values as they are, without foresight, and takes longer. */
  constructor(model: Model, timeline: Timeline, facts: ServiceFacts, budget: Budget, explains = false) {
    this.#model = model;
    this.#timeline = timeline;
    this.#budget = budget;
    const maybes = timeline.maybes.map(({ request }) => request);
    this.#relations = new Relations(maybes, facts);
    this.#foresight = explains ? null : new Foresight(model, timeline, facts);
    this.#remaining = new Remaining(timeline.requests.length);
    this.#used = timeline.maybes.map(() => 0);
    this.#dead = new DeadEnds(model);
  }

  run(): Found {
    if (this.#foresight?.lost(EMPTY) === true) return { kind: "no-order", furthest: null };
    for (;;) {
      const found = this.#runOnce();
      if (found.kind !== "no-order" || !this.#wantedMore) return found;
      this.#lengthMax += 1;
      this.#wantedMore = false;
      this.#dead = new DeadEnds(this.#model);
    }
  }

  #runOnce(): Found {
    this.#enter(EMPTY, null, null, -1);
    for (;;) {
      if (this.#budget.left === 0) return { kind: "gave-up" };
      if (this.#remaining.first === null) return { kind: "order" };
      const step = this.#path.at(-1);
      if (step === undefined) return { kind: "no-order", furthest: this.#furthest };
      const move = step.moves[step.tried++];
      if (move === undefined) this.#leave(step);
      else this.#try(step, move);
    }
  }

  /** Orders `move` next when its answer is right in this state, and when it proves what has to be proven. */
  #try(step: Step, move: number): void {
    const state = this.#apply(step.state, this.#request(move));
    if (state === "illegal") return;
    if (step.unproven !== null && !this.#proves(step.unproven, move, state)) return;
    const unproven = move < 0 ? this.#supposed(step, -1 - move, state) : null;
    if (move < 0 && unproven === null) return;
    this.#order(move);
    if (this.#foresight?.loses(move, step.state, state) === true) this.#unorder(move);
    else this.#enter(state, unproven, move, Math.max(step.highest, move));
  }

  /** What is to be proven when this request without an answer is ordered next; null: there is no sense in it. */
  #supposed({ state, unproven }: Step, maybe: number, after: State): Unproven | null {
    // Without an effect it is as if it had never been.
    if (this.#model.equal(state, after)) return null;
    const own = this.#relations.groupsOf(this.#request(-1 - maybe));
    const groups = unproven === null ? own : [...new Set([...own, ...unproven.groups])];
    if (!this.#open().some((request) => this.#relations.concerns(this.#request(request), groups))) return null;
    const length = (unproven?.length ?? 0) + 1;
    if (length > this.#lengthMax) this.#wantedMore = true;
    return length > this.#lengthMax ? null : { maybe, before: state, length, groups };
  }

  #proves({ maybe, before }: Unproven, move: number, after: State): boolean {
    const without = this.#apply(before, this.#request(move));
    if (without === "illegal") return true;
    if (this.#model.equal(without, after)) return false;
    // Two without an answer that can change places stand in the order of their kinds.
    if (move < 0 && -1 - move >= maybe) return true;
    const swapped = this.#apply(without, this.#request(-1 - maybe));
    return swapped === "illegal" || !this.#model.equal(swapped, after);
  }

  #enter(state: State, unproven: Unproven | null, move: number | null, highest: number): void {
    const still = this.#takeStill(state);
    const step: Step = {
      state,
      // What followed at once was wrong before it: that is the proof.
      unproven: still.length > 0 ? null : unproven,
      move,
      still,
      highest: still.reduce((a, b) => Math.max(a, b), highest),
      moves: [],
      tried: 0,
    };
    this.#path.push(step);
    if (this.#dead.has(this.#remaining, this.#used, step)) return this.#undo(step);
    this.#path[this.#path.length - 1] = { ...step, moves: this.#moves() };
  }

  /** Takes all that may come next, change nothing, and have the right answer. */
  #takeStill(state: State): readonly number[] {
    const { still, requests } = this.#timeline;
    const taken: number[] = [];
    for (let before = -1; before !== taken.length; ) {
      before = taken.length;
      for (const request of this.#open()) {
        if (still[request] !== 1 || this.#apply(state, requests[request] as HistoryOperation) === "illegal") continue;
        this.#order(request);
        taken.push(request);
      }
    }
    return taken;
  }

  /** Those that were handed in before the first answer that is still to come. */
  #open(): readonly number[] {
    const { invoked, returned } = this.#timeline;
    const open: number[] = [];
    let firstAnswer = Number.POSITIVE_INFINITY;
    for (let at = this.#remaining.first; at !== null; at = this.#remaining.after(at)) {
      if ((invoked[at] as number) > firstAnswer) break;
      open.push(at);
      firstAnswer = Math.min(firstAnswer, returned[at] as number);
    }
    return open;
  }

  /** In the order of their answers, for whose answer comes first must be ordered first at the latest; then those without one. */
  #moves(): readonly number[] {
    const { still, returned, maybes } = this.#timeline;
    const open = [...this.#open()].sort((a, b) => (returned[a] as number) - (returned[b] as number));
    const firstAnswer = open[0] === undefined ? Number.POSITIVE_INFINITY : (returned[open[0]] as number);
    const moves = open.filter((request) => still[request] !== 1);
    for (const [m, { invoked }] of maybes.entries()) {
      const next = invoked[this.#used[m] as number];
      if (next !== undefined && next < firstAnswer) moves.push(-1 - m);
    }
    return moves;
  }

  #leave(step: Step): void {
    if (this.#foresight === null) this.#remember();
    this.#dead.add(this.#remaining, this.#used, step);
    this.#undo(step);
  }

  #undo({ still, move }: Step): void {
    this.#path.pop();
    for (const request of still.toReversed()) this.#unorder(request);
    if (move !== null) this.#unorder(move);
  }

  /** Keeps the attempt in which most was ordered. */
  #remember(): void {
    if (this.#count <= this.#furthestCount) return;
    const { returned, originals } = this.#timeline;
    const open = this.#open();
    const stuck = open.reduce((a, b) => ((returned[a] as number) < (returned[b] as number) ? a : b), open[0] as number);
    const moves = this.#path.flatMap(({ move, still }) => (move === null ? still : [move, ...still]));
    this.#furthestCount = this.#count;
    this.#furthest = {
      ordered: moves.map((move) => this.#original(move)),
      state: this.#path.at(-1)?.state ?? null,
      stuck: originals[stuck] as HistoryOperation,
    };
  }

  #order(move: number): void {
    this.#foresight?.ordered(move);
    if (move < 0) {
      this.#used[-1 - move] = (this.#used[-1 - move] as number) + 1;
    } else {
      this.#count += 1;
      this.#remaining.take(move);
    }
  }

  #unorder(move: number): void {
    this.#foresight?.unordered(move);
    if (move < 0) {
      this.#used[-1 - move] = (this.#used[-1 - move] as number) - 1;
    } else {
      this.#count -= 1;
      this.#remaining.putBack(move);
    }
  }

  #request(move: number): HistoryOperation {
    const { requests, maybes } = this.#timeline;
    return (move < 0 ? maybes[-1 - move]?.request : requests[move]) as HistoryOperation;
  }

  #original(move: number): HistoryOperation {
    const { originals, maybes } = this.#timeline;
    return (move < 0 ? maybes[-1 - move]?.original : originals[move]) as HistoryOperation;
  }

  #apply(state: State, request: HistoryOperation): State | "illegal" {
    this.#budget.spend(request.operations.length);
    return this.#model.step(state, request);
  }
}

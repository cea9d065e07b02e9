import type { NetworkPlan } from "../plan/plan.js";
import { Random } from "../random.js";
import type { Scheduler } from "./scheduler.js";

/** One direction between two processes. */
interface Link {
  readonly random: Random;
  cut: boolean;
  /** What waits while the link is clogged, or null. */
  clogged: (() => void)[] | null;
  /** When the last message arrives, for links that keep their order. */
  lastDue: number;
}

/** What a whole network does: a few milliseconds, nothing lost. */
export const WHOLE: NetworkPlan = {
  delayMsMin: 1,
  delayMsMax: 5,
  late: 0,
  lateMsMax: 0,
  drop: 0,
  duplicate: 0,
  reorder: false,
};

/**
 * Links between all processes, by index: replicas first, then clients. Every link draws from a sequence of its own, so what
 * happens on one does not change with what is sent on another: that lets a plan be made smaller.
 */
export class Network {
  readonly #seed: number;
  readonly #processes: number;
  readonly #scheduler: Scheduler;
  readonly #links: (Link | undefined)[] = [];
  #plan: NetworkPlan;

  constructor(seed: number, processes: number, plan: NetworkPlan, scheduler: Scheduler) {
    this.#seed = seed;
    this.#processes = processes;
    this.#plan = plan;
    this.#scheduler = scheduler;
  }

  /** Carries one message; `arrive` is called once for each copy that comes through. Returns why it is lost, or null. */
  send(from: number, to: number, arrive: () => void): string | null {
    const link = this.#link(from, to);
    if (link.cut) return "the link is cut";
    const { drop, duplicate } = this.#plan;
    if (drop > 0 && link.random.chance(drop)) return "dropped";
    this.#carry(link, arrive);
    if (duplicate > 0 && link.random.chance(duplicate)) this.#carry(link, arrive);
    return null;
  }

  cut(from: readonly number[], to: readonly number[]): void {
    this.#each(from, to, (link) => {
      link.cut = true;
    });
  }

  clog(from: readonly number[], to: readonly number[]): void {
    this.#each(from, to, (link) => {
      link.clogged ??= [];
    });
  }

  /** No link is cut or clogged any more; what waited arrives. */
  mend(): void {
    for (const link of this.#links) {
      if (link === undefined) continue;
      link.cut = false;
      const waiting = link.clogged ?? [];
      link.clogged = null;
      for (const arrive of waiting) this.#carry(link, arrive);
    }
  }

  /** Nothing is lost, doubled or late any more. Messages still take as long as they usually do. */
  heal(): void {
    const { delayMsMin, delayMsMax } = this.#plan;
    this.#plan = { ...WHOLE, delayMsMin, delayMsMax };
    this.mend();
  }

  #carry(link: Link, arrive: () => void): void {
    if (link.clogged !== null) return void link.clogged.push(arrive);
    const { delayMsMin, delayMsMax, late, lateMsMax, reorder } = this.#plan;
    const { random } = link;
    const delay =
      late > 0 && random.chance(late) ? random.next() * lateMsMax : delayMsMin + random.next() * (delayMsMax - delayMsMin);
    const due = this.#scheduler.now + delay;
    link.lastDue = reorder ? due : Math.max(due, link.lastDue);
    this.#scheduler.at(link.lastDue, arrive);
  }

  #each(from: readonly number[], to: readonly number[], change: (link: Link) => void): void {
    for (const a of from) for (const b of to) if (a !== b) change(this.#link(a, b));
  }

  #link(from: number, to: number): Link {
    const index = from * this.#processes + to;
    let link = this.#links[index];
    if (link === undefined) {
      link = { random: new Random(this.#seed, `link ${from} ${to}`), cut: false, clogged: null, lastDue: 0 };
      this.#links[index] = link;
    }
    return link;
  }
}

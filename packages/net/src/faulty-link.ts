import type { Clock } from "./clock.js";
import { type LinkFault, type LinkFaultCounts, SOUND_LINK } from "./link-fault.js";

/** Longest time that a frame is held back so that later ones overtake it, milliseconds. */
const REORDER_MS_MAX = 50;

/** What one link may hold back; over it frames are lost. */
export interface HeldLimits {
  readonly framesMax: number;
  readonly bytesMax: number;
}

type Deliver = (frame: Uint8Array) => void;

interface Held {
  /** In the order in which they came. */
  readonly number: number;
  readonly dueAtMs: number;
  readonly delayed: boolean;
  readonly frame: Uint8Array;
  readonly deliver: Deliver;
}

/** The fault of one link at work: loses, doubles and holds back the frames that pass through. */
export class FaultyLink {
  fault: LinkFault = SOUND_LINK;
  readonly counts: { -readonly [Name in keyof LinkFaultCounts]: number } = {
    cut: 0,
    dropped: 0,
    delayed: 0,
    duplicated: 0,
    reordered: 0,
    overflowed: 0,
  };
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #limits: HeldLimits;
  /** What is due first comes first; of those due at once, what came first. */
  readonly #held: Held[] = [];
  #heldBytes = 0;
  #cancelTimer: (() => void) | null = null;
  /** When the last frame that keeps its order is due: none after it is due earlier. */
  #lastDueAtMs = 0;
  #numbers = 0;
  #lastDelivered = 0;

  constructor(clock: Clock, random: () => number, limits: HeldLimits) {
    this.#clock = clock;
    this.#random = random;
    this.#limits = limits;
  }

  send(frame: Uint8Array, deliver: Deliver): void {
    const { cut, drop, duplicate } = this.fault;
    if (cut) this.counts.cut++;
    else if (this.#chance(drop)) this.counts.dropped++;
    else {
      this.#pass(frame, deliver);
      if (!this.#chance(duplicate)) return;
      this.counts.duplicated++;
      this.#pass(frame, deliver);
    }
  }

  /** Lets go at once of everything that is held back, in the order in which it is due. */
  release(): void {
    const held = this.#takeAll();
    this.#lastDueAtMs = 0;
    for (const each of held) this.#deliver(each);
  }

  /** Throws away what is held back; returns how many frames. */
  discard(): number {
    return this.#takeAll().length;
  }

  #pass(frame: Uint8Array, deliver: Deliver): void {
    const { delayMs, jitterMs, reorder } = this.fault;
    const now = this.#clock.now();
    const lateMs = delayMs + (jitterMs > 0 ? jitterMs * this.#random() : 0);
    const inOrderAtMs = Math.max(now + lateMs, this.#lastDueAtMs);
    const heldBack = this.#chance(reorder);
    if (!heldBack) this.#lastDueAtMs = inOrderAtMs;
    const dueAtMs = heldBack ? inOrderAtMs + REORDER_MS_MAX * this.#random() : inOrderAtMs;
    this.#numbers++;
    const passing: Held = { number: this.#numbers, dueAtMs, delayed: lateMs > 0, frame, deliver };
    const first = this.#held[0];
    // what is due already and still here must not be overtaken by what comes now
    if (dueAtMs <= now && (first === undefined || first.dueAtMs > now)) this.#deliver(passing);
    else this.#hold(passing);
  }

  #hold(held: Held): void {
    if (this.#held.length >= this.#limits.framesMax || this.#heldBytes + held.frame.length > this.#limits.bytesMax) {
      this.counts.overflowed++;
      return;
    }
    let place = this.#held.length;
    while (place > 0 && (this.#held[place - 1]?.dueAtMs ?? 0) > held.dueAtMs) place--;
    this.#held.splice(place, 0, held);
    this.#heldBytes += held.frame.length;
    if (place === 0) this.#wait();
  }

  /** Wakes up when the first one is due. */
  #wait(): void {
    this.#cancelTimer?.();
    const first = this.#held[0];
    this.#cancelTimer = first === undefined ? null : this.#clock.setTimer(() => this.#onDue(), first.dueAtMs - this.#clock.now());
  }

  #onDue(): void {
    const now = this.#clock.now();
    const waiting = this.#held.findIndex((held) => held.dueAtMs > now);
    const due = this.#held.splice(0, waiting === -1 ? this.#held.length : waiting);
    for (const { frame } of due) this.#heldBytes -= frame.length;
    this.#wait();
    for (const held of due) this.#deliver(held);
  }

  #deliver({ number, delayed, frame, deliver }: Held): void {
    if (delayed) this.counts.delayed++;
    if (number < this.#lastDelivered) this.counts.reordered++;
    this.#lastDelivered = Math.max(this.#lastDelivered, number);
    deliver(frame);
  }

  #takeAll(): Held[] {
    this.#cancelTimer?.();
    this.#cancelTimer = null;
    this.#heldBytes = 0;
    return this.#held.splice(0);
  }

  #chance(share: number): boolean {
    return share > 0 && this.#random() < share;
  }
}

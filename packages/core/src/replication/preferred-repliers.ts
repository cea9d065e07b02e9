import type { ReplicaId } from "../ids.js";

/** So many requests all are asked to reply to, so as to learn who is quick; more after it went wrong. */
const LEARNING = { min: 4, max: 1024 } as const;
/** So many go to those who were quick, before it is learnt anew: who is quick changes. */
const PREFERRING = 128;

/**
 * Whom a client asks to reply: no more replicas than must agree, those who were quick to. It learns who that is from requests that all are
 * asked to reply to. When those who were asked did not agree in time, it learns for twice as long, so that a liar who is quick
 * while it is watched and silent afterwards costs less and less.
 */
export class PreferredRepliers {
  readonly #answers: number;
  /** How often each replica was among the first that agreed, since it learns. */
  readonly #quick = new Map<ReplicaId, number>();
  #learning: number = LEARNING.min;
  /** Requests left of this turn of learning or preferring. */
  #left: number = LEARNING.min;
  #preferring = false;

  /** @param answers equal replies that make a result sure */
  constructor(answers: number) {
    this.#answers = answers;
  }

  /**
   * Who is to reply to the next request, in order of id; null: all.
   * @param primary replies in any case, as the client's request goes to it
   */
  next(primary: ReplicaId): readonly ReplicaId[] | null {
    if (this.#left === 0) this.#turn();
    if (!this.#preferring) return null;
    const others = [...this.#quick].filter(([replica]) => replica !== primary).sort(([, a], [, b]) => b - a);
    this.#left -= 1;
    const asked = [primary, ...others.map(([replica]) => replica)].slice(0, this.#answers);
    return asked.sort((a, b) => a - b);
  }

  /** All were asked to reply, and these were the first to agree. */
  noteQuick(agreed: readonly ReplicaId[]): void {
    if (this.#preferring || this.#left === 0) return;
    for (const replica of agreed) this.#quick.set(replica, (this.#quick.get(replica) ?? 0) + 1);
    this.#left -= 1;
  }

  /** Those who were asked alone did not agree in time. */
  disappoint(): void {
    if (!this.#preferring) return;
    this.#learning = Math.min(2 * this.#learning, LEARNING.max);
    this.#beginLearning();
  }

  #turn(): void {
    if (this.#preferring) {
      this.#learning = Math.max(this.#learning / 2, LEARNING.min);
      this.#beginLearning();
    } else {
      this.#preferring = true;
      this.#left = PREFERRING;
    }
  }

  #beginLearning(): void {
    this.#preferring = false;
    this.#left = this.#learning;
    this.#quick.clear();
  }
}

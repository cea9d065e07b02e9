/** Bounds a search by the operations that it tries, so that it ends on any history: the problem is NP-complete. */
export class Budget {
  #left: number;
  readonly #given: number;

  constructor(steps: number) {
    this.#given = steps;
    this.#left = steps;
  }

  /** False when there is nothing left: the search must give up. */
  spend(steps: number): boolean {
    this.#left -= steps;
    return this.#left >= 0;
  }

  get spent(): number {
    return this.#given - Math.max(0, this.#left);
  }

  get left(): number {
    return Math.max(0, this.#left);
  }
}

/**
 * The requests that are not ordered yet, in the order in which they were handed in: Lowe's linked list, in which taking one
 * out and putting it back cost nothing.
 */
export class Remaining {
  readonly #next: Int32Array;
  readonly #previous: Int32Array;
  /** Stands before the first and after the last. */
  readonly #end: number;

  constructor(count: number) {
    this.#end = count;
    this.#next = Int32Array.from({ length: count + 1 }, (_, i) => (i === count ? 0 : i + 1));
    this.#previous = Int32Array.from({ length: count + 1 }, (_, i) => (i === 0 ? count : i - 1));
  }

  /** The first one, or null when none is left. */
  get first(): number | null {
    return this.after(this.#end);
  }

  after(request: number): number | null {
    const next = this.#next[request] as number;
    return next === this.#end ? null : next;
  }

  take(request: number): void {
    const [next, previous] = [this.#next[request] as number, this.#previous[request] as number];
    this.#next[previous] = next;
    this.#previous[next] = previous;
  }

  /** Undoes `take`, in the opposite order of the takings. */
  putBack(request: number): void {
    this.#next[this.#previous[request] as number] = request;
    this.#previous[this.#next[request] as number] = request;
  }
}

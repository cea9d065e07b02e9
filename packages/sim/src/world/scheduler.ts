/** Virtual time and what is due in it. What is due at the same time happens in the order in which it was asked for. */
export class Scheduler {
  #now = 0;
  #order = 0;
  /** A binary heap by (due, order). */
  readonly #heap: Entry[] = [];

  /** Milliseconds since the start. */
  get now(): number {
    return this.#now;
  }

  /** When the next thing is due, or infinity. */
  get nextDue(): number {
    return this.#heap[0]?.due ?? Number.POSITIVE_INFINITY;
  }

  /** Does `task` at `due`, or now when that has passed. */
  at(due: number, task: () => void): void {
    const heap = this.#heap;
    const entry = { due: Math.max(due, this.#now), order: this.#order++, task };
    let at = heap.length;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = heap[parent] as Entry;
      if (!before(entry, above)) break;
      heap[at] = above;
      at = parent;
    }
    heap[at] = entry;
  }

  /** Does what is due next. False when nothing is. */
  step(): boolean {
    const first = this.#heap[0];
    if (first === undefined) return false;
    this.#removeFirst();
    this.#now = first.due;
    first.task();
    return true;
  }

  /** Does all that is due until `time`, and makes it that time. */
  runTo(time: number): void {
    while (this.nextDue <= time) this.step();
    this.#now = Math.max(this.#now, time);
  }

  #removeFirst(): void {
    const heap = this.#heap;
    const last = heap.pop() as Entry;
    if (heap.length === 0) return;
    let at = 0;
    for (;;) {
      const left = 2 * at + 1;
      if (left >= heap.length) break;
      const right = left + 1;
      const child = right < heap.length && before(heap[right] as Entry, heap[left] as Entry) ? right : left;
      if (!before(heap[child] as Entry, last)) break;
      heap[at] = heap[child] as Entry;
      at = child;
    }
    heap[at] = last;
  }
}

interface Entry {
  readonly due: number;
  readonly order: number;
  readonly task: () => void;
}

function before(a: Entry, b: Entry): boolean {
  return a.due < b.due || (a.due === b.due && a.order < b.order);
}

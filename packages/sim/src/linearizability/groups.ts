/** Sets that are joined piece by piece (union-find), named by numbers from 0. */
export class Groups {
  readonly #parent: number[];

  constructor(count: number) {
    this.#parent = Array.from({ length: count }, (_, i) => i);
  }

  join(one: number, other: number): void {
    this.#parent[this.of(one)] = this.of(other);
  }

  /** One member that stands for the whole group. */
  of(member: number): number {
    let at = member;
    for (;;) {
      const up = this.#parent[at] as number;
      if (up === at) return at;
      this.#parent[at] = this.#parent[up] as number;
      at = up;
    }
  }
}

import { expect } from "chai";

/** The seeds of a hunt: `HUNT_SEEDS=a-b` looks at others than the usual ones. */
export function huntSeeds(usual: string): readonly [first: number, last: number] {
  const [first = 1, last = 1] = (process.env["HUNT_SEEDS"] ?? usual).split("-").map(Number);
  return [first, last];
}

/** Runs each seed and adds up what happened; everything must have happened. */
export function runEach([first, last]: readonly [number, number], run: (seed: number) => object): void {
  const total = new Map<string, number>();
  for (let seed = first; seed <= last; seed++) {
    try {
      for (const [name, count] of Object.entries(run(seed))) total.set(name, (total.get(name) ?? 0) + Number(count));
    } catch (error) {
      throw new Error(`HUNT_SEEDS=${seed}-${seed}: ${error instanceof Error ? error.message : error}`, { cause: error });
    }
  }
  for (const [name, count] of total) expect(count, name).to.be.greaterThan(0);
}

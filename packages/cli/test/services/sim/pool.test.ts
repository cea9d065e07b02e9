import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect } from "chai";
import { WorkerPool } from "../../../src/services/sim/pool.js";

/** A thread that answers to some seeds, and breaks at others. */
const PROGRAM = `
import { parentPort, workerData } from "node:worker_threads";
parentPort.on("message", (seed) => {
  if (seed === 1) return parentPort.postMessage({ kind: "outcome", outcome: { seed, pins: workerData.pins } });
  if (seed === 2) return parentPort.postMessage({ kind: "failed", misuse: true, message: "too few replicas" });
  if (seed === 3) return parentPort.postMessage({ kind: "failed", misuse: false, message: "no slot" });
  if (seed === 4) throw new Error("out of cheese");
  if (seed === 5) process.exit(0);
});
`;

describe("a pool of worker threads", () => {
  let dir: string;
  before(() => {
    dir = mkdtempSync(path.join(tmpdir(), "bft-pool-"));
    writeFileSync(path.join(dir, "worker.mjs"), PROGRAM);
  });
  after(() => rmSync(dir, { recursive: true }));

  /** What each of these seeds comes to, in a thread of its own. */
  async function run(...seeds: readonly number[]): Promise<readonly unknown[]> {
    const pool = new WorkerPool(path.join(dir, "worker.mjs"), seeds.length, [["f", "2"]]);
    const all = seeds.map((seed, index) => pool.runners[index]?.run(seed).catch((error: Error) => error));
    try {
      return await Promise.all(all);
    } finally {
      await pool.close();
    }
  }

  it("tells the threads what is pinned, and gives what they answer", async () => {
    expect(await run(1, 1)).to.deep.equal(Array(2).fill({ seed: 1, pins: [["f", "2"]] }));
  });

  it("takes options that do not go together for a mistake of the person", async () => {
    const [error] = await run(2);
    expect(error).to.include({ exitCode: 2, code: "misuse", message: "seed 2: too few replicas" });
  });

  it("says which seed broke the simulator, how, and how to see it", async () => {
    const see = "see it with: bft sim replay --seed";
    const errors = (await run(3, 4, 5)).map((error) => (error as Error).message);
    expect(errors).to.deep.equal([
      `seed 3 broke the simulator itself: no slot; ${see} 3 --f 2`,
      `seed 4 broke the simulator itself: out of cheese; ${see} 4 --f 2`,
      `seed 5 broke the simulator itself: its thread ended; ${see} 5 --f 2`,
    ]);
  });
});

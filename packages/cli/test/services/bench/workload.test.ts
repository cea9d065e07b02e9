import { MerkleStore, PrefixStore, SERVICES } from "@bft/core";
import { expect } from "chai";
import type { BenchPlan } from "../../../src/services/bench/plan.js";
import { BENCH_SERVICES, type BenchService, Workload } from "../../../src/services/bench/workload.js";

const plan: BenchPlan = {
  clients: 1,
  ratePerSecond: null,
  operationsPerRequest: 10,
  readShare: 0.5,
  fastReads: false,
  valueBytes: 20,
  keys: 10,
  distribution: "uniform",
  warmUpMs: 0,
  durationMs: 1_000,
  faults: [],
};

/** A sequence that looks uniform and is the same each time. */
function sequence(): () => number {
  let state = 1;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

function requests(count: number, other: Partial<BenchPlan>, service: BenchService = "kv") {
  const workload = new Workload({ ...plan, ...other }, service, sequence());
  return Array.from({ length: count }, () => workload.next());
}

describe("services/bench/workload", () => {
  for (const service of BENCH_SERVICES)
    it(`${service}: everything that is asked for is something that the service does`, () => {
      const workload = new Workload(plan, service, sequence());
      const store = new PrefixStore(new MerkleStore(), "s/");
      const execute = (operation: string) => SERVICES.get(service)?.execute(store, operation, { client: 0, seq: 1 } as never);
      const all = [...workload.preparation(), ...Array.from({ length: 50 }, () => workload.next().operations).flat()];
      for (const operation of all) expect(execute(operation), operation).to.include({ ok: true });
    });

  it("as many operations a request, of which the share reads", () => {
    const all = requests(200, {});
    expect(all.every(({ operations, readOnly }) => operations.length === 10 && !readOnly)).to.equal(true);
    const reads = all.flatMap(({ operations }) => operations).filter((operation) => operation.startsWith("get "));
    expect(reads.length).to.be.within(850, 1_150);
  });

  it("with fast reads a request reads or writes, not both", () => {
    for (const { operations, readOnly } of requests(50, { fastReads: true }))
      expect(operations.every((operation) => operation.startsWith(readOnly ? "get " : "set "))).to.equal(true);
  });

  it("values have the size that was asked for, and differ", () => {
    const values = requests(20, { readShare: 0 }).flatMap(({ operations }) => operations.map((each) => each.split(" ")[2] ?? ""));
    expect(values.every((value) => value.length === 20)).to.equal(true);
    expect(new Set(values).size).to.equal(values.length);
  });

  it("keys: all alike, or some much more often", () => {
    const counts = (distribution: BenchPlan["distribution"]) => {
      const all = requests(1_000, { distribution, readShare: 1 }).flatMap(({ operations }) => operations);
      return Array.from({ length: 10 }, (_, key) => all.filter((operation) => operation === `get bench-${key}`).length);
    };
    expect(Math.max(...counts("uniform")) / Math.min(...counts("uniform"))).to.be.below(1.4);
    const [first = 0, , , , , , , , , last = 0] = counts("zipf");
    // By the distribution it is 10 ^ 0.99.
    expect(first / last).to.be.within(7, 13);
  });
});

import { type History, type HistoryOperation, Random } from "@bft/sim";
import { expect } from "chai";
import fc from "fast-check";
import { factsOf } from "../../src/linearizability/facts/index.js";
import { check, kvLoad, type Load, linearizableHistory, Sequential, serviceNamed } from "./support.js";

const LOADS: Readonly<Record<string, Omit<Load, "requests" | "clients">>> = {
  "kv, values of their own": { service: "kv", lost: 0.1, operations: kvLoad(3, 0) },
  "kv, few values": { service: "kv", lost: 0.1, operations: kvLoad(2, 3) },
  "kv, several operations": {
    service: "kv",
    lost: 0.1,
    operations: (random, i) => [...kvLoad(3, 0)(random, i), ...kvLoad(3, 2)(random, i)],
  },
  "kv, scans": {
    service: "kv",
    lost: 0.05,
    operations: (random, i) => (random.chance(0.1) ? [`scan ${random.pick(["", "k", "k1"])}`] : kvLoad(4, 0)(random, i)),
  },
  counter: {
    service: "counter",
    lost: 0.05,
    operations: (random) => [random.chance(0.3) ? "get" : `add ${1 + random.below(2)}`],
  },
  bank: {
    service: "bank",
    lost: 0.05,
    operations: (random) => {
      const [from, to] = [random.below(3), random.below(3)];
      return [random.pick([`open a${from} 9`, `balance a${from}`, `transfer a${from} a${to} ${random.below(5)}`, "total"])];
    },
  },
};

/** The history with one answered read of a value that nobody ever writes. */
function withInvention(history: History, from: number): History {
  const reads = history.filter(({ operations, results }) => results !== null && /^(get|balance)/.test(operations[0] ?? ""));
  const chosen = reads[from % reads.length];
  return history.map((each) => (each === chosen ? { ...each, results: [{ ok: true, value: "-77" }] } : each));
}

describe("linearizability: generated histories", () => {
  for (const [title, load] of Object.entries(LOADS))
    it(`${title}: what one service did is linearizable, in whatever order it is listed`, () => {
      fc.assert(
        fc.property(fc.nat(), fc.integer({ min: 1, max: 6 }), (seed, clients) => {
          const random = new Random(seed);
          const history = linearizableHistory(random, { ...load, requests: 60, clients });
          expect(check(random.sample(history, history.length), load.service).verdict).to.equal("linearizable");
        }),
        { numRuns: 40, seed: 1 },
      );
    });

  for (const title of ["kv, values of their own", "kv, few values", "bank"] as const)
    it(`${title}: an invented answer is found, and explained by few requests`, () => {
      const load = LOADS[title];
      if (load === undefined) throw new Error(`there is no load ${title}`);
      fc.assert(
        fc.property(fc.nat(), (seed) => {
          const history = linearizableHistory(new Random(seed), { ...load, lost: 0.02, requests: 60, clients: 4 });
          const verdict = check(withInvention(history, seed), load.service);
          if (verdict.verdict !== "violated") throw new Error(verdict.verdict);
          expect(verdict.explanation).to.contain('"-77"');
          if (load.service === "kv") expect(verdict.offending).to.have.lengthOf(1);
        }),
        { numRuns: 25, seed: 2 },
      );
    });

  it("ten thousand requests of fifty clients on twenty keys, some without answer", () => {
    const load = { service: "kv", requests: 10_000, clients: 50, lost: 0.03, operations: kvLoad(20, 0) };
    const history = linearizableHistory(new Random(7), load);
    expect(history).to.have.lengthOf(10_000);
    expect(history.filter(({ returned }) => returned === null)).to.have.lengthOf.within(200, 400);
    const verdict = check(history);
    expect(verdict.verdict).to.equal("linearizable");
    // Little more than each once: the search hardly ever goes back.
    expect(verdict).to.have.property("steps").that.is.below(100_000);
    expect(check(withInvention(history, 2000)).verdict).to.equal("violated");
  }).timeout(60_000);

  it("ten thousand requests of ten clients on one key", () => {
    const load = { service: "kv", requests: 10_000, clients: 10, lost: 0.03, operations: kvLoad(1, 0) };
    const verdict = check(linearizableHistory(new Random(7), load));
    expect(verdict.verdict).to.equal("linearizable");
    expect(verdict).to.have.property("steps").that.is.below(1_000_000);
  }).timeout(60_000);

  it("gives up within its budget, and names the part", () => {
    // Which of these additions took effect is a question of sums of subsets. 3 ** 20 is there once, and nothing else makes it twice.
    const lost = Array.from({ length: 40 }, (_, i) => unanswered(i, `add ${3 ** (i % 30)}`));
    const odd: HistoryOperation = {
      ...unanswered(99, "get"),
      invoked: 2,
      returned: 3,
      results: [{ ok: true, value: String(2 * 3 ** 20) }],
    };
    const verdict = check([...lost, odd], "counter", 20_000);
    expect(verdict).to.include({ verdict: "unknown", part: "everything" });
    expect(verdict).to.have.property("steps").that.is.at.most(20_100);
  });

  it("a violation in one part counts more than the hardness of another", () => {
    const opened = { ...unanswered(97, "open a 999999999999"), returned: 1, results: [{ ok: true, value: "999999999999" }] };
    const other = { ...unanswered(98, "open b 0"), returned: 1, results: [{ ok: true, value: "0" }] };
    const lost = Array.from({ length: 30 }, (_, i) => unanswered(i, `transfer a b ${3 ** (i % 20)}`));
    const hard = { ...unanswered(99, "balance b"), invoked: 2, returned: 3, results: [{ ok: true, value: String(2 * 3 ** 15) }] };
    const odd = { ...unanswered(96, "balance z"), returned: 3, results: [{ ok: true, value: "2" }] };
    const history = [opened, other, ...lost, hard];
    expect(check(history, "bank", 2000)).to.include({ verdict: "unknown", part: "keys a, b" });
    expect(check([...history, odd], "bank", 2000)).to.include({ verdict: "violated", part: "key z" });
  });
});

function unanswered(id: number, operation: string): HistoryOperation {
  return { client: id, id, operations: [operation], readOnly: false, invoked: 1, returned: null, results: null };
}

describe("linearizability: what is known of a service agrees with the service", () => {
  const words = fc.constantFrom("a", "b", "ab", "1", "2", "", " ", "a b");
  const operations: Readonly<Record<string, fc.Arbitrary<string>>> = {
    kv: fc
      .tuple(fc.constantFrom("get", "set", "del", "cas", "scan", "frob"), words, words, words)
      .map((all) => all.join(" ").trimEnd()),
    counter: fc.constantFrom("get", "add 1", "add -1", "add x", "frob"),
    bank: fc
      .tuple(fc.constantFrom("open", "balance", "transfer", "total"), words, words, words)
      .map((all) => all.join(" ").trimEnd()),
  };
  for (const [name, operation] of Object.entries(operations)) {
    const facts = factsOf(serviceNamed(name));
    const read = (before: readonly string[], next: string) => {
      const replica = new Sequential(serviceNamed(name));
      replica.execute(before);
      return { result: replica.execute([next])[0] ?? null, replica };
    };

    it(`${name}: what changes nothing changes nothing`, () => {
      fc.assert(
        fc.property(fc.array(operation), operation, operation, (before, next, probe) => {
          const { result, replica } = read(before, next);
          if (!facts.changesNothing(next, result)) return;
          expect(replica.execute([probe])).to.deep.equal([read(before, probe).result]);
        }),
        { numRuns: 1000, seed: 3 },
      );
    });

    it(`${name}: an operation depends on nothing but what it touches`, () => {
      fc.assert(
        fc.property(fc.array(operation), operation, operation, (before, other, next) => {
          const [one, two] = [facts.touches(other), facts.touches(next)];
          if (one === null || two === null) return;
          const shared = one.keys.some((key) => two.keys.includes(key) || two.prefixes.some((prefix) => key.startsWith(prefix)));
          if (shared || one.prefixes.length > 0) return;
          expect(read([...before, other], next).result).to.deep.equal(read(before, next).result);
        }),
        { numRuns: 1000, seed: 3 },
      );
    });
  }
});

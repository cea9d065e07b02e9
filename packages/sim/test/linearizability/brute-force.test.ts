import type { OperationResult } from "@bft/core";
import type { History, HistoryOperation } from "@bft/sim";
import { expect } from "chai";
import fc from "fast-check";
import { check, Sequential, serviceNamed } from "./support.js";

/** Tries every order of every choice of the requests without an answer. */
function linearizable(history: History, service: string): boolean {
  const extend = (order: readonly HistoryOperation[], rest: readonly HistoryOperation[]): boolean => {
    if (!explains(order, service)) return false;
    if (rest.every(({ returned }) => returned === null)) return true;
    return rest.some((next) => {
      const others = rest.filter((each) => each !== next);
      const tooEarly = others.some(({ returned }) => returned !== null && returned < next.invoked);
      return !tooEarly && extend([...order, next], others);
    });
  };
  return extend([], history);
}

function explains(order: readonly HistoryOperation[], service: string): boolean {
  const replica = new Sequential(serviceNamed(service));
  return order.every(({ operations, results }) => {
    const right = replica.execute(operations);
    return results === null || JSON.stringify(right) === JSON.stringify(results);
  });
}

const result = (value: string | null): OperationResult => ({ ok: true, value });
const kvRequests = (keys: readonly string[]) =>
  fc.oneof(
    fc.record({
      operation: fc.constantFrom(...keys.map((key) => `get ${key}`)),
      result: fc.constantFrom(result("1"), result("2"), result(null)),
    }),
    fc.record({
      operation: fc.constantFrom(...keys.flatMap((key) => [`set ${key} 1`, `set ${key} 2`, `set ${key} 3`])),
      result: fc.constant(result("ok")),
    }),
    fc.record({
      operation: fc.constantFrom(...keys.flatMap((key) => [`cas ${key} 1 2`, `cas ${key} 2 1`])),
      result: fc.constantFrom(result("yes"), result("no")),
    }),
    fc.record({
      operation: fc.constantFrom(...keys.map((key) => `del ${key}`)),
      result: fc.constantFrom(result("deleted"), result(null)),
    }),
  );
const counterRequests = fc.record({
  operation: fc.constantFrom("get", "add 1", "add 2", "add -1"),
  result: fc.constantFrom(...["0", "1", "2", "3"].map(result)),
});
const bankRequests = fc.oneof(
  fc.record({
    operation: fc.constantFrom("balance a", "balance b", "total"),
    result: fc.constantFrom(...["0", "1", "2"].map(result)),
  }),
  fc.record({
    operation: fc.constantFrom("open a 1", "open b 1", "open b 0"),
    result: fc.constantFrom(...["0", "1"].map(result)),
  }),
  fc.record({
    operation: fc.constantFrom("transfer a b 1", "transfer b a 1"),
    result: fc.constantFrom(...["0", "1"].map(result)),
  }),
);

type Piece = { readonly operation: string; readonly result: OperationResult };

/** Up to seven requests with any times and any answers, some without an answer. */
function histories(pieces: fc.Arbitrary<Piece>, answeredOfTen: number): fc.Arbitrary<History> {
  const request = fc.record({
    pieces: fc.oneof({ weight: 4, arbitrary: fc.tuple(pieces) }, { weight: 1, arbitrary: fc.tuple(pieces, pieces) }),
    invoked: fc.integer({ min: 0, max: 9 }),
    lasts: fc.integer({ min: 0, max: 5 }),
    answered: fc.integer({ min: 0, max: 9 }).map((dice) => dice < answeredOfTen),
  });
  return fc.array(request, { maxLength: 7 }).map((requests) =>
    requests.map(({ pieces, invoked, lasts, answered }, id) => ({
      client: id,
      id,
      operations: pieces.map(({ operation }: Piece) => operation),
      readOnly: false,
      invoked,
      returned: answered ? invoked + lasts : null,
      results: answered ? pieces.map((piece: Piece) => piece.result) : null,
    })),
  );
}

describe("linearizability: against trying all orders", () => {
  const cases = [
    ["kv, one key", "kv", kvRequests(["x"]), 7],
    ["kv, one key, few answers", "kv", kvRequests(["x"]), 4],
    ["kv, two keys", "kv", kvRequests(["x", "y"]), 7],
    ["counter", "counter", counterRequests, 6],
    ["bank", "bank", bankRequests, 7],
  ] as const;
  for (const [title, service, pieces, answeredOfTen] of cases)
    it(`${title}: the same verdict, and what offends is wrong by itself`, () => {
      const seen = new Set<boolean>();
      fc.assert(
        fc.property(histories(pieces, answeredOfTen), (history) => {
          const holds = linearizable(history, service);
          seen.add(holds);
          const verdict = check(history, service);
          expect(verdict.verdict).to.equal(holds ? "linearizable" : "violated");
          if (verdict.verdict === "violated") expect(linearizable(verdict.offending, service)).to.equal(false);
        }),
        { numRuns: 2000, seed: 4 },
      );
      expect([...seen]).to.have.members([true, false]);
    });
});

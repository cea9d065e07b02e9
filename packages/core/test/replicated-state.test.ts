import type { ClientId, SeqNum, Timestamp } from "@bft/core";
import { expect } from "chai";
import fc from "fast-check";
import { ReplicatedState } from "../src/replication/replicated-state.js";
import { ports } from "./support/forge.js";

const WINDOW = 3;

/** A request that was executed, and what a replica does afterwards that must make no difference. */
const step = fc.record({
  client: fc.nat(1),
  timestamp: fc.integer({ min: 1, max: 12 }),
  waitsFor: fc.integer({ min: 0, max: 12 }),
  after: fc.constantFrom("nothing", "digest", "snapshot", "restart"),
});

describe("the replicated state", () => {
  it("is the same whenever a replica looks at it, writes it down or starts from it", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const plain = new ReplicatedState(WINDOW);
        let busy = new ReplicatedState(WINDOW);
        for (const [index, { client, timestamp, waitsFor, after }] of steps.entries()) {
          const [id, at] = [client as ClientId, timestamp as Timestamp];
          expect(busy.clients.executed(id, at)).to.equal(plain.clients.executed(id, at));
          expect(busy.clients.cached(id, at)).to.deep.equal(plain.clients.cached(id, at));
          if (!plain.clients.executed(id, at)) {
            const reply = { timestamp: at, seq: index as SeqNum, results: [{ ok: true, value: `${index}` }] };
            const oldest = Math.min(waitsFor, timestamp) as Timestamp;
            for (const { clients } of [plain, busy]) clients.record(id, reply, oldest);
          }
          if (after === "digest") busy.digest(ports.hash);
          if (after === "snapshot") busy.snapshot();
          if (after === "restart") busy = restarted(busy);
        }
        expect(busy.digest(ports.hash)).to.equal(plain.digest(ports.hash));
      }),
      { numRuns: 500 },
    );
  });

  it("that was replaced is not remembered", () => {
    const state = new ReplicatedState(WINDOW);
    const [client, timestamp] = [0 as ClientId, 1 as Timestamp];
    const before = state.snapshot();
    state.clients.record(client, { timestamp, seq: 1 as SeqNum, results: [] }, timestamp);
    state.restore(before);
    expect(state.clients.executed(client, timestamp)).to.equal(false);
    expect(state.snapshot()).to.equal(before);
  });
});

function restarted(state: ReplicatedState): ReplicatedState {
  const other = new ReplicatedState(WINDOW);
  other.restore(state.snapshot());
  return other;
}

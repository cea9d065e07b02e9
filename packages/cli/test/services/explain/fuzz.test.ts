import type { SlotStatus } from "@bft/core";
import { PROTOCOL_NAMES } from "@bft/core/protocols";
import { expect } from "chai";
import fc from "fast-check";
import { explainLines, shortLines } from "../../../src/view/explain.js";
import { lineWidth } from "../../../src/view/line.js";
import { slot } from "../../support/fixtures.js";
import { explained, REQUEST, type Said, SEQ } from "./support.js";

const id = fc.integer({ min: 0, max: 3 });
const ids = fc.uniqueArray(id, { maxLength: 4 });
const view = fc.integer({ min: 0, max: 5 });
const name = fc.record({ client: fc.constantFrom(0, 3), timestamp: fc.constantFrom(16, 17) });
const timers = fc.array(
  fc.record({
    timer: fc.constantFrom("view-change", "status", "election", "heartbeat", "silence", "tick"),
    dueInMs: fc.nat(9000),
  }),
  { maxLength: 3 },
);

const anySlot: fc.Arbitrary<SlotStatus> = fc
  .record({
    seq: fc.integer({ min: 10, max: 14 }),
    view,
    digest: fc.constantFrom(null, "ab".repeat(32), "cd".repeat(32)),
    contains: fc.array(name, { maxLength: 2 }),
    requests: fc.nat(3),
    prePrepared: fc.boolean(),
    prepares: ids,
    prepared: fc.boolean(),
    commits: ids,
    committed: fc.boolean(),
    executed: fc.boolean(),
    contrary: ids,
  })
  .map((other) => slot(other.seq, 4, other));

const anyReplica: fc.Arbitrary<Said> = fc.oneof(
  { weight: 1, arbitrary: fc.constantFrom<Said>("down", "paused") },
  {
    weight: 5,
    arbitrary: fc.record({
      behaviour: fc.constantFrom(null, null, null, "censor\u001b[2J"),
      timers,
      convicted: ids,
      machine: fc.record({
        view,
        primary: fc.option(id),
        isPrimary: fc.boolean(),
        viewChange: fc.option(fc.record({ view, votes: ids })),
        wants: fc.array(fc.record({ replica: id, view }), { maxLength: 3 }),
        lastExecuted: fc.integer({ min: 0, max: 14 }),
        lowWaterMark: fc.integer({ min: 0, max: 14 }),
        highWaterMark: fc.integer({ min: 0, max: 20 }),
        queued: fc.nat(5),
        waiting: fc.array(name, { maxLength: 2 }),
        checkpointVotes: fc.array(fc.record({ seq: fc.nat(256), replicas: ids }), { maxLength: 2 }),
        abstaining: fc.option(fc.record({ until: fc.option(fc.nat(500)) })),
        transfer: fc.option(fc.record({ seq: fc.nat(20), fetched: fc.nat(9), missing: fc.nat(9) })),
        slots: fc.array(anySlot, { maxLength: 4 }),
      }),
    }),
  },
);

describe("services/explain, whatever replicas say of themselves", () => {
  it("is explained in whole sentences that fit, and nothing is thrown", () => {
    fc.assert(
      fc.property(
        fc.array(anyReplica, { minLength: 3, maxLength: 4 }),
        fc.constantFrom(...PROTOCOL_NAMES),
        fc.constantFrom(SEQ, REQUEST),
        fc.constantFrom({}, { invokedAt: 1 }, { seq: 12, executed: [{ replica: 1, view: 0, digest: "ab" }], answered: true }),
        (replicas, protocol, subject, trace) => {
          const n = protocol === "pbft" ? 4 : 3;
          const all = Array.from({ length: n }, (_, i) => replicas[i] ?? "down");
          const explanation = explained(subject, { protocol, replicas: all, trace });
          const texts = [explanation.verdict, ...explanation.causes, ...explanation.next].map(({ text }) => text);
          for (const text of texts) {
            expect(text).to.match(/^\S.*\S$/);
            expect(text, text).not.to.match(
              /undefined|null(?! request)|NaN|Infinity|\[object| {2}|, ,|: :|(?<!any|the|no|a) replicas? (?:[,;:]|is|are|has|have) /,
            );
          }
          expect(explanation.replicas).to.have.length(n);
          for (const line of explainLines(explanation, protocol, 80)) expect(lineWidth(line)).to.be.at.most(80);
          expect(shortLines(explanation).length).to.be.within(1, 3);
        },
      ),
      { numRuns: 1000, seed: 17 },
    );
  }).timeout(30_000);
});

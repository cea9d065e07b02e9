import { PROTOCOL_NAMES } from "@bft/core/protocols";
import { drawPlan, simulate } from "@bft/sim";
import { expect } from "chai";
import { wordsOfReason } from "../../../src/services/explain/reasons/index.js";

/** Crashes, lost disks, cut and lossy links, view changes, and nobody who lies. */
const HONEST = { liars: 0, "lying-clients": 0 } as const;
const SEEDS = 20;

describe("services/explain/reasons: correct replicas and clients give no cause for a reason that only a lie has", () => {
  for (const protocol of PROTOCOL_NAMES)
    it(`${protocol}, ${SEEDS} seeds`, () => {
      const seen = new Map<string, number>();
      for (let seed = 1; seed <= SEEDS; seed++)
        simulate(drawPlan(seed, { ...HONEST, protocol }), (event) => {
          if (event.kind === "dropped") seen.set(event.reason, (seen.get(event.reason) ?? 0) + 1);
        });
      const kinds = [...seen.keys()].map((reason) => `${wordsOfReason(protocol, reason).kind} ${reason}`).sort();
      expect(kinds.filter((each) => each.startsWith("fault"))).to.deep.equal([]);
      for (const kind of ["repeat", "timing"]) expect(kinds.join("; "), "such reasons were given").to.contain(kind);
    }).timeout(120_000);

  it("a liar gives some", () => {
    const faults = new Set<string>();
    for (let seed = 1; seed <= 10; seed++)
      simulate(drawPlan(seed, { ...HONEST, liars: 1, behaviour: "wrong-batch" }), (event) => {
        if (event.kind === "dropped" && wordsOfReason("pbft", event.reason).kind === "fault") faults.add(event.reason);
      });
    expect([...faults]).to.include("batch-digest-mismatch");
  });
});

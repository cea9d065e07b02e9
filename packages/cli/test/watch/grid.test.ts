import type { SlotStatus } from "@bft/core";
import { expect } from "chai";
import { gridRows, rangeOf, reachOf, type SlotPhase } from "../../src/watch/grid.js";
import { allUp, isDown, seen, slot, status } from "../support/fixtures.js";

const half: Partial<SlotStatus> = { executed: false, committed: false, prepared: false, prepares: [0], commits: [] };

/** What the one slot of each replica makes of its cell. */
function phasesOf(slots: readonly (Partial<SlotStatus> | null)[], lastExecuted = 0): readonly SlotPhase[] {
  const model = seen(
    allUp(1, (id, n) => {
      const own = slots[id] ?? null;
      return status(id, n, { machine: { lastExecuted, slots: own === null ? [] : [slot(1, n, own)] } });
    }),
  );
  return gridRows(model.replicas, { first: 1, last: 1 }).flatMap(({ phases }) => phases);
}

describe("watch/grid", () => {
  it("shows how far a slot is at each replica", () => {
    const phases = phasesOf([{ executed: false }, { ...half, prepared: true }, half, null]);
    expect(phases).to.deep.equal(["committed", "prepared", "pre-prepared", "nothing"]);
  });

  it("knows what is executed without having seen it", () => {
    expect(phasesOf([null, null, null, null], 1)).to.deep.equal(["executed", "executed", "executed", "executed"]);
  });

  it("marks who holds another batch than most, or than that which is committed", () => {
    const other = { ...half, digest: "ff" };
    expect(phasesOf([half, half, other, half])[2]).to.equal("contrary");
    expect(phasesOf([{ executed: false }, other, other, other])).to.deep.equal(["committed", "contrary", "contrary", "contrary"]);
  });

  it("marks who is told to have voted otherwise, by those only whose batch counts", () => {
    expect(phasesOf([{ ...half, contrary: [3] }, half, half, null])[3]).to.equal("contrary");
    expect(phasesOf([half, half, half, { ...half, digest: "ff", contrary: [0, 1, 2] }])).to.deep.equal([
      "pre-prepared",
      "pre-prepared",
      "pre-prepared",
      "contrary",
    ]);
  });

  it("finds nothing contrary in another view's batch", () => {
    expect(phasesOf([{ view: 1, executed: false }, { ...half, digest: "ff" }, null, null])).to.not.include("contrary");
  });

  it("reaches from the newest slot back", () => {
    const at = (tops: readonly number[]) =>
      seen(allUp(1, (id, n) => status(id, n, { machine: { lastExecuted: tops[id] ?? 0 } }))).replicas;
    expect(reachOf(at([0, 0, 0, 0]), 3, 60)).to.equal(null);
    expect(reachOf(at([7, 7, 7, 7]), 3, 60)).to.deep.equal({ first: 1, last: 7 });
    expect(reachOf(at([1000, 999, 999, 1]), 3, 60)).to.deep.equal({ first: 745, last: 1000 });
    expect(reachOf(at([5, 0, 0, 0]), 3, 60)?.last).to.equal(5);
  });

  it("does not run ahead with one replica whose status is newer than the others'", () => {
    const replicas = seen(allUp(1, (id, n) => status(id, n, { machine: { lastExecuted: id === 2 ? 1500 : 1000 } }))).replicas;
    expect(reachOf(replicas, 3, 60)?.last).to.equal(1015);
  });

  it("shows the newest slots, unless the cursor is before them", () => {
    const reach = { first: 1, last: 100 };
    expect(rangeOf(reach, 40, null)).to.deep.equal({ first: 61, last: 100 });
    expect(rangeOf(reach, 40, 90)).to.deep.equal({ first: 61, last: 100 });
    expect(rangeOf(reach, 40, 10)).to.deep.equal({ first: 10, last: 49 });
    expect(rangeOf({ first: 1, last: 3 }, 40, null)).to.deep.equal({ first: 1, last: 3 });
  });

  it("forgets with a process what it said", () => {
    const model = seen([...allUp(1, (id, n) => status(id, n, { machine: { lastExecuted: 4 } })), isDown(2)]);
    expect(gridRows(model.replicas, { first: 4, last: 4 })[2]?.phases).to.deep.equal(["nothing"]);
  });
});

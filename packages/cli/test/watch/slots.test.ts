import { expect } from "chai";
import { slotViews } from "../../src/watch/slots.js";
import { allUp, seen, slot, status } from "../support/fixtures.js";

describe("watch/slots", () => {
  it("shows a slot as the replica sees it that is furthest with it", () => {
    const fresh = slot(3, 4, { prepares: [0, 1], prepared: false, commits: [], committed: false, executed: false });
    const further = slot(3, 4, { commits: [0, 1], committed: false, executed: false });
    const actions = allUp(1, (id, n) => status(id, n, { machine: { slots: [id === 2 ? further : fresh] } }));
    const [view] = slotViews(seen(actions).replicas, 8);
    expect(view?.slot).to.equal(further);
  });

  it("counts who executed it by how far each replica is", () => {
    const actions = allUp(1, (id, n) => status(id, n, { machine: { lastExecuted: id === 3 ? 6 : 7, slots: [slot(7, n)] } }));
    expect(slotViews(seen(actions).replicas, 8)[0]?.executedBy).to.deep.equal([0, 1, 2]);
  });

  it("shows whose batches differ when the primary equivocates", () => {
    const actions = allUp(1, (id, n) =>
      status(id, n, {
        behaviour: id === 0 ? "equivocate" : null,
        machine: { slots: [slot(4, n, { digest: id === 1 ? "aa" : "bb", executed: false, committed: false })] },
      }),
    );
    expect(slotViews(seen(actions).replicas, 8)[0]?.split).to.deep.equal([
      { digest: "aa", replicas: [1] },
      { digest: "bb", replicas: [2, 3] },
    ]);
  });

  it("keeps the newest, in order of sequence number", () => {
    const actions = allUp(1, (id, n) => status(id, n, { machine: { slots: [slot(3, n), slot(1, n), slot(2, n)] } }));
    expect(slotViews(seen(actions).replicas, 2).map(({ seq }) => seq)).to.deep.equal([2, 3]);
  });
});

import { expect } from "chai";
import { nextDoubt, viewChangeOf } from "../../src/watch/view-change.js";
import { allUp, isDown, ofLeaders, START_MS, said, seen, status } from "../support/fixtures.js";

const wants = (replica: number, view: number) => ({ replica, view });

describe("watch/view-change", () => {
  it("is none in a calm cluster", () => {
    expect(viewChangeOf(seen(allUp()))).to.equal(null);
  });

  it("tells who wants which view, who would lead it, and since when", () => {
    const actions = [
      ...allUp(),
      isDown(0),
      said(status(1, 4, { machine: { view: 1, viewChange: { view: 1, votes: [1, 3] } } }), START_MS + 100),
      said(status(2, 4, { machine: { wants: [wants(1, 1)] } }), START_MS + 200),
      said(status(3, 4, { machine: { view: 1, viewChange: { view: 1, votes: [3] } } }), START_MS + 300),
    ];
    const model = seen(actions);
    expect(viewChangeOf(model)).to.deep.include({ view: 1, wanting: [1, 3], primary: 1, others: [] });
    expect(model.changingSinceMs).to.equal(START_MS + 100);
    const after = seen([...actions, ...[1, 2, 3].map((id) => said(status(id, 4, { machine: { view: 1 } }), START_MS + 900))]);
    expect(viewChangeOf(after)).to.equal(null);
    expect(after.changingSinceMs).to.equal(null);
  });

  it("tells of the view that most want, and who wants another", () => {
    const model = seen(
      allUp(2, (id, n) =>
        status(id, n, { machine: id > 2 ? { viewChange: { view: id === 6 ? 3 : 2, votes: [id] } } : { wants: [wants(3, 2)] } }),
      ),
      2,
    );
    expect(viewChangeOf(model)).to.deep.include({ view: 2, wanting: [3, 4, 5], primary: 2, others: [wants(6, 3)] });
  });

  it("does not believe what was said of a replica that says otherwise by now, or what a liar says", () => {
    const stale = seen(allUp(1, (id, n) => status(id, n, { machine: { wants: id === 2 ? [wants(1, 4)] : [] } })));
    expect(viewChangeOf(stale)).to.equal(null);
    const lying = seen(allUp(1, (id, n) => status(id, n, id === 3 ? { behaviour: "x", machine: { wants: [wants(0, 9)] } } : {})));
    expect(viewChangeOf(lying)).to.equal(null);
    const down = seen([...allUp(1, (id, n) => status(id, n, { machine: { wants: id === 2 ? [wants(0, 4)] : [] } })), isDown(0)]);
    expect(viewChangeOf(down)).to.deep.include({ view: 4, wanting: [0] });
  });

  it("counts the votes of a candidate in Raft, and knows the leader to be only when one stands", () => {
    const one = ofLeaders("raft", {});
    const standing = { ...one, replicas: one.replicas.map((replica) => ({ ...replica })) };
    expect(viewChangeOf(standing)).to.equal(null);
    const all = ofLeaders("raft", { view: 5, primary: null, viewChange: { view: 5, votes: [1, 2] } });
    expect(viewChangeOf(all)).to.deep.include({ view: 5, wanting: [0, 1, 2], primary: null });
    expect(viewChangeOf(ofLeaders("multipaxos", { view: 4, viewChange: { view: 4, votes: [1] } }))?.primary).to.equal(1);
  });

  it("names the timer that fires first, of those on their way and of those who are patient yet", () => {
    const timers = (dueInMs: number) => [
      { timer: "status", dueInMs: 1 },
      { timer: "view-change", dueInMs },
    ];
    const model = seen(
      allUp(1, (id, n) =>
        status(id, n, { timers: timers(1000 - id), machine: id === 1 ? { viewChange: { view: 1, votes: [1] } } : {} }),
      ),
    );
    expect(viewChangeOf(model)?.timer).to.deep.equal({ replica: 1, timer: "view-change", dueAtMs: START_MS + 999 });
    expect(nextDoubt(model.replicas)).to.deep.include({ replica: 3, dueAtMs: START_MS + 997 });
  });
});
